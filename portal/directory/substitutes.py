"""Who stands in for whom at an instant: the substitute, through chains, or else the head of the organisation.

The answer is always computed from the absences and memberships that hold at the instant, so a right to stand in ends
by itself with the absence, with either membership, and when the absent person comes back early.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import UtcDateTime, db
from portal.directory.absence_models import Absence
from portal.directory.models import Membership
from portal.directory.roles import LOCAL_ROLES, Role

LONGEST_CHAIN = 10
_NOW: sa.BindParameter[datetime] = sa.bindparam("stand_in_now", callable_=clock.now, type_=UtcDateTime())
_ABSENCES, _MEMBERSHIPS = sa.inspect(Absence).local_table, sa.inspect(Membership).local_table
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


def stand_ins() -> sa.CTE:
    """Absent memberships and those who stand in for them now (``membership_id, own_id, person_id, may_sign``).

    A chain is followed through absent substitutes; where it ends at nobody, the heads of the organisation stand in (a
    liaison's posts fall to other liaisons and the secretariat). "Now" is the moment at which the statement is sent.
    """
    return _STAND_INS


def is_away(membership_id: Any = Membership.id) -> sa.ColumnElement[bool]:
    """The condition that somebody is away from the membership now."""
    return _is_away(membership_id)


def unattended() -> sa.Select[Any]:
    """The ids of memberships whose holder is away with nobody standing in."""
    return _UNATTENDED


def is_attended() -> sa.ColumnElement[bool]:
    """The condition that a membership's holder is there, or somebody stands in for them."""
    return Membership.id.not_in(unattended())


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


def acts_for(person_id: int | sa.BindParameter[int]) -> sa.ColumnElement[bool]:
    """The condition that a membership is the person's own, or that the person stands in for it now."""
    pairs = stand_ins()
    in_place = sa.select(pairs.c.membership_id).where(pairs.c.person_id == person_id)
    return sa.or_(Membership.person_id == person_id, Membership.id.in_(in_place))


def list_stand_ins(person_id: int, membership_id: int | None = None) -> list[StandIn]:
    """For which memberships the person stands in now (or whether for this one); the strongest claim to each counts."""
    return list_stand_ins_of([person_id], membership_id).get(person_id, [])


def list_stand_ins_of(person_ids: Collection[int], membership_id: int | None = None) -> dict[int, list[StandIn]]:
    """The same for several people, by person; who stands in for nobody is missing. One statement."""
    pairs = stand_ins()
    query = (
        sa.select(pairs.c.person_id, pairs.c.membership_id, pairs.c.own_id, pairs.c.may_sign)
        .where(pairs.c.person_id.in_(person_ids))
        .order_by(pairs.c.membership_id, pairs.c.may_sign.desc(), pairs.c.depth, pairs.c.own_id)
    )
    if membership_id is not None:
        query = query.where(pairs.c.membership_id == membership_id)
    found: dict[int, dict[int, StandIn]] = {}
    for person_id, key, own_id, may_sign in db.session.execute(query):
        found.setdefault(person_id, {}).setdefault(key, StandIn(key, own_id, bool(may_sign)))
    return {person_id: list(claims.values()) for person_id, claims in found.items()}


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


def _by_name() -> sa.Select[Any]:
    """Absences whose substitute is there."""
    away, seat, own = _ABSENCES.alias(), _MEMBERSHIPS.alias(), _MEMBERSHIPS.alias()
    columns: list[Any] = [
        away.c.membership_id.label("membership_id"),
        own.c.id.label("own_id"),
        own.c.person_id.label("person_id"),
        sa.case((away.c.may_sign, 1), else_=0).label("may_sign"),
        sa.literal(1).label("depth"),
    ]
    return (
        sa.select(*columns)
        .select_from(away)
        .join(seat, seat.c.id == away.c.membership_id)
        .join(own, own.c.id == away.c.substitute_id)
        .where(_somebody_is_away(), _is_on(away), _is_held(seat), _holds(own), sa.not_(_is_away(own.c.id)))
    )


def _by_head() -> sa.Select[Any]:
    """Absences without a substitute, or whose substitute has left: the heads who are there."""
    away, seat, head, gone = _ABSENCES.alias(), _MEMBERSHIPS.alias(), _MEMBERSHIPS.alias(), _MEMBERSHIPS.alias()
    is_covered = sa.exists().where(gone.c.id == away.c.substitute_id, _holds(gone))
    is_managed = sa.and_(head.c.role == Role.LOCAL_MANAGER, seat.c.role == Role.LOCAL_STAFF)
    leads = sa.or_(head.c.is_head, sa.and_(head.c.role == Role.LOCAL_MANAGER, seat.c.role.in_(LOCAL_ROLES)))
    columns: list[Any] = [away.c.membership_id, head.c.id, head.c.person_id, sa.literal(0), sa.literal(1)]
    return (
        sa.select(*columns)
        .select_from(away)
        .join(seat, seat.c.id == away.c.membership_id)
        .join(head, sa.and_(head.c.organisation_id == seat.c.organisation_id, head.c.id != seat.c.id))
        .where(
            _somebody_is_away(),
            _is_on(away),
            _is_held(seat),
            seat.c.role != Role.LIAISON,
            sa.not_(is_covered),
            leads,
            sa.or_(head.c.role == seat.c.role, is_managed),
            _holds(head),
            head.c.person_id != seat.c.person_id,
            sa.not_(_is_away(head.c.id)),
        )
    )


def _is_away(membership_id: Any) -> sa.ColumnElement[bool]:
    away = _ABSENCES.alias()
    return sa.exists().where(away.c.membership_id == membership_id, _is_on(away))


def _somebody_is_away() -> sa.ColumnElement[bool]:
    """Asked once: where nobody is away, no membership is looked at, whatever the planner thinks of the tables."""
    return sa.exists().where(_is_on(_ABSENCES.alias()))


def _is_on(away: Any) -> sa.ColumnElement[bool]:
    return sa.and_(away.c.starts_at <= _NOW, away.c.ends_at > _NOW)


def _holds(membership: Any) -> sa.ColumnElement[bool]:
    return sa.and_(membership.c.starts_at <= _NOW, sa.or_(membership.c.ends_at.is_(None), membership.c.ends_at > _NOW))


def _is_held(seat: Any) -> sa.ColumnElement[bool]:
    """Whether there is anything to stand in for: the membership holds and its role can be delegated."""
    return sa.and_(_holds(seat), seat.c.role.in_(DELEGABLE))


def _all() -> sa.CTE:
    """Built once, of plain tables: every page asks it, and arranging it takes longer than answering it."""
    begun = _by_name().union_all(_by_head()).cte().select().cte(recursive=True)
    away, seat = _ABSENCES.alias(), _MEMBERSHIPS.alias()
    passed_on = (
        sa.select(away.c.membership_id, begun.c.own_id, begun.c.person_id, sa.literal(0), begun.c.depth + 1)
        .select_from(begun)
        .join(away, begun.c.membership_id == away.c.substitute_id)
        .join(seat, seat.c.id == away.c.membership_id)
        .where(_is_on(away), _is_held(seat), seat.c.id != begun.c.own_id, begun.c.depth < LONGEST_CHAIN)
    )
    return begun.union_all(passed_on)


def _with_nobody() -> sa.Select[Any]:
    away = _ABSENCES.alias()
    attended = sa.select(_STAND_INS.c.membership_id)
    return sa.select(away.c.membership_id).where(_is_on(away), away.c.membership_id.not_in(attended))


_STAND_INS = _all()
_UNATTENDED = _with_nobody()
