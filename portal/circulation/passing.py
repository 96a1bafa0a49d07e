"""Sending a paper on to colleagues of the same body, with a note. Nobody outside the body sees any of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.circulation import policy
from portal.circulation.events import PaperPassed
from portal.circulation.models import PassedPaper
from portal.circulation.queries import list_sections
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Membership, Section
from portal.directory.roles import ADDRESSED_ROLES
from portal.guidance.models import Guidance, Recipient

MOST_COLLEAGUES = 300
_NOBODY = N_("送る相手を、同じ団体の方か所属から選んでください。")


def pass_paper(
    actor: Actor,
    guidance: Guidance,
    recipient: Recipient | None,
    *,
    membership_ids: Sequence[int] = (),
    section_ids: Sequence[int] = (),
    note: str = "",
    my_number_confirmed: bool = False,
) -> list[PassedPaper]:
    """Send the paper to colleagues and sections of the actor's own body; each finds it in the inbox.

    Raises Invalid at ``membership_ids`` for somebody who is not of the body (any more), Forbidden outside it.
    """
    authorize(policy.can_pass, actor, guidance, recipient)
    assert recipient is not None  # noqa: S101 - can_pass has refused it
    my_number.check_text("note", note, my_number_confirmed)
    colleagues = {each.id: each for each in list_colleagues(actor)}
    sections = {each.id: each for each in list_sections(actor.organisation_id)}
    if not colleagues.keys() >= set(membership_ids) or not sections.keys() >= set(section_ids):
        raise Invalid(_NOBODY, field="membership_ids")
    if not membership_ids and not section_ids:
        raise Invalid(_NOBODY, field="membership_ids")
    to_people = [_row(actor, recipient, note, member=colleagues[key]) for key in dict.fromkeys(membership_ids)]
    to_sections = [_row(actor, recipient, note, section=sections[key]) for key in dict.fromkeys(section_ids)]
    rows = to_people + to_sections
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        emit(actor, _event_of(row, actor.organisation_id))
    return rows


def list_colleagues(actor: Actor) -> Sequence[Membership]:
    """The other members of the actor's body who may see its papers, by section and name. One statement."""
    return db.session.scalars(
        sa.select(Membership)
        .join(Membership.person)
        .outerjoin(Membership.section)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.role.in_(ADDRESSED_ROLES),
            Membership.person_id.not_in(actor.person_ids),
            Membership.current_at(clock.now()),
        )
        .order_by(Section.name, Membership.id)
        .options(orm.contains_eager(Membership.person), orm.contains_eager(Membership.section))
        .limit(MOST_COLLEAGUES)
    ).all()


def name_of(member: Membership) -> str:
    """A colleague as they are chosen: section, title, name."""
    section = member.section.name if member.section is not None else ""
    return " ".join(part for part in (section, member.title, member.person.name) if part)


def _row(
    actor: Actor, recipient: Recipient, note: str, *, member: Membership | None = None, section: Section | None = None
) -> PassedPaper:
    name = name_of(member) if member is not None else section.name if section is not None else ""
    return PassedPaper(
        guidance_id=recipient.guidance_id,
        recipient_id=recipient.id,
        to_membership_id=member.id if member is not None else None,
        to_section_id=section.id if section is not None else None,
        to_name=name[:200],
        note=note.strip(),
        passed_by_person_id=actor.person_id,
        signature=actor.signature,
        passed_at=clock.now(),
    )


def _event_of(row: PassedPaper, organisation_id: int) -> PaperPassed:
    return PaperPassed(
        passed_paper_id=row.id,
        guidance_id=row.guidance_id,
        organisation_id=organisation_id,
        to_membership_id=row.to_membership_id,
        to_section_id=row.to_section_id,
    )
