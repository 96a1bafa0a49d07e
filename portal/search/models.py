"""The index: one row for each text that can be found, and what waits to be indexed again.

Beside ``search_document`` stands the inverted index that the engine keeps: on SQLite the FTS5 table ``search_index``
(same rowid), on PostgreSQL a GIN index over ``search_grams(text, tags)``. Both hold pairs of characters and tags.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, Key


class SearchDocument(Base):
    """One text of one thing: a report, a post, a paper, a file's name.

    ``part`` and ``part_id`` say which text of the thing (kind, subject_id) it is. ``bound_id`` names the post on which
    it depends who may see the text (empty: whoever sees the thing). ``text`` is normalised; its first
    ``headline_length`` characters are number and title. ``tags`` narrow a search before the rights are asked.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id", "part", "part_id"),
        sa.Index("ix_search_document_newest", "kind", "id"),
    )

    id: orm.Mapped[Key]
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    part: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    part_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    bound_id: orm.Mapped[int | None] = orm.mapped_column(BigKey)
    headline_length: orm.Mapped[int]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    tags: orm.Mapped[str] = orm.mapped_column(sa.Text)
    occurred_at: orm.Mapped[datetime]


class SearchPending(Base):
    """A thing to be indexed anew though no event says so, or because it failed; tried again until it works."""

    __tablename__ = "search_pending"

    kind: orm.Mapped[str] = orm.mapped_column(sa.String(16), primary_key=True)
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey, primary_key=True)
    error: orm.Mapped[str] = orm.mapped_column(sa.Text)
    failed_at: orm.Mapped[datetime]
