"""Taking a question set in from sheets: checked whole, compared with what stands there, kept all or nothing."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.campaigns import policy, queries
from portal.campaigns.changing import columns_of, fingerprint_of, record_edit
from portal.campaigns.content import check_question
from portal.campaigns.models import Campaign, Check, Procedure, Question
from portal.campaigns.questions import MOST_QUESTIONS, check_check, check_texts
from portal.campaigns.reading import LETTERS, read_conditions, read_pairs
from portal.campaigns.sheets import (
    CHECK_COLUMNS,
    CHECKS,
    QUESTION_COLUMNS,
    QUESTIONS,
    YES_NO,
    CellFault,
    Line,
    Sheets,
    cell_of,
)
from portal.campaigns.states import QuestionKind, Severity
from portal.core import my_number
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.errors import Invalid, Outdated
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

_PLAIN = ("section", "label", "unit", "hint", "formula")
_REQUIRED = frozenset({"○", "◯", "1", "必須", "はい", "yes", "true"})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the sheets say, what is wrong with it, and what it would change of the set that stands there."""

    questions: list[Question] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    added: list[Question] = field(default_factory=list)
    changed: list[Question] = field(default_factory=list)
    removed: list[Question] = field(default_factory=list)
    kept: int = 0


def fingerprint_of_set(questions: Sequence[Question], checks: Sequence[Check]) -> str:
    """A short name of the whole set as it stands now."""
    names = [fingerprint_of(each) for each in questions] + [fingerprint_of(each) for each in checks]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]


def plan_import(campaign: Campaign, sheets: Sheets, *, my_number_confirmed: bool = False) -> Plan:
    """Read the lines as questions and checks; nothing is kept. Three statements."""
    standing = {each.code: each for each in queries.list_questions(campaign)}
    procedures = queries.list_procedures(campaign)
    questions, faults = _read_questions(sheets.questions, standing, procedures, my_number_confirmed)
    checks, more = _read_checks(sheets.checks, questions, my_number_confirmed)
    added = [each for each in questions if each.code not in standing]
    changed = [each for each in questions if each.code in standing and _content(each) != _content(standing[each.code])]
    codes = {each.code for each in questions}
    return Plan(
        questions=questions,
        checks=checks,
        faults=faults + more,
        added=added,
        changed=changed,
        removed=[each for code, each in standing.items() if code not in codes],
        kept=len(questions) - len(added) - len(changed),
    )


def replace_questions(actor: Actor, campaign: Campaign, plan: Plan, *, seen: str) -> None:
    """Put the planned set in the place of the one that stands there. Raises Forbidden, Conflict, Invalid for faults."""
    authorize(policy.can_edit, actor, campaign)
    standing, checks = queries.list_questions(campaign), queries.list_checks(campaign)
    if seen != fingerprint_of_set(standing, checks):
        raise Outdated
    if plan.faults:
        raise Invalid(N_("誤りのあるセルがあります。"))
    by_code = {each.code: each for each in standing}
    for each in (*plan.removed, *checks):
        db.session.delete(each)
    db.session.flush()
    for position, planned in enumerate(plan.questions):
        row = by_code.get(planned.code) or Question(campaign_id=campaign.id)
        for name, value in {**columns_of(planned), "position": position}.items():
            setattr(row, name, value)
        db.session.add(row)
    for position, check in enumerate(plan.checks):
        db.session.add(Check(**{**columns_of(check), "position": position}, campaign_id=campaign.id))
    record_edit(actor, campaign, "questions")


def _read_questions(
    lines: Sequence[Line], standing: Mapping[str, Question], procedures: Sequence[Procedure], confirmed: bool
) -> tuple[list[Question], list[CellFault]]:
    if not lines or len(lines) > MOST_QUESTIONS:
        return [], [CellFault(QUESTIONS, "A2", N_("設問を1問から%(n)s問まで書いてください。"), {"n": MOST_QUESTIONS})]
    faults: list[CellFault] = []
    read: list[Question] = []
    taken = {_code_of(line) for line in lines}
    fresh = (f"q{number}" for number in range(1, 2 * len(lines) + 2))
    for position, line in enumerate(lines):
        code = _code_of(line) or next(each for each in fresh if each not in taken)
        question = _blank(code, position, line)
        filling = _Filling(faults, QUESTIONS, QUESTION_COLUMNS, line.number)
        earlier = {each.code: each for each in read}
        if code in earlier:
            filling.refuse(Invalid(N_("コード「%(code)s」が重複しています。"), field="code", code=code[:40]))
        _fill(question, line.cells, standing.get(code), earlier, filling)
        question.procedure_id = filling.attempt(lambda cells=line.cells: _procedure(cells["procedure"], procedures))  # type: ignore[misc]
        filling.attempt(lambda asked=question: check_texts(asked, confirmed))  # type: ignore[misc]
        read.append(question)
    for place, question in enumerate(read):
        filling = _Filling(faults, QUESTIONS, QUESTION_COLUMNS, lines[place].number)
        others = [each for each in read if each is not question]
        filling.attempt(lambda asked=question, at=place, rest=others: check_question(asked, read[:at], rest))  # type: ignore[misc]
    return read, sorted(faults, key=lambda each: _number_in(each.cell))


def _fill(
    question: Question,
    cells: Mapping[str, str],
    before: Question | None,
    earlier: Mapping[str, Question],
    filling: "_Filling",
) -> None:
    """Set everything that has to be read; what cannot be read is a fault of its cell."""
    kind = filling.attempt(lambda: _member(QuestionKind, cells["kind"], "kind"))
    question.kind = kind or QuestionKind.TEXT
    if question.kind is QuestionKind.CALCULATED:
        question.is_required = False
    for name, letter in LETTERS.items():
        setattr(question, name, read_pairs(cells[name], [] if before is None else getattr(before, name), letter))
    question.asks_reason_for = filling.attempt(lambda: _reason(cells["asks_reason_for"])) or ""
    question.shown_when = (
        filling.attempt(lambda: read_conditions(cells["shown_when"], earlier, field="shown_when")) or []
    )


def _read_checks(
    lines: Sequence[Line], questions: Sequence[Question], confirmed: bool
) -> tuple[list[Check], list[CellFault]]:
    faults: list[CellFault] = []
    read = []
    for line in lines:
        cells = line.cells
        filling = _Filling(faults, CHECKS, CHECK_COLUMNS, line.number)
        severity = Severity.ERROR
        if cells["severity"]:
            severity = filling.attempt(lambda text=cells["severity"]: _member(Severity, text, "severity")) or severity  # type: ignore[misc]
        filling.attempt(
            lambda held=cells: check_check(questions, held["question_code"], held["expression"], held["message"])  # type: ignore[misc]
        )
        filling.attempt(lambda text=cells["message"]: my_number.check_text("message", text, confirmed))  # type: ignore[misc]
        read.append(
            Check(
                question_code=cells["question_code"], expression=cells["expression"], message=cells["message"],
                severity=severity,
            )
        )  # fmt: skip
    return read, faults


class _Filling:
    """Collects what is wrong with one row, each at its cell; a row is named once for each message."""

    def __init__(
        self, faults: list[CellFault], sheet: str, columns: Sequence[tuple[str, str, int]], number: int
    ) -> None:
        self.faults, self.sheet, self.columns, self.number = faults, sheet, columns, number

    def attempt(self, step: Callable[[], Any]) -> Any:
        """What the step gives, or None after a refusal."""
        try:
            return step()
        except Invalid as invalid:
            self.refuse(invalid)
        return None

    def refuse(self, invalid: Invalid) -> None:
        """Note a refusal at the cell of its field."""
        name = "shown_when" if (invalid.field or "").startswith("when_") else invalid.field or ""
        cell = cell_of(self.columns, name, self.number)
        if not any(each.cell == cell and each.sheet == self.sheet for each in self.faults):
            self.faults.append(CellFault(self.sheet, cell, invalid.message, invalid.params))


def _blank(code: str, position: int, line: Line) -> Question:
    is_required = unicodedata.normalize("NFC", line.cells["is_required"]).strip().lower() in _REQUIRED
    return Question(
        code=code, position=position, is_required=is_required, options=[], rows=[], columns=[], shown_when=[],
        procedure_id=None, asks_reason_for="", kind=QuestionKind.TEXT, **{name: line.cells[name] for name in _PLAIN},
    )  # fmt: skip


def _code_of(line: Line) -> str:
    return unicodedata.normalize("NFKC", line.cells["code"]).strip().lower()


def _member(kind: type[LabelledEnum], text: str, field: str) -> Any:
    wanted = unicodedata.normalize("NFKC", text).strip()
    for each in kind:
        if wanted in {each.value, unicodedata.normalize("NFKC", each.ja), each.en}:
            return each
    known = "、".join(each.ja for each in kind)
    raise Invalid(N_("次のどれかを書いてください：%(known)s"), field=field, known=known)


def _reason(text: str) -> str:
    if text.strip() not in YES_NO:
        raise Invalid(N_("「はい」か「いいえ」を書いてください。"), field="asks_reason_for")
    return YES_NO[text.strip()]


def _procedure(text: str, procedures: Sequence[Procedure]) -> int | None:
    if not text:
        return None
    for each in procedures:
        if text in {each.code, each.name}:
            return each.id
    raise Invalid(N_("事務「%(name)s」はありません。"), field="procedure", name=text[:60])


def _content(question: Question) -> dict[str, Any]:
    held = columns_of(question)
    del held["position"]
    return held


def _number_in(cell: str) -> int:
    return int("".join(character for character in cell if character.isdigit()))
