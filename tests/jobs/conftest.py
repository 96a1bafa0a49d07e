"""Telling of events without a worker."""

import pytest

from portal.core.db import unit_of_work
from portal.jobs.tasks import tell_event
from portal.notifications.dispatch import list_unhandled


@pytest.fixture
def tell_all(app):
    """Tell every event that waits, without sending mail."""

    def block() -> None:
        with app.app_context():
            with unit_of_work():
                waiting = list_unhandled()
            for event_id in waiting:
                tell_event(event_id)

    return block
