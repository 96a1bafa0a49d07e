"""Answers cell by cell: each cell of a form holds one part of an answer, and reads back to the same."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.campaigns.answers import labels_of, read_answer, reason_code
from portal.campaigns.models import Question
from portal.campaigns.states import QuestionKind
from portal.core.errors import Invalid

Cell = str | int | float | date | None
_FIRST_DAY = date(1900, 3, 1)  # before it spreadsheets disagree on the number of a day
_SEPARATORS = re.compile(r"[、,，;；\n]")
_YES = frozenset({"はい", "ハイ", "○", "◯", "〇", "有", "あり", "有り", "yes", "y", "true"})
_NO = frozenset({"いいえ", "イイエ", "×", "✕", "無", "なし", "無し", "no", "n", "false"})
_CLOSED = frozenset({QuestionKind.FILE, QuestionKind.CALCULATED})


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One cell's part of an answer: the whole, the reason of a yes or no, or one number of a table.

    ``key`` is what the form calls it, ``code`` the code under which the answer is held.
    """

    question: Question
    key: str
    code: str
    label: str
    is_reason: bool = False
    place: tuple[str, str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is filled in here; files and what is calculated are not."""
        return self.question.kind not in _CLOSED


def slots_of(questions: Iterable[Question]) -> list[Slot]:
    """The cells that the questions take, in their order."""
    found: list[Slot] = []
    for question in questions:
        if question.kind is QuestionKind.TABLE:
            found.extend(_table_slots(question))
            continue
        found.append(Slot(question=question, key=question.code, code=question.code, label=question.label))
        if question.asks_reason_for:
            code = reason_code(question.code)
            label = f"{question.label}（理由）"
            found.append(Slot(question=question, key=code, code=code, label=label, is_reason=True))
    return found


def write_slot(slot: Slot, answers: Mapping[str, Any]) -> Cell:
    """What stands in the cell: labels of choices, numbers, dates, texts; None for none."""
    value = answers.get(slot.code)
    if value is None:
        return None
    if slot.place is not None:
        row, column = slot.place
        number: int | None = value.get(row, {}).get(column)
        return number
    if slot.is_reason:
        return str(value)
    cell: Cell = _WRITERS.get(slot.question.kind, _plain)(slot.question, value)
    return cell


def read_slot(slot: Slot, raw: Any) -> Any:
    """The part of the answer that the cell holds. Raises Invalid."""
    plain = _tidy(raw)
    if plain in (None, ""):
        return None
    if slot.is_reason:
        return str(plain).strip() or None
    if slot.place is not None:
        row, column = slot.place
        table = read_answer(slot.question, {row: {column: plain}})
        return None if table is None else table[row][column]
    if slot.question.kind is QuestionKind.YES_NO:
        plain = _yes_no(plain)
    elif slot.question.kind is QuestionKind.MULTIPLE:
        plain = split_choices(slot.question, str(plain))
    return read_answer(slot.question, plain)


def gather(slots: Sequence[Slot], cells: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Invalid]]:
    """Answers by code as the cells (by key) hold them, and what is wrong by key.

    An answer is left out where one of its cells is wrong or is not among the cells at all.
    """
    answers: dict[str, Any] = {}
    wrong: dict[str, Invalid] = {}
    partial: set[str] = set()
    for slot in slots:
        if not slot.is_open:
            continue
        if slot.key not in cells:
            partial.add(slot.code)
            continue
        try:
            value = read_slot(slot, cells[slot.key])
        except Invalid as invalid:
            wrong[slot.key] = invalid
            partial.add(slot.code)
            continue
        _put(answers, slot, value)
    return {code: value for code, value in answers.items() if code not in partial}, wrong


def split_choices(question: Question, text: str) -> list[str]:
    """The choices named in the text; a label may itself hold what separates them."""
    known = {name for value, label in labels_of(question) for name in (_plainly(value), _plainly(label))}
    marks = [match.span() for match in _SEPARATORS.finditer(text)]
    starts = [0, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), len(text)]
    found, here = [], 0
    while here < len(starts):
        last = here
        for other in range(len(ends) - 1, here, -1):
            if _plainly(text[starts[here] : ends[other]]) in known:
                last = other
                break
        part = text[starts[here] : ends[last]].strip()
        if part:
            found.append(part)
        here = last + 1
    return found


def show_choice(question: Question, value: str) -> str:
    """The label of a choice, or its value where the label could be read as another choice."""
    label = dict(labels_of(question)).get(value, value)
    try:
        is_read_back = read_answer(question, [label] if question.kind is QuestionKind.MULTIPLE else label)
    except Invalid:
        return value
    return label if is_read_back in (value, [value]) else value


def _table_slots(question: Question) -> list[Slot]:
    return [
        Slot(
            question=question,
            key=f"{question.code}[{r},{c}]",
            code=question.code,
            label=f"{question.label}　{row_label}　{column_label}",
            place=(str(row), str(column)),
        )
        for r, (row, row_label) in enumerate(question.rows, start=1)
        for c, (column, column_label) in enumerate(question.columns, start=1)
    ]


def _put(answers: dict[str, Any], slot: Slot, value: Any) -> None:
    if slot.place is None:
        answers[slot.code] = value
        return
    row, column = slot.place
    table = answers.setdefault(slot.code, None)
    if value is not None:
        table = answers[slot.code] = table or {}
        table.setdefault(row, {})[column] = value


def _tidy(raw: Any) -> Any:
    """A cell's value as a person would say it: whole numbers without a fraction, days without an hour."""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, str):
        return raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    return raw


def _yes_no(raw: Any) -> Any:
    text = _plainly(str(raw)).casefold()
    return "yes" if text in _YES else "no" if text in _NO else raw


def _plainly(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _plain(_question: Question, value: Any) -> Cell:
    return value if isinstance(value, int | float) else str(value)


def _date(_question: Question, value: Any) -> Cell:
    day = date.fromisoformat(value)
    return day if day >= _FIRST_DAY else str(value)


def _choices(question: Question, value: Any) -> Cell:
    """Labels, or values where the labels joined would be read otherwise."""
    text = "、".join(show_choice(question, each) for each in value)
    try:
        is_read_back = read_answer(question, split_choices(question, text)) == list(value)
    except Invalid:
        is_read_back = False
    return text if is_read_back else "、".join(value)


_WRITERS: dict[QuestionKind, Any] = {
    QuestionKind.SINGLE: show_choice,
    QuestionKind.YES_NO: show_choice,
    QuestionKind.MULTIPLE: _choices,
    QuestionKind.DATE: _date,
    QuestionKind.FILE: lambda _question, value: f"{len(value)}件",
}
