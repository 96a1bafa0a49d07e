"""期限延長: requests of addressed bodies for a later due date, and what the sender's side decided."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.extensions.states import ExtensionState
from portal.guidance.models import Guidance, Recipient

_IS_OPEN = sa.text("state = 'asked'")


class ExtensionRequest(Versioned, Base):
    """One request of one body. ``granted_on`` may differ from ``wanted_on``; a body has one open request at a time."""

    __tablename__ = "extension_request"
    __table_args__ = (
        sa.Index("uq_extension_open", "recipient_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("ix_extension_request_listing", "guidance_id", "state", "id"),
        sa.Index("ix_extension_request_recipient", "recipient_id", "id"),
    )

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"))
    state: orm.Mapped[ExtensionState] = orm.mapped_column(EnumColumn(ExtensionState), default=ExtensionState.ASKED)
    wanted_on: orm.Mapped[date]
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    asked_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    asked_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    asked_at: orm.Mapped[datetime]
    granted_on: orm.Mapped[date | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    decided_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    decided_at: orm.Mapped[datetime | None]

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")
    recipient: orm.Mapped[Recipient] = orm.relationship(lazy="raise_on_sql")
