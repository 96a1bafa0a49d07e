"""Keeping the index up without a worker."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from portal.core.db import db, unit_of_work
from portal.core.events import EventRecord
from portal.finder.feeding import catch_up, follow_events


@pytest.fixture
def follow(app) -> Callable[[], None]:
    """Index what every event so far concerns, as the worker does."""

    def block() -> None:
        with app.app_context():
            with unit_of_work():
                follow_events(db.session.scalars(sa.select(EventRecord.id)).all())
            catch_up(limit=10_000)

    return block
