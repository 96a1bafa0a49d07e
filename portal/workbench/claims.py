"""Taking charge of an issue within one's team, letting go of it, handing it to a colleague."""

from typing import Any, cast

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues.models import Issue
from portal.workbench import policy, queries
from portal.workbench.events import ClaimReleased, IssueClaimed, IssueHandedOver
from portal.workbench.models import Claim

_TAKEN = N_("%(name)sさんが先に担当になりました。")
_CHANGED = N_("担当者がほかの操作で変わりました。画面を開き直して確認してください。")


def claim_issue(actor: Actor, issue: Issue) -> None:
    """Become the one in charge for the actor's team; of several at once one wins and the others are told who.

    Nothing happens when the actor is in charge already. A claim whose member has left the team counts as none.
    Raises Conflict.
    """
    authorize(policy.can_claim, actor, issue)
    team_id = _team(actor, issue)
    if _take_free(actor, issue, team_id):
        _tell_claimed(actor, issue, team_id)
        return
    held = queries.get_claim(issue.id, team_id)
    if held.membership_id == actor.membership_id:
        return
    if queries.is_member(held.membership_id, team_id):
        raise Conflict(_TAKEN, name=queries.name_of(held.membership_id))
    _replace(issue.id, team_id, held.membership_id, actor.membership_id)
    _tell_claimed(actor, issue, team_id)


def release_claim(actor: Actor, issue: Issue, *, seen: int | None) -> None:
    """Nobody of the team is in charge any more. Raises Conflict unless ``seen`` (a membership) is in charge now."""
    authorize(policy.can_change_claim, actor, issue)
    team_id = _team(actor, issue)
    gone = db.session.execute(
        sa.delete(Claim).where(Claim.issue_id == issue.id, Claim.team_id == team_id, Claim.membership_id == seen)
    )
    if seen is None or not _count(gone):
        raise Conflict(_CHANGED)
    emit(
        actor,
        ClaimReleased(
            issue_id=issue.id,
            team_id=team_id,
            membership_id=seen,
            organisation_id=issue.organisation_id,
            audience=Audience.INTERNAL,
        ),
    )


def hand_over_issue(actor: Actor, issue: Issue, *, membership_id: int | None, seen: int | None) -> str:
    """Put a colleague of the team in charge, whose name is returned.

    Raises Invalid at ``membership_id`` for somebody who is not of the team, Conflict unless ``seen`` is in charge now.
    """
    authorize(policy.can_change_claim, actor, issue)
    team_id = _team(actor, issue)
    if membership_id is None or membership_id == seen or not queries.is_member(membership_id, team_id):
        raise Invalid(N_("引き継ぐ人を選んでください。"), field="membership_id")
    if seen is None:
        raise Conflict(_CHANGED)
    _replace(issue.id, team_id, seen, membership_id)
    emit(
        actor,
        IssueHandedOver(
            issue_id=issue.id,
            team_id=team_id,
            membership_id=membership_id,
            former_membership_id=seen,
            organisation_id=issue.organisation_id,
            audience=Audience.INTERNAL,
        ),
    )
    return queries.name_of(membership_id)


def _team(actor: Actor, issue: Issue) -> int:
    team_id = policy.team_of(actor, issue)
    if team_id is None:
        raise Forbidden(N_("この操作を行う権限がありません。"))
    return team_id


def _take_free(actor: Actor, issue: Issue, team_id: int) -> bool:
    made = db.session.scalar(
        insert(Claim)
        .values(issue_id=issue.id, team_id=team_id, membership_id=actor.membership_id, claimed_at=clock.now())
        .on_conflict_do_nothing()
        .returning(Claim.team_id)
    )
    return made is not None


def _replace(issue_id: int, team_id: int, former: int, membership_id: int) -> None:
    changed = db.session.execute(
        sa.update(Claim)
        .where(Claim.issue_id == issue_id, Claim.team_id == team_id, Claim.membership_id == former)
        .values(membership_id=membership_id, claimed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if not _count(changed):
        raise Conflict(_CHANGED)


def _tell_claimed(actor: Actor, issue: Issue, team_id: int) -> None:
    emit(
        actor,
        IssueClaimed(
            issue_id=issue.id,
            team_id=team_id,
            membership_id=actor.membership_id,
            organisation_id=issue.organisation_id,
            audience=Audience.INTERNAL,
        ),
    )


def _count(result: Any) -> int:
    return cast(int, result.rowcount)
