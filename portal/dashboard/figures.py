"""The week in figures, for executives: aggregates over all issues, never one body's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.directory.models import Organisation
from portal.issues.models import Consultation, Issue
from portal.issues.states import BEFORE_ANSWER, Holder, IssueState
from portal.themes.models import Theme

WEEK = timedelta(days=7)
ANSWER_TARGET = 10  # business days from submission (product.md section 3)
_READ_AT_MOST = 5000


@dataclass(frozen=True)
class ThemeFigure:
    """How many issues of a theme came in during the last seven days and the seven before."""

    theme: Theme
    now: int
    before: int


@dataclass(frozen=True)
class HolderFigure:
    """How many unanswered issues a party holds, and how many of them are past their due date."""

    holder: Holder
    held: int
    overdue: int


@dataclass(frozen=True)
class MinistryFigure:
    """How many consultations a ministry has not answered, and how many of them are past their due date."""

    ministry: Organisation
    waiting: int
    overdue: int


@dataclass(frozen=True)
class Answers:
    """How many issues were answered in the last seven days, and how many of them within the target."""

    given: int
    within_target: int


def count_new_by_theme() -> list[ThemeFigure]:
    """New issues by theme, in the themes' order. One statement."""
    now = clock.now()
    this, before = (_between(now - WEEK, now), _between(now - 2 * WEEK, now - WEEK))
    rows = db.session.execute(
        sa.select(Theme, sa.func.count(sa.case((this, 1))), sa.func.count(sa.case((before, 1))))
        .outerjoin(Issue, sa.and_(Issue.theme_id == Theme.id, Issue.last_activity_at > now - 2 * WEEK))
        .where(Theme.is_active)
        .group_by(Theme.id)
        .order_by(Theme.position, Theme.id)
    )
    return [ThemeFigure(*row) for row in rows]


def count_answers() -> Answers:
    """Answers of the last seven days against the target of ten business days. One statement."""
    since = clock.now() - WEEK
    rows = db.session.execute(
        sa.select(Issue.submitted_at, Issue.answered_at)
        .where(Issue.last_activity_at > since, Issue.answered_at > since, Issue.submitted_at.is_not(None))
        .limit(_READ_AT_MOST)
    )
    spans = [(submitted, answered) for submitted, answered in rows if submitted and answered]
    in_time = [
        1
        for submitted, answered in spans
        if japan_date(answered) <= add_business_days(japan_date(submitted), ANSWER_TARGET)
    ]
    return Answers(given=len(spans), within_target=len(in_time))


def count_held() -> list[HolderFigure]:
    """Unanswered issues by who holds them. One statement."""
    overdue = sa.case((Issue.due_on < japan_date(clock.now()), 1))
    rows = db.session.execute(
        sa.select(Issue.holder, sa.func.count(), sa.func.count(overdue))
        .where(Issue.state.in_(BEFORE_ANSWER))
        .group_by(Issue.holder)
    )
    found = [HolderFigure(*row) for row in rows]
    order = list(Holder)
    return sorted(found, key=lambda each: order.index(each.holder))


def count_consultations() -> list[MinistryFigure]:
    """Consultations that ministries have not answered, most first. One statement."""
    overdue = sa.case((Consultation.due_on < japan_date(clock.now()), 1))
    waiting = sa.func.count()
    rows = db.session.execute(
        sa.select(Organisation, waiting, sa.func.count(overdue))
        .join(Consultation, Consultation.ministry_id == Organisation.id)
        .join(Issue, Issue.id == Consultation.issue_id)
        .where(
            Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None), Issue.state == IssueState.CONSULTING
        )
        .group_by(Organisation.id)
        .order_by(waiting.desc(), Organisation.position)
    )
    return [MinistryFigure(*row) for row in rows]


def _between(start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Issue.submitted_at > start, Issue.submitted_at <= end)
