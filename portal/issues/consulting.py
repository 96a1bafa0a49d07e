"""Consultations: what several ministries are asked at once, what each replies in part or in full, and taking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.issues import policy
from portal.issues.ball import CONSULTED_DAYS, leave_ball, lock_issue, pass_ball, share_ball, target, touch
from portal.issues.clocks import next_due
from portal.issues.content import required_text
from portal.issues.events import ConsultationAnswered, ConsultationWithdrawn, MinistryConsulted
from portal.issues.models import Consultation, Issue, Post, SubQuestion
from portal.issues.states import ENDED, Holder, IssueState, PostKind
from portal.issues.submission import require
from portal.issues.thread import add_post

MOST_QUESTIONS, LONGEST_QUESTION = 20, 500
_SETTLED = N_("この照会は、既に回答されたか、取り下げられました。")


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """What one ministry is asked besides the question to all: its own numbered sub-questions, its own due."""

    ministry_id: int
    questions: Sequence[str] = ()
    due_on: date | None = None


def consult_ministries(
    actor: Actor, issue: Issue, inquiries: Sequence[Inquiry], *, question: str, confirmed: bool = False
) -> list[Consultation]:
    """assigned → consulting: put a question to ministries; each is known to headquarters and that ministry alone.

    Raises Invalid at ``ministry_ids`` (none, no ministry, or one that is still being asked), ``question``, or at
    ``due_on_<id>`` and ``questions_<id>`` of a ministry. All or nothing is asked.
    """
    authorize(policy.can_consult, actor, issue)
    lock_issue(issue)
    require(issue, IssueState.ASSIGNED, IssueState.CONSULTING)
    text = required_text("question", question, N_("照会する内容を入力してください。"), confirmed=confirmed)
    _check_ministries(issue, inquiries)
    for inquiry in inquiries:
        _check(inquiry, confirmed=confirmed)
    asked = [_ask(actor, issue, inquiry, text) for inquiry in inquiries]
    for consultation in asked:
        if issue.state is IssueState.ASSIGNED:
            issue.state = IssueState.CONSULTING
            pass_ball(issue, Holder.MINISTRY, consultation.ministry_id)
        else:
            share_ball(issue, consultation.ministry_id)
    db.session.flush()
    _name_holder(issue)
    touch(issue, Audience.PUBLIC)  # the state that everyone sees changed
    return asked


def consult_ministry(
    actor: Actor, issue: Issue, *, ministry_id: int, question: str, due_on: date | None = None, confirmed: bool = False
) -> Consultation:
    """The same for one ministry, without sub-questions."""
    inquiry = Inquiry(ministry_id=ministry_id, due_on=due_on)
    return consult_ministries(actor, issue, [inquiry], question=question, confirmed=confirmed)[0]


def reply_to_consultation(
    actor: Actor,
    issue: Issue,
    consultation: Consultation,
    *,
    text: str = "",
    answers: Mapping[int, str] | None = None,
    confirmed: bool = False,
) -> Post:
    """The ministry's reply, as material: to the whole question, or by sub-question (id → answer), some now, some later.

    A consultation is replied to when nothing of it is open (a text beside its sub-questions settles none of them);
    when none is open any more: consulting → assigned.
    Raises Conflict when it was settled meanwhile, Invalid at ``text`` or ``answer_<id>``.
    """
    questions = _reread(issue, consultation)
    if not consultation.is_open or issue.state in ENDED:
        raise Conflict(_SETTLED)
    authorize(policy.can_reply_to_consultation, actor, consultation)
    body, answered = _reply(questions, text, answers or {}, confirmed=confirmed)
    post = add_post(actor, issue, PostKind.CONSULTATION_REPLY, Audience.CONSULT, body, consultation_id=consultation.id)
    now = clock.now()
    for each, answer in answered:
        each.answer, each.post_id, each.replied_at = answer, post.id, now
    is_partial = any(each.replied_at is None for each in questions)
    if not is_partial:
        consultation.replied_at = now
        db.session.flush()
        _after_consultation(issue, consultation)
    touch(issue, Audience.CONSULT if is_partial else Audience.PUBLIC)
    emit(
        actor,
        ConsultationAnswered(
            issue_id=issue.id,
            post_id=post.id,
            consultation_id=consultation.id,
            ministry_id=consultation.ministry_id,
            organisation_id=issue.organisation_id,
            audience=Audience.CONSULT,
            is_partial=is_partial,
        ),
    )
    return post


def withdraw_consultation(
    actor: Actor, issue: Issue, consultation: Consultation, *, reason: str, confirmed: bool = False
) -> None:
    """Take a question back that needs no (further) reply any more, so that the division can answer."""
    _reread(issue, consultation)
    if not consultation.is_open or issue.state in ENDED:
        raise Conflict(_SETTLED)
    authorize(policy.can_withdraw_consultation, actor, issue, consultation)
    text = required_text("reason", reason, N_("照会を取り下げる理由を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.DECISION, Audience.CONSULT, text, consultation_id=consultation.id)
    consultation.withdrawn_at = clock.now()
    db.session.flush()
    _after_consultation(issue, consultation)
    touch(issue, Audience.PUBLIC)
    emit(
        actor,
        ConsultationWithdrawn(
            issue_id=issue.id,
            post_id=post.id,
            consultation_id=consultation.id,
            ministry_id=consultation.ministry_id,
            organisation_id=issue.organisation_id,
            audience=Audience.CONSULT,
        ),
    )


def _check_ministries(issue: Issue, inquiries: Sequence[Inquiry]) -> None:
    """Raise Invalid for none, for what is no ministry or named twice, and for one that is being asked."""
    ids = [inquiry.ministry_id for inquiry in inquiries]
    found = db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(ids), Organisation.kind == OrganisationKind.MINISTRY)
    ).all()
    if not ids or len(found) != len(ids):
        raise Invalid(N_("照会する府省を選んでください。"), field="ministry_ids")
    being_asked = {each.ministry_id for each in _open_consultations(issue)}
    names = [each.name for each in found if each.id in being_asked]
    if names:
        raise Invalid(
            N_("%(names)sには照会中です。回答を待つか、照会を取り下げてください。"),
            field="ministry_ids",
            names="、".join(names),
        )


def _check(inquiry: Inquiry, *, confirmed: bool) -> None:
    if inquiry.due_on is not None and inquiry.due_on < japan_date(clock.now()):
        raise Invalid(N_("回答期限には、今日以降の日付を入力してください。"), field=f"due_on_{inquiry.ministry_id}")
    field = f"questions_{inquiry.ministry_id}"
    if len(inquiry.questions) > MOST_QUESTIONS:
        raise Invalid(N_("小問は%(n)s問までです。"), field=field, n=MOST_QUESTIONS)
    for text in inquiry.questions:
        if len(text) > LONGEST_QUESTION:
            raise Invalid(N_("小問は1問%(n)s文字以内で入力してください。"), field=field, n=LONGEST_QUESTION)
        my_number.check_text(field, text, confirmed)


def _ask(actor: Actor, issue: Issue, inquiry: Inquiry, text: str) -> Consultation:
    consultation = Consultation(
        issue_id=issue.id,
        ministry_id=inquiry.ministry_id,
        asked_by_person_id=actor.person_id,
        asked_at=clock.now(),
        due_on=inquiry.due_on or target(issue, CONSULTED_DAYS),
    )
    db.session.add(consultation)
    db.session.flush()
    numbered = list(enumerate((each.strip() for each in inquiry.questions if each.strip()), start=1))
    db.session.add_all(
        SubQuestion(consultation_id=consultation.id, position=place, text=each, answer="") for place, each in numbered
    )
    body = "\n\n".join([text, *(f"**問{place}** {each}" for place, each in numbered)])
    post = add_post(actor, issue, PostKind.CONSULTATION, Audience.CONSULT, body, consultation_id=consultation.id)
    emit(
        actor,
        MinistryConsulted(
            issue_id=issue.id,
            post_id=post.id,
            consultation_id=consultation.id,
            ministry_id=inquiry.ministry_id,
            organisation_id=issue.organisation_id,
            audience=Audience.CONSULT,
        ),
    )
    return consultation


def _reply(
    questions: Sequence[SubQuestion], text: str, answers: Mapping[int, str], *, confirmed: bool
) -> tuple[str, list[tuple[SubQuestion, str]]]:
    """The post's text, and which sub-questions it answers how."""
    if not questions:
        return required_text("text", text, N_("回答を入力してください。"), confirmed=confirmed), []
    given = {key: answer.strip() for key, answer in answers.items() if answer.strip()}
    still_open = {each.id: each for each in questions if each.replied_at is None}
    if set(given) - set(still_open):
        raise Conflict(_SETTLED)
    if not given and not text.strip():
        raise Invalid(N_("小問のどれかに回答を入力してください。"), field=f"answer_{min(still_open)}")
    answered = [(each, given[key]) for key, each in still_open.items() if key in given]
    for each, answer in answered:
        my_number.check_text(f"answer_{each.id}", answer, confirmed)
    my_number.check_text("text", text, confirmed)
    parts = [f"**問{each.position}** {each.text}\n\n{answer}" for each, answer in answered]
    return "\n\n".join([*parts, text.strip()]).strip(), answered


def _reread(issue: Issue, consultation: Consultation) -> Sequence[SubQuestion]:
    """Both as they stand now, the issue's row held; the sub-questions in their order."""
    lock_issue(issue)
    db.session.refresh(consultation, [column.key for column in sa.inspect(Consultation).column_attrs])
    return db.session.scalars(
        sa.select(SubQuestion)
        .where(SubQuestion.consultation_id == consultation.id)
        .order_by(SubQuestion.position)
        .execution_options(populate_existing=True)
    ).all()


def _open_consultations(issue: Issue) -> Sequence[Consultation]:
    """Those that a ministry still owes a reply to, the earliest due first."""
    return db.session.scalars(
        sa.select(Consultation)
        .where(
            Consultation.issue_id == issue.id, Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None)
        )
        .order_by(Consultation.due_on, Consultation.id)
    ).all()


def _name_holder(issue: Issue) -> None:
    """Of several ministries that have the ball the one whose reply is due first stands for all."""
    first = _open_consultations(issue)[0]
    issue.holder_organisation_id, issue.holder_since_at, issue.due_on = first.ministry_id, first.asked_at, first.due_on


def _after_consultation(issue: Issue, consultation: Consultation) -> None:
    if issue.state is not IssueState.CONSULTING:
        return
    if _open_consultations(issue):
        leave_ball(issue, consultation.ministry_id)
        _name_holder(issue)
        return
    issue.state = IssueState.ASSIGNED
    pass_ball(issue, Holder.DIVISION, issue.division_id, due_on=next_due(issue))
