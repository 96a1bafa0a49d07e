"""What happens by the clock."""

import io
import os
import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.attachments.storage import current_store
from portal.core import clock
from portal.core.calendar import JAPAN
from portal.core.db import db, unit_of_work
from portal.directory.roles import Role
from portal.guidance.states import Nature
from portal.guidance.typed import find_typed, keep_typed
from portal.issues.models import Issue
from portal.issues.states import IssueState
from portal.jobs import schedule
from portal.jobs.models import Tick
from portal.jobs.schedule import digest_instant, run_due_jobs, take_tick
from portal.jobs.tasks import clean_up, close_answered_issues
from portal.notifications.models import Digest, Notification
from portal.web.models import UsedFormKey
from tests.factories.guidance import make_drafter, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member

MORNING = datetime(2026, 11, 24, 8, 30, tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (MORNING, MORNING),
        (MORNING - timedelta(minutes=1), None),
        (MORNING + timedelta(hours=9), MORNING),
        (datetime(2026, 11, 23, 12, 0, tzinfo=JAPAN), None),
        (datetime(2026, 11, 28, 12, 0, tzinfo=JAPAN), None),
        (datetime(2026, 12, 29, 12, 0, tzinfo=JAPAN), None),
    ],
)
def test_digest_is_due_from_half_past_eight_on_business_days(now, due):
    assert digest_instant(now) == due


def test_one_of_two_workers_takes_a_tick(app, arrange):
    taken = []
    barrier = threading.Barrier(4)

    def work() -> None:
        with app.app_context():
            barrier.wait()
            with unit_of_work():
                first = take_tick("digest", MORNING)
            taken.append(first)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(taken) == [False, False, False, True]


def test_tick_is_free_again_when_its_work_was_undone(arrange):
    def fail() -> None:
        with arrange():
            assert take_tick("digest", MORNING)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with arrange():
        assert take_tick("digest", MORNING)


def test_worker_that_was_down_makes_up_for_the_digest_on_the_same_day(app, arrange, tell_all):
    with clock.pretending(MORNING - timedelta(days=4)):
        with arrange():
            make_member("152226", Role.LOCAL_STAFF)
            make_issued(nature=Nature.INFORMATION, reply_due_on=None)
        tell_all()
    with arrange():
        expected = db.session.scalar(
            sa.select(sa.func.count(sa.distinct(Notification.person_id))).where(Notification.mode == "digest")
        )
    for late in (MORNING + timedelta(hours=6), MORNING + timedelta(hours=7)):
        with clock.pretending(late), app.app_context():
            run_due_jobs()

    with arrange():
        digests = db.session.scalars(sa.select(Digest)).all()
        assert len(digests) == expected > 0
        assert {digest.digest_on for digest in digests} == {MORNING.date()}
        assert {digest.as_of_at for digest in digests} == {MORNING}
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Tick).where(Tick.job == "digest")) == 1


def test_answered_issues_close_after_fourteen_days(app, arrange):
    with arrange():
        cast = make_cast()
        old, new = make_issue(cast, IssueState.ANSWERED), make_issue(cast, IssueState.ANSWERED, title="新しいもの")
        old.answered_at = clock.now() - timedelta(days=15)
    with app.app_context():
        close_answered_issues()

    with arrange():
        assert db.session.get_one(Issue, old.id).state is IssueState.CLOSED
        assert db.session.get_one(Issue, new.id).state is IssueState.ANSWERED


def test_used_form_keys_go_after_a_week(app, arrange):
    with arrange():
        now = clock.now()
        db.session.add(UsedFormKey(key="old", location="/", used_at=now - timedelta(days=8)))
        db.session.add(UsedFormKey(key="new", location="/", used_at=now))
    with app.app_context():
        clean_up()

    with arrange():
        assert db.session.scalars(sa.select(UsedFormKey.key)).all() == ["new"]


def test_what_was_typed_and_not_saved_goes_after_two_weeks(app, arrange):
    with arrange():
        writers = [actor_of(make_drafter()) for _ in range(2)]
        for writer in writers:
            keep_typed(writer, None, {"title": ["途中の件名"]})
        find_typed(writers[0], None).typed_at = clock.now() - timedelta(days=15)
    with app.app_context():
        clean_up()

    with arrange():
        assert [find_typed(writer, None) is None for writer in writers] == [True, False]


def test_files_that_nothing_names_go_after_a_day(app):
    old, new = (current_store().put(io.BytesIO(b"lost")).key for _ in range(2))
    before = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(current_store().root / old[:2] / old, (before, before))
    with app.app_context():
        clean_up()

    assert [key for key, _ in current_store().written()] == [new]


def test_ticks_go_after_a_year(app, arrange):
    now = clock.now()
    with arrange():
        for days in (500, 1):
            take_tick("digest", now - timedelta(days=days))
    with app.app_context():
        clean_up()

    with arrange():
        assert db.session.scalars(sa.select(Tick.due_at)).all() == [now - timedelta(days=1)]


def test_hourly_jobs_are_queued_once_an_hour(app, arrange, monkeypatch):
    queued = []
    monkeypatch.setattr(type(app.extensions["jobs"]), "enqueue", lambda _self, name, *_, **__: queued.append(name))
    monkeypatch.setattr(schedule, "queue_mails", lambda: None)
    noon = MORNING.replace(hour=12)
    with app.app_context(), clock.pretending(noon):
        run_due_jobs()
        run_due_jobs()
    with app.app_context(), clock.pretending(noon + timedelta(hours=1)):
        run_due_jobs()

    hourly = ["close_answered_issues", "take_effect", "watch_targets", "drop_workbooks"]
    assert queued == [*hourly, "remind_of_promises", "send_reminders", "clean_up", *hourly]
