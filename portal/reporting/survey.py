"""What was answered to the questions: how many chose what, sums and medians of numbers, who has answered; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from statistics import median
from typing import Any, NamedTuple

from portal.campaigns.models import Question
from portal.campaigns.states import QuestionKind
from portal.reporting.hiding import is_sensitive

_CHOICES = {QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.YES_NO}
_NUMBERS = {QuestionKind.NUMBER, QuestionKind.CALCULATED}
_YES_NO = (("yes", "はい"), ("no", "いいえ"))
FEWEST_FOR_MEDIAN = 10  # a median is some body's own number


class Answered(NamedTuple):
    """One body × procedure: the answers by question code, None where it has not answered."""

    body: int
    answers: Mapping[str, Any] | None


def count_answers(questions: Sequence[Question], entries: Sequence[Answered]) -> dict[str, Any]:
    """How many have answered, and for each question that can be counted what was said.

    ``hidden`` marks sums and medians that stand for so few bodies that they would tell one body's number.
    """
    answered = [row for row in entries if row.answers is not None]
    bodies, answers = [row.body for row in answered], [row.answers or {} for row in answered]
    return {
        "entries": len(entries),
        "answered": len(answered),
        "bodies": len({row.body for row in entries}),
        "bodies_answered": len(set(bodies)),
        "questions": [
            _of(question, bodies, [each.get(question.code) for each in answers])
            for question in questions
            if question.kind in _CHOICES | _NUMBERS
        ],
    }


def _of(question: Question, bodies: Sequence[int], values: Sequence[Any]) -> dict[str, Any]:
    given = [value for value in values if value or value == 0]
    facts: dict[str, Any] = {
        "code": question.code,
        "label": question.label,
        "kind": question.kind.value,
        "unit": question.unit,
        "answers": len(given),
        "hidden": False,
    }
    return facts | (_choices(question, given) if question.kind in _CHOICES else _numbers(bodies, values))


def _choices(question: Question, given: Sequence[Any]) -> dict[str, Any]:
    counts = Counter(map(str, chain.from_iterable(each if isinstance(each, list) else (each,) for each in given)))
    options = question.options if question.kind is not QuestionKind.YES_NO else _YES_NO
    return {"options": [{"value": value, "label": label, "count": counts[str(value)]} for value, label in options]}


def _numbers(bodies: Sequence[int], values: Sequence[Any]) -> dict[str, Any]:
    numbers, held = list[int | float](), dict[int, int]()
    for body, value in zip(bodies, values, strict=True):
        if isinstance(value, (int, float)):
            numbers.append(value)
            held[body] = held.get(body, 0) + int(value)
    return {
        "sum": sum(numbers),
        "median": median(numbers) if numbers else None,
        "hidden": is_sensitive(held),
        "is_median_hidden": len(held) < FEWEST_FOR_MEDIAN,
    }
