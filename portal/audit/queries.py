"""Reading of the operation record."""

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
from portal.directory.models import Organisation, Person


@dataclass(frozen=True, kw_only=True)
class RecordFilter:
    """What to show of the record; None leaves a condition out. Dates are Japanese dates, both included."""

    kind: str | None = None
    person_email: str | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the record with the names that belong to its ids."""

    event: EventRecord
    person_name: str | None
    organisation_name: str | None


def list_entries(actor: Actor, chosen: RecordFilter, cursor: str | None) -> Page[Entry]:
    """The entries that the actor may read, newest first, paged by key."""
    query = sa.select(EventRecord).where(readable_by(actor), *_conditions(chosen))
    page = paginate(db.session, query, order=(EventRecord.id.desc(),), cursor=cursor)
    people = _names(Person, {event.actor_person_id for event in page.items})
    bodies = _names(Organisation, {event.organisation_id for event in page.items})
    entries = [
        Entry(event, people.get(event.actor_person_id), bodies.get(event.organisation_id)) for event in page.items]
    return page.with_items(entries)


def list_live_grants(actor: Actor) -> list[ReadingGrant]:
    """The auditor's own grants that still hold."""
    return list(db.session.scalars(
        sa.select(ReadingGrant)
        .where(ReadingGrant.person_id == actor.person_id, ReadingGrant.expires_at > clock.now())
        .order_by(ReadingGrant.expires_at)))


def _conditions(chosen: RecordFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.kind:
        conditions.append(EventRecord.kind == chosen.kind)
    if chosen.person_email:
        person = sa.select(Person.id).where(Person.email == chosen.person_email.strip().lower()).scalar_subquery()
        conditions.append(EventRecord.actor_person_id == person)
    if chosen.from_on:
        conditions.append(EventRecord.occurred_at >= start_of_day(chosen.from_on))
    if chosen.until_on:
        conditions.append(EventRecord.occurred_at < start_of_day(chosen.until_on + timedelta(days=1)))
    return conditions


def _names(model: type[Person] | type[Organisation], ids: set[int | None]) -> dict[int | None, str]:
    wanted = [key for key in ids if key is not None]
    if not wanted:
        return {}
    return dict(db.session.execute(sa.select(model.id, model.name).where(model.id.in_(wanted))).all())
