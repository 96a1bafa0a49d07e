"""Reading of the operation record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from portal.audit.models import ReadingGrant
from portal.audit.policy import readable_by
from portal.core import clock
from portal.core.calendar import start_of_day
from portal.core.db import db
from portal.core.events import EventRecord
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation, Person

_NUMBERED = {"issue": ("issue_submitted", "number"), "guidance": ("guidance_approved", "document_number")}


@dataclass(frozen=True, kw_only=True)
class RecordFilter:
    """What to show of the record; None leaves a condition out. Dates are Japanese dates, both included.

    ``subject`` is the kind and id of one thing.
    """

    kind: str | None = None
    subject: tuple[str, int] | None = None
    person_email: str | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the record with the names that belong to its ids; ``number`` is the subject's, as it is recorded.

    ``absent_name`` is the person in whose place the actor acted, where they stood in for somebody.
    """

    event: EventRecord
    person_name: str | None
    absent_name: str | None
    organisation_name: str | None
    number: str | None


def list_entries(actor: Actor, chosen: RecordFilter, cursor: str | None) -> Page[Entry]:
    """The entries that the actor may read, newest first, paged by key."""
    query = sa.select(EventRecord).where(readable_by(actor), *_conditions(chosen))
    page = paginate(db.session, query, order=(EventRecord.id.desc(),), cursor=cursor)
    people = _names(Person, {event.actor_person_id for event in page.items})
    absent = _absent_names(page.items)
    bodies = _names(Organisation, {event.organisation_id for event in page.items})
    numbers = _numbers(actor, page.items)
    return page.with_items(
        [
            Entry(
                event,
                people.get(event.actor_person_id),
                absent.get((event.actor_membership_id, event.actor_person_id)),
                bodies.get(event.organisation_id),
                numbers.get((event.subject_kind, event.subject_id)),
            )
            for event in page.items
        ]
    )


def list_live_grants(actor: Actor) -> list[ReadingGrant]:
    """The auditor's own grants that still hold."""
    return list(
        db.session.scalars(
            sa.select(ReadingGrant)
            .where(ReadingGrant.person_id == actor.person_id, ReadingGrant.expires_at > clock.now())
            .order_by(ReadingGrant.expires_at)
        )
    )


def _numbers(actor: Actor, events: Sequence[EventRecord]) -> dict[tuple[str, int], str]:
    """The numbers of issues and guidance by kind and id: the entry that gave the number holds it."""
    found = {}
    for kind, (giver, name) in _NUMBERED.items():
        wanted = {event.subject_id for event in events if event.subject_kind == kind}
        if not wanted:
            continue
        rows = db.session.execute(
            sa.select(EventRecord.subject_id, EventRecord.payload).where(
                EventRecord.kind == giver,
                EventRecord.subject_kind == kind,
                EventRecord.subject_id.in_(wanted),
                readable_by(actor),
            )
        )
        found.update({(kind, subject_id): str(payload[name]) for subject_id, payload in rows if payload.get(name)})
    return found


def _conditions(chosen: RecordFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.kind:
        conditions.append(EventRecord.kind == chosen.kind)
    if chosen.subject:
        conditions.extend((EventRecord.subject_kind == chosen.subject[0], EventRecord.subject_id == chosen.subject[1]))
    if chosen.person_email:
        person = sa.select(Person.id).where(Person.email == chosen.person_email.strip().lower()).scalar_subquery()
        conditions.append(EventRecord.actor_person_id == person)
    if chosen.from_on:
        conditions.append(EventRecord.occurred_at >= start_of_day(_recorded(chosen.from_on)))
    if chosen.until_on:
        conditions.append(EventRecord.occurred_at < start_of_day(_recorded(chosen.until_on) + timedelta(days=1)))
    return conditions


def _recorded(day: date) -> date:
    """The day, or the nearest one with which can be reckoned: the calendar ends."""
    return min(max(day, date(2000, 1, 1)), date(2999, 12, 31))


def _absent_names(events: Sequence[EventRecord]) -> dict[tuple[int | None, int | None], str]:
    """By membership and acting person: the name of the membership's own person, where that is another."""
    pairs = {(event.actor_membership_id, event.actor_person_id) for event in events}
    wanted = {membership_id for membership_id, _ in pairs if membership_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(Membership.id, Person.id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id.in_(wanted))
    ).all()
    holders = {membership_id: (person_id, name) for membership_id, person_id, name in rows}
    return {
        (membership_id, person_id): holders[membership_id][1]
        for membership_id, person_id in pairs
        if membership_id in holders and holders[membership_id][0] != person_id
    }


def _names(model: type[Person] | type[Organisation], ids: set[int | None]) -> dict[int | None, str]:
    wanted = [key for key in ids if key is not None]
    if not wanted:
        return {}
    return dict(db.session.execute(sa.select(model.id, model.name).where(model.id.in_(wanted))).all())
