"""The worker as a process: from an event to a mail in seconds, a graceful end, life after a kill."""

import os
import signal
import time

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date, next_business_day
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.guidance.states import Nature
from portal.notifications.models import Delivery, DeliveryState, Digest, Notification
from tests.factories.guidance import make_issued
from tests.factories.people import make_member, make_person
from tests.notifications.sink import Sink
from tests.support.processes import PythonProcess

_ALL_OUT = {DeliveryState.SENT, DeliveryState.DROPPED}  # the review is over when its mail would go


@pytest.fixture
def sink():
    """A mail server."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture
def start(app, sink):
    """Start the worker (or another command) as a process; all are ended afterwards."""
    settings = app.config["PORTAL_SETTINGS"]
    environment = {
        **os.environ,
        "PORTAL_ENV": "testing",
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_SMTP_URL": sink.url,
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_SMTP_TIMEOUT": "0.4",
    }
    running = []

    def command(*arguments: str) -> PythonProcess:
        process = PythonProcess("-m", "flask", "--app", "wsgi", *arguments, environment=environment)
        running.append(process)
        return process

    yield command
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_until(condition, seconds: float = 25.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_event_becomes_a_mail_within_seconds_and_the_worker_ends_gracefully(arrange, sink, start):
    worker = start("worker")
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="first@joetsu.example"))
        make_issued("総行住第1号")
    assert wait_until(lambda: ["first@joetsu.example"] in sink.recipients)

    began = time.monotonic()
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="second@joetsu.example"))
        make_issued("総行住第2号")
    assert wait_until(lambda: ["second@joetsu.example"] in sink.recipients)
    assert time.monotonic() - began < 15

    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=60)  # a paper that it prints is finished first
    assert worker.returncode == 0, output
    assert "The worker has stopped" in output


def test_killed_worker_is_made_up_for_by_the_next(arrange, sink, start):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued()
    sink.hold = "rcpt"
    worker = start("worker")
    assert sink.reached.wait(25)
    worker.kill()
    worker.wait()
    sink.reset()
    start("worker")

    assert wait_until(lambda: ["taro@joetsu.example"] in sink.recipients, 40)
    assert wait_until(lambda: _states(arrange) == _ALL_OUT, 40)
    reached = [recipients[0] for recipients in sink.recipients]
    assert len(reached) == len(set(reached))


def test_two_workers_tell_and_send_everything_once(arrange, sink, start):
    start("worker")
    start("worker")
    with arrange():
        for number in range(30):
            make_member("152226", Role.LOCAL_STAFF, person=make_person(email=f"p{number}@joetsu.example"))
        make_issued()
    assert wait_until(lambda: len([to for to in sink.recipients if to[0].endswith("@joetsu.example")]) == 30, 40)
    assert wait_until(lambda: _states(arrange) == _ALL_OUT, 20)

    reached = [recipients[0] for recipients in sink.recipients if recipients[0].endswith("@joetsu.example")]
    assert len(reached) == len(set(reached)) == 30


def test_requests_go_on_when_the_queue_cannot_be_reached(app, arrange, monkeypatch):
    engine = app.extensions["jobs"]
    monkeypatch.setattr(type(engine), "_open", lambda _self: 1 / 0)
    engine._reopen()
    with arrange():
        make_issued()

    with arrange():
        assert db.session.scalar(sa.select(EventRecord.id).where(EventRecord.kind == "guidance_issued")) is not None


def test_digest_command_is_idempotent_and_says_so_on_holidays(arrange, sink, start, tell_all):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
    tell_all()
    day = _business_day()
    first, _ = start("digest", "--at", f"{day}T08:30+09:00").communicate(timeout=60)
    second, _ = start("digest", "--at", f"{day}T08:30+09:00").communicate(timeout=60)

    assert "sent: " in first
    assert "0 digests planned, 0 sent now" in second
    assert [to for to in sink.recipients if to == ["taro@joetsu.example"]] == [["taro@joetsu.example"]]
    holiday, _ = start("digest", "--at", "2027-01-01T08:30+09:00").communicate(timeout=60)
    assert "is not a business day: nothing is sent" in holiday
    wrong = start("digest", "--at", "tomorrow")
    wrong.communicate(timeout=60)
    assert wrong.returncode == 2


def test_digest_killed_while_sending_is_not_sent_again(arrange, sink, start, tell_all):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
        db.session.flush()
    tell_all()
    with arrange():
        db.session.execute(sa.delete(Delivery))
        taro = db.session.scalar(sa.text("select id from person where email = 'taro@joetsu.example'"))
        db.session.execute(sa.delete(Notification).where(Notification.person_id != taro))
    sink.hold = "dot"
    command = start("digest", "--at", f"{_business_day()}T08:30+09:00")
    assert sink.reached.wait(25)
    command.kill()
    command.wait()
    sink.reset()
    with arrange():
        db.session.execute(sa.update(Digest).values(claimed_at=clock.now().replace(year=2020)))
    again, _ = start("digest", "--at", f"{_business_day()}T08:30+09:00").communicate(timeout=60)

    assert "0 digests planned, 0 sent now" in again
    assert "unknown: 1" in again
    assert _digest_states(arrange) == {DeliveryState.UNKNOWN}
    assert len(sink.mails) == 1
    with arrange():
        assert db.session.scalars(sa.select(Notification)).one().digest_id is None


@pytest.mark.parametrize("point", ["mail", "rcpt"])
def test_digest_killed_before_it_was_handed_over_is_sent_by_the_next_run(arrange, sink, start, tell_all, point):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
    tell_all()
    with arrange():
        taro = db.session.scalar(sa.text("select id from person where email = 'taro@joetsu.example'"))
        db.session.execute(sa.delete(Delivery))
        db.session.execute(sa.delete(Notification).where(Notification.person_id != taro))
    sink.hold = point
    at = f"{_business_day()}T08:30+09:00"
    command = start("digest", "--at", at)
    assert sink.reached.wait(25)
    command.kill()
    command.wait()
    sink.reset()
    with arrange():
        db.session.execute(sa.update(Digest).values(claimed_at=clock.now().replace(year=2020)))
    again, _ = start("digest", "--at", at).communicate(timeout=60)

    assert "0 digests planned, 1 sent now" in again
    assert sink.recipients == [["taro@joetsu.example"]]
    with arrange():
        assert db.session.scalars(sa.select(Notification)).one().digest_id is not None


def test_worker_goes_on_after_the_database_dropped_every_connection(app, arrange, sink, start):
    if app.config["PORTAL_SETTINGS"].is_sqlite:
        pytest.skip("SQLite has no connections to drop")
    start("worker")
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="first@joetsu.example"))
        make_issued("総行住第1号")
    assert wait_until(lambda: ["first@joetsu.example"] in sink.recipients)
    with arrange():
        db.session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="second@joetsu.example"))
        make_issued("総行住第2号")

    assert wait_until(lambda: ["second@joetsu.example"] in sink.recipients, 40)


def _states(arrange) -> set[DeliveryState]:
    with arrange():
        return set(db.session.scalars(sa.select(Delivery.state)))


def _digest_states(arrange) -> set[DeliveryState]:
    with arrange():
        return set(db.session.scalars(sa.select(Digest.state)))


def _business_day() -> str:
    """A business day after today, which no test has to know by name."""

    return next_business_day(japan_date(clock.now())).isoformat()
