"""Who is in charge of some open issues of the demonstration, and conditions that colleagues share."""

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.actor import Actor, find_actor
from portal.directory.models import Membership, Person
from portal.issues.models import Issue
from portal.issues.states import BEFORE_ANSWER
from portal.workbench.claims import claim_issue
from portal.workbench.filters import save_filter
from portal.workbench.policy import can_claim, teams_to_share_with

_WORKING = ("liaison15@mic.example", "mynumber@mic.example", "secretariat@mic.example")
_CONDITIONS = (
    ("緊急・未読", {"view": ["open"], "urgency": ["urgent"], "flags": ["unread"]}),
    ("期限を過ぎたもの", {"view": ["open"], "flags": ["overdue"], "sort": ["due"]}),
)
_EACH = 3


def add_workbench() -> None:
    """Each of a few people takes charge of some issues and shares two conditions with colleagues."""
    for email in _WORKING:
        actor = _actor_of(email)
        if actor is None:
            continue
        for issue in _open_issues(actor):
            claim_issue(actor, issue)
        for name, condition in _CONDITIONS:
            save_filter(actor, name=name, condition=condition, team=teams_to_share_with(actor)[0])


def _actor_of(email: str) -> Actor | None:
    found = db.session.scalar(
        sa.select(Membership.id).join(Person, Person.id == Membership.person_id).where(Person.email == email).limit(1)
    )
    return find_actor(found) if found is not None else None


def _open_issues(actor: Actor) -> list[Issue]:
    newest = db.session.scalars(
        sa.select(Issue)
        .where(
            Issue.state.in_(BEFORE_ANSWER),
            sa.or_(
                Issue.post_id.in_(actor.post_ids), Issue.division_id == actor.organisation_id, Issue.post_id.is_(None)
            ),
        )
        .order_by(Issue.id.desc())
        .limit(40)
    )
    return [issue for issue in newest if can_claim(actor, issue)][:_EACH]
