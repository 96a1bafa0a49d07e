"""What a form would change as things stand: cell by cell, with what is wrong and what should be looked at again."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.answering.batches import Collision, Filled, Merged, merge_all
from portal.campaigns.answers import calculate, failed_checks, list_shown, show_answer
from portal.campaigns.models import Campaign, Check, Entry, Question
from portal.campaigns.queries import list_checks, list_questions, loaded
from portal.campaigns.states import ANSWERABLE
from portal.core.db import db
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.inspections.batches import Reported
from portal.workbooks import policy
from portal.workbooks.marks import LAYOUT, digest_of
from portal.workbooks.reading import Place, Problem, ReadEntry, Reading
from portal.workbooks.slots import Slot, gather, slots_of
from portal.workbooks.states import FormKind

_AT_ONCE = 500
_NONE = N_("この調査の様式ではありません。ポータルからダウンロードした様式を選んでください。")
_OTHER_CAMPAIGN = N_("ほかの調査の様式です。この調査の様式を選んでください。")
_OLD = N_("古い版の様式です。もう一度ダウンロードした様式に入力してください。")
_MIXED = N_("回答の様式と進捗の様式は、別のファイルで登録してください。")
STRANGER = N_("あなたの団体の様式ではありません。")
UNKNOWN = N_("設問「%(code)s」はありません。様式の見出しを変えずに入力してください。")
_CLASH = N_("%(who)sが先に「%(value)s」と入力しました。確かめて、入力し直してください。")
_BLIND = N_("団体が既に入力しています。団体の回答を残すときは、このセルを空にしてください。")
_CLOSED = N_("%(body)sの「%(procedure)s」は%(state)sのため、変更しません。")
_NOT_ASKED = N_("前の設問の回答により、この設問の回答は提出されません。")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One answer that would change: as people read it, before and after."""

    place: Place
    body: str
    procedure: str
    label: str
    old: str
    new: str


@dataclass(kw_only=True)
class Plan:
    """What the file would do, what is wrong with it, and what should be looked at again.

    ``labels`` says what each cell asks, by the key of its slot.
    """

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)
    reports: list[Reported] = field(default_factory=list)
    bodies: int = 0
    entries: int = 0
    others: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Changes with what would be changed."""
        said = [[each.place.sheet, each.place.cell, each.old, each.new] for each in self.changes]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a procedure asks, looked up once for all its bodies."""

    questions: Sequence[Question]
    slots: Sequence[Slot]
    checks: Sequence[Check]
    by_code: Mapping[str, Question]
    by_key: Mapping[str, Slot]
    keys_of: Mapping[str, list[str]]


def plan_answers(actor: Actor, campaign: Campaign, reading: Reading) -> Plan:
    """What would change. At most five statements and one for each 500 entries."""
    questions = list_questions(campaign)
    plan = Plan(others=reading.others, labels={slot.key: slot.label for slot in slots_of(questions)})
    wrong = find_wrong_form(campaign, reading, FormKind.ANSWERS, digest_of(questions))
    if wrong is not None:
        plan.problems.append(wrong)
        return plan
    plan.problems.extend(reading.problems)
    entries = load_entries(campaign, [each.mark.entry_id for each in reading.entries])
    asked = _look_up(campaign, entries.values())
    filled: list[tuple[ReadEntry, Filled]] = []
    for read in reading.entries:
        entry = entries.get(read.mark.entry_id)
        if entry is None or not policy.is_own(actor, entry):
            plan.problems.append(Problem(place=read.place, message=STRANGER))
            continue
        found, unread = _fill(plan, read, entry, asked[entry.procedure_id])
        if entry.state in ANSWERABLE:
            plan.problems.extend(unread)
            filled.append((read, found))
        elif unread or _differs(actor, entry, found):
            plan.warnings.append(_closed(read, entry))
    _merge(plan, filled, asked, actor)
    return plan


def find_wrong_form(campaign: Campaign, reading: Reading, kind: FormKind, digest: str) -> Problem | None:
    """Why the file is none of this campaign's forms, if it is none."""
    if not reading.marks:
        return Problem(place=Place(sheet=""), message=_NONE)
    for mark in reading.marks:
        if mark.campaign_id != campaign.id:
            return Problem(place=Place(sheet=""), message=_OTHER_CAMPAIGN)
        if mark.kind is not kind:
            return Problem(place=Place(sheet=""), message=_MIXED)
        if mark.digest != digest or mark.layout != LAYOUT:
            return Problem(place=Place(sheet=""), message=_OLD)
    return None


def load_entries(campaign: Campaign, ids: Sequence[int]) -> dict[int, Entry]:
    """Entries of the campaign by id, with procedure and body. One statement for each 500."""
    found: dict[int, Entry] = {}
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        select = sa.select(Entry).where(
            Entry.campaign_id == campaign.id, Entry.id.in_(ordered[start : start + _AT_ONCE])
        )
        found.update((entry.id, entry) for entry in db.session.scalars(select.options(*loaded())))
    return found


def _look_up(campaign: Campaign, entries: Iterable[Entry]) -> dict[int, _Asked]:
    every, checks = list_questions(campaign), list_checks(campaign)
    found = {}
    for procedure_id in {each.procedure_id for each in entries}:
        questions = [each for each in every if each.procedure_id in {None, procedure_id}]
        codes, slots, keys = {each.code for each in questions}, slots_of(questions), defaultdict(list)
        for slot in slots:
            keys[slot.code].append(slot.key)
        found[procedure_id] = _Asked(
            questions=questions,
            slots=slots,
            checks=[each for each in checks if each.question_code in codes],
            by_code={each.code: each for each in questions},
            by_key={slot.key: slot for slot in slots},
            keys_of=keys,
        )
    return found


def _fill(plan: Plan, read: ReadEntry, entry: Entry, asked: _Asked) -> tuple[Filled, list[Problem]]:
    """The answers of one entry, and a problem at each cell that cannot be read."""
    for key in read.places.keys() - asked.by_key.keys():
        plan.problems.append(Problem(place=read.places[key], message=UNKNOWN, params={"code": key[:40]}))
    answers, wrong = gather(asked.slots, read.cells)
    unread = [
        Problem(place=read.places[key], message=invalid.message, params=invalid.params)
        for key, invalid in wrong.items()
    ]
    if not read.mark.is_shown:
        answers = {code: value for code, value in answers.items() if value is not None}
    return Filled(entry=entry, changes=answers, seen=read.mark.version, is_blind=not read.mark.is_shown), unread


def _differs(actor: Actor, entry: Entry, filled: Filled) -> bool:
    if not policy.is_shown(actor, entry):
        return bool(filled.changes)
    return any(entry.answers.get(code) != value for code, value in filled.changes.items())


def _closed(read: ReadEntry, entry: Entry) -> Problem:
    params = {"body": entry.participation.organisation_name, "procedure": entry.procedure.name, "state": entry.state.ja}
    return Problem(place=read.place, message=_CLOSED, params=params)


def _merge(plan: Plan, filled: Sequence[tuple[ReadEntry, Filled]], asked: Mapping[int, _Asked], actor: Actor) -> None:
    reads = {each.entry.id: read for read, each in filled}
    merged, clashes = merge_all([each for _, each in filled])
    for clash in clashes:
        plan.problems.append(_clash(clash, reads[clash.entry.id], asked[clash.entry.procedure_id]))
    by_entry = {each.entry.id: each for _, each in filled}
    for one in merged:
        plan.filled.append(by_entry[one.entry.id])
        _describe(plan, one, reads[one.entry.id], asked[one.entry.procedure_id])
    plan.entries = len(merged)
    plan.bodies = len({each.entry.organisation_id for each in merged})


def _clash(clash: Collision, read: ReadEntry, asked: _Asked) -> Problem:
    place = _place(read, asked, clash.code)
    if clash.theirs is None:
        return Problem(place=place, message=_BLIND)
    return Problem(
        place=place,
        message=_CLASH,
        params={"who": clash.theirs.signature, "value": _show(asked, clash.code, clash.theirs.value)},
    )


def _describe(plan: Plan, merged: Merged, read: ReadEntry, asked: _Asked) -> None:
    """Each change as people read it, and what will stand in the way of a submission."""
    entry = merged.entry
    for code, value in merged.changed.items():
        plan.changes.append(
            Change(
                place=_place(read, asked, code),
                body=entry.participation.organisation_name,
                procedure=entry.procedure.name,
                label=asked.by_key[asked.keys_of[code][0]].label
                if len(asked.keys_of[code]) == 1
                else _label(asked, code),
                old=_show(asked, code, entry.answers.get(code)),
                new=_show(asked, code, value),
            )
        )
    answers = calculate(asked.questions, {**entry.answers, **merged.changed})
    shown = {each.code for each in list_shown(asked.questions, answers)}
    for code, value in merged.changed.items():
        if value is not None and code.partition(":")[0] not in shown:
            plan.warnings.append(Problem(place=_place(read, asked, code), message=_NOT_ASKED))
    kept = {code: value for code, value in answers.items() if code.partition(":")[0] in shown and value is not None}
    for problem in failed_checks(asked.checks, kept):
        place = _place(read, asked, problem.code)
        plan.warnings.append(Problem(place=place, message=problem.message, params=problem.params))


def _place(read: ReadEntry, asked: _Asked, code: str) -> Place:
    key = next((key for key in asked.keys_of.get(code, ()) if key in read.places), "")
    return read.places.get(key, read.place)


def _label(asked: _Asked, code: str) -> str:
    """The question's label; of a table that of the whole."""
    slot = asked.by_key[asked.keys_of[code][0]]
    return slot.question.label if slot.place is not None else slot.label


def _show(asked: _Asked, code: str, value: Any) -> str:
    if ":" in code:
        return str(value or "")
    return show_answer(asked.by_code[code], value)
