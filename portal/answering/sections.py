"""庁内展開 by duty: a body gives procedures, or parts of them, to its own sections, which say when they are ready."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.answering import policy
from portal.answering.events import AnswersAssigned, AssignmentWithdrawn, SectionReady, SectionReopened
from portal.answering.models import AnswerAssignment
from portal.answering.running import authorize_running
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import list_questions
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.models import Section
from portal.directory.queries import list_sections

_LONGEST_NOTE = 1000
_MOST_AT_ONCE = 500


def assign_sections(
    actor: Actor,
    campaign: Campaign,
    entries: Sequence[Entry],
    *,
    section_ids: Iterable[int],
    parts: Sequence[str] = ("",),
    due_on: date | None = None,
    note: str = "",
    my_number_confirmed: bool = False,
) -> int:
    """Give the entries (or these parts of them) to sections of the body; how many were given that were not before.

    To give anew what a section has already changes its due and note, and asks it again. Raises Invalid at
    ``entry_ids``, ``section_ids``, ``due_on`` or ``note``.
    """
    authorize_running(policy.can_assign_all, actor, campaign, entries)
    my_number.check_text("note", note, my_number_confirmed)
    sections = _sections(actor, section_ids)
    given = [(entry, section, part) for entry in entries for section in sections for part in parts or ("",)]
    _check(campaign, given, due_on, note)
    held, added = _held(entries), 0
    for entry, section, part in given:
        assignment = held.get((entry.id, section.id, part))
        if assignment is None:
            assignment = AnswerAssignment(entry_id=entry.id, section_id=section.id, part=part)
            db.session.add(assignment)
            added += 1
        _write(assignment, actor, section, due_on, note.strip())
    _flush()
    emit(
        actor,
        AnswersAssigned(
            campaign_id=campaign.id,
            entry_ids=tuple(each.id for each in entries),
            section_ids=tuple(each.id for each in sections),
            organisation_id=actor.organisation_id,
        ),
    )
    return added


def mark_ready(actor: Actor, campaign: Campaign, assignment: AnswerAssignment) -> None:
    """The section's answers are entered. Repeating it changes nothing."""
    authorize_running(policy.can_mark_ready, actor, campaign, assignment)
    if assignment.ready_at is not None:
        return
    assignment.ready_at, assignment.ready_signature = clock.now(), actor.signature
    db.session.flush()
    emit(actor, SectionReady(**_ids(campaign, assignment)))


def reopen_part(actor: Actor, campaign: Campaign, assignment: AnswerAssignment) -> None:
    """The section goes on answering. Repeating it changes nothing."""
    authorize_running(policy.can_mark_ready, actor, campaign, assignment)
    if assignment.ready_at is None:
        return
    assignment.ready_at, assignment.ready_signature = None, ""
    db.session.flush()
    emit(actor, SectionReopened(**_ids(campaign, assignment)))


def withdraw_assignment(actor: Actor, campaign: Campaign, assignment: AnswerAssignment) -> None:
    """The section is not to answer it any more; what it entered stays."""
    authorize_running(policy.can_assign, actor, campaign, assignment.entry)
    db.session.delete(assignment)
    db.session.flush()
    emit(actor, AssignmentWithdrawn(**_ids(campaign, assignment)))


def ask_sections_again(entry: Entry) -> None:
    """What was sent back is to be looked at by the sections once more."""
    db.session.execute(
        sa.update(AnswerAssignment)
        .where(AnswerAssignment.entry_id == entry.id, AnswerAssignment.ready_at.is_not(None))
        .values(ready_at=None, ready_signature="", version=AnswerAssignment.version + 1)
    )


def _check(campaign: Campaign, given: Sequence[tuple[Entry, Section, str]], due_on: date | None, note: str) -> None:
    known = {each.section for each in list_questions(campaign)} | {""}
    if not known.issuperset(part for _, _, part in given):
        raise Invalid(N_("一覧から選んでください。"), field="parts")
    if not given:
        raise Invalid(N_("割り当てる事務を選んでください。"), field="entry_ids")
    if len(note) > _LONGEST_NOTE:
        raise Invalid(N_("1,000文字以内で入力してください。"), field="note")
    if due_on is not None and due_on < japan_date(clock.now()):
        raise Invalid(N_("過去の日付は指定できません。"), field="due_on")
    if len(given) > _MOST_AT_ONCE:
        raise Invalid(N_("一度に割り当てられるのは500件までです。"), field="entry_ids")


def _sections(actor: Actor, ids: Iterable[int]) -> list[Section]:
    wanted = set(ids)
    found = [each for each in list_sections(actor.organisation_id) if each.id in wanted]
    if not found or len(found) != len(wanted):
        raise Invalid(N_("割り当てる所属を選んでください。"), field="section_ids")
    return found


def _held(entries: Sequence[Entry]) -> dict[tuple[int, int, str], AnswerAssignment]:
    rows = db.session.scalars(
        sa.select(AnswerAssignment).where(AnswerAssignment.entry_id.in_([each.id for each in entries]))
    )
    return {(each.entry_id, each.section_id, each.part): each for each in rows}


def _write(assignment: AnswerAssignment, actor: Actor, section: Section, due_on: date | None, note: str) -> None:
    assignment.section_name, assignment.due_on, assignment.note = section.name, due_on, note
    assignment.assigned_signature, assignment.assigned_at = actor.signature, clock.now()
    assignment.ready_at, assignment.ready_signature = None, ""


def _flush() -> None:
    try:
        with db.session.begin_nested():
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict(N_("ほかの方が同時に割り当てました。画面を読み直してください。")) from error


def _ids(campaign: Campaign, assignment: AnswerAssignment) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "entry_id": assignment.entry_id,
        "section_id": assignment.section_id,
        "organisation_id": assignment.entry.organisation_id,
    }
