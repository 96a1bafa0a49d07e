"""What is to be escalated, read from the indexes of running clocks alone, and what was."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.calendar import YEAR_END_CLOSURE, Closures, add_business_days, japan_date
from portal.core.db import db
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.escalation.models import Escalation
from portal.escalation.steps import Step
from portal.issues import policy
from portal.issues.models import Hop, Issue, IssueClock
from portal.issues.standings import Target
from portal.issues.states import IssueKind, IssueState, Leak
from portal.targets.arithmetic import closing
from portal.targets.models import ClosedDay
from portal.targets.rules import Rules

SAME_PROBLEM_WINDOW = timedelta(days=30)
LOT = 200
_COLUMNS: dict[Target, tuple[Any, Any]] = {
    Target.FIRST_REPLY: (IssueClock.first_reply_due_on, IssueClock.first_reply_at),
    Target.ROUTED: (IssueClock.routed_due_on, IssueClock.routed_at),
    Target.ANSWERED: (IssueClock.answered_due_on, IssueClock.answered_at),
}


class Due(NamedTuple):
    """A step that is due for an issue."""

    issue_id: int
    step: Step


class Beside(NamedTuple):
    """What the page of an issue says beside it: the hops, what was escalated, and the days not to be counted."""

    closures: Closures
    hops: list[Hop]
    escalations: list[Escalation]


class SameProblem(NamedTuple):
    """A sub-topic from which many bodies reported lately."""

    sub_topic_id: int
    bodies: int


def step_of(target: Target, *, is_long: bool) -> Step:
    """The step for a target that was missed, or missed long ago."""
    return Step(f"{target.value}_{'long_' if is_long else ''}missed")


def list_due(now: datetime, rules: Rules) -> list[Due]:
    """The steps that are due and not yet taken. A fixed number of statements, each over what runs alone."""
    found = []
    for step, conditions in _conditions(now, rules).items():
        ids = db.session.scalars(_not_taken(step, conditions).order_by(IssueClock.issue_id).limit(LOT))
        found += [Due(issue_id, step) for issue_id in ids]
    return found


def find_due_round(due: Due, now: datetime, rules: Rules) -> int | None:
    """The round of the issue's clock in which the step is still due at the moment at which it is taken."""
    query = _not_taken(due.step, _conditions(now, rules)[due.step]).with_only_columns(IssueClock.round)
    return db.session.scalar(query.where(IssueClock.issue_id == due.issue_id))


def list_same_problems(now: datetime, threshold: int) -> list[SameProblem]:
    """Sub-topics from which at least so many bodies reported within thirty days and nobody has been told of yet."""
    since = now - SAME_PROBLEM_WINDOW
    bodies = sa.func.count(sa.distinct(Issue.organisation_id))
    told = sa.exists().where(
        Escalation.sub_topic_id == Issue.sub_topic_id,
        Escalation.step == Step.SAME_PROBLEM,
        Escalation.raised_at > since,
    )
    rows = db.session.execute(
        sa.select(Issue.sub_topic_id, bodies)
        .where(*_reported(since), sa.not_(told))
        .group_by(Issue.sub_topic_id)
        .having(bodies >= threshold)
        .order_by(Issue.sub_topic_id)
    )
    return [SameProblem(topic_id, count) for topic_id, count in rows if topic_id is not None]


def newest_of(sub_topic_id: int, now: datetime) -> Issue | None:
    """The newest issue of the sub-topic within the thirty days."""
    return db.session.scalars(
        sa.select(Issue)
        .where(Issue.sub_topic_id == sub_topic_id, *_reported(now - SAME_PROBLEM_WINDOW))
        .order_by(Issue.id.desc())
        .limit(1)
    ).first()


def get_beside(actor: Actor, issue: Issue) -> Beside:
    """Who held the ball, the closed days, and to headquarters what was escalated of the issue. One statement."""
    shown = _beside(is_shown=policy.sees_every_audience(actor))
    rows = db.session.execute(shown, {"issue_id": issue.id}).all()
    listed = rows[0][2] if rows else None
    closed = {date.fromisoformat(day) for day in listed.split(",")} if listed else set()
    return Beside(
        closures=YEAR_END_CLOSURE | closed,
        hops=list(dict.fromkeys(hop for hop, _, _ in rows)),
        escalations=list(dict.fromkeys(each for _, each, _ in rows if each is not None)),
    )


@kept
def _beside(*, is_shown: bool) -> sa.Select[Hop, Escalation, str]:
    days = sa.func.aggregate_strings(sa.cast(ClosedDay.closed_on, sa.String), ",")
    return (
        sa.select(Hop, Escalation, sa.select(days).scalar_subquery())
        .outerjoin(Escalation, sa.and_(Escalation.issue_id == Hop.issue_id, sa.literal(is_shown)))
        .where(Hop.issue_id == sa.bindparam("issue_id"))
        .options(orm.joinedload(Hop.organisation))
        .order_by(Hop.id, Escalation.id)
    )


def _not_taken(step: Step, conditions: tuple[Any, ...]) -> sa.Select[Any]:
    taken = sa.exists().where(
        Escalation.issue_id == IssueClock.issue_id, Escalation.step == step, Escalation.round == IssueClock.round
    )
    return sa.select(IssueClock.issue_id).where(
        IssueClock.stopped_at.is_(None), IssueClock.pause_id.is_(None), *conditions, sa.not_(taken)
    )


def _conditions(now: datetime, rules: Rules) -> dict[Step, tuple[Any, ...]]:
    """When each step is due, as conditions on a clock that runs."""
    today = japan_date(now)
    long_ago = add_business_days(today, -rules.targets.escalate_days, rules.closures)
    is_leak = sa.exists().where(Issue.id == IssueClock.issue_id, Issue.leak.in_([Leak.SUSPECTED, Leak.YES]))
    is_past_closing = now >= closing(today)
    last_over = today if is_past_closing else today - timedelta(days=1)
    found: dict[Step, tuple[Any, ...]] = {
        Step.FOLLOW_UP: (IssueClock.follow_up_on <= today,),
        Step.LEAK_UNANSWERED: (
            IssueClock.first_reply_due_on <= last_over,
            IssueClock.first_reply_at.is_(None),
            is_leak,
        ),
    }
    for target, (due_on, met_at) in _COLUMNS.items():
        found[step_of(target, is_long=False)] = (due_on < today, met_at.is_(None))
        found[step_of(target, is_long=True)] = (due_on < min(today, long_ago + timedelta(days=1)), met_at.is_(None))
    return found


def _reported(since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Problems brought up since then; by their last activity an index finds them."""
    return (
        Issue.last_activity_at > since,
        Issue.submitted_at > since,
        Issue.sub_topic_id.is_not(None),
        Issue.kind.in_([IssueKind.PROBLEM, IssueKind.QUESTION, IssueKind.REQUEST, IssueKind.HEARING]),
        Issue.state.not_in([IssueState.DRAFT, IssueState.WITHDRAWN, IssueState.DECLINED]),
    )
