"""What people write in one field or cell, read as parts of a question: choices line by line, conditions in words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.campaigns.answers import labels_of
from portal.campaigns.conditions import NUMBERS, check_comparison
from portal.campaigns.models import Question
from portal.campaigns.states import Comparison
from portal.core.errors import Invalid
from portal.core.i18n import N_

LETTERS = {"options": "o", "rows": "r", "columns": "c"}
MOST_CONDITIONS = 3
_WITH_VALUE = re.compile(r"([a-z0-9_]{1,20})\s+(\S.*)")
_SIGNS = {
    Comparison.IS: "=",
    Comparison.IS_NOT: "<>",
    Comparison.HAS: "含む",
    Comparison.HAS_NOT: "含まない",
    Comparison.AT_LEAST: ">=",
    Comparison.FILLED: "回答あり",
}
_CONDITION = re.compile(r"([a-z][a-z0-9_]*)\s*(=|<>|≠|!=|含まない|含む|>=|≧|回答あり)\s*(.*)")
_OTHER_SIGNS = {"≠": "<>", "!=": "<>", "≧": ">="}


def read_pairs(text: str, before: Iterable[Sequence[Any]], letter: str) -> list[list[str]]:
    """[value, label] of each line. A label alone keeps the value that it had, or is given one (o1, o2 …)."""
    kept = {str(label): str(value) for value, label in before}
    lines = [unicodedata.normalize("NFC", line).strip() for line in text.splitlines()]
    pairs: list[list[str]] = []
    for line in filter(None, lines):
        match = _WITH_VALUE.fullmatch(line)
        pairs.append([match[1], match[2].strip()] if match else [kept.pop(line, ""), line])
    taken = {value for value, _ in pairs}
    fresh = (f"{letter}{number}" for number in range(1, len(pairs) + len(taken) + 2))
    for pair in pairs:
        if not pair[0]:
            pair[0] = next(value for value in fresh if value not in taken)
    return pairs


def show_pairs(pairs: Iterable[Sequence[Any]], letter: str) -> str:
    """One line each: the label alone where the portal gave the value and the label cannot be read as one."""
    return "\n".join(
        str(label)
        if re.fullmatch(rf"{letter}\d+", str(value)) and not _WITH_VALUE.fullmatch(str(label))
        else f"{value} {label}"
        for value, label in pairs
    )


def read_condition_value(
    asked: Question, how: Comparison, typed: str, *, field: str, labels: Mapping[str, str] | None = None
) -> str:
    """The value with which a condition compares: a choice by its label or value. Raises Invalid at ``field``.

    ``labels`` are what the values are called in the reader's language, by value.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if how is Comparison.FILLED:
        return ""
    if not text:
        raise Invalid(N_("条件の値を入力してください。"), field=field)
    choices = labels_of(asked)
    for value, label in choices:
        called = {label, (labels or {}).get(value, label)}
        if text in {value, *(unicodedata.normalize("NFKC", each) for each in called)}:
            return value
    if choices:
        known = "、".join((labels or {}).get(value, label) for value, label in choices)
        raise Invalid(N_("条件の値は、次のどれかにしてください：%(known)s"), field=field, known=known)
    if asked.kind in NUMBERS:
        text = text.replace(",", "")
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise Invalid(N_("条件の値は数字で入力してください。"), field=field)
    return text


def read_conditions(text: str, earlier: Mapping[str, Question], *, field: str) -> list[list[str]]:
    """The conditions of a cell, one a line: 「handled = はい」「routes 含む d」. Raises Invalid at ``field``."""
    found = []
    for line in filter(None, (unicodedata.normalize("NFKC", line).strip() for line in text.splitlines())):
        match = _CONDITION.fullmatch(line)
        if match is None:
            raise Invalid(N_("条件「%(line)s」を読み取れません。例：q1 = はい"), field=field, line=line[:60])
        asked = earlier.get(match[1])
        if asked is None:
            raise Invalid(N_("条件の設問「%(code)s」が、前にありません。"), field=field, code=match[1])
        sign = _OTHER_SIGNS.get(match[2], match[2])
        how = next(each for each, its in _SIGNS.items() if its == sign)
        check_comparison(asked, how, field=field, name=_SIGNS.__getitem__)
        found.append([asked.code, how.value, read_condition_value(asked, how, match[3], field=field)])
    if len(found) > MOST_CONDITIONS:
        raise Invalid(N_("条件は%(n)s個までです。"), field=field, n=MOST_CONDITIONS)
    return found


def show_conditions(shown_when: Iterable[Sequence[str]]) -> str:
    """The conditions as a cell holds them."""
    return "\n".join(f"{code} {_SIGNS[Comparison(how)]} {value}".strip() for code, how, value in shown_when)
