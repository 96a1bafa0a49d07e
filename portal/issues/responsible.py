"""Who is responsible for an issue at an instant: the people behind the ball-holder, else the secretariat.

Nothing is without an owner: where nobody of the holder's organisation is there and nobody stands in, the secretariat
is asked, and may act on every issue anyway.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.directory.models import LiaisonAssignment, Membership
from portal.directory.roles import Role
from portal.directory.substitutes import is_attended, unattended
from portal.issues.models import Consultation, Issue
from portal.issues.states import Holder
from portal.issues.visibility import SUBMITTING


def in_charge_of(issue: Issue) -> sa.Select[Any]:
    """The memberships in charge of the issue's post today (none for an association's issue)."""
    held = orm.aliased(Membership)
    now = clock.now()
    return (
        sa.select(LiaisonAssignment.membership_id)
        .join(held, held.id == LiaisonAssignment.membership_id)
        .where(
            LiaisonAssignment.post_id == issue.post_id,
            LiaisonAssignment.current_at(now),
            held.starts_at <= now,
            sa.or_(held.ends_at.is_(None), held.ends_at > now),
        )
    )


def attending(issue: Issue) -> sa.Select[Any]:
    """Those of them who are there, or for whom somebody stands in."""
    return in_charge_of(issue).where(LiaisonAssignment.membership_id.not_in(unattended()))


def list_responsible(issue: Issue) -> list[int]:
    """The memberships that have to act next, those with somebody there first of all; else those of the secretariat.

    Empty only for an issue that has ended, and where the secretariat itself has nobody.
    """
    if issue.holder is Holder.NOBODY:
        return []
    holders = _with_somebody(_holders(issue))
    return holders or _with_somebody(Membership.role == Role.SECRETARIAT)


def _with_somebody(who: sa.ColumnElement[bool]) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Membership.id)
            .where(Membership.current_at(clock.now()), who, is_attended())
            .order_by(Membership.id)
        )
    )


def _holders(issue: Issue) -> sa.ColumnElement[bool]:
    if issue.holder is Holder.LIAISON:
        return sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(in_charge_of(issue)))
    if issue.holder is Holder.DIVISION:
        return sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == issue.division_id)
    if issue.holder is Holder.MINISTRY:
        asked = sa.select(Consultation.ministry_id).where(
            Consultation.issue_id == issue.id, Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None)
        )
        return sa.and_(Membership.role == Role.MINISTRY, Membership.organisation_id.in_(asked))
    if issue.holder is Holder.SUBMITTER:
        return sa.and_(Membership.role.in_(SUBMITTING), Membership.organisation_id == issue.organisation_id)
    return Membership.role == Role.SECRETARIAT
