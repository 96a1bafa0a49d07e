"""The week in figures, for executives: aggregates over all issues, never one body's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.directory.models import Organisation
from portal.issues.models import Consultation, Issue, IssueClock
from portal.issues.states import BEFORE_ANSWER, Holder, IssueState
from portal.themes.models import Theme

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


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

    @property
    def rate(self) -> str:
        """The share within the target in per cent, cut and not rounded: 99.9 until all are."""
        return cut_share(self.within_target, self.given)


@dataclass(frozen=True)
class DivisionFigure:
    """How many issues a division answered in the last thirty days, and how many of them within the target."""

    division: Organisation
    given: int
    within_target: int

    @property
    def rate(self) -> str:
        """The share within the target in per cent, cut and not rounded."""
        return cut_share(self.within_target, self.given)


def cut_share(part: int, whole: int) -> str:
    """Per cent with one decimal, cut and not rounded; — of nothing."""
    if not whole:
        return "—"
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10}"


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
    """Answers of the last seven days against their issues' own targets. One statement."""
    since = clock.now() - WEEK
    late = sa.func.count(sa.case((IssueClock.is_answered_late.is_(True), 1)))
    given, missed = db.session.execute(sa.select(sa.func.count(), late).where(IssueClock.answered_at > since)).one()
    return Answers(given=given, within_target=given - missed)


def count_answers_by_division() -> list[DivisionFigure]:
    """Answers of the last thirty days by the division that gave them, in the divisions' order. One statement."""
    late = sa.func.count(sa.case((IssueClock.is_answered_late.is_(True), 1)))
    rows = db.session.execute(
        sa.select(Organisation, sa.func.count(), late)
        .select_from(IssueClock)
        .join(Issue, Issue.id == IssueClock.issue_id)
        .join(Organisation, Organisation.id == Issue.division_id)
        .where(IssueClock.answered_at > clock.now() - MONTH)
        .group_by(Organisation.id)
        .order_by(Organisation.position, Organisation.id)
    )
    return [DivisionFigure(division, given, given - missed) for division, given, missed in rows]


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
