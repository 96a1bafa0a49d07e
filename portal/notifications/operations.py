"""What operators look at: mails that failed or whose fate is unknown, events that could not be told, big tellings."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.events import EventRecord
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Person
from portal.directory.roles import Role
from portal.notifications.models import Delivery, DeliveryState, Digest, Dispatch, Notification

_COUNT_CAP = 1000
SHOWN = 20


class Trouble(LabelledEnum):
    """Which mails to show."""

    FAILED = ("failed", "送信失敗", "Failed")
    UNKNOWN = ("unknown", "送信結果不明", "Unknown")
    RESENT = ("resent", "不明のため再送", "Resent after unknown")
    WAITING = ("waiting", "再試行中", "Being retried")
    DIGESTS = ("digests", "まとめのメール", "Digests")


@dataclass(frozen=True, kw_only=True)
class TroubledMail:
    """One mail that an operator should know of."""

    id: int
    name: str
    email: str
    what: str
    state: DeliveryState
    attempts: int
    at: datetime
    next_at: datetime | None
    error: str | None
    is_resendable: bool


@dataclass(frozen=True, kw_only=True)
class FailedTelling:
    """An event that nobody has been told of yet, since its handler failed."""

    event_id: int
    kind: str
    occurred_at: datetime
    attempts: int
    error: str | None
    retry_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class BigTelling:
    """How far the telling of an event to many people has come, and their mails."""

    event_id: int
    kind: str
    title: str
    started_at: datetime
    finished_at: datetime | None
    told: int
    mails: int
    sent: int


def can_operate(actor: Actor) -> bool:
    """Administrators and the secretariat, which runs the portal."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT}


def count_troubles() -> dict[Trouble, int]:
    """How many there are of each, counted up to a thousand. One statement."""
    counts = [
        sa.select(sa.func.count())
        .select_from(sa.select(sa.literal(1).label("one")).where(_condition(trouble)).limit(_COUNT_CAP).subquery())
        .scalar_subquery()
        for trouble in Trouble
    ]
    row = db.session.execute(sa.select(*counts)).one()
    return dict(zip(Trouble, row, strict=True))


def list_troubles(trouble: Trouble, cursor: str | None) -> Page[TroubledMail]:
    """The mails of one sort, newest first."""
    if trouble is Trouble.DIGESTS:
        digests: Any = sa.select(Digest, Person).join(Person, Person.id == Digest.person_id).where(_condition(trouble))
        page = paginate(db.session, digests, order=(Digest.id.desc(),), cursor=cursor)
        return page.with_items([_of_digest(digest, person) for digest, person in page.items])
    query = (
        sa.select(Delivery, Person, EventRecord.kind, Notification.facts)
        .join(Person, Person.id == Delivery.person_id)
        .join(EventRecord, EventRecord.id == Delivery.event_id)
        .outerjoin(Notification, Notification.id == Delivery.notification_id)
        .where(_condition(trouble))
    )
    page = paginate(db.session, query, order=(Delivery.id.desc(),), cursor=cursor)
    return page.with_items([_of_delivery(*row) for row in page.items])


def list_failed_tellings() -> list[FailedTelling]:
    """Events whose telling failed and is tried again, oldest first."""
    rows = db.session.execute(
        sa.select(EventRecord, Dispatch.retry_at)
        .outerjoin(Dispatch, Dispatch.event_id == EventRecord.id)
        .where(EventRecord.handled_at.is_(None), EventRecord.attempts > 0)
        .order_by(EventRecord.id)
        .limit(SHOWN)
    )
    return [
        FailedTelling(
            event_id=record.id,
            kind=record.kind,
            occurred_at=record.occurred_at,
            attempts=record.attempts,
            error=record.error,
            retry_at=retry_at,
        )
        for record, retry_at in rows
    ]


def list_big_tellings() -> list[BigTelling]:
    """The newest tellings that took more than one step, with what became of their mails. Three statements."""
    rows = db.session.execute(
        sa.select(Dispatch, EventRecord.kind)
        .join(EventRecord, EventRecord.id == Dispatch.event_id)
        .where(Dispatch.told_count > 0)
        .order_by(Dispatch.event_id.desc())
        .limit(SHOWN)
    ).all()
    ids = [progress.event_id for progress, _ in rows]
    sent = sa.func.sum(sa.case((Delivery.state == DeliveryState.SENT, 1), else_=0))
    mails = {
        event_id: (count, done)
        for event_id, count, done in db.session.execute(
            sa.select(Delivery.event_id, sa.func.count(), sent)
            .where(Delivery.event_id.in_(ids))
            .group_by(Delivery.event_id)
        )
    }
    first = (
        sa.select(sa.func.min(Notification.id)).where(Notification.event_id.in_(ids)).group_by(Notification.event_id)
    )
    facts = {
        event_id: held
        for event_id, held in db.session.execute(
            sa.select(Notification.event_id, Notification.facts).where(Notification.id.in_(first))
        )
    }
    return [
        BigTelling(
            event_id=progress.event_id,
            kind=kind,
            title=_name(facts.get(progress.event_id)),
            started_at=progress.started_at,
            finished_at=progress.finished_at,
            told=progress.told_count,
            mails=mails.get(progress.event_id, (0, 0))[0],
            sent=int(mails.get(progress.event_id, (0, 0))[1] or 0),
        )
        for progress, kind in rows
    ]


def _condition(trouble: Trouble) -> sa.ColumnElement[bool]:
    troubled = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
    conditions: dict[Trouble, sa.ColumnElement[bool]] = {
        Trouble.FAILED: Delivery.state == DeliveryState.FAILED,
        Trouble.UNKNOWN: Delivery.state == DeliveryState.UNKNOWN,
        Trouble.RESENT: sa.and_(Delivery.unknown_at.is_not(None), Delivery.state != DeliveryState.UNKNOWN),
        Trouble.WAITING: sa.and_(Delivery.state == DeliveryState.PENDING, Delivery.attempts > 0),
        Trouble.DIGESTS: Digest.state.in_(troubled),
    }
    return conditions[trouble]


def _of_delivery(delivery: Delivery, person: Person, kind: str, facts: dict[str, Any] | None) -> TroubledMail:
    return TroubledMail(
        id=delivery.id,
        name=person.name,
        email=person.email,
        what=_name(facts) or kind,
        state=delivery.state,
        attempts=delivery.attempts,
        at=delivery.unknown_at or delivery.claimed_at or delivery.created_at,
        next_at=delivery.not_before_at if delivery.state is DeliveryState.PENDING else None,
        error=delivery.error,
        is_resendable=delivery.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN},
    )


def _of_digest(digest: Digest, person: Person) -> TroubledMail:
    return TroubledMail(
        id=digest.id,
        name=person.name,
        email=person.email,
        what=_day(digest.digest_on),
        state=digest.state,
        attempts=digest.attempts,
        at=digest.unknown_at or digest.claimed_at or digest.created_at,
        next_at=None,
        error=digest.error,
        is_resendable=False,
    )


def _day(day: date) -> str:
    return day.isoformat()


def _name(facts: dict[str, Any] | None) -> str:
    return " ".join(str(facts[key]) for key in ("number", "title") if facts.get(key)) if facts else ""
