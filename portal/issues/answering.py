"""What divisions do: accept, bounce, answer for the time being, promise a new date, answer officially."""

from datetime import date

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues import policy
from portal.issues.ball import DESK_DAYS, pass_ball, target, touch
from portal.issues.clocks import note_answered, note_bounced
from portal.issues.content import required_text
from portal.issues.events import (
    AnswerPromisedAnew,
    IssueAccepted,
    IssueBounced,
    IssueTakenBack,
    OfficialAnswerGiven,
    ProvisionalAnswerGiven,
)
from portal.issues.models import Issue, Post
from portal.issues.states import Holder, IssueState, PostKind
from portal.issues.submission import require
from portal.issues.thread import add_post


def accept_issue(actor: Actor, issue: Issue) -> None:
    """The division takes it on. Of several at once one wins; the others are told by Conflict who did."""
    require(issue, IssueState.ASSIGNED)
    if issue.accepted_at is not None:
        raise Conflict(N_("この課題・照会は、既に受け入れられています。"))
    authorize(policy.can_accept, actor, issue)
    issue.accepted_at = clock.now()
    db.session.flush()
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueAccepted(issue_id=issue.id, organisation_id=issue.organisation_id))


def bounce_issue(actor: Actor, issue: Issue, *, reason: str, confirmed: bool = False) -> None:
    """assigned → triaged: the division does not take it on and says why; the secretariat routes it anew."""
    require(issue, IssueState.ASSIGNED)
    authorize(policy.can_bounce, actor, issue)
    post = _unassign(actor, issue, reason, confirmed=confirmed)
    emit(
        actor,
        IssueBounced(
            issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL
        ),
    )


def take_back_issue(actor: Actor, issue: Issue, *, reason: str, confirmed: bool = False) -> None:
    """assigned → triaged: the secretariat takes it back from a division and says why, to route it anew."""
    require(issue, IssueState.ASSIGNED)
    authorize(policy.can_take_back, actor, issue)
    division_id = issue.division_id or 0
    post = _unassign(actor, issue, reason, confirmed=confirmed)
    emit(
        actor,
        IssueTakenBack(
            issue_id=issue.id,
            division_id=division_id,
            post_id=post.id,
            organisation_id=issue.organisation_id,
            audience=Audience.INTERNAL,
        ),
    )


def _unassign(actor: Actor, issue: Issue, reason: str, *, confirmed: bool) -> Post:
    """Everyone sees that it is being routed anew; only headquarters sees why."""
    text = required_text("reason", reason, N_("返却する理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.INTERNAL, text)
    issue.state, issue.division_id, issue.accepted_at = IssueState.TRIAGED, None, None
    pass_ball(issue, Holder.SECRETARIAT, due_on=target(issue, DESK_DAYS))
    note_bounced(issue)
    touch(issue, Audience.PUBLIC)
    return post


def answer_provisionally(
    actor: Actor, issue: Issue, *, text: str, promised_on: date | None, confirmed: bool = False
) -> Post:
    """A member answers for the time being and promises the official answer for a date; the issue stays open."""
    require(issue, IssueState.ASSIGNED, IssueState.CONSULTING)
    authorize(policy.can_answer_provisionally, actor, issue)
    promised_on = _promised(promised_on)
    text = required_text("text", text, N_("回答を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.PROVISIONAL_ANSWER, Audience.PUBLIC, text)
    post.promised_on = issue.promised_on = promised_on
    touch(issue, Audience.PUBLIC)
    emit(
        actor,
        ProvisionalAnswerGiven(
            issue_id=issue.id,
            post_id=post.id,
            promised_on=promised_on.isoformat(),
            organisation_id=issue.organisation_id,
        ),
    )
    return post


def promise_anew(actor: Actor, issue: Issue, *, promised_on: date | None, reason: str, confirmed: bool = False) -> Post:
    """Give another date for the official answer that was promised, and say why; the body sees both dates.

    Raises Invalid at ``promised_on`` (none, past, or the same date again) or ``reason``.
    """
    require(issue, IssueState.ASSIGNED, IssueState.CONSULTING)
    authorize(policy.can_promise_anew, actor, issue)
    previous_on, promised_on = issue.promised_on, _promised(promised_on)
    if previous_on is None or promised_on == previous_on:
        raise Invalid(N_("これまでと異なる予定日を入力してください。"), field="promised_on")
    text = required_text("reason", reason, N_("予定日を変える理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.PROMISE_CHANGED, Audience.PUBLIC, text)
    post.promised_on = issue.promised_on = promised_on
    touch(issue, Audience.PUBLIC)
    emit(
        actor,
        AnswerPromisedAnew(
            issue_id=issue.id,
            post_id=post.id,
            previous_on=previous_on.isoformat(),
            promised_on=promised_on.isoformat(),
            organisation_id=issue.organisation_id,
        ),
    )
    return post


def answer_officially(actor: Actor, issue: Issue, *, text: str, confirmed: bool = False) -> Post:
    """assigned → answered by the head of the division. Raises Conflict while a ministry is still being asked."""
    if issue.state is IssueState.CONSULTING:
        raise Conflict(N_("府省に照会中です。回答を待つか、照会を取り下げてから回答してください。"))
    require(issue, IssueState.ASSIGNED)
    if not actor.is_head:
        raise Forbidden(N_("正式回答は、幹事課の長が行います。係員は暫定回答ができます。"))
    authorize(policy.can_answer_officially, actor, issue)
    text = required_text("text", text, N_("回答を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.OFFICIAL_ANSWER, Audience.PUBLIC, text)
    issue.state, issue.answered_at, issue.promised_on = IssueState.ANSWERED, clock.now(), None
    pass_ball(issue, Holder.SUBMITTER, issue.organisation_id)
    note_answered(issue)
    touch(issue, Audience.PUBLIC)
    emit(actor, OfficialAnswerGiven(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))
    return post


def _promised(day: date | None) -> date:
    """The date of a promise. Raises Invalid when there is none or it has passed."""
    if day is None:
        raise Invalid(N_("正式回答の予定日を入力してください。"), field="promised_on")
    if day < japan_date(clock.now()):
        raise Invalid(N_("正式回答の予定日には、今日以降の日付を入力してください。"), field="promised_on")
    return day
