"""What waits for somebody, over all features, in one shape and one order."""

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.dashboard.campaign_tasks import CampaignStep, list_campaign_steps
from portal.dashboard.paper_tasks import list_paper_tasks
from portal.dashboard.task import Task, Tasks
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.issues import queries as issue_queries
from portal.issues.models import Consultation, Issue
from portal.issues.states import Holder, IssueState, Leak, Urgency
from portal.knowledge import queries as knowledge_queries
from portal.knowledge.models import QaEntry, QaState
from portal.liaison import queries as contact_queries
from portal.liaison.models import Contact

SHOWN = 20


class QaAction(LabelledEnum):
    """What a candidate of the Q&A asks of somebody."""

    PUBLISH = ("publish", "公表を判断する", "Decide on publication")
    REVISE = ("revise", "差戻しを直す", "Revise the returned candidate")


class ContactAction(LabelledEnum):
    """What a record of a call or hearing asks of the body."""

    CONFIRM = ("confirm", "記録を確認する", "Confirm the record")


class IssueAction(LabelledEnum):
    """What an issue asks of whoever has the ball."""

    RESUBMIT = ("resubmit", "補足を提出する", "Supply the information")
    READ_ANSWER = ("read_answer", "回答を確認する", "Read the answer")
    TRIAGE = ("triage", "仕分けする", "Triage")
    ROUTE = ("route", "割り振る", "Route")
    CONFIRM_DECLINE = ("confirm_decline", "対象外を確認する", "Decide on out of scope")
    ACCEPT = ("accept", "受け入れる", "Accept")
    ANSWER = ("answer", "回答する", "Answer")
    ANSWER_CONSULTED = ("answer_consulted", "府省の回答を踏まえて回答する", "Answer with the ministry's reply")
    REPLY_TO_CONSULTATION = ("reply_to_consultation", "府省照会に回答する", "Reply to the consultation")
    LOOK = ("look", "確認する", "Look at it")


def list_tasks(actor: Actor, *, urgent_first: bool = False) -> Tasks:
    """Everything that waits for the actor, earliest due first (leaks and urgent things before, if asked)."""
    found = [
        *_of_issues(actor, issue_queries.list_waiting_for(actor, limit=SHOWN + 1)),
        *list_paper_tasks(actor, limit=SHOWN + 1),
        *_of_contacts(contact_queries.list_waiting_for(actor, limit=SHOWN + 1)),
        *_of_campaigns(list_campaign_steps(actor)),
    ]
    if actor.is_headquarters:
        found += _of_qa(knowledge_queries.list_waiting_for(actor, limit=SHOWN + 1))
    found.sort(key=lambda task: _order(task, urgent_first=urgent_first))
    return Tasks(found[:SHOWN], has_more=len(found) > SHOWN)


def _order(task: Task, *, urgent_first: bool) -> tuple[object, ...]:
    since = task.since.timestamp() if task.since else 0.0
    alarm = (not task.is_leak, not task.is_urgent) if urgent_first else ()
    return (*alarm, task.due_on or date.max, since, task.subject_kind, task.subject_id)


def _of_issues(actor: Actor, issues: Sequence[Issue]) -> list[Task]:
    consulted = _consulted(issues) if actor.role is Role.DIVISION else frozenset()
    asked = _asked(actor, issues) if actor.role is Role.MINISTRY else {}
    return [
        Task(
            subject_kind="issue",
            subject_id=issue.id,
            number=issue.number,
            title=issue.title,
            sender=_sender_of(actor, issue),
            action=_action_on(actor, issue, is_consulted=issue.id in consulted),
            due_on=asked.get(issue.id, issue.due_on),
            since=issue.holder_since_at,
            is_urgent=issue.urgency is Urgency.URGENT,
            is_leak=issue.leak not in {None, Leak.NO},
        )
        for issue in issues
    ]


def _sender_of(actor: Actor, issue: Issue) -> Organisation | LabelledEnum:
    """From whom it comes: the body, or to the body itself whoever worked on it last."""
    if issue.organisation_id != actor.organisation_id:
        return issue.organisation
    return issue.division if issue.state is IssueState.ANSWERED and issue.division else Holder.LIAISON


def _action_on(actor: Actor, issue: Issue, *, is_consulted: bool) -> IssueAction:
    if actor.role is Role.MINISTRY:
        return IssueAction.REPLY_TO_CONSULTATION
    if issue.decline_desk is not None:
        return IssueAction.CONFIRM_DECLINE
    if issue.state is IssueState.ASSIGNED and issue.accepted_at is not None:
        return IssueAction.ANSWER_CONSULTED if is_consulted else IssueAction.ANSWER
    return _ACTIONS.get(issue.state, IssueAction.LOOK)


_ACTIONS = {
    IssueState.RETURNED: IssueAction.RESUBMIT,
    IssueState.ANSWERED: IssueAction.READ_ANSWER,
    IssueState.SUBMITTED: IssueAction.TRIAGE,
    IssueState.TRIAGED: IssueAction.ROUTE,
    IssueState.ASSIGNED: IssueAction.ACCEPT,
}


def _consulted(issues: Sequence[Issue]) -> frozenset[int]:
    """Those of the issues on which a ministry has replied."""
    return frozenset(
        db.session.scalars(
            sa.select(Consultation.issue_id).where(
                Consultation.issue_id.in_([issue.id for issue in issues]), Consultation.replied_at.is_not(None)
            )
        )
    )


def _asked(actor: Actor, issues: Sequence[Issue]) -> dict[int, date | None]:
    """By when the ministry itself is to reply on each of the issues; others may be asked for another day."""
    rows = db.session.execute(
        sa.select(Consultation.issue_id, Consultation.due_on).where(
            Consultation.issue_id.in_([issue.id for issue in issues]),
            Consultation.ministry_id == actor.organisation_id,
            Consultation.replied_at.is_(None),
            Consultation.withdrawn_at.is_(None),
        )
    )
    return {issue_id: due_on for issue_id, due_on in rows}


def _of_contacts(contacts: Iterable[Contact]) -> list[Task]:
    return [
        Task(
            subject_kind="contact",
            subject_id=each.id,
            number=None,
            title=each.gist,
            sender=Holder.LIAISON,
            action=ContactAction.CONFIRM,
            due_on=contact_queries.confirmed_by(each),
            since=each.created_at,
        )
        for each in contacts
    ]


def _of_campaigns(steps: Iterable[CampaignStep]) -> list[Task]:
    return [
        Task(
            subject_kind="campaign",
            subject_id=each.campaign.id,
            number=each.campaign.document_number or None,
            title=each.title,
            sender=each.campaign.office,
            action=each.action,
            due_on=each.due_on,
            since=each.campaign.published_at or each.campaign.created_at,
            is_leak=each.is_leak,
            count=each.count,
        )
        for each in steps
    ]


def _of_qa(waiting: Iterable[QaEntry]) -> list[Task]:
    return [
        Task(
            subject_kind="qa_entry",
            subject_id=each.id,
            number=each.number,
            title=each.question,
            sender=each.drafter.name,
            due_on=None,
            since=each.created_at,
            action=QaAction.PUBLISH if each.state is QaState.REVIEW else QaAction.REVISE,
        )
        for each in waiting
    ]
