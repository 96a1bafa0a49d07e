"""Keeping the index up without a worker."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from portal.core.db import db, unit_of_work
from portal.core.events import EventRecord
from portal.finder.feeding import follow_event


@pytest.fixture
def follow(app) -> Callable[[], None]:
    """Index what every event so far concerns, as the worker does."""

    def block() -> None:
        with app.app_context():
            with unit_of_work():
                events = db.session.execute(
                    sa.select(sa.func.max(EventRecord.id)).group_by(EventRecord.subject_kind, EventRecord.subject_id)
                ).scalars()
                waiting = list(events)
            for event_id in waiting:
                follow_event(event_id)

    return block
