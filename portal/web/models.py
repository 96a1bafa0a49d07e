"""The record of submitted form keys, by which a double click or a replay has one effect."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base


class UsedFormKey(Base):
    """A form key that has had its effect, and where the browser was sent then."""

    __tablename__ = "used_form_key"
    __table_args__ = (sa.Index("ix_used_form_key_used_at", "used_at"),)

    key: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    location: orm.Mapped[str] = orm.mapped_column(sa.Text)
    used_at: orm.Mapped[datetime]
