"""Neutral links between things of different features: an issue and the guidance that came of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key
from portal.core.enums import LabelledEnum


class LinkRelation(LabelledEnum):
    """How the first thing relates to the second."""

    RELATED = ("related", "関連", "Related")
    ANSWERS = ("answers", "回答の根拠", "Answers")
    DERIVED = ("derived", "もとになったもの", "Derived from")
    FOLLOW_UP = ("follow_up", "追加の照会", "Follow-up question")


class Link(Base):
    """(kind, id) relates to (kind, id). What either end shows is decided by that end's own policy."""

    __tablename__ = "link"
    __table_args__ = (
        sa.UniqueConstraint("from_kind", "from_id", "to_kind", "to_id", "relation"),
        sa.Index("ix_link_to", "to_kind", "to_id"),
    )

    id: orm.Mapped[Key]
    from_kind: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    from_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    to_kind: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    to_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    relation: orm.Mapped[LinkRelation] = orm.mapped_column(EnumColumn(LinkRelation))
    created_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    created_at: orm.Mapped[datetime]
