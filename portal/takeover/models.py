"""Old papers that wait to be taken over 移行, as they were read from a file."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key

STAGED = "paper_import"  # the owner of the files that were uploaded with the table


class PaperImport(Base):
    """A table of old papers that was read and found free of errors, waiting for its uploader to take it over.

    ``rows`` holds the cells as read; they are checked again when taken over, and dropped then.
    """

    __tablename__ = "paper_import"

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    rows: orm.Mapped[list[Any]]
    created_at: orm.Mapped[datetime]
    applied_at: orm.Mapped[datetime | None]
    taken_count: orm.Mapped[int] = orm.mapped_column(default=0)
