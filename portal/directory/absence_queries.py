"""Reading of absences: whose the actor may see, from what one may be away, who may stand in."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory import policy
from portal.directory.absence_models import Absence
from portal.directory.actor import Actor
from portal.directory.models import Membership, Person
from portal.directory.substitutes import DELEGABLE, may_stand_in, not_over


def get_absence(actor: Actor, absence_id: int) -> Absence:
    """An absence that the actor may see, with its people. Raises NotFound."""
    absence = db.session.scalar(_loaded().where(Absence.id == absence_id, policy.absences_viewable_by(actor)))
    if absence is None:
        raise NotFound
    return absence


def get_own_or_managed(actor: Actor, membership_id: int) -> Membership:
    """The membership for which the actor may enter an absence, with everything loaded. Raises NotFound."""
    membership = db.session.scalar(
        sa.select(Membership)
        .where(Membership.id == membership_id, not_over(clock.now()))
        .options(*_whole(orm.Load(Membership)))
    )
    if membership is None or not policy.can_enter_absence(actor, membership):
        raise NotFound
    return membership


def list_own_memberships(actor: Actor) -> Sequence[Membership]:
    """The person's own memberships from which they may be away."""
    if actor.is_standing_in:
        return []
    return db.session.scalars(
        sa.select(Membership)
        .where(Membership.person_id == actor.person_id, not_over(clock.now()), Membership.role.in_(DELEGABLE))
        .options(*_whole(orm.Load(Membership)))
        .order_by(Membership.id)
    ).all()


def list_absences(actor: Actor, *, cursor: str | None = None) -> Page[Absence]:
    """The absences of now and to come that the actor may see, the next to begin first, with their people."""
    statement = _loaded().where(policy.absences_viewable_by(actor), Absence.ends_at > clock.now())
    return paginate(db.session, statement, order=[Absence.starts_at, Absence.id], cursor=cursor)


def list_candidates(membership: Membership) -> Sequence[Membership]:
    """Who may stand in for the membership: same organisation, a role that the absent person may delegate to."""
    return db.session.scalars(
        sa.select(Membership)
        .join(Membership.person)
        .where(may_stand_in(membership))
        .options(orm.contains_eager(Membership.person), orm.joinedload(Membership.section))
        .order_by(Person.kana, Person.id)
    ).all()


def _loaded() -> sa.Select[Absence]:
    held = orm.contains_eager(Absence.membership)
    return (
        sa.select(Absence)
        .join(Absence.membership)
        .options(
            held.joinedload(Membership.person),
            held.joinedload(Membership.organisation),
            held.joinedload(Membership.section),
            orm.joinedload(Absence.substitute).joinedload(Membership.person),
        )
    )


def _whole(load: orm.Load) -> tuple[orm.interfaces.ORMOption, ...]:
    return (
        load.joinedload(Membership.person),
        load.joinedload(Membership.organisation),
        load.joinedload(Membership.section),
    )
