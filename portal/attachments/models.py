"""Files that hang on an issue, a post or a guidance item."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key
from portal.core.events import Audience


class Attachment(Base):
    """A stored file. Whoever may see its owner (and, for a post, the post's audience) may download it."""

    __tablename__ = "attachment"
    __table_args__ = (sa.Index("ix_attachment_owner", "owner_kind", "owner_id"),)

    id: orm.Mapped[Key]
    owner_kind: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    owner_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    audience: orm.Mapped[Audience | None] = orm.mapped_column(EnumColumn(Audience))
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    media_type: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    size_bytes: orm.Mapped[int] = orm.mapped_column(BigKey)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    storage_key: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    uploaded_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    uploaded_at: orm.Mapped[datetime]
    removed_at: orm.Mapped[datetime | None]
