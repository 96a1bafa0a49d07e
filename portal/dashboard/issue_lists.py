"""The lists of issues on the home pages: one's own, those that are stuck, overdue ones, those without a liaison."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date, start_of_day
from portal.core.db import db
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.models import LiaisonAssignment, Membership
from portal.issues import policy
from portal.issues.models import Issue
from portal.issues.states import BEFORE_ANSWER, ENDED, Holder, IssueState

STUCK_AFTER = 5  # business days with one holder (product.md section 3, follow-up)
SHOWN = 8
_BEFORE_ROUTING = (IssueState.SUBMITTED, IssueState.RETURNED, IssueState.TRIAGED)


def list_own(actor: Actor) -> Sequence[Issue]:
    """What the actor's organisation has submitted and is not over, latest activity that it may know of first."""
    return db.session.scalars(_own(actor.pattern), actor.bindings).all()


def list_stuck(actor: Actor) -> Sequence[Issue]:
    """Unanswered issues that somebody other than the liaison has held for five business days or more, longest first."""
    before = start_of_day(add_business_days(japan_date(clock.now()), 1 - STUCK_AFTER))
    return _list(
        actor,
        Issue.state.in_(BEFORE_ANSWER),
        Issue.holder != Holder.LIAISON,
        Issue.holder_since_at < before,
        order=(Issue.holder_since_at, Issue.id),
    )


def list_overdue(actor: Actor) -> Sequence[Issue]:
    """Unanswered issues past their due date, the oldest due first."""
    return _list(
        actor, Issue.state.in_(BEFORE_ANSWER), Issue.due_on < japan_date(clock.now()), order=(Issue.due_on, Issue.id)
    )


def list_missed_promises(actor: Actor) -> Sequence[Issue]:
    """Issues of the actor's division whose official answer was promised for a day that has passed, oldest first."""
    return _list(
        actor,
        Issue.division_id == actor.organisation_id,
        Issue.state.in_((IssueState.ASSIGNED, IssueState.CONSULTING)),
        Issue.promised_on < japan_date(clock.now()),
        order=(Issue.promised_on, Issue.id),
    )


def list_ownerless(actor: Actor) -> Sequence[Issue]:
    """Issues that a liaison should have in hand, but whose post has none today, the oldest first."""
    now = clock.now()
    in_charge = (
        sa.select(LiaisonAssignment.post_id)
        .join(Membership, Membership.id == LiaisonAssignment.membership_id)
        .where(LiaisonAssignment.current_at(now), Membership.current_at(now))
    )
    return _list(
        actor,
        Issue.state.in_(_BEFORE_ROUTING),
        Issue.post_id.is_not(None),
        Issue.post_id.not_in(in_charge),
        order=(Issue.holder_since_at, Issue.id),
    )


def _list(actor: Actor, *conditions: sa.ColumnElement[bool], order: tuple[Any, ...]) -> Sequence[Issue]:
    return db.session.scalars(_first(actor.pattern).where(*conditions).order_by(*order), actor.bindings).all()


@kept
def _own(actor: Actor) -> sa.Select[Issue]:
    return (
        _first(actor)
        .where(Issue.organisation_id == actor.organisation_id, Issue.state.not_in([*ENDED, IssueState.DRAFT]))
        .order_by(Issue.last_public_activity_at.desc(), Issue.id.desc())
    )


@kept
def _first(actor: Actor) -> sa.Select[Issue]:
    return (
        sa.select(Issue)
        .where(policy.viewable_by(actor))
        .options(
            orm.joinedload(Issue.organisation), orm.joinedload(Issue.holder_organisation), orm.joinedload(Issue.clock)
        )
        .limit(SHOWN)
    )
