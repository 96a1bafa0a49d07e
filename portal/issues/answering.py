"""What divisions and ministries do: accept, bounce, consult, reply, answer."""

from datetime import date

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.issues import policy
from portal.issues.ball import CONSULTED_DAYS, DESK_DAYS, pass_ball, target, touch
from portal.issues.clocks import next_due, note_answered, note_bounced
from portal.issues.content import required_text
from portal.issues.events import (
    ConsultationAnswered,
    IssueAccepted,
    IssueBounced,
    MinistryConsulted,
    OfficialAnswerGiven,
    ProvisionalAnswerGiven,
    ReplyPosted,
)
from portal.issues.models import Consultation, Issue, Post
from portal.issues.states import ENDED, Holder, IssueState, PostKind
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
    text = required_text("reason", reason, N_("返却する理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.INTERNAL, text)
    issue.state, issue.division_id = IssueState.TRIAGED, None
    pass_ball(issue, Holder.SECRETARIAT, due_on=target(issue, DESK_DAYS))
    note_bounced(issue)
    touch(issue, Audience.PUBLIC)  # its state changed for everyone; only the reason is internal
    emit(
        actor,
        IssueBounced(
            issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL
        ),
    )


def consult_ministry(
    actor: Actor, issue: Issue, *, ministry_id: int, question: str, due_on: date | None = None, confirmed: bool = False
) -> Consultation:
    """assigned → consulting: put a question to one ministry; only headquarters and that ministry see it.

    Raises Invalid at ``ministry_id`` (no ministry, or one that is still being asked), ``due_on`` or ``question``.
    """
    require(issue, IssueState.ASSIGNED, IssueState.CONSULTING)
    authorize(policy.can_consult, actor, issue)
    ministry = db.session.get(Organisation, ministry_id)
    if ministry is None or ministry.kind is not OrganisationKind.MINISTRY:
        raise Invalid(N_("照会する府省を選んでください。"), field="ministry_id")
    if due_on is not None and due_on < japan_date(clock.now()):
        raise Invalid(N_("回答期限には、今日以降の日付を入力してください。"), field="due_on")
    if _open_consultations(issue, ministry_id):
        raise Invalid(N_("この府省には照会中です。回答を待つか、照会を取り下げてください。"), field="ministry_id")
    text = required_text("question", question, N_("照会する内容を入力してください。"), confirmed=confirmed)
    consultation = Consultation(
        issue_id=issue.id,
        ministry_id=ministry_id,
        asked_by_person_id=actor.person_id,
        asked_at=clock.now(),
        due_on=due_on or target(issue, CONSULTED_DAYS),
    )
    db.session.add(consultation)
    db.session.flush()
    post = add_post(actor, issue, PostKind.CONSULTATION, Audience.CONSULT, text, consultation_id=consultation.id)
    issue.state = IssueState.CONSULTING
    pass_ball(issue, Holder.MINISTRY, ministry_id, due_on=consultation.due_on)
    touch(issue, Audience.PUBLIC)  # the state that everyone sees changed
    emit(
        actor,
        MinistryConsulted(
            issue_id=issue.id,
            post_id=post.id,
            consultation_id=consultation.id,
            ministry_id=ministry_id,
            organisation_id=issue.organisation_id,
            audience=Audience.CONSULT,
        ),
    )
    return consultation


def reply_to_consultation(
    actor: Actor, issue: Issue, consultation: Consultation, *, text: str, confirmed: bool = False
) -> Post:
    """The ministry's reply, as material. When no question is open any more: consulting → assigned."""
    if consultation.replied_at is not None or consultation.withdrawn_at is not None or issue.state in ENDED:
        raise Conflict(N_("この照会は、既に回答されたか、取り下げられました。"))
    authorize(policy.can_reply_to_consultation, actor, consultation)
    text = required_text("text", text, N_("回答を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.CONSULTATION_REPLY, Audience.CONSULT, text, consultation_id=consultation.id)
    consultation.replied_at = clock.now()
    db.session.flush()
    _after_consultation(issue)
    emit(
        actor,
        ConsultationAnswered(
            issue_id=issue.id,
            post_id=post.id,
            consultation_id=consultation.id,
            ministry_id=consultation.ministry_id,
            organisation_id=issue.organisation_id,
            audience=Audience.CONSULT,
        ),
    )
    return post


def withdraw_consultation(
    actor: Actor, issue: Issue, consultation: Consultation, *, reason: str, confirmed: bool = False
) -> None:
    """Take a question back that needs no reply any more, so that the division can answer."""
    authorize(policy.can_withdraw_consultation, actor, issue, consultation)
    text = required_text("reason", reason, N_("照会を取り下げる理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.CONSULT, text, consultation_id=consultation.id)
    consultation.withdrawn_at = clock.now()
    db.session.flush()
    _after_consultation(issue)
    emit(
        actor,
        ReplyPosted(
            issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id, audience=Audience.CONSULT
        ),
    )


def answer_provisionally(
    actor: Actor, issue: Issue, *, text: str, promised_on: date | None, confirmed: bool = False
) -> Post:
    """A member answers for the time being and promises the official answer for a date; the issue stays open."""
    require(issue, IssueState.ASSIGNED, IssueState.CONSULTING)
    authorize(policy.can_answer_provisionally, actor, issue)
    if promised_on is None:
        raise Invalid(N_("正式回答の予定日を入力してください。"), field="promised_on")
    if promised_on < japan_date(clock.now()):
        raise Invalid(N_("正式回答の予定日には、今日以降の日付を入力してください。"), field="promised_on")
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


def _open_consultations(issue: Issue, ministry_id: int | None = None) -> list[int]:
    query = sa.select(Consultation.ministry_id).where(
        Consultation.issue_id == issue.id, Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None)
    )
    if ministry_id is not None:
        query = query.where(Consultation.ministry_id == ministry_id)
    return list(db.session.scalars(query.order_by(Consultation.id)))


def _after_consultation(issue: Issue) -> None:
    still_asked = _open_consultations(issue)
    if issue.state is IssueState.CONSULTING and not still_asked:
        issue.state = IssueState.ASSIGNED
        pass_ball(issue, Holder.DIVISION, issue.division_id, due_on=next_due(issue))
    elif issue.state is IssueState.CONSULTING:
        pass_ball(issue, Holder.MINISTRY, still_asked[0], due_on=issue.due_on)
    touch(issue, Audience.PUBLIC)
