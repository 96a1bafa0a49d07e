"""Which duties a theme concerns: who in a body is told of what is new about it."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.directory.models import Duty, Membership, membership_duty
from portal.directory.roles import LOCAL_ROLES

# By the codes of portal/themes/data and portal/directory/data; a theme that stands here not concerns everybody.
_DUTIES: dict[str, frozenset[str]] = {
    "vaccine": frozenset({"vaccine"}),
    "card": frozenset({"card", "resident"}),
    "linkage": frozenset({"mynumber", "resident", "health_insurance", "disability", "child", "tax"}),
}


def concerned_with(theme_code: str) -> sa.ColumnElement[bool]:
    """The memberships of local governments that a theme concerns, as a condition on Membership.

    Those with one of its duties; in a body where nobody has one, everybody, so that each body hears of it.
    """
    local = Membership.role.in_(LOCAL_ROLES)
    codes = _DUTIES.get(theme_code)
    if codes is None:
        return local
    other = orm.aliased(Membership)
    with_duty = sa.select(membership_duty.c.membership_id).join(Duty, Duty.id == membership_duty.c.duty_id)
    with_duty = with_duty.where(Duty.code.in_(codes))
    now = clock.now()
    served = sa.select(other.organisation_id).where(
        other.id.in_(with_duty),
        other.role.in_(LOCAL_ROLES),
        other.starts_at <= now,
        sa.or_(other.ends_at.is_(None), other.ends_at > now),
    )
    return sa.and_(local, sa.or_(Membership.id.in_(with_duty), Membership.organisation_id.not_in(served)))
