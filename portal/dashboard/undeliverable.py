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
from portal.notifications.models import Delivery, DeliveryState

LOOKED_BACK = timedelta(days=30)
_SEE_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """Somebody whose newest mail failed, with the body, the section, since when, and what the mail server said."""

    person: Person
    body: Organisation
    section: str
    since: datetime
    error: str


def can_see(actor: Actor) -> bool:
    """Liaisons for the bodies of their posts; the secretariat and administrators for all."""
    return actor.role is Role.LIAISON or actor.role in _SEE_ALL


def list_unreached(actor: Actor, *, cursor: str | None = None, size: int = 20) -> Page[Unreached]:
    """Whom no mail of the last thirty days reached after the one that failed, the newest failure first.

    A mail that goes through settles it by itself. One statement.
    """
    page: Page[Any] = paginate(
        db.session, _failures(actor), order=[Delivery.created_at.desc(), Delivery.id.desc()], cursor=cursor, size=size
    )
    return page.with_items(
        [
            Unreached(
                person=row[1], body=row[2], section=row[3] or "", since=row[0].created_at, error=row[0].error or ""
            )
            for row in page
        ]
    )


def _failures(actor: Actor) -> Any:
    later = orm.aliased(Delivery)
    came_after = sa.exists().where(
        later.person_id == Delivery.person_id,
        later.id > Delivery.id,
        later.state.in_((DeliveryState.SENT, DeliveryState.FAILED)),
    )
    other = orm.aliased(Membership)
    now = clock.now()
    first_place = ~sa.exists().where(
        other.person_id == Membership.person_id,
        other.id < Membership.id,
        other.role.in_(LOCAL_ROLES),
        other.starts_at <= now,
        sa.or_(other.ends_at.is_(None), other.ends_at > now),
    )
    own = sa.true() if actor.role in _SEE_ALL else Organisation.post_id.in_(actor.post_ids)
    return (
        sa.select(Delivery, Person, Organisation, Section.name)
        .join(Person, Person.id == Delivery.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Section, Section.id == Membership.section_id)
        .where(
            Delivery.state == DeliveryState.FAILED,
            Delivery.created_at > now - LOOKED_BACK,
            sa.not_(came_after),
            Membership.role.in_(LOCAL_ROLES),
            Membership.current_at(now),
            first_place,
            own if can_see(actor) else sa.false(),
        )
    )
