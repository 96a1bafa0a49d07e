"""Whom phone notes, hearings and promises to bodies concern."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import japan_datetime
from portal.core.db import db
from portal.core.events import Audience, EventRecord
from portal.directory.models import LiaisonAssignment, Membership
from portal.directory.roles import LOCAL_ROLES, Role
from portal.directory.substitutes import unattended
from portal.liaison.events import ContactCorrected, ContactEvent, PromiseFellDue
from portal.liaison.models import Contact
from portal.liaison.queries import confirmed_by
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight, sender_of

_Condition = sa.ColumnElement[bool]


def tell_contact(event: ContactEvent, record: EventRecord) -> list[Telling]:
    """A public record: whom it is put to. A correction, a promise that fell due: the liaisons of the body's post."""
    contact = db.session.scalars(
        sa.select(Contact).where(Contact.id == event.contact_id).options(orm.joinedload(Contact.organisation))
    ).one()
    at = japan_datetime(contact.contacted_at)
    facts: dict[str, Any] = {
        "title": f"{contact.organisation.name} {at.month}/{at.day} {at:%H:%M}",
        "body": contact.organisation.name,
        "sender": sender_of(record),
    }
    if isinstance(event, ContactCorrected):
        return _to_liaisons(contact, facts)
    if isinstance(event, PromiseFellDue):
        return _to_liaisons(contact, facts, topic=Topic.PROMISES, weight=Weight.ACT, due_on=event.due_on)
    if record.audience is not Audience.PUBLIC:
        return []
    return [
        Telling(
            who=_partners(contact),
            reason="partner",
            topic=Topic.CONTACTS,
            weight=Weight.ACT,
            facts={**facts, "reason": "partner"},
            due_on=confirmed_by(contact),
        )
    ]


def _partners(contact: Contact) -> _Condition:
    """The person it was with, else the section (the general desk), else the managers: the first that is there."""
    there = sa.and_(
        Membership.organisation_id == contact.organisation_id,
        Membership.role.in_(LOCAL_ROLES),
        Membership.current_at(clock.now()),
    )
    ways: list[_Condition] = []
    if contact.counterpart_person_id is not None:
        ways.append(Membership.person_id == contact.counterpart_person_id)
    if contact.section_id is not None:
        ways.append(Membership.section_id == contact.section_id)
    for way in ways:
        if db.session.scalar(sa.select(Membership.id).where(there, way).limit(1)) is not None:
            return sa.and_(there, way)
    return sa.and_(there, Membership.role == Role.LOCAL_MANAGER)


def _to_liaisons(
    contact: Contact, facts: dict[str, Any], *, topic: Topic = Topic.CONTACTS, weight: Weight = Weight.KNOW, **more: Any
) -> list[Telling]:
    """Those in charge of the post; the secretariat where nobody is there and nobody stands in."""
    in_charge = (
        sa.select(LiaisonAssignment.membership_id)
        .join(LiaisonAssignment.membership)
        .where(
            LiaisonAssignment.post_id == contact.organisation.post_id,
            LiaisonAssignment.current_at(clock.now()),
            Membership.current_at(clock.now()),
        )
    )
    attended = in_charge.where(LiaisonAssignment.membership_id.not_in(unattended()))
    is_attended = db.session.scalar(attended.limit(1)) is not None
    groups: list[tuple[str, _Condition]] = [
        ("liaison", sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(in_charge.correlate(None))))
    ]
    if not is_attended:
        groups.append(("secretariat", Membership.role == Role.SECRETARIAT))
    return [
        Telling(who=who, reason=reason, topic=topic, weight=weight, facts={**facts, "reason": reason}, **more)
        for reason, who in groups
    ]
