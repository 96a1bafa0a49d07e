"""Who stands in for whom at an instant: the substitute, through chains, or else the head of the organisation.

The answer is always computed from the absences and memberships that hold at the instant, so a right to stand in ends
by itself with the absence, with either membership, and when the absent person comes back early.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.directory.absence_models import Absence
from portal.directory.models import Membership
from portal.directory.roles import LOCAL_ROLES, Role

LONGEST_CHAIN = 10
# What can be delegated. Administrators, executives and auditors answer for themselves; nobody stands in for them.
DELEGABLE = frozenset(
    {
        Role.SECRETARIAT,
        Role.DIVISION,
        Role.LIAISON,
        Role.LOCAL_MANAGER,
        Role.LOCAL_STAFF,
        Role.ASSOCIATION,
        Role.MINISTRY,
    }
)


@dataclass(frozen=True)
class StandIn:
    """The membership of an absent person, and one's own through which one stands in for it now."""

    membership_id: int
    own_membership_id: int
    may_sign: bool


def stand_ins(*, person_id: int | None = None, at: datetime | None = None) -> sa.CTE:
    """Absent memberships and those who stand in for them (``membership_id, own_id, person_id, may_sign``).

    Narrowed to one person where ``person_id`` is given. A chain is followed through absent substitutes; where it ends
    at nobody, the heads of the organisation stand in (a liaison's posts fall to other liaisons and the secretariat).
    """
    now = at or clock.now()
    first = sa.union_all(_by_name(now, person_id), _by_head(now, person_id)).cte()
    begun = sa.select(first).cte(recursive=True)
    away, seat = orm.aliased(Absence), orm.aliased(Membership)
    passed_on = (
        sa.select(away.membership_id, begun.c.own_id, begun.c.person_id, sa.literal(0), begun.c.depth + 1)
        .join(begun, begun.c.membership_id == away.substitute_id)
        .join(seat, seat.id == away.membership_id)
        .where(_is_on(away, now), _is_held(seat, now), seat.id != begun.c.own_id, begun.c.depth < LONGEST_CHAIN)
    )
    return begun.union_all(passed_on)


def is_away(membership: Any = Membership, at: datetime | None = None) -> sa.ColumnElement[bool]:
    """The condition that somebody is away from the membership now."""
    away = orm.aliased(Absence)
    return sa.exists().where(away.membership_id == membership.id, _is_on(away, at or clock.now()))


def unattended() -> sa.Select[Any]:
    """The ids of memberships whose holder is away with nobody standing in."""
    pairs = stand_ins()
    away = orm.aliased(Absence)
    return sa.select(away.membership_id).where(
        _is_on(away, clock.now()), away.membership_id.not_in(sa.select(pairs.c.membership_id))
    )


def is_attended(membership: Any = Membership) -> sa.ColumnElement[bool]:
    """The condition that the membership's holder is there, or somebody stands in for them."""
    attended: sa.ColumnElement[bool] = membership.id.not_in(unattended())
    return attended


def people_reached(who: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The ids of the people who receive what goes to these memberships: their holders and whoever stands in."""
    pairs = stand_ins()
    holds = Membership.current_at(clock.now())
    holders = sa.select(Membership.person_id.label("person_id")).where(holds, who)
    others = (
        sa.select(pairs.c.person_id.label("person_id"))
        .join(Membership, Membership.id == pairs.c.membership_id)
        .where(holds, who)
    )
    reached = sa.union(holders, others).subquery("reached")
    return sa.select(reached.c.person_id).distinct()


def acts_for(person_id: int) -> sa.ColumnElement[bool]:
    """The condition that a membership is the person's own, or that the person stands in for it now."""
    pairs = stand_ins(person_id=person_id)
    return sa.or_(Membership.person_id == person_id, Membership.id.in_(sa.select(pairs.c.membership_id)))


def list_stand_ins(person_id: int, membership_id: int | None = None) -> list[StandIn]:
    """For which memberships the person stands in now (or whether for this one); the strongest claim to each counts."""
    pairs = stand_ins(person_id=person_id)
    query = sa.select(pairs.c.membership_id, pairs.c.own_id, pairs.c.may_sign).order_by(
        pairs.c.membership_id, pairs.c.may_sign.desc(), pairs.c.depth, pairs.c.own_id
    )
    if membership_id is not None:
        query = query.where(pairs.c.membership_id == membership_id)
    found: dict[int, StandIn] = {}
    for key, own_id, may_sign in db.session.execute(query):
        found.setdefault(key, StandIn(key, own_id, bool(may_sign)))
    return list(found.values())


def may_stand_in(membership: Membership) -> sa.ColumnElement[bool]:
    """Who may be named: the same role in the same organisation; in a local government staff and managers alike."""
    roles = LOCAL_ROLES if membership.role in LOCAL_ROLES else frozenset({membership.role}) & DELEGABLE
    return sa.and_(
        Membership.organisation_id == membership.organisation_id,
        Membership.role.in_(roles),
        Membership.id != membership.id,
        Membership.person_id != membership.person_id,
        not_over(clock.now()),
    )


def not_over(at: datetime) -> sa.ColumnElement[bool]:
    """The condition that a membership holds at the instant or will."""
    return sa.or_(Membership.ends_at.is_(None), Membership.ends_at > at)


def _by_name(now: datetime, person_id: int | None) -> sa.Select[Any]:
    """Absences whose substitute is there."""
    away, seat, own = orm.aliased(Absence), orm.aliased(Membership), orm.aliased(Membership)
    query: sa.Select[Any] = (
        sa.select(
            away.membership_id.label("membership_id"),
            own.id.label("own_id"),
            own.person_id.label("person_id"),
            sa.case((away.may_sign, 1), else_=0).label("may_sign"),
            sa.literal(1).label("depth"),
        )
        .join(seat, seat.id == away.membership_id)
        .join(own, own.id == away.substitute_id)
        .where(_is_on(away, now), _is_held(seat, now), _holds(own, now), sa.not_(is_away(own, now)))
    )
    return query if person_id is None else query.where(own.person_id == person_id)


def _by_head(now: datetime, person_id: int | None) -> sa.Select[Any]:
    """Absences without a substitute, or whose substitute has left: the heads who are there."""
    away, seat, head, gone = (
        orm.aliased(Absence),
        orm.aliased(Membership),
        orm.aliased(Membership),
        orm.aliased(Membership),
    )
    is_covered = sa.exists().where(gone.id == away.substitute_id, _holds(gone, now))
    may_lead = sa.or_(head.role == seat.role, sa.and_(head.role == Role.LOCAL_MANAGER, seat.role == Role.LOCAL_STAFF))
    columns: list[Any] = [away.membership_id, head.id, head.person_id, sa.literal(0), sa.literal(1)]
    query = (
        sa.select(*columns)
        .join(seat, seat.id == away.membership_id)
        .join(head, sa.and_(head.organisation_id == seat.organisation_id, head.id != seat.id))
        .where(
            _is_on(away, now),
            _is_held(seat, now),
            seat.role != Role.LIAISON,
            sa.not_(is_covered),
            sa.or_(head.is_head, sa.and_(head.role == Role.LOCAL_MANAGER, seat.role.in_(LOCAL_ROLES))),
            may_lead,
            _holds(head, now),
            head.person_id != seat.person_id,
            sa.not_(is_away(head, now)),
        )
    )
    return query if person_id is None else query.where(head.person_id == person_id)


def _is_on(away: Any, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(away.starts_at <= now, away.ends_at > now)


def _holds(membership: Any, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(membership.starts_at <= now, sa.or_(membership.ends_at.is_(None), membership.ends_at > now))


def _is_held(seat: Any, now: datetime) -> sa.ColumnElement[bool]:
    """Whether there is anything to stand in for: the membership holds and its role can be delegated."""
    return sa.and_(_holds(seat, now), seat.role.in_(DELEGABLE))
