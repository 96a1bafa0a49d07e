"""Japan's calendar: business days, fiscal years and era dates. Everything here is in Asia/Tokyo."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import jpholiday

JAPAN = ZoneInfo("Asia/Tokyo")
_WEEKDAYS = "月火水木金土日"
_ERAS = (  # first day, name, letter (元号)
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
)
_CLOSURE = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})  # 行政機関の休日に関する法律 第1条


def japan_datetime(instant: datetime) -> datetime:
    """The instant as Japan's clock shows it."""
    return instant.astimezone(JAPAN)


def japan_date(instant: datetime) -> date:
    """The date in Japan at the instant."""
    return instant.astimezone(JAPAN).date()


def start_of_day(day: date) -> datetime:
    """The instant at which the date begins in Japan, in UTC."""
    return datetime.combine(day, time(), JAPAN).astimezone(UTC)


def is_business_day(day: date) -> bool:
    """Whether public offices are open: no weekend, no holiday, not 29 December to 3 January."""
    return day.weekday() < 5 and (day.month, day.day) not in _CLOSURE and day not in _holidays(day.year)


def next_business_day(day: date) -> date:
    """The first business day after the date."""
    return add_business_days(day, 1)


def add_business_days(day: date, count: int) -> date:
    """The date ``count`` business days after (negative: before); 0 is the day itself."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """Business days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
    if end < start:
        return -business_days_between(end, start)
    whole_years = sum(_open_days(year)[-1] for year in range(start.year, end.year))
    return whole_years + _count_in_year(end) - _count_in_year(start)


def fiscal_year(day: date) -> int:
    """The fiscal year, which begins on 1 April, as the year in which it begins."""
    return day.year if day.month >= 4 else day.year - 1


def era_fiscal_label(year: int) -> str:
    """The fiscal year by its era: 2026 → R8. A year in which the era changes counts by the era at its end."""
    first, _, letter = _era(date(year, 12, 31))
    return f"{letter}{year - first.year + 1}"


def era_year(day: date) -> tuple[str, int]:
    """The era's name and the year in it: (令和, 8)."""
    first, name, _ = _era(day)
    return name, day.year - first.year + 1


def era_date(day: date) -> str:
    """令和8年11月30日; the first year of an era is 元年."""
    name, year = era_year(day)
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def weekday_ja(day: date) -> str:
    """月 to 日."""
    return _WEEKDAYS[day.weekday()]


def long_date(day: date) -> str:
    """令和8年11月30日(月)."""
    return f"{era_date(day)}({weekday_ja(day)})"


_ERA_PATTERN = re.compile(r"(令和|平成|昭和|[RHS])(元|\d{1,2})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})日?", re.IGNORECASE)
_WESTERN_PATTERN = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})日?")


def parse_japanese_date(text: str) -> date:
    """A date as people write it: 令和8年11月30日, R8.11.30, 2026-11-30, 2026/11/30, full-width digits.

    Raises ValueError for what is no date, or no date of the era named.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\([月火水木金土日]\)$", "", plain)
    if match := _WESTERN_PATTERN.fullmatch(plain):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _ERA_PATTERN.fullmatch(plain):
        return _from_era(match[1].upper(), match[2], int(match[3]), int(match[4]))
    raise ValueError(f"no date: {text!r}")


def _from_era(name: str, year: str, month: int, day: int) -> date:
    first, era, _ = next(entry for entry in _ERAS if name in entry[1:])
    number = 1 if year == "元" else int(year)
    found = date(first.year + number - 1, month, day)
    if number < 1 or _era(found)[1] != era:
        raise ValueError(f"{era}{year} has no such date")
    return found


def _era(day: date) -> tuple[date, str, str]:
    for era in _ERAS:
        if day >= era[0]:
            return era
    raise ValueError(f"before the eras known here: {day}")


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(day for day, _name in jpholiday.year_holidays(year))


@cache
def _open_days(year: int) -> tuple[int, ...]:
    """For each day of the year, how many business days the year has had up to and including it."""
    counts, count = [], 0
    day = date(year, 1, 1)
    while day.year == year:
        count += is_business_day(day)
        counts.append(count)
        day += timedelta(days=1)
    return tuple(counts)


def _count_in_year(day: date) -> int:
    return _open_days(day.year)[day.timetuple().tm_yday - 1]
