"""Who may take charge of an issue, act on several at once, and use, share or change a saved filter."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.core import clock
from portal.directory.actor import Actor
from portal.directory.models import LiaisonAssignment, Membership
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.issues.states import ENDED, Holder, IssueState
from portal.workbench.models import SavedFilter
from portal.workbench.states import BulkAction, Sharing

_CHANGE_NOTHING = frozenset({Role.EXECUTIVE, Role.AUDITOR})
_DESK = frozenset({BulkAction.TRIAGE, BulkAction.ROUTE, BulkAction.RETURN, BulkAction.NOTE})
_FOLLOWING = frozenset({BulkAction.FOLLOW, BulkAction.UNFOLLOW, BulkAction.READ})


def team_of(actor: Actor, issue: Issue) -> int | None:
    """The team for which the actor works on the issue: its liaison post, its division, the secretariat, or none."""
    if actor.role is Role.LIAISON:
        return issue.post_id if issue.post_id in actor.post_ids else None
    if actor.role is Role.DIVISION:
        return issue.division_id if issue.division_id == actor.organisation_id else None
    return actor.organisation_id if actor.role is Role.SECRETARIAT else None


def can_claim(actor: Actor, issue: Issue) -> bool:
    """A liaison of the post, a member of the division or of the secretariat, until it has ended.

    The secretariat takes charge only of what it holds or of what no post looks after.
    """
    if issue.state in ENDED or issue.state is IssueState.DRAFT or team_of(actor, issue) is None:
        return False
    return actor.role is not Role.SECRETARIAT or issue.holder is Holder.SECRETARIAT or issue.post_id is None


def can_change_claim(actor: Actor, issue: Issue) -> bool:
    """Whoever is of the team may release or hand on its claim: colleagues fall ill. The record says who did."""
    return team_of(actor, issue) is not None


def sees_claims(actor: Actor) -> bool:
    """Headquarters sees who is in charge; it is nobody else's business."""
    return actor.is_headquarters


def members_of(team_id: int | sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """The members of a team now, as a condition on Membership: a post's liaisons, or an organisation's people."""
    now = clock.now()
    liaisons = sa.select(LiaisonAssignment.membership_id).where(
        LiaisonAssignment.post_id == team_id, LiaisonAssignment.current_at(now)
    )
    return sa.and_(
        Membership.current_at(now),
        sa.or_(
            sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(liaisons)),
            sa.and_(Membership.role.in_([Role.DIVISION, Role.SECRETARIAT]), Membership.organisation_id == team_id),
        ),
    )


def bulk_steps_of(actor: Actor) -> frozenset[BulkAction]:
    """The steps that somebody of this role may ever take for several issues; each issue is asked about anew."""
    if actor.role in _CHANGE_NOTHING:
        return frozenset({BulkAction.READ})
    if actor.role is Role.ADMIN:
        return _DESK | _FOLLOWING
    if actor.role in {Role.LIAISON, Role.SECRETARIAT}:
        return _DESK | _FOLLOWING | {BulkAction.CLAIM}
    return _FOLLOWING | {BulkAction.NOTE, BulkAction.CLAIM} if actor.role is Role.DIVISION else _FOLLOWING


# Saved filters


def can_share(actor: Actor) -> bool:
    """Everyone but executives and auditors, who change nothing for others."""
    return actor.role not in _CHANGE_NOTHING


def teams_to_share_with(actor: Actor) -> Sequence[tuple[Sharing, int]]:
    """Whom the actor may share with: a liaison each of their posts, everyone else their own organisation."""
    if not can_share(actor):
        return []
    if actor.role is Role.LIAISON:
        return [(Sharing.POST, post_id) for post_id in sorted(actor.post_ids)]
    return [(Sharing.ORGANISATION, actor.organisation_id)]


def usable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The filters in the actor's reach, as a condition on SavedFilter: their own and those shared with their team."""
    own = SavedFilter.membership_id == actor.membership_id
    if actor.role is Role.LIAISON:
        shared = sa.and_(SavedFilter.sharing == Sharing.POST, SavedFilter.team_id.in_(actor.post_ids))
    else:
        shared = sa.and_(SavedFilter.sharing == Sharing.ORGANISATION, SavedFilter.team_id == actor.organisation_id)
    return sa.or_(own, shared)


def can_change(actor: Actor, kept: SavedFilter) -> bool:
    """Whoever made it; once its maker's membership has ended, anyone whom it is shared with."""
    if kept.membership_id == actor.membership_id:
        return True
    return can_share(actor) and not kept.membership.is_current(clock.now())
