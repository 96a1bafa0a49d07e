"""Which memberships of a body a paper concerns: those with the duty, else the general desk, else everybody."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import EnumColumn
from portal.directory.models import Duty, Membership, Organisation, Section, membership_duty
from portal.directory.roles import ADDRESSED_ROLES
from portal.directory.substitutes import unattended
from portal.issuing.states import Staffing

GENERAL_DESK = "general"
_Condition = sa.ColumnElement[bool]


def concerned_by(duties: Collection[str]) -> _Condition:
    """The memberships of a body that hear of a paper for these duties; without duties every one does.

    Whoever is away counts as there while somebody stands in for them.
    """
    if not duties:
        return sa.true()
    other, desk = orm.aliased(Membership), orm.aliased(Membership)
    staffed = sa.select(other.organisation_id).where(_receives(other), _has_duty(other, duties))
    with_desk = sa.select(desk.organisation_id).where(_receives(desk), _at_desk(desk))
    without_duty = Membership.organisation_id.not_in(staffed)
    return sa.or_(
        _has_duty(Membership, duties),
        sa.and_(without_duty, _at_desk(Membership)),
        sa.and_(without_duty, Membership.organisation_id.not_in(with_desk)),
    )


def staffing_of(duties: Collection[str]) -> Any:
    """Whom a paper for these duties reaches in an organisation, as a Staffing."""
    kind = EnumColumn(Staffing)
    anybody, worker, desk = (orm.aliased(Membership) for _ in range(3))
    cases: list[Any] = [(sa.not_(_exists(anybody)), sa.literal(Staffing.NOBODY, kind))]
    if not duties:
        return sa.case(*cases, else_=sa.literal(Staffing.ALL, kind))
    cases += [
        (_exists(worker, _has_duty(worker, duties)), sa.literal(Staffing.DUTY, kind)),
        (_exists(desk, _at_desk(desk)), sa.literal(Staffing.DESK, kind)),
    ]
    return sa.case(*cases, else_=sa.literal(Staffing.EVERYBODY, kind))


def _exists(membership: Any, *conditions: _Condition) -> _Condition:
    return sa.exists().where(membership.organisation_id == Organisation.id, _receives(membership), *conditions)


def _receives(membership: Any) -> _Condition:
    """A membership that holds now, of a role that receives, with somebody there."""
    now = clock.now()
    return sa.and_(
        membership.role.in_(ADDRESSED_ROLES),
        membership.starts_at <= now,
        sa.or_(membership.ends_at.is_(None), membership.ends_at > now),
        membership.id.not_in(unattended()),
    )


def _has_duty(membership: Any, duties: Collection[str]) -> _Condition:
    holders = (
        sa.select(membership_duty.c.membership_id)
        .join(Duty, Duty.id == membership_duty.c.duty_id)
        .where(Duty.code.in_(duties))
    )
    found: _Condition = membership.id.in_(holders)
    return found


def _at_desk(membership: Any) -> _Condition:
    in_section = membership.section_id.in_(sa.select(Section.id).where(Section.is_general_desk))
    return sa.or_(in_section, _has_duty(membership, (GENERAL_DESK,)))
