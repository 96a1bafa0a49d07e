"""From an event to its inbox lines and mails: set by set, in steps that a killed worker's successor goes on with."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import EnumColumn, UtcDateTime, db, insert
from portal.core.events import Audience, EventRecord
from portal.directory.models import Person
from portal.directory.substitutes import people_reached
from portal.notifications.handlers import tellings_of
from portal.notifications.models import Delivery, DeliveryState, Dispatch, MailMode, Notification, Preference, Topic
from portal.notifications.preferences import DEFAULTS
from portal.notifications.telling import Telling, Weight
from portal.targets.arithmetic import next_opening
from portal.targets.queries import get_closures

CHUNK = 1000
# What was not told within a day (the worker was down) goes into the digest; what is urgent is mailed even then.
STALE_AFTER = timedelta(hours=24)
RECENT = timedelta(minutes=10)
LONGEST_BACKOFF = timedelta(hours=1)


def list_unhandled(limit: int = 200) -> list[int]:
    """The ids of events that are still to be told, but for failed ones whose next try lies ahead.

    What has just happened comes first, so that it does not wait behind what a worker that was down left; then the
    oldest.
    """
    recent = sa.select(sa.func.min(EventRecord.id)).where(EventRecord.occurred_at > clock.now() - RECENT)
    fresh = _list_unhandled(limit, EventRecord.id >= recent.scalar_subquery())
    return (
        fresh if len(fresh) == limit else [*fresh, *_list_unhandled(limit - len(fresh), EventRecord.id.not_in(fresh))]
    )


def _list_unhandled(limit: int, *among: sa.ColumnElement[bool]) -> list[int]:
    waiting = sa.exists().where(Dispatch.event_id == EventRecord.id, Dispatch.retry_at > clock.now())
    return list(
        db.session.scalars(
            sa.select(EventRecord.id)
            .where(EventRecord.handled_at.is_(None), sa.not_(waiting), *among)
            .order_by(EventRecord.id)
            .limit(limit)
        )
    )


def tell_next_step(event_id: int) -> bool:
    """Tell the event to the next people, a thousand at most; whether it has been told to all.

    One transaction of the caller's. Repeating it is harmless: lines and mails are unique by event and person. A worker
    that finds another at the same event leaves it alone.
    """
    record = db.session.scalar(
        sa.select(EventRecord)
        .where(EventRecord.id == event_id, EventRecord.handled_at.is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if record is None:
        return True
    progress = db.session.get(Dispatch, event_id, populate_existing=True) or Dispatch(
        event_id=event_id, step=0, last_person_id=0, told_count=0, started_at=clock.now()
    )
    tellings = tellings_of(record)
    while progress.step < len(tellings):
        reached = _tell(record, tellings[progress.step], progress)
        if reached is not None:
            progress.last_person_id = reached
            db.session.add(progress)
            return False
        progress.step, progress.last_person_id = progress.step + 1, 0
    _finish(record, progress)
    return True


def record_failure(event_id: int, error: str) -> None:
    """Note that the telling failed and when to try again: sooner at first, every hour at last."""
    record = db.session.get(EventRecord, event_id, populate_existing=True)
    if record is None or record.handled_at is not None:
        return
    now = clock.now()
    progress = db.session.get(Dispatch, event_id, populate_existing=True) or Dispatch(event_id=event_id, started_at=now)
    record.attempts += 1
    record.error = error[:2000]
    progress.retry_at = now + min(timedelta(seconds=5 * 2 ** min(record.attempts, 12)), LONGEST_BACKOFF)
    db.session.add(progress)


def _finish(record: EventRecord, progress: Dispatch) -> None:
    now = clock.now()
    record.handled_at, record.error = now, None
    progress.retry_at, progress.finished_at = None, now
    if progress in db.session or progress.told_count >= CHUNK:  # progress is worth keeping where it took a while
        db.session.add(progress)


def _tell(record: EventRecord, telling: Telling, progress: Dispatch) -> int | None:
    """Tell the next thousand of the group; the last person reached, or None when nobody is left."""
    if telling.person_id is not None:
        _write_delivery_to(record, telling, telling.person_id)
        progress.told_count += 1
        return None
    people = _next_people(record, telling, progress.last_person_id)
    if not people:
        return None
    _write_notifications(record, telling, people)
    _write_deliveries(record, telling, progress.last_person_id, people[-1])
    progress.told_count += len(people)
    return people[-1] if len(people) == CHUNK else None


def _next_people(record: EventRecord, telling: Telling, after: int) -> Sequence[int]:
    """The ids of the next people of the group in order: those with a current membership that meets it and those who
    stand in for them, but never the actor."""
    assert telling.who is not None  # noqa: S101 - a telling without a group names its person
    reached = people_reached(telling.who).subquery("reached_people")
    chosen = sa.select(reached.c.person_id).where(reached.c.person_id > after)
    if record.actor_person_id is not None:
        chosen = chosen.where(reached.c.person_id != record.actor_person_id)
    return db.session.scalars(chosen.order_by(reached.c.person_id).limit(CHUNK)).all()


def _mode(record: EventRecord, telling: Telling) -> sa.ColumnElement[Any]:
    kind = EnumColumn(MailMode)
    if telling.is_urgent:
        return sa.literal(MailMode.AT_ONCE, kind)
    chosen = sa.func.coalesce(Preference.mode, sa.literal(DEFAULTS[telling.topic], kind), type_=kind)
    if clock.now() - record.occurred_at < STALE_AFTER and not telling.is_digest_only:
        return chosen
    return sa.case((chosen == MailMode.OFF, sa.literal(MailMode.OFF, kind)), else_=sa.literal(MailMode.DIGEST, kind))


def _write_notifications(record: EventRecord, telling: Telling, people: Sequence[int]) -> None:
    """By one statement for people of any group: SQLAlchemy compiles it once, while each group is read by its own."""
    values: dict[str, Any] = {
        "event_id": sa.literal(record.id, sa.BigInteger()),
        "person_id": Person.id,
        "kind": sa.literal(record.kind),
        "topic": sa.literal(telling.topic, EnumColumn(Topic)),
        "mode": _mode(record, telling),
        "audience": sa.literal(record.audience, EnumColumn(Audience)),
        "subject_kind": sa.literal(record.subject_kind),
        "subject_id": sa.literal(record.subject_id, sa.BigInteger()),
        "facts": sa.literal(telling.facts, sa.JSON()),
        "is_urgent": sa.literal(telling.is_urgent, sa.Boolean()),
        "needs_action": sa.literal(telling.weight is Weight.ACT, sa.Boolean()),
        "due_on": sa.literal(telling.due_on, sa.Date()),
        "created_at": sa.literal(record.occurred_at, UtcDateTime()),
    }
    selected = (
        sa.select(*values.values())
        .select_from(Person)
        .outerjoin(Preference, sa.and_(Preference.person_id == Person.id, Preference.topic == telling.topic))
        .where(Person.id.in_(people))
    )
    db.session.execute(
        insert(Notification).from_select(list(values), selected, include_defaults=False).on_conflict_do_nothing()
    )


def _write_deliveries(record: EventRecord, telling: Telling, after: int, last: int) -> None:
    now = clock.now()
    waits = telling.in_office_hours and not telling.is_urgent
    not_before_at = next_opening(now, get_closures()) if waits else now
    values: dict[str, Any] = {
        "event_id": Notification.event_id,
        "notification_id": Notification.id,
        "person_id": Notification.person_id,
        "channel": sa.literal("mail"),
        "state": sa.literal(DeliveryState.PENDING, EnumColumn(DeliveryState)),
        "is_urgent": sa.literal(telling.is_urgent, sa.Boolean()),
        "attempts": sa.literal(0, sa.Integer()),
        "not_before_at": sa.literal(not_before_at, UtcDateTime()),
        "created_at": sa.literal(now, UtcDateTime()),
    }
    selected = sa.select(*values.values()).where(
        Notification.event_id == record.id,
        Notification.mode == MailMode.AT_ONCE,
        Notification.topic == telling.topic,
        Notification.person_id > after,
        Notification.person_id <= last,
    )
    db.session.execute(
        insert(Delivery).from_select(list(values), selected, include_defaults=False).on_conflict_do_nothing()
    )


def _write_delivery_to(record: EventRecord, telling: Telling, person_id: int) -> None:
    now = clock.now()
    db.session.execute(
        insert(Delivery)
        .values(
            event_id=record.id,
            person_id=person_id,
            channel="mail",
            state=DeliveryState.PENDING,
            is_urgent=True,
            attempts=0,
            not_before_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
