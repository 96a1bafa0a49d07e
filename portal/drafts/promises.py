"""Dates for which official answers are promised: reminders the business day before, on the day, and once missed."""

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days
from portal.core.db import db, insert
from portal.core.events import emit
from portal.directory.actor import SYSTEM
from portal.drafts.events import AnswerPromiseDue
from portal.drafts.models import PromiseNotice
from portal.drafts.states import NoticeStep
from portal.issues.models import Issue
from portal.issues.states import IssueState

_AT_WORK = (IssueState.ASSIGNED, IssueState.CONSULTING)


class DuePromise(NamedTuple):
    """A promised date of which the division is to be reminded."""

    issue_id: int
    promised_on: date
    step: NoticeStep


def step_at(promised_on: date, today: date) -> NoticeStep:
    """Which reminder belongs to the morning of a business day."""
    if promised_on == today:
        return NoticeStep.DAY
    return NoticeStep.EVE if promised_on > today else NoticeStep.MISSED


def list_promises_due(today: date, limit: int = 500) -> list[DuePromise]:
    """What is to be reminded of on the morning of a business day and has not been, the earliest date first."""
    step = sa.case(
        (Issue.promised_on == today, NoticeStep.DAY.value),
        (Issue.promised_on > today, NoticeStep.EVE.value),
        else_=NoticeStep.MISSED.value,
    )
    told = sa.exists().where(
        PromiseNotice.issue_id == Issue.id,
        PromiseNotice.promised_on == Issue.promised_on,
        sa.type_coerce(PromiseNotice.step, sa.String) == step,
    )
    rows = db.session.execute(
        sa.select(Issue.id, Issue.promised_on)
        .where(
            Issue.state.in_(_AT_WORK),
            Issue.promised_on.is_not(None),
            Issue.promised_on <= add_business_days(today, 1),
            sa.not_(told),
        )
        .order_by(Issue.promised_on, Issue.id)
        .limit(limit)
    )
    return [DuePromise(key, day, step_at(day, today)) for key, day in rows if day is not None]


def remind_of_answer(due: DuePromise) -> bool:
    """Have the division reminded, once for each date and step; False when it has been, or the date has changed."""
    issue = db.session.scalar(
        sa.select(Issue).where(
            Issue.id == due.issue_id, Issue.promised_on == due.promised_on, Issue.state.in_(_AT_WORK)
        )
    )
    if issue is None:
        return False
    added = db.session.execute(
        insert(PromiseNotice)
        .values(issue_id=issue.id, promised_on=due.promised_on, step=due.step, noticed_at=clock.now())
        .on_conflict_do_nothing()
        .returning(PromiseNotice.issue_id)
    ).first()
    if added is None:
        return False
    emit(
        SYSTEM,
        AnswerPromiseDue(
            issue_id=issue.id,
            promised_on=due.promised_on.isoformat(),
            step=due.step.value,
            organisation_id=issue.organisation_id,
        ),
    )
    return True
