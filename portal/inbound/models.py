"""Mails that came in as answers to the portal's own."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key, Versioned
from portal.directory.models import Person
from portal.inbound.states import HeldReason, MailState
from portal.issues.models import Issue
from portal.notifications.models import Delivery


class InboundMail(Versioned, Base):
    """One mail that came in. ``sha256`` is its bytes', so that fetching it again has no effect.

    ``delivery_id`` is the mail that it answers; ``original_key`` names its bytes in the store of originals, kept for
    headquarters. A mail with a My Number in it is kept neither as text nor as original.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (
        sa.Index("ix_inbound_mail_state", "state", "id"),
        sa.Index("ix_inbound_mail_person", "person_id", "received_at"),
    )

    id: orm.Mapped[Key]
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    message_id: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    received_at: orm.Mapped[datetime]
    sender: orm.Mapped[str] = orm.mapped_column(sa.String(320), default="")
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    file_count: orm.Mapped[int] = orm.mapped_column(default=0)
    size_bytes: orm.Mapped[int] = orm.mapped_column(BigKey)
    original_key: orm.Mapped[str | None] = orm.mapped_column(sa.String(64), unique=True)
    state: orm.Mapped[MailState] = orm.mapped_column(EnumColumn(MailState))
    reason: orm.Mapped[HeldReason | None] = orm.mapped_column(EnumColumn(HeldReason))
    detail: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    delivery_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("delivery.id"), index=True)
    person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    issue_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)
    post_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("post.id"), index=True)
    decided_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    decided_at: orm.Mapped[datetime | None]
    decision_note: orm.Mapped[str | None] = orm.mapped_column(sa.Text)

    person: orm.Mapped[Person | None] = orm.relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    decided_by: orm.Mapped[Person | None] = orm.relationship(foreign_keys=[decided_by_person_id], lazy="raise_on_sql")
    issue: orm.Mapped[Issue | None] = orm.relationship(lazy="raise_on_sql")
    delivery: orm.Mapped[Delivery | None] = orm.relationship(lazy="raise_on_sql")
