"""What the submitter's side does: drafting, submitting, supplementing, withdrawing, closing, reopening."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import era_fiscal_label, fiscal_year, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.core.numbering import next_serial
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.issues import policy
from portal.issues.ball import pass_ball, touch
from portal.issues.clocks import clock_of, next_due, note_ended, note_reopened, set_dues, start_clock
from portal.issues.content import IssueContent, check_complete, check_texts, required_text
from portal.issues.events import (
    IssueClosed,
    IssueEdited,
    IssueReopened,
    IssueResubmitted,
    IssueSubmitted,
    IssueWithdrawn,
)
from portal.issues.models import Consultation, Issue, IssueRevision, Post
from portal.issues.states import BEFORE_ANSWER, Holder, IssueKind, IssueState, Leak, PostKind, Urgency
from portal.issues.thread import add_post
from portal.themes.models import Theme

CLOSES_AFTER = timedelta(days=14)
REOPENS_WITHIN = timedelta(days=30)
_MOVED_ON = N_("この課題・照会の状態が変わったため、操作できません。画面を読み直してください。")


def draft_issue(
    actor: Actor,
    content: IssueContent,
    *,
    body: Organisation | None = None,
    section_id: int | None = None,
    confirmed: bool = False,
) -> Issue:
    """Begin a draft for the actor's own body; liaisons and the secretariat enter a hearing for ``body``.

    ``section_id`` is the section of that body that goes on with it.

    Raises Forbidden for roles that do not submit, NotFound for a body outside the liaison's charge, Invalid at a field.
    """
    authorize(policy.can_create, actor)
    organisation_id, content = _for_body(actor, content, body)
    check_texts(content, confirmed=confirmed)
    now = clock.now()
    issue = Issue(
        organisation_id=organisation_id,
        section_id=actor.section_id if body is None else section_id,
        submitter_person_id=actor.seat_person_id,
        submitter_membership_id=actor.membership_id,
        state=IssueState.DRAFT,
        holder=Holder.SUBMITTER,
        holder_organisation_id=organisation_id,
        holder_since_at=now,
        created_at=now,
        last_activity_at=now,
        last_public_activity_at=now,
    )
    content.write_to(issue)
    db.session.add(issue)
    db.session.flush()
    return issue


def save_draft(
    actor: Actor, issue: Issue, content: IssueContent, *, version: int | None = None, confirmed: bool = False
) -> None:
    """Change a draft. Raises Conflict when it has been submitted or ``version`` is stale."""
    require(issue, IssueState.DRAFT)
    authorize(policy.can_edit, actor, issue)
    issue.check_version(version)
    check_texts(content, confirmed=confirmed)
    content.write_to(issue)
    issue.last_activity_at = issue.last_public_activity_at = clock.now()
    db.session.flush()


def discard_draft(actor: Actor, issue: Issue) -> None:
    """Throw a draft away; what was never submitted leaves no record."""
    require(issue, IssueState.DRAFT)
    authorize(policy.can_edit, actor, issue)
    db.session.delete(issue)
    db.session.flush()


def submit_issue(actor: Actor, issue: Issue) -> Issue:
    """draft → submitted: it gets its number and its owner, and a leak makes it urgent.

    Raises Invalid at what is missing, Conflict when it has been submitted already.
    """
    require(issue, IssueState.DRAFT)
    authorize(policy.can_submit, actor, issue)
    return register_issue(actor, issue)


def register_issue(actor: Actor, issue: Issue) -> Issue:
    """Give a complete draft its number, its owner and the ball; whoever calls has asked whether the actor may.

    Raises Invalid at what is missing.
    """
    check_complete(issue)
    if issue.leak is not Leak.NO:
        issue.urgency = Urgency.URGENT
    now = clock.now()
    issue.state = IssueState.SUBMITTED
    issue.submitted_at = issue.last_activity_at = issue.last_public_activity_at = now
    db.session.flush()  # of two submissions at once the second fails here on the version, before it takes a number
    issue.post_id = _organisation(issue).post_id
    issue.number = _next_number(issue)
    due_on = start_clock(issue).first_reply_due_on
    if issue.post_id is None:
        pass_ball(issue, Holder.SECRETARIAT, due_on=due_on)
    else:
        pass_ball(issue, Holder.LIAISON, issue.post_id, due_on=due_on)
    db.session.flush()
    emit(
        actor,
        IssueSubmitted(
            issue_id=issue.id,
            number=issue.number,
            leak=issue.leak.value if issue.leak else Leak.NO.value,
            organisation_id=issue.organisation_id,
        ),
    )
    return issue


def edit_issue(
    actor: Actor, issue: Issue, content: IssueContent, *, version: int | None = None, confirmed: bool = False
) -> None:
    """Correct what was reported, until it is triaged; the earlier text is kept as a revision."""
    if issue.state not in {IssueState.SUBMITTED, IssueState.RETURNED}:
        raise Conflict(_MOVED_ON)
    authorize(policy.can_edit, actor, issue)
    issue.check_version(version)
    check_texts(content, confirmed=confirmed)
    changes = content.changes_of(issue)
    if content.theme_id != issue.theme_id:
        raise Invalid(N_("提出した後はテーマを変更できません。リエゾンに連絡してください。"), field="theme_id")
    db.session.add(
        IssueRevision(
            issue_id=issue.id,
            version=issue.version,
            title=issue.title,
            body=issue.body,
            edited_by_person_id=actor.person_id,
            edited_at=clock.now(),
        )
    )
    content.write_to(issue)
    check_complete(issue)
    if issue.leak is not Leak.NO:
        issue.urgency = Urgency.URGENT
    set_dues(issue, clock_of(issue))
    issue.due_on = next_due(issue)
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueEdited(issue_id=issue.id, changes=changes, organisation_id=issue.organisation_id))


def resubmit_issue(actor: Actor, issue: Issue, *, text: str, confirmed: bool = False) -> Post:
    """returned → submitted with what was asked for."""
    require(issue, IssueState.RETURNED)
    authorize(policy.can_resubmit, actor, issue)
    text = required_text("text", text, N_("補足する内容を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.REPLY, Audience.PUBLIC, text)
    issue.state = IssueState.SUBMITTED
    holder = Holder.LIAISON if issue.post_id else Holder.SECRETARIAT
    pass_ball(issue, holder, issue.post_id)
    issue.due_on = next_due(issue)
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueResubmitted(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))
    return post


def withdraw_issue(actor: Actor, issue: Issue, *, reason: str, confirmed: bool = False) -> None:
    """Take it back before it is answered, with a reason."""
    require(issue, *BEFORE_ANSWER)
    authorize(policy.can_withdraw, actor, issue)
    text = required_text("reason", reason, N_("取り下げる理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.PUBLIC, text)
    db.session.execute(
        sa.update(Consultation)
        .where(
            Consultation.issue_id == issue.id, Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None)
        )
        .values(withdrawn_at=clock.now())
    )
    _end(issue, IssueState.WITHDRAWN)
    emit(actor, IssueWithdrawn(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))


def close_issue(actor: Actor, issue: Issue) -> None:
    """answered → closed by the submitter's side."""
    require(issue, IssueState.ANSWERED)
    authorize(policy.can_close, actor, issue)
    _end(issue, IssueState.CLOSED)
    emit(actor, IssueClosed(issue_id=issue.id, organisation_id=issue.organisation_id))


def reopen_issue(actor: Actor, issue: Issue, *, reason: str, confirmed: bool = False) -> None:
    """answered or closed → back to the division (or the liaison), with a reason, within 30 days of closing."""
    if issue.state not in {IssueState.ANSWERED, IssueState.CLOSED}:
        raise Conflict(_MOVED_ON)
    authorize(policy.can_reopen, actor, issue)
    if issue.closed_at is not None and clock.now() > issue.closed_at + REOPENS_WITHIN:
        raise Forbidden(N_("完了から30日を過ぎたため、再開できません。新しい課題・照会として提出してください。"))
    text = required_text("reason", reason, N_("再開する理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.REPLY, Audience.PUBLIC, text)
    issue.closed_at = issue.answered_at = None
    due_on = note_reopened(issue)
    if issue.division_id is not None:
        issue.state = IssueState.ASSIGNED
        pass_ball(issue, Holder.DIVISION, issue.division_id, due_on=due_on)
    else:
        issue.state = IssueState.TRIAGED
        holder = Holder.LIAISON if issue.post_id else Holder.SECRETARIAT
        pass_ball(issue, holder, issue.post_id, due_on=due_on)
    touch(issue, Audience.PUBLIC)
    emit(actor, IssueReopened(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))


def list_to_close(now: datetime, limit: int = 200) -> list[int]:
    """The ids of issues answered fourteen days ago or longer that nobody has closed."""
    return list(
        db.session.scalars(
            sa.select(Issue.id)
            .where(Issue.state == IssueState.ANSWERED, Issue.answered_at <= now - CLOSES_AFTER)
            .order_by(Issue.id)
            .limit(limit)
        )
    )


def close_answered(issue_id: int) -> bool:
    """Close one such issue in the portal's own name; False when it has moved on meanwhile."""
    issue = db.session.get(Issue, issue_id)
    if issue is None or issue.state is not IssueState.ANSWERED or issue.answered_at is None:
        return False
    if issue.answered_at > clock.now() - CLOSES_AFTER:
        return False
    _end(issue, IssueState.CLOSED)
    emit(SYSTEM, IssueClosed(issue_id=issue.id, organisation_id=issue.organisation_id))
    return True


def require(issue: Issue, *states: IssueState) -> None:
    """Raise Conflict unless the issue is in one of the states."""
    if issue.state not in states:
        raise Conflict(_MOVED_ON)


def _end(issue: Issue, state: IssueState) -> None:
    issue.state = state
    issue.closed_at = clock.now()
    pass_ball(issue, Holder.NOBODY)
    note_ended(issue)
    touch(issue, Audience.PUBLIC)


def _for_body(actor: Actor, content: IssueContent, body: Organisation | None) -> tuple[int, IssueContent]:
    if actor.is_local or actor.role is Role.ASSOCIATION:
        return actor.organisation_id, content
    if body is None:
        raise Invalid(N_("聴取した団体を選んでください。"), field="body_code")
    if actor.role is Role.LIAISON and body.post_id not in actor.post_ids:
        raise NotFound
    if content.kind is not IssueKind.HEARING:
        raise Invalid(N_("本部が団体に代わって登録できるのは聴取です。"), field="kind")
    return body.id, content


def _organisation(issue: Issue) -> Organisation:
    return db.session.get_one(Organisation, issue.organisation_id)


def _next_number(issue: Issue) -> str:
    year = fiscal_year(japan_date(clock.now()))
    letter = db.session.get_one(Theme, issue.theme_id).letter
    return f"{era_fiscal_label(year)}-{letter}-{next_serial(f'issue/{year}/{letter}'):06}"
