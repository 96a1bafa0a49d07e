"""What somebody who leaves a body leaves behind in issues, and passing it on to whoever takes over."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.directory.models import Membership
from portal.issues.models import Follower, Issue
from portal.issues.states import ENDED, IssueState


@dataclass(frozen=True)
class LeftBehind:
    """How many open issues somebody submitted, and how many drafts they have."""

    open_issues: int = 0
    drafts: int = 0


def count_left_behind(membership_ids: Collection[int]) -> dict[int, LeftBehind]:
    """By membership. One statement."""
    is_draft = Issue.state == IssueState.DRAFT
    rows = db.session.execute(
        sa.select(
            Issue.submitter_membership_id,
            sa.func.sum(sa.case((is_draft, 0), else_=1)),
            sa.func.sum(sa.case((is_draft, 1), else_=0)),
        )
        .where(Issue.submitter_membership_id.in_(membership_ids), Issue.state.not_in(ENDED))
        .group_by(Issue.submitter_membership_id)
    )
    return {key: LeftBehind(int(open_issues), int(drafts)) for key, open_issues, drafts in rows}


def pass_on_issues(leaver_membership_id: int, taker_membership_id: int) -> int:
    """Give the taker the leaver's drafts, and let them follow (so see) the leaver's open issues; return how many.

    A submitted issue belongs to its body and keeps saying who submitted it. Repeating it is harmless.
    """
    taker = db.session.get_one(Membership, taker_membership_id)
    issues = db.session.scalars(
        sa.select(Issue).where(Issue.submitter_membership_id == leaver_membership_id, Issue.state.not_in(ENDED))
    ).all()
    for issue in issues:
        if issue.state is IssueState.DRAFT:
            issue.submitter_membership_id, issue.submitter_person_id = taker.id, taker.person_id
        else:
            db.session.execute(
                insert(Follower)
                .values(issue_id=issue.id, person_id=taker.person_id, followed_at=clock.now())
                .on_conflict_do_nothing()
            )
    db.session.flush()
    return len(issues)
