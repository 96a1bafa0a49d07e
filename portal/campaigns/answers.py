"""Answers: reading what was entered on a page or in a cell, which questions are asked, and what is still wrong.

Answers are held by the code of their question: a choice as its value, several as a list, yes or no as those words
with a reason under ``<code>:reason``, a number, a text, a date as 2026-11-30, a table as {row: {column: number}}, files
as their ids. What is calculated is held as it was when the answers last changed.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.campaigns import expressions
from portal.campaigns.conditions import is_met
from portal.campaigns.models import Check, Question
from portal.campaigns.numbers import show_number
from portal.campaigns.states import Comparison, QuestionKind, Severity
from portal.core.calendar import era_date, parse_japanese_date
from portal.core.errors import Invalid
from portal.core.i18n import N_

YES_NO = (("yes", N_("はい")), ("no", N_("いいえ")))
LONGEST_TEXT = 4_000
_CHOOSE = N_("一覧から選んでください。")
_CHOICES_NAMED = 8
_GAPS = N_("空いている欄があります。ない場合は0を入力してください。")
_NUMBER = N_("0以上の整数で入力してください。例：1,200")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with an answer; a warning can be justified by a reason."""

    code: str
    message: str
    severity: Severity = Severity.ERROR
    params: dict[str, Any] = field(default_factory=dict)


def reason_code(code: str) -> str:
    """Under which the reason of a yes-or-no answer is held."""
    return f"{code}:reason"


def read_answer(question: Question, raw: Any) -> Any:
    """The answer in the form in which it is held; None for none. Raises Invalid at the question's code.

    Takes what a page sends and what a cell holds: labels or values of choices, full-width digits, era dates.
    """
    if raw in (None, [], {}) or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        return _READERS[question.kind](question, raw)
    except ValueError as error:
        raise Invalid(str(error), field=question.code) from error


def is_shown(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether the question is asked, given the other answers: all its conditions hold."""
    return all(is_met(answers.get(code), Comparison(how), value) for code, how, value in question.shown_when)


def list_shown(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[Question]:
    """The questions that are asked. One that hangs on a question that is not asked is not asked either."""
    seen: dict[str, Any] = {}
    shown = []
    for question in questions:
        if is_shown(question, seen):
            shown.append(question)
            seen[question.code] = answers.get(question.code)
    return shown


def keep_shown(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions that are asked, with their reasons: what is submitted and decided from."""
    codes = {question.code for question in list_shown(questions, answers)}
    return {key: value for key, value in answers.items() if key.partition(":")[0] in codes}


def needed_for(codes: Collection[str], questions: Sequence[Question]) -> list[Question]:
    """The questions of these codes and those on which it hangs whether they are asked, in their order."""
    needed = set(codes)
    for question in reversed(questions):  # conditions name earlier questions
        if question.code in needed:
            needed.update(code for code, _, _ in question.shown_when)
    return [question for question in questions if question.code in needed]


def calculate(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with what is calculated from them: from those alone that are asked, wherever they stand."""
    calculated = [each for each in questions if each.kind is QuestionKind.CALCULATED]
    codes = {each.code for each in calculated}
    given = {key: value for key, value in answers.items() if key not in codes}
    found = given
    for _ in calculated:  # one may be calculated from another that stands behind it
        kept = keep_shown(questions, found)
        values = {each.code: _calculated(each, kept) for each in calculated}
        renewed = given | {code: value for code, value in values.items() if value is not None}
        if renewed == found:
            break
        found = renewed
    return found


def count_progress(questions: Sequence[Question], answers: Mapping[str, Any]) -> tuple[int, int]:
    """(answered, asked) of the required questions that are asked."""
    asked = [each for each in list_shown(questions, answers) if _is_demanded(each)]
    return sum(not _is_missing(each, answers) for each in asked), len(asked)


def list_problems(
    questions: Sequence[Question],
    checks: Iterable[Check],
    answers: Mapping[str, Any],
    reasons: Mapping[str, str] | None = None,
) -> list[Problem]:
    """What stands in the way of a submission: missing answers and reasons, failed checks, warnings without a reason."""
    shown = list_shown(questions, answers)
    kept = keep_shown(questions, answers)
    found = [Problem(code=each.code, message=_missing(each, kept)) for each in shown if _is_missing(each, kept)]
    found += [
        Problem(code=each.code, message=N_("理由を入力してください。"))
        for each in shown
        if each.asks_reason_for and kept.get(each.code) == each.asks_reason_for and not kept.get(reason_code(each.code))
    ]
    return found + [each for each in failed_checks(checks, kept) if not _is_justified(each, reasons or {})]


def failed_checks(checks: Iterable[Check], answers: Mapping[str, Any]) -> list[Problem]:
    """The checks that the answers fail, justified or not."""
    return [
        Problem(code=check.question_code, message=check.message, severity=check.severity)
        for check in checks
        if not expressions.holds(check.expression, answers)
    ]


def show_answer(question: Question, value: Any) -> str:
    """The answer as people read it in lists and workbooks."""
    if value is None:
        return ""
    show = _SHOWN.get(question.kind)
    return show(question, value) if show is not None else str(value)


def labels_of(question: Question) -> list[tuple[str, str]]:
    """(value, label) of the choices."""
    if question.kind is QuestionKind.YES_NO:
        return list(YES_NO)
    return [(str(value), str(label)) for value, label in question.options]


def _calculated(question: Question, answers: Mapping[str, Any]) -> int | float | None:
    value = expressions.evaluate(question.formula, answers)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value, 4) if isinstance(value, float) else value


def _is_demanded(question: Question) -> bool:
    return question.is_required and question.kind is not QuestionKind.CALCULATED


def _is_missing(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether there is no answer, or one of the fields of a table is empty: nobody may take it for a nought."""
    return _is_demanded(question) and (answers.get(question.code) is None or _has_gaps(question, answers))


def _has_gaps(question: Question, answers: Mapping[str, Any]) -> bool:
    if question.kind is not QuestionKind.TABLE:
        return False
    columns = {str(column) for column, _ in question.columns}
    return any(columns - answers[question.code].get(str(row), {}).keys() for row, _ in question.rows)


def _missing(question: Question, answers: Mapping[str, Any]) -> str:
    return N_("回答してください。") if answers.get(question.code) is None else _GAPS


def _is_justified(problem: Problem, reasons: Mapping[str, str]) -> bool:
    return problem.severity is Severity.WARNING and bool(reasons.get(problem.code, "").strip())


def _choice(question: Question, raw: Any) -> str:
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    for value, label in labels_of(question):
        if text in {value, unicodedata.normalize("NFKC", label)}:
            return value
    labels = [label for _, label in labels_of(question)]
    named = "、".join(labels[:_CHOICES_NAMED]) + ("…" if len(labels) > _CHOICES_NAMED else "")
    raise Invalid(N_("次の中から入力してください：%(choices)s"), field=question.code, choices=named)


def _choices(question: Question, raw: Any) -> list[str] | None:
    """Several, each by value or label; in a cell they stand apart by commas or line ends."""
    parts = [part for part in re.split(r"[、,;\n]", raw) if part.strip()] if isinstance(raw, str) else list(raw)
    chosen = {_choice(question, part) for part in parts}
    return [value for value, _ in labels_of(question) if value in chosen] or None


def _number(question: Question, raw: Any) -> int:
    if isinstance(raw, float):
        if not raw.is_integer():
            raise ValueError(_NUMBER)
        raw = int(raw)
    text = re.sub(r"[,\s]", "", unicodedata.normalize("NFKC", str(raw)))
    if question.unit and text.endswith(question.unit):
        text = text[: -len(question.unit)]
    if isinstance(raw, bool) or not re.fullmatch(r"\d{1,11}", text, re.ASCII):
        raise ValueError(_NUMBER)
    return int(text)


def _text(_question: Question, raw: Any) -> str:
    text = str(raw).strip()
    if len(text) > LONGEST_TEXT:
        raise ValueError(N_("4,000文字以内で入力してください。"))
    return text


def _date(_question: Question, raw: Any) -> str:
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return raw.isoformat()
    try:
        return parse_japanese_date(str(raw)).isoformat()
    except (ValueError, OverflowError) as error:
        raise ValueError(N_("正しい日付を入力してください。例：令和8年11月30日")) from error


def _table(question: Question, raw: Any) -> dict[str, dict[str, int]] | None:
    rows, columns = {str(row) for row, _ in question.rows}, {str(column) for column, _ in question.columns}
    if not isinstance(raw, Mapping) or not rows.issuperset(raw):
        raise ValueError(_CHOOSE)
    found: dict[str, dict[str, int]] = {}
    for row, cells in raw.items():
        if not columns.issuperset(cells):
            raise ValueError(_CHOOSE)
        held = {name: _number(question, cell) for name, cell in cells.items() if cell not in (None, "")}
        if held:
            found[row] = held
    return found or None


def _files(_question: Question, raw: Any) -> list[int]:
    return [int(each) for each in raw]


_READERS: dict[QuestionKind, Any] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.YES_NO: _choice,
    QuestionKind.MULTIPLE: _choices,
    QuestionKind.NUMBER: _number,
    QuestionKind.CALCULATED: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.DATE: _date,
    QuestionKind.TABLE: _table,
    QuestionKind.FILE: _files,
}


def _show_choice(question: Question, value: Any) -> str:
    return dict(labels_of(question)).get(value, str(value))


def _show_choices(question: Question, value: Any) -> str:
    return "、".join(_show_choice(question, each) for each in value)


def _show_number(question: Question, value: float) -> str:
    return show_number(value, question.unit)


def _show_table(question: Question, value: Any) -> str:
    return "、".join(
        f"{label}・{head} {value[row][column]:,}"
        for row, label in question.rows
        for column, head in question.columns
        if column in value.get(row, {})
    )


_SHOWN: Mapping[QuestionKind, Callable[[Question, Any], str]] = {
    QuestionKind.SINGLE: _show_choice,
    QuestionKind.YES_NO: _show_choice,
    QuestionKind.MULTIPLE: _show_choices,
    QuestionKind.NUMBER: _show_number,
    QuestionKind.CALCULATED: _show_number,
    QuestionKind.TABLE: _show_table,
    QuestionKind.FILE: lambda _, value: str(len(value)),
    QuestionKind.DATE: lambda _, value: era_date(date.fromisoformat(value)),
}
