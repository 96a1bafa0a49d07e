"""Workbooks that people sent: kept aside until confirmed, then the proof of what was entered from them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key
from portal.workbooks.states import FormKind, UploadState


class WorkbookUpload(Base):
    """A file that somebody sent for a campaign.

    ``key`` is its address until it is stored; only the sender may confirm it, until ``expires_at``. Its bytes are the
    attachment of kind "workbook" that hangs on it; a refused one has none, and ``kept`` holds what could be read of it
    (cells by the key of their answer, by the mark of their entry) for a clean copy. ``cells``, ``entries`` and
    ``bodies`` count what it changed.
    """

    __tablename__ = "workbook_upload"
    __table_args__ = (
        sa.Index("ix_workbook_upload_listing", "campaign_id", "organisation_id", "state", "id"),
        sa.Index("ix_workbook_upload_expiry", "state", "expires_at"),
    )

    id: orm.Mapped[Key]
    key: orm.Mapped[str] = orm.mapped_column(sa.String(43), unique=True)
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: orm.Mapped[FormKind] = orm.mapped_column(EnumColumn(FormKind))
    state: orm.Mapped[UploadState] = orm.mapped_column(EnumColumn(UploadState))
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    scope: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="", server_default="")
    kept: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict, server_default="{}")
    is_confirmed_number: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    cells: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    entries: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    bodies: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    sent_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    stored_at: orm.Mapped[datetime | None]
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))

    @property
    def is_area(self) -> bool:
        """Whether it is the form of a prefecture for its municipalities."""
        return self.scope.startswith("A")
