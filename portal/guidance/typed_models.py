"""What somebody has typed into the form of a paper and not saved."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, Key


class KeptTyping(Base):
    """The form of a paper as one person left it, for that person alone; one of them for each paper.

    ``guidance_id`` is None for a paper that was never saved: then ``issue_number`` is the issue that it is to come of.
    ``typed`` are the values as they were sent, by the name of the control. ``seen_version`` is the paper's version on
    which they were typed; None where that cannot be read, and for a new paper.
    """

    __tablename__ = "kept_typing"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "guidance_id"),
        sa.Index(
            "uq_kept_typing_new",
            "person_id",
            unique=True,
            sqlite_where=sa.text("guidance_id IS NULL"),
            postgresql_where=sa.text("guidance_id IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    guidance_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("guidance.id"), index=True)
    issue_number: orm.Mapped[str | None] = orm.mapped_column(sa.String(16))
    typed: orm.Mapped[dict[str, Any]]
    seen_version: orm.Mapped[int | None] = orm.mapped_column(BigKey)
    typed_at: orm.Mapped[datetime]
