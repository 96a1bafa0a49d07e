"""Whom remarks on drafts, promised dates and steps of checklists concern."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.drafts.events import AnswerDraftCommented, AnswerPromiseDue, ChecklistStepAdded, ChecklistStepDone
from portal.drafts.models import ChecklistStep, DraftVersion
from portal.drafts.states import NoticeStep, Side
from portal.issues.events import IssueEvent
from portal.issues.models import Issue
from portal.issues.policy import viewers_of
from portal.notifications.issue_tellings import PEOPLE
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight, sender_of

_SIDES = {Side.BODY: "submitter", Side.DIVISION: "division", Side.LIAISON: "liaison", Side.MINISTRY: "division"}


def tell_draft(event: IssueEvent, record: EventRecord) -> list[Telling]:
    """A remark: who wrote in the draft. A promise: the division. A step: whose it is; a ticked one: the other side."""
    issue = db.session.scalars(
        sa.select(Issue).where(Issue.id == event.issue_id).options(orm.joinedload(Issue.organisation))
    ).one()
    may_see = Membership.id.in_(viewers_of(issue, audience=record.audience).with_only_columns(Membership.id))
    facts: dict[str, Any] = {
        "number": issue.number,
        "title": issue.title,
        "body": issue.organisation.name,
        "sender": sender_of(record),
    }
    if isinstance(event, AnswerDraftCommented):
        writers = sa.select(DraftVersion.author_person_id).where(DraftVersion.draft_id == event.draft_id)
        who = sa.and_(Membership.person_id.in_(writers), may_see)
        return [_telling("participant", who, facts, Weight.KNOW)]
    if isinstance(event, AnswerPromiseDue):
        return _promise(event, issue, may_see, facts)
    if isinstance(event, ChecklistStepAdded):
        return _step_added(event, issue, may_see, facts)
    if isinstance(event, ChecklistStepDone):
        others = ("division", "liaison") if event.side == Side.BODY.value else ("submitter",)
        return [
            _telling(each, sa.and_(PEOPLE[each](issue, None), may_see), facts, Weight.KNOW, topic=Topic.ISSUE_NEWS)
            for each in others
        ]
    return []


def _promise(
    event: AnswerPromiseDue, issue: Issue, may_see: sa.ColumnElement[bool], facts: dict[str, Any]
) -> list[Telling]:
    facts |= {"promised_on": event.promised_on, "is_missed": event.step == NoticeStep.MISSED.value}
    who = sa.and_(PEOPLE["division"](issue, None), may_see)
    return [_telling("division", who, facts, Weight.ACT, due_on=issue.promised_on, in_office_hours=True)]


def _step_added(
    event: ChecklistStepAdded, issue: Issue, may_see: sa.ColumnElement[bool], facts: dict[str, Any]
) -> list[Telling]:
    step = db.session.get(ChecklistStep, event.step_id)
    if step is None or step.removed_at is not None:
        return []
    reason = _SIDES[step.side]
    who = sa.and_(PEOPLE[reason](issue, None), may_see)
    return [_telling(reason, who, facts, Weight.ACT, due_on=step.due_on)]


def _telling(
    reason: str,
    who: sa.ColumnElement[bool],
    facts: dict[str, Any],
    weight: Weight,
    *,
    topic: Topic = Topic.ISSUE_ACTION,
    **more: Any,
) -> Telling:
    return Telling(reason=reason, who=who, topic=topic, weight=weight, facts={**facts, "reason": reason}, **more)
