"""Connections to PostgreSQL that were ended while nobody used them."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from portal.core import postgresql
from portal.core.db import engine_options

_OWN = sa.text("SELECT pg_backend_pid()")


@pytest.fixture
def engine(app) -> Iterator[sa.Engine]:
    settings = app.config["PORTAL_SETTINGS"]
    if settings.is_sqlite:
        pytest.skip("SQLite has no server that ends connections")
    url = settings.engine_url
    made = sa.create_engine(url, **engine_options(url))
    yield made
    made.dispose()


def _use_and_end(engine: sa.Engine, count: int) -> set[int]:
    """Use so many connections at once, give them back, and end them from outside; their backends."""
    held = [engine.connect() for _ in range(count)]
    used = {int(each.scalar(_OWN)) for each in held}
    for each in held:
        each.close()
    outside = sa.create_engine(engine.url, poolclass=sa.pool.NullPool)
    with outside.connect() as connection:
        for backend in used:
            connection.execute(sa.select(sa.func.pg_terminate_backend(backend, 5000)))
    return used


def test_a_connection_that_lay_idle_is_asked_first_and_all_are_replaced(engine):
    ended = _use_and_end(engine, 3)

    with engine.connect() as one, engine.connect() as another, engine.connect() as third:
        now = {int(each.scalar(_OWN)) for each in (one, another, third)}

    assert len(ended) == 3
    assert not now & ended


def test_one_that_was_used_just_now_is_trusted_and_after_its_failure_all_are_replaced(engine, monkeypatch):
    monkeypatch.setattr(postgresql, "TRUSTED_SECONDS", 600.0)
    ended = _use_and_end(engine, 2)

    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as failure:
        connection.scalar(_OWN)
    with engine.connect() as one, engine.connect() as another:
        now = {int(each.scalar(_OWN)) for each in (one, another)}

    assert failure.value.connection_invalidated
    assert not now & ended


def test_the_connection_given_back_last_is_used_first(engine):
    with engine.connect() as first, engine.connect():
        latest = first.scalar(_OWN)

    with engine.connect() as again:
        assert again.scalar(_OWN) == latest
