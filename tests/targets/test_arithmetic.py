"""Business time by table: nights, weekends, holidays, the turn of the year, listed days, pauses."""

import random
from datetime import date, datetime, timedelta

import pytest

from portal.core.calendar import JAPAN, YEAR_END_CLOSURE, is_business_day, japan_date
from portal.targets.arithmetic import (
    Stretch,
    arrival_day,
    closing,
    due_day,
    elapsed_days,
    is_open,
    next_opening,
    paused_days,
)

LISTED = YEAR_END_CLOSURE | {date(2026, 12, 2)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("11-24T10:00", 1, "2026-11-25"),  # Tuesday morning
        ("11-24T23:30", 1, "2026-11-25"),  # at night: the next day is the first that counts
        ("11-24T10:00", 0, "2026-11-24"),  # the same day
        ("11-24T17:14", 0, "2026-11-24"),
        ("11-24T17:15", 0, "2026-11-25"),  # offices have closed
        ("11-24T06:00", 0, "2026-11-24"),
        ("11-27T20:00", 1, "2026-11-30"),  # Friday night
        ("11-28T10:00", 1, "2026-11-30"),  # Saturday
        ("11-28T10:00", 0, "2026-11-30"),
        ("11-20T10:00", 1, "2026-11-24"),  # Monday 23 November is a holiday
        ("11-23T10:00", 0, "2026-11-24"),
        ("11-20T10:00", 10, "2026-12-07"),
        ("12-28T16:00", 1, "2027-01-04"),  # the turn of the year
        ("12-28T18:00", 0, "2027-01-04"),
        ("12-31T10:00", 1, "2027-01-04"),
        ("12-25T10:00", 10, "2027-01-15"),  # with 成人の日 on 11 January
    ],
)
def test_due_day(start, days, due):
    assert due_day(at(start), days) == date.fromisoformat(due)


def test_listed_day_moves_the_due():
    assert due_day(at("12-01T10:00"), 1, closures=LISTED) == date(2026, 12, 3)
    assert due_day(at("12-02T10:00"), 0, closures=LISTED) == date(2026, 12, 3)
    assert elapsed_days(at("12-01T10:00"), at("12-03T10:00"), closures=LISTED) == 1


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("11-24T10:00", "11-24T16:00", 0),
        ("11-24T10:00", "11-25T09:00", 1),
        ("11-27T10:00", "11-30T09:00", 1),
        ("11-20T10:00", "11-24T09:00", 1),
        ("12-01T10:00", "12-31T10:00", 19),
    ],
)
def test_elapsed_days(start, end, days):
    assert elapsed_days(at(start), at(end)) == days


def test_pause_takes_its_business_days_away():
    start, pause = at("11-24T10:00"), Stretch(at("11-25T15:00"), at("11-30T09:00"))
    assert paused_days([pause], at("12-10T00:00")) == 3
    assert elapsed_days(start, at("12-01T10:00"), [pause]) == 2
    assert due_day(start, 10, [pause]) == date(2026, 12, 11)
    assert elapsed_days(start, at("11-27T10:00"), [Stretch(pause.start, None)]) == 1  # it stands since the 25th
    assert due_day(start, 10, [Stretch(pause.start, None)], until=at("11-27T10:00")) == date(2026, 12, 10)


def test_pause_within_a_day_takes_nothing():
    assert paused_days([Stretch(at("11-25T09:00"), at("11-25T16:00"))], at("12-10T00:00")) == 0


def test_due_is_the_last_day_that_keeps_the_target():
    chance = random.Random(5)
    for _ in range(400):
        start = at("11-01T00:00") + timedelta(minutes=chance.randrange(120 * 24 * 60))
        days, pauses, then = chance.randint(0, 15), [], start
        for _ in range(chance.randint(0, 3)):
            stop = then + timedelta(minutes=chance.randrange(1, 6 * 24 * 60))
            then = stop + timedelta(minutes=chance.randrange(1, 9 * 24 * 60))
            pauses.append(Stretch(stop, then))
        due = due_day(start, days, pauses, LISTED)
        assert is_business_day(due, LISTED)
        if days == 0:
            assert due >= arrival_day(start, LISTED)
        elif closing(due) > then:  # every pause lies before it
            assert elapsed_days(start, closing(due), pauses, LISTED) == days
            assert elapsed_days(start, closing(due) + timedelta(days=1), pauses, LISTED) - days in {0, 1}


@pytest.mark.parametrize(
    ("instant", "opens"),
    [
        ("11-24T08:30", "11-24T08:30"),
        ("11-24T17:14", "11-24T17:14"),
        ("11-24T08:29", "11-24T08:30"),
        ("11-24T17:15", "11-25T08:30"),
        ("11-27T18:00", "11-30T08:30"),
        ("11-22T12:00", "11-24T08:30"),
    ],
)
def test_next_opening(instant, opens):
    assert next_opening(at(instant)) == at(opens)


def test_next_opening_over_the_turn_of_the_year():
    assert next_opening(at("12-28T17:15")) == datetime(2027, 1, 4, 8, 30, tzinfo=JAPAN)


def test_next_opening_is_always_open_and_never_past():
    chance = random.Random(7)
    for _ in range(400):
        instant = at("11-01T00:00") + timedelta(minutes=chance.randrange(90 * 24 * 60))
        opening = next_opening(instant, LISTED)
        assert opening >= instant
        assert is_open(opening, LISTED)
        assert japan_date(opening) != date(2026, 12, 2)
