"""Mails never wait behind heavy work: lanes with threads of their own, and what just happened is told first."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.jobs import consumer, engine, tasks
from portal.jobs.engine import Lane
from portal.notifications.dispatch import list_unhandled
from portal.notifications.models import Delivery, DeliveryState
from tests.factories.guidance import make_issued
from tests.factories.people import make_member, make_person
from tests.notifications.sink import Sink


@pytest.fixture
def sink(app, monkeypatch):
    """A mail server."""
    server = Sink()
    settings = app.config["PORTAL_SETTINGS"]
    monkeypatch.setitem(app.config, "PORTAL_SETTINGS", type(settings)(**{**vars(settings), "smtp_url": server.url}))
    yield server
    server.close()


@pytest.fixture
def worker_of(app, monkeypatch):
    """``worker_of(tasks)`` starts a worker with these tasks in the test's process; it is stopped afterwards."""
    started = []

    def start(chosen: engine.Tasks) -> consumer._PulsedConsumer:
        jobs = engine.Engine(app, app.config["PORTAL_SETTINGS"], chosen)
        monkeypatch.setitem(app.extensions, "jobs", jobs)
        monkeypatch.setattr(consumer._PulsedConsumer, "_set_signal_handlers", lambda _self: None)
        worker = consumer._PulsedConsumer(jobs)
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop(graceful=True)
        worker.scheduler.join()
        worker.engine._reopen()


def test_mails_go_out_while_everything_heavy_stands_still(app, arrange, sink, worker_of):
    """Ten of each heavy task wait, and the first never ends: more than all the threads of the worker together."""
    blocked, entered = threading.Event(), threading.Semaphore(0)

    def heavy() -> None:
        entered.release()
        blocked.wait(60)

    with arrange():
        make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
    worker = worker_of({**tasks.TASKS, Lane.HEAVY: (*tasks.TASKS[Lane.HEAVY], heavy)})
    try:
        for _ in range(10):
            worker.engine.enqueue("heavy", priority=100)
        assert entered.acquire(timeout=20)
        with arrange():
            make_issued()
        deadline = time.monotonic() + 40
        while ["taro@joetsu.example"] not in sink.recipients and time.monotonic() < deadline:
            time.sleep(0.05)
        assert ["taro@joetsu.example"] in sink.recipients
        assert not entered.acquire(blocking=False), "heavy work took a second thread"
    finally:
        blocked.set()


def test_each_lane_keeps_its_threads_when_a_worker_dies(app):
    worker = consumer._PulsedConsumer(app.extensions["jobs"])
    wanted = {lane.queue: lane.threads for lane in Lane}
    assert Counter(each.huey.name for each, _ in worker.worker_threads) == wanted
    for place, (each, thread) in enumerate(worker.worker_threads):
        dead = threading.Thread()
        dead.start()
        dead.join()
        worker.worker_threads[place] = (each, dead)
        assert worker._create_worker().huey.name == each.huey.name
        worker.worker_threads[place] = (each, thread)
    app.extensions["jobs"]._reopen()


def test_what_just_happened_is_told_before_a_backlog(arrange):
    with arrange():
        for number in range(1, 4):
            make_issued(f"総行住第{number}号")
        old = db.session.scalars(sa.select(EventRecord.id).order_by(EventRecord.id)).all()
        db.session.execute(sa.update(EventRecord).values(occurred_at=clock.now() - timedelta(days=3)))
        make_issued("総行住第9号")
    with arrange():
        new = db.session.scalars(sa.select(EventRecord.id).where(EventRecord.id.not_in(old))).all()
        assert list_unhandled() == [*sorted(new), *old]
        assert list_unhandled(len(new) + 1) == [*sorted(new), old[0]]
        assert list_unhandled(1) == sorted(new)[:1]


def test_the_mails_of_a_few_are_queued_before_the_next_few_are_told(app, arrange, monkeypatch):
    """A backlog of any length delays a mail by no more than twenty events."""
    steps = []
    monkeypatch.setattr(tasks, "FEW", 2)
    told, queued = tasks.tell_event, tasks.queue_mails
    monkeypatch.setattr(tasks, "tell_event", lambda event_id: (steps.append("told"), told(event_id)))
    monkeypatch.setattr(tasks, "queue_mails", lambda: (steps.append("queued"), queued()))
    with arrange():
        for number in range(1, 6):
            make_issued(f"総行住第{number}号")
        db.session.execute(sa.update(EventRecord).values(kind="not_known_here"))
        count = db.session.scalar(sa.select(sa.func.count()).select_from(EventRecord))
    with app.app_context():
        tasks.tell_events()
    assert steps.count("told") == count
    assert steps[:4] == ["told", "told", "queued", "told"]


def test_an_event_that_another_worker_holds_stops_no_other(app, arrange, monkeypatch):
    monkeypatch.setattr(tasks, "FEW", 1)
    with arrange():
        make_issued("総行住第1号")
        make_issued("総行住第2号")
        ids = db.session.scalars(sa.select(EventRecord.id).order_by(EventRecord.id)).all()
    seen = []
    monkeypatch.setattr(tasks, "tell_event", seen.append)  # as one that finds each event locked
    with app.app_context():
        tasks.tell_events()
    assert seen == list(ids)


def test_a_task_waits_once_however_often_the_sweep_asks(app):
    jobs = app.extensions["jobs"]
    jobs.huey(Lane.HEAVY).storage.flush_queue()
    for _ in range(3):
        jobs.enqueue_once("make_renditions", priority=-1)
        jobs.enqueue_once("clean_up")
    assert [task.name for task in jobs.huey(Lane.HEAVY).pending()] == ["clean_up", "make_renditions"]
    jobs.huey(Lane.HEAVY).storage.flush_queue()
    jobs._reopen()


def test_urgent_mail_is_queued_before_the_rest(app, arrange, monkeypatch):
    queued = []
    monkeypatch.setattr(
        engine.Engine, "enqueue", lambda _self, _name, *arguments, priority=0: queued.append((arguments, priority))
    )
    with arrange():
        for number in range(2):
            make_member("152226", Role.LOCAL_STAFF, person=make_person(email=f"p{number}@joetsu.example"))
        make_issued()
    with app.app_context():
        for event_id in list_unhandled():
            tasks.tell_event(event_id)
    with arrange():
        last = db.session.scalar(sa.select(sa.func.max(Delivery.id)).where(Delivery.state == DeliveryState.PENDING))
        db.session.execute(sa.update(Delivery).values(is_urgent=Delivery.id == last))
    queued.clear()
    with app.app_context():
        tasks.queue_mails()
    assert queued[0] == (("delivery", [last]), 10)
    assert queued[1][1] == 0
