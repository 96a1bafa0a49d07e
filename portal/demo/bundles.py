"""One bundle of the demonstration: the newest open issues of one sub-topic, tied by the secretariat."""

import sqlalchemy as sa

from portal.bundles.service import tie_issues
from portal.core.db import db
from portal.directory.actor import find_actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.issues.states import IssueState

_SIZE = 4


def add_bundle() -> None:
    """Tie a few issues of the sub-topic on which most work is under way."""
    clerk = db.session.scalars(
        sa.select(Membership.id).where(Membership.role == Role.SECRETARIAT).order_by(Membership.id).limit(1)
    ).one()
    busiest = (
        sa.select(Issue.sub_topic_id)
        .where(Issue.state == IssueState.ASSIGNED, Issue.accepted_at.is_not(None), Issue.sub_topic_id.is_not(None))
        .group_by(Issue.sub_topic_id)
        .order_by(sa.func.count().desc(), Issue.sub_topic_id)
        .limit(1)
        .scalar_subquery()
    )
    numbers = db.session.scalars(
        sa.select(Issue.number)
        .where(Issue.sub_topic_id == busiest, Issue.state.in_([IssueState.ASSIGNED, IssueState.CONSULTING]))
        .order_by(Issue.id.desc())
        .limit(_SIZE)
    ).all()
    actor = find_actor(clerk)
    if actor is not None and len(numbers) > 1:
        tie_issues(actor, [number for number in numbers if number is not None])
