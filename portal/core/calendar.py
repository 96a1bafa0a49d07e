"""Japan's calendar: Japanese dates of instants, business days, fiscal years and era dates."""

import re
import unicodedata
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jpholiday

JAPAN = ZoneInfo("Asia/Tokyo")
# Days on which offices are closed beside weekends and holidays: (month, day) for every year, or one date.
Closures = frozenset[tuple[int, int] | date]
# Offices close over the turn of the year (行政機関の休日に関する法律 第1条).
YEAR_END_CLOSURE: Closures = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})

_ERAS = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 10, 23)),
)
_COUNTED_YEARS = 20  # holidays further away are no law yet, and reckoning those of a year takes a sixth of a second
_USUAL_YEAR = 243  # business days
_LAST_EQUINOX = 2150  # the year until which the equinoxes are reckoned well
_WEEKDAYS = "月火水木金土日"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
_ERA_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])(?P<year>元|\d{1,2})(?:年|[./-])"
    r"(?P<month>\d{1,2})(?:月|[./-])(?P<day>\d{1,2})日?",
    re.ASCII | re.IGNORECASE,
)
_WESTERN_DATE = re.compile(
    r"(?P<year>\d{4})(?:年(?P<month>\d{1,2})月(?P<day>\d{1,2})日|(?P<mark>[./-])(?P<month2>\d{1,2})(?P=mark)(?P<day2>\d{1,2}))",
    re.ASCII,
)


def japan_datetime(instant: datetime) -> datetime:
    """The aware instant as the clock on a wall in Japan shows it."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime; use portal.core.clock.now()")
    return instant.astimezone(JAPAN)


def japan_date(instant: datetime) -> date:
    """The date in Japan at this aware instant."""
    return japan_datetime(instant).date()


def start_of_day(day: date) -> datetime:
    """The instant (aware UTC) at which the day begins in Japan."""
    return datetime.combine(day, time.min, tzinfo=JAPAN).astimezone(UTC)


def end_of_day(day: date) -> datetime | None:
    """The instant at which the day is over in Japan; None for 9999-12-31, by which people mean that there is no end."""
    return None if day == date.max else start_of_day(day + timedelta(days=1))


def is_business_day(day: date, closures: Closures = YEAR_END_CLOSURE) -> bool:
    """Whether offices are open: no weekend, no national holiday, no closure."""
    is_closed = (day.month, day.day) in closures or day in closures
    return day.weekday() < 5 and not is_closed and day not in _holidays(day.year)


def next_business_day(day: date, closures: Closures = YEAR_END_CLOSURE) -> date:
    """The first business day after this day."""
    return add_business_days(day, 1, closures)


def add_business_days(day: date, count: int, closures: Closures = YEAR_END_CLOSURE) -> date:
    """The count-th business day after the day, before it when the count is negative; the day itself for 0."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, closures):
            day += step
    return day


def business_days_between(start: date, end: date, closures: Closures = YEAR_END_CLOSURE) -> int:
    """How many business days lie after ``start`` up to and including ``end``; negative when ``end`` is before it.

    Whole years beyond the first twenty count as usual ones.
    """
    if end < start:
        return -business_days_between(end, start, closures)
    counted = range(start.year, min(end.year, start.year + _COUNTED_YEARS))
    whole_years = sum(len(_business_days(year, closures)) for year in counted)
    whole_years += _USUAL_YEAR * (end.year - start.year - len(counted))
    return whole_years + _passed(end, closures) - _passed(start, closures)


def business_days_left(today: date, due: date, closures: Closures = YEAR_END_CLOSURE) -> int:
    """Business days from tomorrow to the due date: 0 on the day itself, negative once it has passed."""
    return business_days_between(today, due, closures)


def fiscal_year(day: date) -> int:
    """The fiscal year (from 1 April) that the day belongs to."""
    return day.year if day.month >= 4 else day.year - 1


def era_year(day: date) -> int:
    """The year of the era that stood on the day: 8 for 2026."""
    _, _, begins = _era(day)
    return day.year - begins.year + 1


def era_fiscal_label(year: int) -> str:
    """The fiscal year as offices write it: 2026 → ``R8``, by the era in which most of the year lies."""
    for _, letter, begins in _ERAS:
        if year >= begins.year:
            return f"{letter}{year - begins.year + 1}"
    raise ValueError(f"no era for the fiscal year {year}")


def era_date(day: date) -> str:
    """The date in the Japanese era, 令和8年11月30日; the first year is 元年."""
    year = era_year(day)
    return f"{_era(day)[0]}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def short_era_date(day: date) -> str:
    """The date as offices type it, R8.11.30. Raises ValueError for a day before the Meiji era."""
    return f"{_era(day)[1]}{era_year(day)}.{day.month}.{day.day}"


def weekday_ja(day: date) -> str:
    """The day of the week in one character, 月."""
    return _WEEKDAYS[day.weekday()]


def long_date(day: date) -> str:
    """The era date with its weekday, 令和8年11月30日(月)."""
    return f"{era_date(day)}({weekday_ja(day)})"


def parse_japanese_date(text: str) -> date:
    """Read a date as people type it: 令和8年11月30日(月), R8.11.30, 2026-11-30, 2026/11/30, 2026年11月30日.

    Digits may be full-width and spaces may stand anywhere. Raises ValueError for anything else, for a day that
    does not exist, and for an era that did not stand on the day.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    plain = re.sub(r"\([月火水木金土日](?:曜日?)?\)$", "", plain)
    if match := _WESTERN_DATE.fullmatch(plain):
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        return date(int(match["year"]), int(month), int(day))
    if match := _ERA_DATE.fullmatch(plain):
        return _from_era(match["era"].upper(), match["year"], int(match["month"]), int(match["day"]))
    raise ValueError("not a date")


def _from_era(name: str, year: str, month: int, day: int) -> date:
    begins = next(start for era, letter, start in _ERAS if name in (era, letter))
    found = date(begins.year + (1 if year == "元" else int(year)) - 1, month, day)
    if _era(found)[2] != begins:
        raise ValueError("the era did not stand on this day")
    return found


def _era(day: date) -> tuple[str, str, date]:
    for era in _ERAS:
        if day >= era[2]:
            return era
    raise ValueError("before the Meiji era")


@lru_cache(maxsize=256)
def _holidays(year: int) -> frozenset[date]:
    if year > _LAST_EQUINOX:
        return frozenset()
    return frozenset(day for day, _ in jpholiday.year_holidays(year))


@lru_cache(maxsize=256)
def _business_days(year: int, closures: Closures) -> tuple[date, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1))
    return tuple(day for day in days if is_business_day(day, closures))


def _passed(day: date, closures: Closures) -> int:
    return bisect_right(_business_days(day.year, closures), day)
