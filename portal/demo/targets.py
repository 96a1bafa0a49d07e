"""A stopped clock of the demonstration: an issue whose division waits for an amendment."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.directory.actor import find_actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.issues.service import stop_clock
from portal.issues.states import IssueState

_REASON = "関係する省令の改正案を確認しています。改正の内容が決まり次第、回答の準備を再開します。"


def stop_a_clock() -> None:
    """Let a division stop the clock of its newest accepted issue for a week."""
    issue = db.session.scalars(
        sa.select(Issue)
        .where(Issue.state == IssueState.ASSIGNED, Issue.accepted_at.is_not(None), Issue.promised_on.is_(None))
        .order_by(Issue.submitted_at.desc(), Issue.id.desc())
        .limit(1)
    ).first()
    if issue is None:
        return
    member = db.session.scalars(
        sa.select(Membership.id)
        .where(Membership.role == Role.DIVISION, Membership.organisation_id == issue.division_id)
        .order_by(Membership.id)
        .limit(1)
    ).first()
    actor = find_actor(member) if member is not None else None
    if actor is not None:
        stop_clock(actor, issue, reason=_REASON, expected_on=japan_date(clock.now()) + timedelta(days=7))
