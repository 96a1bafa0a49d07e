"""Paging by key visits every row once, both ways, on both engines."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import orm

from portal.core.db import EnumColumn, UtcDateTime
from portal.core.enums import LabelledEnum
from portal.core.pagination import Page, capped_count, paginate

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


class Grade(LabelledEnum):
    """A labelled value to sort by."""

    LOW = ("low", "低", "Low")
    HIGH = ("high", "高", "High")


class Base(orm.DeclarativeBase):
    """Tables of this test only."""


class Thing(Base):
    """A row with every kind of key."""

    __tablename__ = "pagination_thing"
    __table_args__ = (sa.Index("ix_pagination_thing", "at", "id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    at: orm.Mapped[datetime] = orm.mapped_column(UtcDateTime)
    due: orm.Mapped[date | None]
    name: orm.Mapped[str]
    grade: orm.Mapped[Grade] = orm.mapped_column(EnumColumn(Grade))


@pytest.fixture(scope="module")
def session(database):
    """A session over a table of 23 rows with ties and empty values."""
    if database.name == "sqlite":
        engine = sa.create_engine("sqlite://")
    else:
        engine = sa.create_engine(database.url.replace("/portal?", "/postgres?"))
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all(
            Thing(
                id=n,
                at=START + timedelta(hours=n // 4),
                due=None if n % 3 == 0 else date(2026, 12, 1 + n % 5),
                name=f"件{n % 7}",
                grade=Grade.HIGH if n % 2 else Grade.LOW,
            )
            for n in range(1, 24)
        )
        session.flush()
        yield session
        session.rollback()
    Base.metadata.drop_all(engine)
    engine.dispose()


ORDERS = {
    "descending": (Thing.at.desc(), Thing.id.desc()),
    "ascending": (Thing.at, Thing.id),
    "mixed": (Thing.at.desc(), Thing.id.asc()),
    "empty last": (Thing.due, Thing.id),
    "empty last, descending": (Thing.due.desc(), Thing.at.desc(), Thing.id.desc()),
    "text and label": (Thing.grade, Thing.name.desc(), Thing.id),
    "key alone": (Thing.id.desc(),),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("size", [1, 4, 22, 23, 50])
def test_every_row_comes_once_forward_and_back(session, order, size):
    pages = [paginate(session, sa.select(Thing), order=order, size=size)]
    assert pages[0].previous_cursor is None
    while pages[-1].next_cursor:
        pages.append(paginate(session, sa.select(Thing), order=order, cursor=pages[-1].next_cursor, size=size))
    ids = [[thing.id for thing in page] for page in pages]
    assert sorted(chain.from_iterable(ids)) == list(range(1, 24))
    assert all(len(page) == size for page in pages[:-1])
    back = pages[-1]
    for expected in reversed(ids[:-1]):
        back = paginate(session, sa.select(Thing), order=order, cursor=back.previous_cursor, size=size)
        assert [thing.id for thing in back] == expected
        assert back.next_cursor
    assert back.previous_cursor is None


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_the_order_is_the_same_on_both_engines(session, order):
    def rank(thing):
        return [(value is None, value.value if isinstance(value, Grade) else value) for value in (thing.due,)]

    things = list(paginate(session, sa.select(Thing), order=order, size=50))
    if order is ORDERS["empty last"]:
        assert things == sorted(things, key=lambda thing: (rank(thing), thing.id))
    if "due" in str(order[0]):
        assert [thing.due is None for thing in things] == sorted(thing.due is None for thing in things)


def test_a_select_of_columns_gives_named_rows(session):
    page = paginate(session, sa.select(Thing.id, Thing.name), order=(Thing.id,), size=2)
    assert [(row.id, row.name) for row in page] == [(1, "件1"), (2, "件2")]
    assert tuple(page.items[0]) == (1, "件1")


def test_conditions_stay(session):
    page = paginate(session, sa.select(Thing).where(Thing.id > 20), order=(Thing.id,), size=2)
    assert [thing.id for thing in page] == [21, 22]
    assert [
        thing.id
        for thing in paginate(
            session, sa.select(Thing).where(Thing.id > 20), order=(Thing.id,), size=2, cursor=page.next_cursor
        )
    ] == [23]


def test_rows_that_went_away_lead_to_the_first_page(session):
    cursor = paginate(session, sa.select(Thing), order=(Thing.id,), size=20).next_cursor
    page = paginate(session, sa.select(Thing).where(Thing.id < 10), order=(Thing.id,), size=20, cursor=cursor)
    assert len(page) == 9
    assert page.previous_cursor is None


def test_rows_that_came_before_fill_the_first_page(session):
    everything, fewer = sa.select(Thing).where(Thing.id > 1), sa.select(Thing).where(Thing.id > 4)
    cursor = paginate(session, everything, order=(Thing.id,), size=5).next_cursor
    cursor = paginate(session, everything, order=(Thing.id,), size=5, cursor=cursor).previous_cursor
    first = paginate(session, fewer, order=(Thing.id,), size=5, cursor=cursor)
    assert [thing.id for thing in first] == [5, 6, 7, 8, 9]
    assert first.previous_cursor is None


def forged(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_broken_cursor_leads_to_the_first_page(session):
    order = ORDERS["descending"]
    page = paginate(session, sa.select(Thing), order=order, size=5)
    mark = json.loads(base64.urlsafe_b64decode(page.next_cursor + "=="))[1]
    first = [thing.id for thing in page]
    instant = {"t": "2026-11-24T00:00:00+00:00"}
    for cursor in [
        "",
        "x",
        "é",
        "....",
        "%00",
        page.next_cursor[:-3],
        page.next_cursor + "AAAA",
        "a" * 10_000,
        forged("n"),
        forged({}),
        forged("n", mark, instant),
        forged("n", mark, {"t": "2026-11-24"}, 1),
        forged("n", mark, "2026", 1),
        forged("n", mark, instant, "1"),
        forged("n", mark, instant, True),
        forged("n", mark, None, 1),
        forged("n", mark, instant, 10**30),
        forged("x", mark, instant, 1),
        forged("n", mark, {"x": 1}, 1),
        forged("n", mark, {"t": "0001-01-01T00:00:00+23:00"}, 1),
        forged("n", 1, None, 1),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ]:
        assert [thing.id for thing in paginate(session, sa.select(Thing), order=order, cursor=cursor, size=5)] == first


def test_a_forged_text_or_label_never_reaches_the_database(session):
    order = ORDERS["text and label"]
    page = paginate(session, sa.select(Thing), order=order, size=5)
    mark = json.loads(base64.urlsafe_b64decode(page.next_cursor + "=="))[1]
    for grade, name in [("none", "a"), ("low", "a\x00b"), ("low", "\ud800"), (1, "a"), ([], "a"), ("low", 1)]:
        again = paginate(session, sa.select(Thing), order=order, cursor=forged("n", mark, grade, name, 1), size=5)
        assert list(again) == list(page)


def test_a_cursor_of_another_order_leads_to_the_first_page(session):
    cursor = paginate(session, sa.select(Thing), order=ORDERS["descending"], size=5).next_cursor
    page = paginate(session, sa.select(Thing), order=ORDERS["ascending"], cursor=cursor, size=5)
    assert [thing.id for thing in page] == [1, 2, 3, 4, 5]


@settings(max_examples=60)
@given(cursor=st.text(max_size=60))
def test_no_text_as_cursor_raises(session, cursor):
    assert len(paginate(session, sa.select(Thing), order=ORDERS["mixed"], cursor=cursor, size=5)) == 5


def test_the_index_serves_the_condition(session):
    order = ORDERS["descending"]
    cursor = paginate(session, sa.select(Thing), order=order, size=5).next_cursor
    statements = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda c, k, s, p, x, m: statements.append((s, p)))
    paginate(session, sa.select(Thing.id), order=order, cursor=cursor, size=5)
    statement, parameters = statements[-1]
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        assert "USING COVERING INDEX ix_pagination_thing" in str(plan) or "USING INDEX ix_pagination_thing" in str(plan)
        assert "TEMP B-TREE" not in str(plan)
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
        assert "ix_pagination_thing" in str(plan)
        assert "Sort" not in str(plan)


def test_the_count_stops_at_the_cap(session):
    assert capped_count(session, sa.select(Thing).order_by(Thing.id)) == 23
    assert capped_count(session, sa.select(Thing), cap=10) == 10
    assert capped_count(session, sa.select(Thing).where(Thing.id < 0)) == 0
    assert capped_count(session, sa.select(Thing.id, Thing.name).where(Thing.id < 5)) == 4


def test_a_page_keeps_its_cursors_when_its_items_change():
    page = Page([1, 2], "next", "previous", 9).with_items(["a", "b"])
    assert (list(page), page.next_cursor, page.previous_cursor, page.total) == (["a", "b"], "next", "previous", 9)
