"""People of local governments whom no mail reaches: a task for the liaison, who asks for the right address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation, Person, Section
from portal.directory.roles import LOCAL_ROLES, Role
from portal.notifications.models import Delivery, DeliveryState, Digest, FailureSource, MailFailure

LOOKED_BACK = timedelta(days=30)
COMES_BACK_WITHIN = timedelta(days=1)  # our own server takes every mail; what is undeliverable comes back soon
_address = sa.func.lower(MailFailure.address)
_SEE_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """Somebody whose address no mail reaches, with the body, the section, since when, and what the server said."""

    person: Person
    body: Organisation
    section: str
    since: datetime
    error: str


def can_see(actor: Actor) -> bool:
    """Liaisons for the bodies of their posts; the secretariat and administrators for all."""
    return actor.role is Role.LIAISON or actor.role in _SEE_ALL


def list_unreached(actor: Actor, *, cursor: str | None = None, size: int = 20) -> Page[Unreached]:
    """Whose address of now no mail of the last thirty days reached since one failed, the newest failure first.

    A new address, or a mail that goes through, settles it by itself. One statement.
    """
    order = [MailFailure.occurred_at.desc(), MailFailure.id.desc()]
    page: Page[Any] = paginate(db.session, _failures(actor), order=order, cursor=cursor, size=size)
    return page.with_items(
        [
            Unreached(
                person=person,
                body=body,
                section=section or "",
                since=failure.occurred_at,
                error=failure.said or failure.status,
            )
            for failure, person, body, section in page
        ]
    )


def _failures(actor: Actor) -> Any:
    now = clock.now()
    newer = orm.aliased(MailFailure)
    is_newest = ~sa.exists().where(
        newer.person_id == MailFailure.person_id, newer.address == MailFailure.address, newer.id > MailFailure.id
    )
    own = sa.true() if actor.role in _SEE_ALL else Organisation.post_id.in_(actor.post_ids)
    return (
        sa.select(MailFailure, Person, Organisation, Section.name)
        .join(Person, sa.and_(Person.id == MailFailure.person_id, sa.func.lower(Person.email) == _address))
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Section, Section.id == Membership.section_id)
        .where(
            MailFailure.occurred_at > now - LOOKED_BACK,
            is_newest,
            sa.not_(_came_through(Delivery)),
            sa.not_(_came_through(Digest)),
            Membership.role.in_(LOCAL_ROLES),
            Membership.current_at(now),
            _is_first_place(now),
            own if can_see(actor) else sa.false(),
        )
    )


def _came_through(model: Any) -> sa.ColumnElement[bool]:
    """A later mail was taken; after one that came back, it must not have come back itself within a day."""
    settled = sa.or_(MailFailure.source == FailureSource.REFUSED, model.sent_at < clock.now() - COMES_BACK_WITHIN)
    return sa.exists().where(
        model.person_id == MailFailure.person_id,
        model.state == DeliveryState.SENT,
        model.sent_at > MailFailure.occurred_at,
        settled,
    )


def _is_first_place(now: datetime) -> sa.ColumnElement[bool]:
    """Whoever has several memberships stands in the list once."""
    other = orm.aliased(Membership)
    return ~sa.exists().where(
        other.person_id == Membership.person_id,
        other.id < Membership.id,
        other.role.in_(LOCAL_ROLES),
        other.starts_at <= now,
        sa.or_(other.ends_at.is_(None), other.ends_at > now),
    )
