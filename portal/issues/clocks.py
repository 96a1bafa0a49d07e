"""The clock of an issue: its three targets, when each was met, and the pauses that do not count.

First reply: headquarters' first sign to the body, a public post or its triage. Routed: with a division. Answered:
officially or by a quote. All three run from submission; what is urgent is due the same day.
"""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.issues.models import Consultation, Issue, IssueClock, Pause
from portal.issues.states import IssueState, PauseKind, Urgency
from portal.targets.arithmetic import Stretch, due_day
from portal.targets.queries import get_closures, get_rules


def clock_of(issue: Issue) -> IssueClock:
    """The issue's clock; one that was submitted before there were clocks gets its own now."""
    return db.session.get(IssueClock, issue.id) or start_clock(issue)


def start_clock(issue: Issue) -> IssueClock:
    """Start the clock of a submitted issue under the targets that hold now."""
    started_at = issue.submitted_at or clock.now()
    targets = get_rules().targets
    row = IssueClock(
        issue_id=issue.id,
        round=1,
        first_reply_days=targets.first_reply_days,
        routed_days=targets.routed_days,
        answered_days=targets.answered_days,
        urgent_days=targets.urgent_days,
        follow_up_days=targets.follow_up_days,
        started_at=started_at,
        answer_from_at=started_at,
    )
    set_dues(issue, row)
    db.session.add(row)
    db.session.flush()
    return row


def set_dues(issue: Issue, row: IssueClock) -> None:
    """Count the dues anew, as after a pause or where the urgency changed. A target that was met keeps its due."""
    pauses, closures, is_urgent = list_stretches(issue.id), get_closures(), issue.urgency is Urgency.URGENT

    def due(since: datetime, days: int) -> date:
        return due_day(
            since,
            min(days, row.urgent_days) if is_urgent else days,
            [each for each in pauses if each.start >= since],
            closures,
        )

    if row.first_reply_at is None:
        row.first_reply_due_on = due(row.started_at, row.first_reply_days)
    if row.routed_at is None:
        row.routed_due_on = due(row.answer_from_at, row.routed_days)
    if row.answered_at is None:
        row.answered_due_on = due(row.answer_from_at, row.answered_days)
    row.follow_up_on = None
    if row.assigned_at is not None and row.answered_at is None:
        since = [each for each in pauses if each.start >= row.assigned_at]
        row.follow_up_on = due_day(row.assigned_at, row.follow_up_days, since, closures)


def list_stretches(issue_id: int) -> list[Stretch]:
    """When the issue's clock stood, the oldest first."""
    rows = db.session.execute(
        sa.select(Pause.started_at, Pause.ended_at).where(Pause.issue_id == issue_id).order_by(Pause.id)
    )
    return [Stretch(start, end) for start, end in rows]


def note_first_reply(issue: Issue) -> None:
    """Headquarters gave its first sign to the body; later ones change nothing. The routing is due next.

    The issue's version stays: a reply must not make anyone's form stale.
    """
    due_on = db.session.scalar(
        sa.update(IssueClock)
        .where(IssueClock.issue_id == issue.id, IssueClock.first_reply_at.is_(None))
        .values(first_reply_at=clock.now())
        .returning(IssueClock.routed_due_on)
    )
    if due_on is None or issue.state is not IssueState.SUBMITTED or issue.due_on is None:
        return
    db.session.execute(
        sa.update(Issue).where(Issue.id == issue.id).values(due_on=due_on).execution_options(synchronize_session=False)
    )
    orm.attributes.set_committed_value(issue, "due_on", due_on)


def note_triaged(issue: Issue) -> date:
    """Triaged, perhaps with another urgency; the due of the routing."""
    row = clock_of(issue)
    row.first_reply_at = row.first_reply_at or clock.now()
    set_dues(issue, row)
    return row.routed_due_on


def note_routed(issue: Issue) -> date:
    """With a division, which is followed up with after a while; the due of the answer."""
    row, now = clock_of(issue), clock.now()
    row.routed_at, row.assigned_at = row.routed_at or now, now
    set_dues(issue, row)
    return row.answered_due_on


def note_bounced(issue: Issue) -> None:
    """The division sent it back: it is not routed after all, and its target runs on."""
    row = clock_of(issue)
    row.routed_at = row.assigned_at = None
    set_dues(issue, row)


def note_answered(issue: Issue) -> None:
    """Answered: whether in time is settled for good."""
    row, now = clock_of(issue), clock.now()
    row.first_reply_at = row.first_reply_at or now
    row.answered_at = row.stopped_at = now
    row.is_answered_late = japan_date(now) > row.answered_due_on
    row.follow_up_on = None


def note_ended(issue: Issue) -> None:
    """Closed, withdrawn or out of scope: nothing runs any more."""
    row = clock_of(issue)
    row.stopped_at = row.stopped_at or clock.now()
    row.follow_up_on = None


def note_reopened(issue: Issue) -> date:
    """The answer did not settle it: routing and answer run anew from now; the due of the next step."""
    row, now = clock_of(issue), clock.now()
    row.round, row.answer_from_at = row.round + 1, now
    row.answered_at = row.stopped_at = row.is_answered_late = None
    row.assigned_at = now if issue.division_id is not None else None
    row.routed_at = row.routed_at if issue.division_id is not None else None
    set_dues(issue, row)
    return row.answered_due_on if issue.division_id is not None else row.routed_due_on


def next_due(issue: Issue) -> date | None:
    """By when the next step is due, while the clock runs."""
    row = clock_of(issue)
    if row.pause_id is not None:
        return None
    if issue.state is IssueState.SUBMITTED:
        return row.first_reply_due_on if row.first_reply_at is None else row.routed_due_on
    if issue.state is IssueState.TRIAGED:
        return row.routed_due_on
    if issue.state is IssueState.CONSULTING:
        return _first_consultation_due(issue)
    return row.answered_due_on if issue.state is IssueState.ASSIGNED else None


def begin_pause(issue: Issue, kind: PauseKind, post_id: int, *, expected_on: date | None = None) -> Pause:
    """Let the clock stand from now on, for the reason that the post gives."""
    pause = Pause(issue_id=issue.id, kind=kind, post_id=post_id, started_at=clock.now(), expected_on=expected_on)
    db.session.add(pause)
    db.session.flush()
    clock_of(issue).pause_id = pause.id
    issue.due_on = None
    return pause


def end_pause(issue: Issue) -> bool:
    """Let a clock that stands go on, its dues later by the business days it stood. False when it runs."""
    row = db.session.get(IssueClock, issue.id)
    if row is None or row.pause_id is None:
        return False
    db.session.get_one(Pause, row.pause_id).ended_at = clock.now()
    row.pause_id = None
    db.session.flush()
    set_dues(issue, row)
    return True


def ensure_clock(issue_id: int) -> None:
    """Give the issue its clock if it has none: a reply, a routing and an answer that were count as met then."""
    issue = db.session.get_one(Issue, issue_id)
    row = clock_of(issue)
    if issue.state is not IssueState.SUBMITTED and row.first_reply_at is None:
        row.first_reply_at = row.started_at
    if issue.division_id is not None and row.routed_at is None:
        row.routed_at = row.assigned_at = issue.accepted_at or issue.holder_since_at
    set_dues(issue, row)


def list_unclocked(limit: int = 500) -> Sequence[int]:
    """The ids of issues awaiting an answer that were submitted before there were clocks."""
    return db.session.scalars(
        sa.select(Issue.id)
        .outerjoin(IssueClock, IssueClock.issue_id == Issue.id)
        .where(Issue.state.in_(_AWAITING), IssueClock.issue_id.is_(None))
        .limit(limit)
    ).all()


_AWAITING = (IssueState.SUBMITTED, IssueState.TRIAGED, IssueState.RETURNED, IssueState.ASSIGNED, IssueState.CONSULTING)


def _first_consultation_due(issue: Issue) -> date | None:
    return db.session.scalar(
        sa.select(sa.func.min(Consultation.due_on)).where(
            Consultation.issue_id == issue.id, Consultation.replied_at.is_(None), Consultation.withdrawn_at.is_(None)
        )
    )
