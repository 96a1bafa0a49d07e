"""What people are told: inbox notifications, mail deliveries, digests and preferences."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key
from portal.core.enums import LabelledEnum
from portal.core.events import Audience
from portal.directory.models import Person


class MailMode(LabelledEnum):
    """When a person gets mail about a kind of event."""

    AT_ONCE = ("at_once", "すぐに送る", "At once")
    DIGEST = ("digest", "まとめて送る", "In the digest")
    OFF = ("off", "送らない", "Off")


class Topic(LabelledEnum):
    """A group of events for which people choose when they get mail."""

    ISSUE_ACTION = ("issue_action", "課題・照会（対応するもの、回答）", "Issues: what waits for me, and answers")
    ISSUE_NEWS = ("issue_news", "課題・照会（経過）", "Issues: news of their progress")
    PREFECTURE_NEWS = ("prefecture_news", "課題・照会（管内市区町村）", "Issues: my prefecture's municipalities")
    GUIDANCE_ACTION = ("guidance_action", "通知等（回答・対応、決裁）", "Guidance: requests and approvals")
    GUIDANCE_NEWS = ("guidance_news", "通知等（情報提供、廃止）", "Guidance: information and news")
    CAMPAIGN_ACTION = (
        "campaign_action", "点検・調査（回答・対応、公開の確認）", "Campaigns: what waits for me, and returns"
    )  # fmt: skip
    CAMPAIGN_NEWS = ("campaign_news", "点検・調査（経過）", "Campaigns: news of their progress")
    KNOWLEDGE = ("knowledge", "Q&A（公表、確認）", "Q&A: publications and reviews")
    OPERATIONS = ("operations", "運用（監査担当の閲覧）", "Operations: auditors' readings and the like")
    CONTACTS = ("contacts", "電話メモ・聴取（確認のお願い、訂正）", "Phone notes and hearings: to confirm, corrected")
    PROMISES = ("promises", "団体への約束の期限", "Promises to bodies: due")
    ABSENCES = ("absences", "不在・代理、名簿の入替え", "Absences, substitutes and rosters")
    ACCOUNT = ("account", "アカウント（招待、パスワード）", "Account: invitations and passwords")


class DeliveryState(LabelledEnum):
    """How far a mail has come (security.md, mail): marked is committed just before the final dot."""

    PENDING = ("pending", "送信待ち", "Pending")
    CLAIMED = ("claimed", "送信準備中", "Claimed")
    MARKED = ("marked", "送信中", "Being sent")
    SENT = ("sent", "送信済", "Sent")
    FAILED = ("failed", "送信失敗", "Failed")
    UNKNOWN = ("unknown", "送信結果不明", "Unknown")
    DROPPED = ("dropped", "送信不要", "No longer needed")


_FOR_DIGEST = sa.text("read_at IS NULL AND digest_id IS NULL AND mode = 'digest'")


class Notification(Base):
    """One line in one person's inbox: what happened, to what, and what it asks of them.

    ``mode`` is what the person's choice came to when it was written; ``digest_id`` the digest that carried it.
    ``facts`` hold what the line says (number, title, from whom), never the text of a thread.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.Index("ix_notification_inbox", "person_id", "id"),
        sa.Index(
            "ix_notification_unread",
            "person_id",
            "id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index("ix_notification_subject", "subject_kind", "subject_id", "person_id"),
        sa.Index("ix_notification_digest", "person_id", sqlite_where=_FOR_DIGEST, postgresql_where=_FOR_DIGEST),
    )

    id: orm.Mapped[Key]
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id"))
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    topic: orm.Mapped[Topic] = orm.mapped_column(EnumColumn(Topic))
    mode: orm.Mapped[MailMode] = orm.mapped_column(EnumColumn(MailMode))
    audience: orm.Mapped[Audience] = orm.mapped_column(EnumColumn(Audience))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    facts: orm.Mapped[dict[str, Any]]
    is_urgent: orm.Mapped[bool] = orm.mapped_column(default=False)
    needs_action: orm.Mapped[bool] = orm.mapped_column(default=False)
    due_on: orm.Mapped[date | None]
    created_at: orm.Mapped[datetime]
    read_at: orm.Mapped[datetime | None]
    digest_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("digest.id"), index=True)


class Delivery(Base):
    """One mail to one person about one event, unique, whatever is retried.

    ``message_id`` is made when the mail is first claimed and kept for each later try. ``claimed_at`` also names the
    claim: whoever lost it to the sweep may no longer mark. ``unknown_at`` is when its fate was last unknown.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id", "channel"),
        sa.Index("ix_delivery_state", "state", "id"),
        sa.Index(
            "ix_delivery_unknown",
            "unknown_at",
            sqlite_where=sa.text("unknown_at IS NOT NULL"),
            postgresql_where=sa.text("unknown_at IS NOT NULL"),
        ),
        sa.Index("ix_delivery_person", "person_id", "id"),
    )

    id: orm.Mapped[Key]
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id"))
    notification_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("notification.id"), index=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    channel: orm.Mapped[str] = orm.mapped_column(sa.String(16), default="mail")
    is_urgent: orm.Mapped[bool] = orm.mapped_column(default=False)
    message_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(200), unique=True)
    state: orm.Mapped[DeliveryState] = orm.mapped_column(EnumColumn(DeliveryState), default=DeliveryState.PENDING)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    not_before_at: orm.Mapped[datetime]
    claimed_at: orm.Mapped[datetime | None]
    sent_at: orm.Mapped[datetime | None]
    unknown_at: orm.Mapped[datetime | None]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class Digest(Base):
    """One digest mail to one person for one Japanese date; never sent twice, even when its fate is unknown.

    ``as_of_at`` is the instant up to which it tells what happened.
    """

    __tablename__ = "digest"
    __table_args__ = (sa.UniqueConstraint("person_id", "digest_on"), sa.Index("ix_digest_state", "state", "id"))

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    digest_on: orm.Mapped[date]
    message_id: orm.Mapped[str | None] = orm.mapped_column(sa.String(200), unique=True)
    state: orm.Mapped[DeliveryState] = orm.mapped_column(EnumColumn(DeliveryState), default=DeliveryState.PENDING)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    as_of_at: orm.Mapped[datetime]
    not_before_at: orm.Mapped[datetime]
    claimed_at: orm.Mapped[datetime | None]
    sent_at: orm.Mapped[datetime | None]
    unknown_at: orm.Mapped[datetime | None]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class FailureSource(LabelledEnum):
    """How it became known that a mail did not reach its reader."""

    REFUSED = ("refused", "送信先のサーバーが拒否", "Refused by the mail server")
    RETURNED = ("returned", "配信不能の知らせ", "Returned as undeliverable")


class MailFailure(Base):
    """One mail or digest that did not reach its reader for good, and the address to which it was.

    ``status`` is the code of RFC 3463 where a returned mail names one, ``said`` what the server said.
    """

    __tablename__ = "mail_failure"
    __table_args__ = (
        sa.UniqueConstraint("delivery_id", "source"),
        sa.UniqueConstraint("digest_id", "source"),
        sa.Index("ix_mail_failure_person", "person_id", "id"),
        sa.Index("ix_mail_failure_occurred_at", "occurred_at", "id"),
    )

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    address: orm.Mapped[str] = orm.mapped_column(sa.String(320))
    source: orm.Mapped[FailureSource] = orm.mapped_column(EnumColumn(FailureSource))
    delivery_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("delivery.id"))
    digest_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("digest.id"))
    status: orm.Mapped[str] = orm.mapped_column(sa.String(16), default="")
    said: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    occurred_at: orm.Mapped[datetime]


class Preference(Base):
    """A person's choice for a group of events; without a row the group's default holds."""

    __tablename__ = "preference"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    topic: orm.Mapped[Topic] = orm.mapped_column(EnumColumn(Topic), primary_key=True)
    mode: orm.Mapped[MailMode] = orm.mapped_column(EnumColumn(MailMode))


class DigestSetting(Base):
    """A person's choice of digest days; without a row it is daily on business days."""

    __tablename__ = "digest_setting"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    is_weekly: orm.Mapped[bool] = orm.mapped_column(default=False)


class UnsubscribeKey(Base):
    """The secret of a person's one-click unsubscribe address (RFC 8058); only its SHA-256 stands here.

    ``topic`` is a Topic's value, or ``digest`` for all that the digest carries.
    """

    __tablename__ = "unsubscribe_key"

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    topic: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    secret_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    created_at: orm.Mapped[datetime]


class Dispatch(Base):
    """How far the telling of one event has come, where it takes more than one step or has failed.

    ``step`` and ``last_person_id`` say where to go on after a worker's death; ``retry_at`` is empty unless it failed.
    """

    __tablename__ = "dispatch"

    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id"), primary_key=True)
    step: orm.Mapped[int] = orm.mapped_column(default=0)
    last_person_id: orm.Mapped[int] = orm.mapped_column(BigKey, default=0)
    told_count: orm.Mapped[int] = orm.mapped_column(default=0)
    started_at: orm.Mapped[datetime]
    finished_at: orm.Mapped[datetime | None]
    retry_at: orm.Mapped[datetime | None]
