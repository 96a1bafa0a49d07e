"""Business time: when something is due, how many business days have run, when an office is open. Pure functions.

Days are counted as the Civil Code counts them (民法140条): the first day is not counted, so what comes in on a Friday
is due within one business day on Monday, at whatever hour of Friday or of the weekend it came in.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import NamedTuple

from portal.core.calendar import (
    JAPAN,
    YEAR_END_CLOSURE,
    Closures,
    add_business_days,
    business_days_between,
    is_business_day,
    japan_date,
    japan_datetime,
    next_business_day,
)

OPENS, CLOSES = time(8, 30), time(17, 15)  # office hours of headquarters


class Stretch(NamedTuple):
    """A stretch of time during which a clock stood; ``end`` is None while it still stands."""

    start: datetime
    end: datetime | None


def arrival_day(instant: datetime, closures: Closures = YEAR_END_CLOSURE) -> date:
    """The first business day on which an office could act on it: the same day up to closing time, else the next."""
    here = japan_datetime(instant)
    is_in_time = is_business_day(here.date(), closures) and here.time() < CLOSES
    return here.date() if is_in_time else next_business_day(here.date(), closures)


def paused_days(pauses: Iterable[Stretch], until: datetime, closures: Closures = YEAR_END_CLOSURE) -> int:
    """How many business days the pauses took away, the running one up to ``until``."""
    return sum(
        business_days_between(japan_date(each.start), japan_date(min(each.end or until, until)), closures)
        for each in pauses
        if each.start <= until
    )


def elapsed_days(
    start: datetime, end: datetime, pauses: Iterable[Stretch] = (), closures: Closures = YEAR_END_CLOSURE
) -> int:
    """How many business days have run from ``start`` to ``end``, pauses left out; 0 on the first day."""
    whole = business_days_between(japan_date(start), japan_date(end), closures)
    return max(0, whole - paused_days(pauses, end, closures))


def due_day(
    start: datetime,
    days: int,
    pauses: Iterable[Stretch] = (),
    closures: Closures = YEAR_END_CLOSURE,
    *,
    until: datetime | None = None,
) -> date:
    """The last day on which ``days`` business days are kept; for 0 days the day on which it arrived at the office.

    ``until`` ends a pause that is still running: the due as it would be if the clock went on at that instant.
    """
    first = japan_date(start) if days > 0 else arrival_day(start, closures)
    stood = paused_days(pauses, until, closures) if until is not None else _ended_days(pauses, closures)
    return add_business_days(first, days + stood, closures)


def is_open(instant: datetime, closures: Closures = YEAR_END_CLOSURE) -> bool:
    """Whether the instant lies in office hours of a business day, 8:30 to 17:15 in Japan."""
    here = japan_datetime(instant)
    return is_business_day(here.date(), closures) and OPENS <= here.time() < CLOSES


def next_opening(instant: datetime, closures: Closures = YEAR_END_CLOSURE) -> datetime:
    """The instant itself in office hours, else the next opening of the office."""
    if is_open(instant, closures):
        return instant
    here = japan_datetime(instant)
    is_today = is_business_day(here.date(), closures) and here.time() < OPENS
    day = here.date() if is_today else next_business_day(here.date(), closures)
    return datetime.combine(day, OPENS, JAPAN)


def closing(day: date) -> datetime:
    """The instant at which the office closes on the day."""
    return datetime.combine(day, CLOSES, JAPAN)


def _ended_days(pauses: Iterable[Stretch], closures: Closures) -> int:
    return sum(
        business_days_between(japan_date(each.start), japan_date(each.end), closures)
        for each in pauses
        if each.end is not None
    )
