"""What was answered to the questions: how many chose what, sums and medians of numbers, who has answered; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from portal.campaigns.models import Question
from portal.campaigns.states import QuestionKind
from portal.reporting.hiding import is_sensitive

_CHOICES = {QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.YES_NO}
_NUMBERS = {QuestionKind.NUMBER, QuestionKind.CALCULATED}
_YES_NO = (("yes", "はい"), ("no", "いいえ"))
_NOTHING: tuple[Any, ...] = (None, "", [], {})
FEWEST_FOR_MEDIAN = 10  # a median is some body's own number


class Answered(NamedTuple):
    """One body × procedure: whether it has answered, and then the answers by question code."""

    body: int
    is_answered: bool
    answers: Mapping[str, Any]


def count_answers(questions: Sequence[Question], entries: Iterable[Answered]) -> dict[str, Any]:
    """How many have answered, and for each question that can be counted what was said.

    ``hidden`` marks sums and medians that stand for so few bodies that they would tell one body's number.
    """
    rows = list(entries)
    answered = [row for row in rows if row.is_answered]
    counted = [_of(question, answered) for question in questions if question.kind in _CHOICES | _NUMBERS]
    return {
        "entries": len(rows),
        "answered": len(answered),
        "bodies": len({row.body for row in rows}),
        "bodies_answered": len({row.body for row in answered}),
        "questions": counted,
    }


def _of(question: Question, rows: Sequence[Answered]) -> dict[str, Any]:
    code = question.code
    given = [(row.body, value) for row in rows if (value := row.answers.get(code)) not in _NOTHING]
    facts: dict[str, Any] = {
        "code": code,
        "label": question.label,
        "kind": question.kind.value,
        "unit": question.unit,
        "answers": len(given),
        "hidden": False,
    }
    return facts | (_choices(question, given) if question.kind in _CHOICES else _numbers(given))


def _choices(question: Question, given: Sequence[tuple[int, Any]]) -> dict[str, Any]:
    counts = Counter[str]()
    for _, value in given:
        if isinstance(value, list):
            counts.update(map(str, value))
        else:
            counts[str(value)] += 1
    options = question.options if question.kind is not QuestionKind.YES_NO else _YES_NO
    return {"options": [{"value": value, "label": label, "count": counts[str(value)]} for value, label in options]}


def _numbers(given: Sequence[tuple[int, Any]]) -> dict[str, Any]:
    values, held = [], Counter[int]()
    for body, value in given:
        if isinstance(value, int | float):
            values.append(value)
            held[body] += int(value)
    return {
        "sum": sum(values),
        "median": median(values) if values else None,
        "hidden": is_sensitive(held),
        "is_median_hidden": len(held) < FEWEST_FOR_MEDIAN,
    }
