"""Who may see, make and undo bundles, reply to many, and split; never more than the pages of the issues allow."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from portal.bundles.models import BulkReply, Bundle, BundleTie
from portal.bundles.states import BundleStep
from portal.core.events import Audience
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.states import IssueState

_WORKING = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION, Role.LIAISON})
_SEEING = _WORKING | {Role.EXECUTIVE}
_RUN_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})

_CAN: dict[BundleStep, Callable[[Actor, Issue], bool]] = {
    BundleStep.OFFICIAL: issue_policy.can_answer_officially,
    BundleStep.PROVISIONAL: issue_policy.can_answer_provisionally,
    BundleStep.RETURN: issue_policy.can_return,
    BundleStep.QUOTE: issue_policy.can_quote_answer,
}
_STATES: dict[BundleStep, frozenset[IssueState]] = {
    BundleStep.OFFICIAL: frozenset({IssueState.ASSIGNED}),
    BundleStep.PROVISIONAL: frozenset({IssueState.ASSIGNED, IssueState.CONSULTING}),
    BundleStep.RETURN: frozenset({IssueState.SUBMITTED, IssueState.TRIAGED}),
    BundleStep.QUOTE: frozenset({IssueState.TRIAGED}),
}
_OTHER_STATE = N_("いまの状態では受け取れません")
_CONSULTING = N_("府省に照会中です")
_NOT_ACCEPTED = N_("幹事課がまだ受け入れていません")
_PROPOSED = N_("対象外の提案を事務局が判断中です")
_NOT_YOURS = N_("この課題・照会にこの操作をする権限がありません")


# Bundles


def can_see_bundles(actor: Actor) -> bool:
    """Those of headquarters who read threads; bodies, ministries, associations and auditors find no trace."""
    return actor.role in _SEEING


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The bundles (dissolved ones too) that hold or held an issue that the actor may see, as a condition on Bundle."""
    if not can_see_bundles(actor):
        return sa.false()
    seen = sa.select(BundleTie.bundle_id).join(Issue, Issue.id == BundleTie.issue_id)
    return Bundle.id.in_(seen.where(issue_policy.submitted_viewable_by(actor)))


def can_view(actor: Actor, issues: Iterable[Issue], sees: Callable[[Issue], bool]) -> bool:
    """The twin of ``viewable_by``: ``issues`` are those that are or were in it, ``sees`` the issues' own policy."""
    return can_see_bundles(actor) and any(sees(issue) for issue in issues)


def can_bundle(actor: Actor) -> bool:
    """Whoever works on issues: liaisons, divisions, the secretariat, administrators."""
    return actor.role in _WORKING


def can_tie(actor: Actor, issue: Issue) -> bool:
    """Whoever works on it: its liaison, its division, the secretariat, administrators."""
    return actor.role in _WORKING and issue_policy.can_write_note(actor, issue)


def can_dissolve(actor: Actor, issues: Iterable[Issue]) -> bool:
    """Whoever works on every issue of the bundle."""
    return all(can_tie(actor, issue) for issue in issues)


def can_receive(actor: Actor, step: BundleStep, issue: Issue) -> bool:
    """Whether the actor may tell this issue so now: the very predicate of the issue's own page."""
    return _CAN[step](actor, issue)


def why_not(actor: Actor, step: BundleStep, issue: Issue) -> str | None:
    """Why the issue cannot be told so now by this actor; None when it can."""
    if can_receive(actor, step, issue):
        return None
    if issue.state not in _STATES[step]:
        return _CONSULTING if issue.state is IssueState.CONSULTING else _OTHER_STATE
    if issue.state is IssueState.ASSIGNED and issue.accepted_at is None:
        return _NOT_ACCEPTED
    return _PROPOSED if issue.decline_desk is not None else _NOT_YOURS


# Replies to many


def can_write_bulk(actor: Actor) -> bool:
    """Whoever works on issues."""
    return actor.role in _WORKING


def can_be_written_to(actor: Actor, audience: Audience, issue: Issue) -> bool:
    """Whether the actor may write to this audience of the issue: as its own page says."""
    if audience is Audience.INTERNAL:
        return issue_policy.can_write_note(actor, issue)
    return audience is Audience.PUBLIC and issue_policy.can_post_publicly(actor, issue)


def can_view_bulk(actor: Actor, bulk: BulkReply) -> bool:
    """The membership that wrote it, the secretariat and administrators."""
    return can_write_bulk(actor) and (actor.role in _RUN_ALL or bulk.author_membership_id == actor.membership_id)


def bulk_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The replies to many that the actor may see: the twin of ``can_view_bulk``."""
    if not can_write_bulk(actor):
        return sa.false()
    return sa.true() if actor.role in _RUN_ALL else BulkReply.author_membership_id == actor.membership_id


# Splitting


def can_split(actor: Actor, issue: Issue) -> bool:
    """Whoever works on it, unless it was never submitted or was taken back."""
    return issue.state is not IssueState.WITHDRAWN and can_tie(actor, issue)
