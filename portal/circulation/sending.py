"""庁内展開 by who coordinates: parts to own sections, reminding, withdrawing, sending anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.attachments.queries import list_attachments
from portal.circulation import policy
from portal.circulation.events import PartReminded, PartSent, PartWithdrawn
from portal.circulation.locking import hold, hold_part, require_in_force, require_not_asked
from portal.circulation.models import Circulation, Part
from portal.circulation.queries import find_circulation, list_sections
from portal.circulation.states import CirculationState, PartState
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db, insert
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Section
from portal.guidance.dues import due_of
from portal.guidance.models import Guidance, Recipient


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of each section: which part in words, which files of the paper, by when, with what note."""

    what: str
    file_ids: Sequence[int] = ()
    due_on: date | None = None
    note: str = ""


def send_parts(
    actor: Actor,
    guidance: Guidance,
    recipient: Recipient | None,
    section_ids: Sequence[int],
    wanted: Wanted,
    *,
    my_number_confirmed: bool = False,
) -> list[Part]:
    """Send a part to one or several sections of the actor's body; the first time the actor's section coordinates.

    Raises Invalid at ``section_ids``, ``what``, ``file_ids`` or ``due_on``, Forbidden where another section
    coordinates, Conflict while the head confirms. After an answer the collection is open again.
    """
    authorize(policy.can_begin, actor, guidance, recipient)
    assert recipient is not None  # noqa: S101 - can_begin has refused it
    circulation = hold(_begin(actor, guidance, recipient))
    require_in_force(circulation)
    require_not_asked(circulation)
    authorize(policy.can_send, actor, circulation)
    _check(guidance, recipient, wanted, confirmed=my_number_confirmed)
    sections = {section.id: section for section in list_sections(actor.organisation_id)}
    chosen = [sections[key] for key in dict.fromkeys(section_ids) if key in sections]
    if not chosen or len(chosen) < len(set(section_ids)):
        raise Invalid(N_("送る所属を、担当者のいる所属から選んでください。"), field="section_ids")
    circulation.state = CirculationState.COLLECTING
    return [_send(actor, circulation, section, wanted) for section in chosen]


def resend_part(
    actor: Actor,
    part: Part,
    *,
    section_id: int,
    wanted: Wanted,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> Part:
    """Send a part anew, to the same section or another one; the earlier one stays on record as replaced.

    Raises Invalid like ``send_parts``, Conflict when the part changed or the head is confirming.
    """
    circulation, part = _held(actor, part, version)
    authorize(policy.can_resend, actor, circulation, part)
    _check(circulation.guidance, circulation.recipient, wanted, confirmed=my_number_confirmed)
    sections = {section.id: section for section in list_sections(actor.organisation_id)}
    if section_id not in sections:
        raise Invalid(N_("送る所属を、担当者のいる所属から選んでください。"), field="section_id")
    was_waiting = part.state is PartState.WAITING and part.section_id != section_id
    part.state = PartState.REPLACED
    if was_waiting:
        emit(actor, PartWithdrawn(**ids_of(circulation, part)))
    circulation.state = CirculationState.COLLECTING
    return _send(actor, circulation, sections[section_id], wanted, predecessor=part)


def remind_part(actor: Actor, part: Part) -> None:
    """Remind the section, once a day. Raises Conflict when it was today, or the section has answered meanwhile."""
    circulation, part = _held(actor, part, None)
    if part.state is not PartState.WAITING:
        raise Conflict(N_("この所属は既に回答しています。"))
    authorize(policy.can_chase, actor, circulation, part)
    now = clock.now()
    if part.reminded_at is not None and japan_date(part.reminded_at) == japan_date(now):
        raise Conflict(N_("この所属には、本日既に督促しています。"))
    part.reminded_at = now
    db.session.flush()
    emit(actor, PartReminded(**ids_of(circulation, part)))


def withdraw_part(actor: Actor, part: Part) -> None:
    """waiting → withdrawn. Raises Conflict when the section has answered meanwhile."""
    circulation, part = _held(actor, part, None)
    if part.state is not PartState.WAITING:
        raise Conflict(N_("この所属は既に回答しています。"))
    authorize(policy.can_chase, actor, circulation, part)
    drop_part(actor, circulation, part)


def drop_part(actor: Actor, circulation: Circulation, part: Part) -> None:
    """The section need not answer any more."""
    part.state = PartState.WITHDRAWN
    db.session.flush()
    emit(actor, PartWithdrawn(**ids_of(circulation, part)))


def ids_of(circulation: Circulation, part: Part) -> dict[str, Any]:
    """What every event about a part says."""
    return {
        "circulation_id": circulation.id,
        "guidance_id": circulation.guidance_id,
        "organisation_id": circulation.recipient.organisation_id,
        "part_id": part.id,
        "section_id": part.section_id,
    }


def _begin(actor: Actor, guidance: Guidance, recipient: Recipient) -> Circulation:
    begun = insert(Circulation).values(
        guidance_id=guidance.id,
        recipient_id=recipient.id,
        section_id=actor.section_id,
        section_name=actor.section_name,
        state=CirculationState.COLLECTING,
        begun_by_person_id=actor.seat_person_id,
        begun_at=clock.now(),
    )
    db.session.execute(begun.on_conflict_do_nothing())
    found = find_circulation(actor, guidance.id)
    assert found is not None  # noqa: S101 - it was inserted or stood there
    return found


def _held(actor: Actor, part: Part, version: int | None) -> tuple[Circulation, Part]:
    circulation = hold(part.circulation)
    authorize(policy.coordinates, actor, circulation)
    require_in_force(circulation)
    require_not_asked(circulation)
    return circulation, hold_part(circulation, part, version)


def _send(
    actor: Actor, circulation: Circulation, section: Section, wanted: Wanted, predecessor: Part | None = None
) -> Part:
    part = Part(
        circulation_id=circulation.id,
        section_id=section.id,
        section_name=section.name,
        predecessor_id=predecessor.id if predecessor is not None else None,
        state=PartState.WAITING,
        what=wanted.what.strip(),
        file_ids=list(wanted.file_ids),
        note=wanted.note.strip(),
        due_on=wanted.due_on,
        sent_by_person_id=actor.person_id,
        sent_signature=actor.signature,
        sent_at=clock.now(),
        circulation=circulation,
    )
    db.session.add(part)
    db.session.flush()
    emit(actor, PartSent(**ids_of(circulation, part)))
    return part


def _check(guidance: Guidance, recipient: Recipient, wanted: Wanted, *, confirmed: bool) -> None:
    my_number.check_text("what", wanted.what, confirmed)
    my_number.check_text("note", wanted.note, confirmed)
    if not wanted.what.strip():
        raise Invalid(N_("回答してほしい部分を入力してください。"), field="what")
    known = {file.id for file in list_attachments("guidance", [guidance.id])[guidance.id]}
    if not known.issuperset(wanted.file_ids):
        raise Invalid(N_("一覧から選んでください。"), field="file_ids")
    due_on = due_of(guidance, recipient)
    if wanted.due_on is None:
        return
    if wanted.due_on < japan_date(clock.now()):
        raise Invalid(N_("過去の日付は指定できません。"), field="due_on")
    if due_on is not None and due_on >= japan_date(clock.now()) and wanted.due_on > due_on:
        raise Invalid(N_("庁内の期限は、団体の回答期限までの日付にしてください。"), field="due_on")
