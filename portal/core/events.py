"""The event table: outbox, audit trail and timeline in one.

A service calls ``emit`` in its transaction; the job engine later hands unhandled rows to the handlers. Events
carry ids and changed values, never the text of a message.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import Base, BigKey, EnumColumn, Key, db
from portal.core.enums import LabelledEnum


class Audience(LabelledEnum):
    """Who may know of a post or an event (product.md section 3)."""

    PUBLIC = ("public", "団体に公開", "Shared with the body")
    INTERNAL = ("internal", "内部メモ（本部のみ）", "Internal note (headquarters only)")
    CONSULT = ("consult", "府省との協議", "Consultation with a ministry")


class Acting(Protocol):
    """Whoever does something: a signed-in membership, or the system (both ids None)."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def membership_id(self) -> int | None: ...


class EventRecord(Base):
    """One thing that happened, once; ``handled_at`` is empty until every handler has seen it."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index("ix_event_subject", "subject_kind", "subject_id", "id"),
        sa.Index(
            "ix_event_unhandled",
            "id",
            sqlite_where=sa.text("handled_at IS NULL"),
            postgresql_where=sa.text("handled_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(64), index=True)
    occurred_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    audience: orm.Mapped[Audience] = orm.mapped_column(EnumColumn(Audience))
    organisation_id: orm.Mapped[int | None] = orm.mapped_column(BigKey, index=True)
    actor_person_id: orm.Mapped[int | None] = orm.mapped_column(BigKey, index=True)
    actor_membership_id: orm.Mapped[int | None] = orm.mapped_column(BigKey)
    payload: orm.Mapped[dict[str, Any]]
    handled_at: orm.Mapped[datetime | None]
    attempts: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    error: orm.Mapped[str | None] = orm.mapped_column(sa.Text)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of every event. ``subject`` names its subject; the field ``<subject>_id`` holds the id.

    ``label`` is what the operation record calls it; a base of events, which is never emitted itself, has none.
    ``organisation_id`` is the body that the event concerns, if one; the body's manager may read it in the audit log.
    """

    subject: ClassVar[str]
    label: ClassVar[str]
    registry: ClassVar[dict[str, type["Event"]]] = {}

    organisation_id: int | None = None
    audience: Audience = Audience.PUBLIC

    def __init_subclass__(cls) -> None:
        cls.registry[cls.kind()] = cls

    @classmethod
    def kind(cls) -> str:
        """The name in the table, which is also the name of the mail folder: ``IssueSubmitted`` → issue_submitted."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def is_emitted(cls) -> bool:
        """Whether it happens, and is not only a base of events."""
        return "label" in vars(cls)

    @property
    def subject_id(self) -> int:
        """The id of what the event is about."""
        return int(getattr(self, f"{self.subject}_id"))


def emit(actor: Acting, event: Event) -> EventRecord:
    """Add the event to the current transaction, so that the effect and its record stand or fall together."""
    record = EventRecord(**_columns(actor, event))
    db.session.add(record)
    for callback in _after_emit:
        callback()
    return record


def emit_all(actor: Acting, events: Iterable[Event]) -> None:
    """The same for many events of one effect, in one statement."""
    rows = [_columns(actor, event) for event in events]
    if not rows:
        return
    db.session.execute(sa.insert(EventRecord), rows)
    for callback in _after_emit:
        callback()


def restore(record: EventRecord) -> Event:
    """The event as it was emitted. Raises KeyError for a kind that this version does not know."""
    cls = Event.registry[record.kind]
    values = {field.name: record.payload.get(field.name) for field in fields(cls) if field.name in record.payload}
    return cls(audience=record.audience, organisation_id=record.organisation_id, **values)


_after_emit: list[Any] = []


def on_emit(callback: Any) -> None:
    """Have ``callback`` called at each emit, inside the transaction (the job engine arranges its wake-up so)."""
    if callback not in _after_emit:
        _after_emit.append(callback)


def _columns(actor: Acting, event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind(),
        "occurred_at": clock.now(),
        "subject_kind": event.subject,
        "subject_id": event.subject_id,
        "audience": event.audience,
        "organisation_id": event.organisation_id,
        "actor_person_id": actor.person_id,
        "actor_membership_id": actor.membership_id,
        "payload": _payload(event),
    }


def _payload(event: Event) -> dict[str, Any]:
    values = asdict(event)
    values.pop("audience")
    values.pop("organisation_id")
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, LabelledEnum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
