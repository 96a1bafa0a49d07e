"""Business days, fiscal years and era dates."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import calendar

DAYS = st.dates(date(2018, 1, 1), date(2034, 12, 31))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 23), False),  # 勤労感謝の日
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 9, 22), False),  # 国民の休日 between two holidays
        (date(2026, 5, 6), False),  # substitute holiday
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2026, 12, 31), False),
        (date(2027, 1, 1), False),
        (date(2028, 1, 3), False),  # a Monday in the closure
        (date(2027, 1, 4), True),
    ],
)
def test_offices_close_on_weekends_holidays_and_over_the_new_year(day, open_):
    assert calendar.is_business_day(day) is open_


def test_closures_are_editable():
    assert calendar.is_business_day(date(2026, 12, 29), frozenset())
    assert not calendar.is_business_day(date(2026, 8, 14), frozenset({(8, 14)}))
    assert calendar.business_days_between(date(2026, 12, 28), date(2026, 12, 31), frozenset()) == 3


def test_business_days_are_counted_without_the_first_and_with_the_last():
    assert calendar.business_days_between(date(2026, 11, 20), date(2026, 11, 24)) == 1
    assert calendar.business_days_between(date(2026, 11, 24), date(2026, 11, 24)) == 0
    assert calendar.business_days_between(date(2026, 11, 24), date(2026, 11, 20)) == -1
    assert calendar.business_days_between(date(2026, 12, 28), date(2027, 1, 4)) == 1
    assert calendar.business_days_left(date(2026, 11, 24), date(2026, 11, 30)) == 4


def test_next_business_day_skips_the_new_year():
    assert calendar.next_business_day(date(2026, 12, 28)) == date(2027, 1, 4)
    assert calendar.add_business_days(date(2027, 1, 4), -1) == date(2026, 12, 28)
    assert calendar.add_business_days(date(2026, 11, 23), 0) == date(2026, 11, 23)


@given(DAYS, DAYS)
def test_count_agrees_with_counting_one_by_one(a, b):
    start, end = min(a, b), min(max(a, b), min(a, b) + timedelta(days=800))
    one_by_one = sum(calendar.is_business_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    assert calendar.business_days_between(start, end) == one_by_one
    assert calendar.business_days_between(end, start) == -one_by_one


def test_a_day_without_end_is_reckoned_at_once(monkeypatch):
    looked_at = []
    reckon = calendar.jpholiday.year_holidays
    monkeypatch.setattr(calendar.jpholiday, "year_holidays", lambda year: looked_at.append(year) or reckon(year))

    days = calendar.business_days_between(date(2026, 11, 20), date.max)

    assert days / (9999 - 2026) == pytest.approx(244, abs=2)
    assert calendar.business_days_between(date.max, date(2026, 11, 20)) == -days
    assert len(looked_at) < 25


@given(DAYS, st.integers(1, 60))
def test_adding_and_counting_are_inverse(day, count):
    assert calendar.business_days_between(day, calendar.add_business_days(day, count)) == count


def test_the_japanese_date_changes_at_1500_utc():
    assert calendar.japan_date(datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert calendar.japan_date(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert calendar.start_of_day(date(2026, 11, 24)) == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert calendar.start_of_day(date(2026, 11, 24)).tzinfo is UTC
    with pytest.raises(ValueError, match="naive"):
        calendar.japan_date(datetime(2026, 11, 23))


def test_fiscal_year_begins_in_april():
    assert calendar.fiscal_year(date(2026, 3, 31)) == 2025
    assert calendar.fiscal_year(date(2026, 4, 1)) == 2026


@pytest.mark.parametrize(("year", "label"), [(2026, "R8"), (2019, "R1"), (2018, "H30"), (1989, "H1"), (1988, "S63")])
def test_fiscal_year_label(year, label):
    assert calendar.era_fiscal_label(year) == label


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 30), "令和8年11月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 24), "大正15年12月24日"),
    ],
)
def test_era_changes_by_day(day, text):
    assert calendar.era_date(day) == text


def test_long_date_names_the_weekday():
    assert calendar.long_date(date(2026, 11, 23)) == "令和8年11月23日(月)"
    assert calendar.weekday_ja(date(2026, 11, 29)) == "日"
    assert calendar.era_year(date(2026, 11, 23)) == 8


@pytest.mark.parametrize(
    "text",
    [
        "令和8年11月30日",
        "令和８年１１月３０日",
        " 令和 8 年 11 月 30 日 ",
        "R8.11.30",
        "r8/11/30",
        "Ｒ８．１１．３０",
        "R8-11-30",
        "2026-11-30",
        "2026/11/30",
        "2026.11.30",
        "２０２６年１１月３０日",
        "2026年11月30日（月）",
        "令和8年11月30日(月曜日)",
        "2026－11－30",
        "2026−11−30",
        "㋿8年11月30日",
    ],
)
def test_dates_are_read_as_people_type_them(text):
    assert calendar.parse_japanese_date(text) == date(2026, 11, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11月30日",
        "令和8年13月1日",
        "2026-02-29",
        "令和8年2月29日",
        "平成40年1月1日",
        "令和元年4月30日",
        "令和0年1月1日",
        "R8.11",
        "2026/11-30",
        "20261130",
        "明日",
        "2026-11-30T00:00",
        "昭和100年1月1日",
        "٢٠٢٦-١١-٣٠",
        "令和8年11月30日まで",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        calendar.parse_japanese_date(text)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_written_date_reads_back(day):
    assert calendar.parse_japanese_date(calendar.long_date(day)) == day
    assert calendar.parse_japanese_date(calendar.era_date(day)) == day


@given(st.text(max_size=30))
def test_reading_raises_nothing_but_value_error(text):
    with suppress(ValueError):
        assert isinstance(calendar.parse_japanese_date(text), date)
