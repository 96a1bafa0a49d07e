"""Who may move an issue: each verb from small predicates. Who may see it stands in ``visibility``."""

from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.issues.models import Consultation, Issue
from portal.issues.states import IssueState
from portal.issues.visibility import (
    SUBMITTING,
    Ties,
    ball_is_with,
    can_view,
    is_liaison_of,
    is_own,
    posts_visible_to,
    sees_every_audience,
    submitted_viewable_by,
    takes_part,
    viewable_by,
    viewers_of,
)

__all__ = [
    "Ties",
    "ball_is_with",
    "can_view",
    "is_liaison_of",
    "is_own",
    "posts_visible_to",
    "sees_every_audience",
    "submitted_viewable_by",
    "takes_part",
    "viewable_by",
    "viewers_of",
]

_RUN_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})
_OPEN = frozenset(
    {IssueState.SUBMITTED, IssueState.TRIAGED, IssueState.RETURNED, IssueState.ASSIGNED, IssueState.CONSULTING}
)
_ENDED = frozenset({IssueState.CLOSED, IssueState.DECLINED, IssueState.WITHDRAWN})


def can_create(actor: Actor) -> bool:
    """Bodies and associations submit; liaisons, the secretariat and administrators enter hearings for a body."""
    return actor.role in SUBMITTING | _RUN_ALL | {Role.LIAISON}


def can_edit(actor: Actor, issue: Issue) -> bool:
    """The submitter's side, until it is triaged, and again while information is asked for."""
    open_states = {IssueState.DRAFT, IssueState.SUBMITTED, IssueState.RETURNED}
    return issue.state in open_states and (is_own(actor, issue) or _entered(actor, issue))


def can_submit(actor: Actor, issue: Issue) -> bool:
    """Whoever may edit a draft."""
    return issue.state is IssueState.DRAFT and can_edit(actor, issue)


def can_resubmit(actor: Actor, issue: Issue) -> bool:
    """The submitter's side, when information is asked for."""
    return issue.state is IssueState.RETURNED and is_own(actor, issue)


def can_compare(actor: Actor) -> bool:
    """Whoever triages or answers looks for issues that ask the same, among those that they may see."""
    return actor.role in _RUN_ALL | {Role.LIAISON, Role.DIVISION}


def can_triage(actor: Actor, issue: Issue) -> bool:
    """Its liaison or the secretariat, once submitted."""
    return issue.state is IssueState.SUBMITTED and _runs(actor, issue) and not _decline_pends(issue)


def can_return(actor: Actor, issue: Issue) -> bool:
    """Its liaison or the secretariat, before it is routed."""
    states = {IssueState.SUBMITTED, IssueState.TRIAGED}
    return issue.state in states and _runs(actor, issue) and not _decline_pends(issue)


def can_route(actor: Actor, issue: Issue) -> bool:
    """Its liaison or the secretariat, once triaged."""
    return issue.state is IssueState.TRIAGED and _runs(actor, issue) and not _decline_pends(issue)


def can_choose_division(actor: Actor) -> bool:
    """Only the secretariat routes past the routing table."""
    return actor.role in _RUN_ALL


def can_quote_answer(actor: Actor, issue: Issue) -> bool:
    """Its liaison, once triaged, by quoting what is published."""
    return issue.state is IssueState.TRIAGED and is_liaison_of(actor, issue) and not _decline_pends(issue)


def can_propose_decline(actor: Actor, issue: Issue) -> bool:
    """Its liaison or the secretariat, before it is routed."""
    return can_return(actor, issue)


def can_confirm_decline(actor: Actor, issue: Issue) -> bool:
    """The secretariat, when a liaison has proposed it."""
    states = {IssueState.SUBMITTED, IssueState.TRIAGED}
    return issue.state in states and _decline_pends(issue) and actor.role is Role.SECRETARIAT


def can_accept(actor: Actor, issue: Issue) -> bool:
    """A member of the division that it is routed to."""
    return issue.state is IssueState.ASSIGNED and issue.accepted_at is None and _is_division_of(actor, issue)


def can_bounce(actor: Actor, issue: Issue) -> bool:
    """Whoever may accept it."""
    return can_accept(actor, issue)


def can_take_back(actor: Actor, issue: Issue) -> bool:
    """The secretariat and administrators, accepted or not: a division may have nobody left to give it back."""
    return issue.state is IssueState.ASSIGNED and actor.role in _RUN_ALL


def can_consult(actor: Actor, issue: Issue) -> bool:
    """The division that accepted it; its liaison, the secretariat and administrators while the division works on it."""
    return _is_at_work(actor, issue) or (_is_in_work(issue) and _runs(actor, issue))


def can_reply_to_consultation(actor: Actor, consultation: Consultation) -> bool:
    """A member of the ministry that was asked, once."""
    return consultation.is_open and actor.role is Role.MINISTRY and consultation.ministry_id == actor.organisation_id


def can_withdraw_consultation(actor: Actor, issue: Issue, consultation: Consultation) -> bool:
    """Whoever may consult, while the ministry still owes a reply."""
    return consultation.is_open and can_consult(actor, issue)


def can_answer_provisionally(actor: Actor, issue: Issue) -> bool:
    """A member of the division that accepted it."""
    return _is_at_work(actor, issue)


def can_promise_anew(actor: Actor, issue: Issue) -> bool:
    """A member of the division at work, once an official answer has been promised for a date."""
    return issue.promised_on is not None and _is_at_work(actor, issue)


def can_answer_officially(actor: Actor, issue: Issue) -> bool:
    """The head of the division that accepted it, or the head of the secretariat; no consultation may be open."""
    if issue.state is not IssueState.ASSIGNED or issue.accepted_at is None or not actor.is_head:
        return False
    return _is_division_of(actor, issue) or actor.role is Role.SECRETARIAT


def can_stop_clock(actor: Actor, issue: Issue) -> bool:
    """Whoever works on it: its liaison or the secretariat before routing, then the division that accepted it too."""
    if issue.state in {IssueState.SUBMITTED, IssueState.TRIAGED}:
        return _runs(actor, issue) and not _decline_pends(issue)
    if issue.state is not IssueState.ASSIGNED or issue.accepted_at is None:
        return False
    return _runs(actor, issue) or _is_division_of(actor, issue)


def can_resume_clock(actor: Actor, issue: Issue) -> bool:
    """Whoever might have stopped it; that it stands, the service says."""
    return can_stop_clock(actor, issue)


def can_close(actor: Actor, issue: Issue) -> bool:
    """The submitter's side, once answered."""
    return issue.state is IssueState.ANSWERED and is_own(actor, issue)


def can_reopen(actor: Actor, issue: Issue) -> bool:
    """The submitter's side, once answered or closed; how long, the service says."""
    return issue.state in {IssueState.ANSWERED, IssueState.CLOSED} and is_own(actor, issue)


def can_withdraw(actor: Actor, issue: Issue) -> bool:
    """The submitter's side, before it is answered."""
    return issue.state in _OPEN and is_own(actor, issue)


def can_post_publicly(actor: Actor, issue: Issue) -> bool:
    """Everyone who takes part, while it is open: the body, the prefecture it is shared with, liaison, division."""
    if issue.state is IssueState.DRAFT or issue.state in _ENDED:
        return False
    if actor.role in SUBMITTING:  # whoever of them sees it is the body or its prefecture
        return True
    return _runs(actor, issue) or _is_division_of(actor, issue)


def can_write_note(actor: Actor, issue: Issue) -> bool:
    """Its liaison, its division and the secretariat, whatever its state."""
    return issue.state is not IssueState.DRAFT and (_runs(actor, issue) or _is_division_of(actor, issue))


def can_follow(actor: Actor, issue: Issue) -> bool:
    """Anyone who sees it, but for executives and auditors, who change nothing."""
    return issue.state is not IssueState.DRAFT and actor.role not in {Role.EXECUTIVE, Role.AUDITOR}


def _entered(actor: Actor, issue: Issue) -> bool:
    """A hearing that this liaison or member of the secretariat is entering."""
    return actor.membership_id == issue.submitter_membership_id and issue.state is IssueState.DRAFT


def _runs(actor: Actor, issue: Issue) -> bool:
    return actor.role in _RUN_ALL or is_liaison_of(actor, issue)


def _is_division_of(actor: Actor, issue: Issue) -> bool:
    return actor.role is Role.DIVISION and issue.division_id == actor.organisation_id


def _is_at_work(actor: Actor, issue: Issue) -> bool:
    return _is_in_work(issue) and _is_division_of(actor, issue)


def _is_in_work(issue: Issue) -> bool:
    return issue.state in {IssueState.ASSIGNED, IssueState.CONSULTING} and issue.accepted_at is not None


def _decline_pends(issue: Issue) -> bool:
    return issue.decline_desk is not None
