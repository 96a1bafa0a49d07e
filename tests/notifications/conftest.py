"""What the tests of mail share: a sink, the portal's settings pointing to it, and the telling of events."""

import dataclasses

import pytest

from portal.core.db import unit_of_work
from portal.jobs.tasks import tell_event
from portal.notifications import mailer, outbox
from portal.notifications.dispatch import list_unhandled
from portal.notifications.models import Delivery
from tests.notifications.sink import Sink


@pytest.fixture
def sink():
    """A mail server."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture
def mailing(app, sink):
    """The application with its mail going to the sink, impatiently."""
    before = app.config["PORTAL_SETTINGS"]
    app.config["PORTAL_SETTINGS"] = dataclasses.replace(before, smtp_url=sink.url, smtp_timeout=0.5)
    mailer._breaker.until = 0.0
    yield app
    app.config["PORTAL_SETTINGS"] = before
    mailer._breaker.until = 0.0


@pytest.fixture
def tell(app):
    """Tell every event that waits, as the worker does, without sending mail."""

    def block() -> None:
        with app.app_context():
            with unit_of_work():
                waiting = list_unhandled()
            for event_id in waiting:
                tell_event(event_id)

    return block


@pytest.fixture
def send(mailing):
    """Send what waits of a model; what became of it."""

    def block(model=Delivery):
        mailer._breaker.until = 0.0
        with mailing.app_context():
            with unit_of_work():
                due = outbox.list_due(model)
            return mailer.send_mails(model, due)

    return block
