"""An auditor's permission, for a recorded reason and a few hours, to read the text of one thing."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, Key


class ReadingGrant(Base):
    """One auditor may read one subject until ``expires_at`` (at most eight hours; security.md note 4)."""

    __tablename__ = "reading_grant"
    __table_args__ = (sa.Index("ix_reading_grant_subject", "person_id", "subject_kind", "subject_id"),)

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    granted_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
