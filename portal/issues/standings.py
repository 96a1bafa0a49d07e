"""How each target of an issue stands: met, at risk, missed. Pure functions over its clock."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.core.calendar import YEAR_END_CLOSURE, Closures, business_days_between, japan_date
from portal.core.enums import LabelledEnum
from portal.issues.models import IssueClock


class Target(LabelledEnum):
    """What headquarters owes the body, each by a day of its own."""

    FIRST_REPLY = ("first_reply", "初回応答", "First reply")
    ROUTED = ("routed", "割振り", "Routing")
    ANSWERED = ("answered", "回答", "Answer")


class Standing(LabelledEnum):
    """How a target stands."""

    MET = ("met", "目標内", "Met")
    RUNNING = ("running", "期限内", "On time")
    AT_RISK = ("at_risk", "まもなく期限", "At risk")
    MISSED = ("missed", "目標超過", "Missed")
    PAUSED = ("paused", "時計停止中", "Clock stopped")
    NOT_NEEDED = ("not_needed", "不要", "Not needed")


@dataclass(frozen=True, kw_only=True)
class TargetState:
    """One target: by when, met when, and how it stands. ``days_late`` counts business days, 0 in time."""

    target: Target
    due_on: date
    met_at: datetime | None
    standing: Standing
    days_late: int = 0


def states_of(row: IssueClock, now: datetime, closures: Closures = YEAR_END_CLOSURE) -> list[TargetState]:
    """All three targets at the instant, in their order. The clock's pause must be loaded."""
    return [_state(row, target, now, closures) for target in Target]


def current_state(row: IssueClock, now: datetime, closures: Closures = YEAR_END_CLOSURE) -> TargetState:
    """The target that counts now: the first that is not met, of what is answered or ended the answer's."""
    target = next((each for each in Target if _met_at(row, each) is None), Target.ANSWERED)
    return _state(row, Target.ANSWERED if row.stopped_at is not None else target, now, closures)


def _state(row: IssueClock, target: Target, now: datetime, closures: Closures) -> TargetState:
    due_on, met_at = _due_on(row, target), _met_at(row, target)
    until = japan_date(met_at or row.stopped_at or now)
    is_paused = row.pause_id is not None and met_at is None
    if due_on < until and not is_paused:
        late = max(1, business_days_between(due_on, until, closures))
        return TargetState(target=target, due_on=due_on, met_at=met_at, standing=Standing.MISSED, days_late=late)
    standing = _in_time(row, target, now, closures)
    return TargetState(target=target, due_on=due_on, met_at=met_at, standing=standing)


def _in_time(row: IssueClock, target: Target, now: datetime, closures: Closures) -> Standing:
    if _met_at(row, target) is not None:
        return Standing.MET
    if row.stopped_at is not None:
        return Standing.NOT_NEEDED
    if row.pause_id is not None:
        return Standing.PAUSED
    left = business_days_between(japan_date(now), _due_on(row, target), closures)
    return Standing.AT_RISK if left <= min(2, _days(row, target) // 3) else Standing.RUNNING


def _due_on(row: IssueClock, target: Target) -> date:
    dues = {
        Target.FIRST_REPLY: row.first_reply_due_on,
        Target.ROUTED: row.routed_due_on,
        Target.ANSWERED: row.answered_due_on,
    }
    return dues[target]


def _met_at(row: IssueClock, target: Target) -> datetime | None:
    met = {Target.FIRST_REPLY: row.first_reply_at, Target.ROUTED: row.routed_at, Target.ANSWERED: row.answered_at}
    return met[target]


def _days(row: IssueClock, target: Target) -> int:
    days = {
        Target.FIRST_REPLY: row.first_reply_days,
        Target.ROUTED: row.routed_days,
        Target.ANSWERED: row.answered_days,
    }
    return days[target]
