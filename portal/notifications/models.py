"""What people are told: inbox notifications, mail deliveries, digests and preferences."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key
from portal.core.enums import LabelledEnum
from portal.directory.models import Person


class MailMode(LabelledEnum):
    """When a person gets mail about a kind of event."""

    AT_ONCE = ("at_once", "すぐに送る", "At once")
    DIGEST = ("digest", "まとめて送る", "In the digest")
    OFF = ("off", "送らない", "Off")


class DeliveryState(LabelledEnum):
    """How far a mail has come (security.md, mail): marked is committed just before the final dot."""

    PENDING = ("pending", "送信待ち", "Pending")
    CLAIMED = ("claimed", "送信準備中", "Claimed")
    MARKED = ("marked", "送信中", "Being sent")
    SENT = ("sent", "送信済", "Sent")
    FAILED = ("failed", "送信失敗", "Failed")
    UNKNOWN = ("unknown", "送信結果不明", "Unknown")
    DROPPED = ("dropped", "送信不要", "No longer needed")


class Notification(Base):
    """One line in one person's inbox: what happened, to what, and what it asks of them."""

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.Index("ix_notification_inbox", "person_id", "id"),
        sa.Index("ix_notification_unread", "person_id", "id", sqlite_where=sa.text("read_at IS NULL"),
                 postgresql_where=sa.text("read_at IS NULL")),
        sa.Index("ix_notification_subject", "subject_kind", "subject_id", "person_id"),
    )

    id: orm.Mapped[Key]
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id"))
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    facts: orm.Mapped[dict[str, Any]]
    is_urgent: orm.Mapped[bool] = orm.mapped_column(default=False)
    needs_action: orm.Mapped[bool] = orm.mapped_column(default=False)
    due_on: orm.Mapped[date | None]
    created_at: orm.Mapped[datetime]
    read_at: orm.Mapped[datetime | None]
    digest_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("digest.id"), index=True)
    is_for_digest: orm.Mapped[bool] = orm.mapped_column(default=False)


class Delivery(Base):
    """One mail to one person about one event, unique, whatever is retried."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id", "channel"),
        sa.Index("ix_delivery_state", "state", "id"),
        sa.Index("ix_delivery_person", "person_id", "id"),
    )

    id: orm.Mapped[Key]
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id"))
    notification_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("notification.id"), index=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    channel: orm.Mapped[str] = orm.mapped_column(sa.String(16), default="mail")
    message_id: orm.Mapped[str] = orm.mapped_column(sa.String(200), unique=True)
    state: orm.Mapped[DeliveryState] = orm.mapped_column(EnumColumn(DeliveryState), default=DeliveryState.PENDING)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    not_before_at: orm.Mapped[datetime]
    claimed_at: orm.Mapped[datetime | None]
    sent_at: orm.Mapped[datetime | None]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class Digest(Base):
    """One digest mail to one person for one Japanese date; never sent twice, even when its fate is unknown."""

    __tablename__ = "digest"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "digest_on"),
        sa.Index("ix_digest_state", "state", "id"),
    )

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    digest_on: orm.Mapped[date]
    message_id: orm.Mapped[str] = orm.mapped_column(sa.String(200), unique=True)
    state: orm.Mapped[DeliveryState] = orm.mapped_column(EnumColumn(DeliveryState), default=DeliveryState.PENDING)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    claimed_at: orm.Mapped[datetime | None]
    sent_at: orm.Mapped[datetime | None]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class Preference(Base):
    """A person's choice for a group of events; without a row the group's default holds."""

    __tablename__ = "preference"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    topic: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    mode: orm.Mapped[MailMode] = orm.mapped_column(EnumColumn(MailMode))


class DigestSetting(Base):
    """A person's choice of digest days; without a row it is daily on business days."""

    __tablename__ = "digest_setting"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    is_weekly: orm.Mapped[bool] = orm.mapped_column(default=False)


class UnsubscribeKey(Base):
    """The secret of a person's one-click unsubscribe address (RFC 8058); only its SHA-256 stands here."""

    __tablename__ = "unsubscribe_key"

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    topic: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    secret_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    created_at: orm.Mapped[datetime]
