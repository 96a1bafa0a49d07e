"""Japan's calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import calendar

DAYS = st.dates(min_value=date(2019, 5, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(("day", "is_open"), [
    (date(2026, 11, 23), False),  # 勤労感謝の日
    (date(2026, 11, 24), True),
    (date(2026, 11, 28), False),  # Saturday
    (date(2026, 12, 28), True),
    (date(2026, 12, 29), False),
    (date(2027, 1, 3), False),
    (date(2027, 1, 4), True),
])
def test_business_days(day, is_open):
    assert calendar.is_business_day(day) is is_open


@given(DAYS, st.integers(min_value=0, max_value=60))
def test_adding_and_counting_business_days_agree(day, count):
    assert calendar.business_days_between(day, calendar.add_business_days(day, count)) == count


@given(DAYS)
def test_a_date_survives_being_written_in_its_era(day):
    assert calendar.parse_japanese_date(calendar.long_date(day)) == day


@pytest.mark.parametrize("text", ["2026-11-30", "2026/11/30", "２０２６年１１月３０日", "令和８年11月30日", "R8.11.30", "r8/11/30", " 令和8年 11月 30日（月）"])
def test_dates_are_read_as_people_write_them(text):
    assert calendar.parse_japanese_date(text) == date(2026, 11, 30)


@pytest.mark.parametrize("text", ["", "11/30", "令和8年13月1日", "平成40年1月1日", "明日", "令和0年5月1日"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        calendar.parse_japanese_date(text)


def test_fiscal_years_begin_in_april():
    assert calendar.fiscal_year(date(2027, 3, 31)) == 2026
    assert calendar.fiscal_year(date(2027, 4, 1)) == 2027
    assert calendar.era_fiscal_label(2026) == "R8"
    assert calendar.era_date(date(2019, 5, 1)) == "令和元年5月1日"


def test_a_day_begins_at_midnight_in_japan():
    assert calendar.start_of_day(date(2026, 11, 24)) == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert calendar.japan_date(datetime(2026, 11, 23, 15, tzinfo=UTC) - timedelta(seconds=1)) == date(2026, 11, 23)
