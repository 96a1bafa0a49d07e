"""Redactions 墨消し: the one path by which something that was issued or posted is taken out, never silently."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key, Versioned
from portal.redaction.states import RedactionCause, RedactionState, TargetKind


class Redaction(Versioned, Base):
    """What is to be taken out of one text or file, why, and by whom that was asked and decided.

    ``tombstone`` stands in its place from then on. The database lets no text of an issued paper change but to what an
    approved redaction says (migration 0033), and no redaction be approved by the person who asked for it.
    """

    __tablename__ = "redaction"
    __table_args__ = (
        sa.Index("ix_redaction_listing", "state", "id"),
        sa.Index("ix_redaction_target", "target_kind", "target_id"),
    )

    id: orm.Mapped[Key]
    target_kind: orm.Mapped[TargetKind] = orm.mapped_column(EnumColumn(TargetKind))
    target_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    guidance_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("guidance.id"), index=True)
    issue_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)
    state: orm.Mapped[RedactionState] = orm.mapped_column(EnumColumn(RedactionState), default=RedactionState.ASKED)
    cause: orm.Mapped[RedactionCause] = orm.mapped_column(EnumColumn(RedactionCause))
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    tombstone: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    asked_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    asked_at: orm.Mapped[datetime]
    decided_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    decided_at: orm.Mapped[datetime | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    fields: orm.Mapped[list["RedactedField"]] = orm.relationship(order_by="RedactedField.id", lazy="raise_on_sql")


class RedactedField(Base):
    """One field of the target as it reads afterwards. ``spans`` are where the passage stands: [start, length].

    The passage itself is kept nowhere but in the text, until it is taken out of it.
    """

    __tablename__ = "redacted_field"
    __table_args__ = (sa.UniqueConstraint("redaction_id", "field"),)

    id: orm.Mapped[Key]
    redaction_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("redaction.id"))
    field: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    spans: orm.Mapped[list[Any]]
    redacted: orm.Mapped[str] = orm.mapped_column(sa.Text)
