"""What happens by the clock: each tick is taken once, by the worker whose row is first."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from flask import current_app

from portal.core import clock
from portal.core.calendar import JAPAN, is_business_day, japan_datetime
from portal.core.db import db, insert, unit_of_work
from portal.jobs.engine import current_engine
from portal.jobs.models import Tick
from portal.jobs.tasks import queue_mails
from portal.notifications.digests import plan_digests

DIGEST_TIME = time(8, 30)


def take_tick(job: str, due_at: datetime) -> bool:
    """Whether this worker is the first at the tick. In the caller's transaction: undone, the tick is free again."""
    added = insert(Tick).values(job=job, due_at=due_at, taken_at=clock.now()).on_conflict_do_nothing()
    return db.session.execute(added.returning(Tick.job)).first() is not None


def run_due_jobs() -> None:
    """Do what is due now and not yet done; a worker that was down at the hour makes up for it on the same day."""
    now = clock.now()
    _plan_digests_of_today(now)
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if current_app.config["PORTAL_SETTINGS"].imap_url:
        minute = now.astimezone(UTC).replace(second=0, microsecond=0)
        _once("fetch_replies", minute, lambda: current_engine().enqueue("fetch_replies"))
    _once("close_answered", hour, lambda: current_engine().enqueue("close_answered_issues"))
    _once("take_effect", hour, lambda: current_engine().enqueue("take_effect"))
    _once("watch_targets", hour, lambda: current_engine().enqueue("watch_targets"))
    _once("drop_workbooks", hour, lambda: current_engine().enqueue("drop_workbooks"))
    morning = digest_instant(now)
    if morning is not None:
        _once("promises", morning, lambda: current_engine().enqueue("remind_of_promises"))
        _once("reminders", morning, lambda: current_engine().enqueue("send_reminders"))
    _once("clean_up", hour.replace(hour=0), lambda: current_engine().enqueue("clean_up"))


def digest_instant(now: datetime) -> datetime | None:
    """Half past eight in Japan of today, once it has come and if today is a business day."""
    here = japan_datetime(now)
    due = datetime.combine(here.date(), DIGEST_TIME, JAPAN)
    return due if is_business_day(here.date()) and here >= due else None


def _plan_digests_of_today(now: datetime) -> None:
    """The tick and the digests' rows are one transaction: none without the other, whenever a worker dies."""
    due = digest_instant(now)
    if due is None:
        return
    with unit_of_work():
        planned = take_tick("digest", due) and plan_digests(due) > 0
    if planned:
        queue_mails()


def _once(job: str, due_at: datetime, start: Callable[[], None]) -> None:
    with unit_of_work():
        first = take_tick(job, due_at)
    if first:
        start()
