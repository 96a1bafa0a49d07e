"""Corrections 訂正 of issued guidance with their tables of errors 正誤表."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.models import Person
from portal.guidance.models import Guidance
from portal.revisions.states import CorrectionState

_IS_OPEN = sa.text("state IN ('draft', 'review')")


class Correction(Versioned, Base):
    """One correction of one paper, under the paper's own number; the text that was issued stays as it was.

    ``number`` counts the paper's corrections from 1. With ``asks_receipt`` every body records its receipt again.
    """

    __tablename__ = "correction"
    __table_args__ = (
        sa.UniqueConstraint("guidance_id", "number"),
        # one at a time: two under way could contradict each other
        sa.Index("uq_correction_open", "guidance_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    number: orm.Mapped[int]
    state: orm.Mapped[CorrectionState] = orm.mapped_column(EnumColumn(CorrectionState), default=CorrectionState.DRAFT)
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    asks_receipt: orm.Mapped[bool] = orm.mapped_column(default=False)
    drafter_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    editor_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    approver_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    return_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]
    updated_at: orm.Mapped[datetime]
    issued_at: orm.Mapped[datetime | None]

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")
    drafter: orm.Mapped[Person] = orm.relationship(foreign_keys=[drafter_person_id], lazy="raise_on_sql")
    approver: orm.Mapped[Person | None] = orm.relationship(foreign_keys=[approver_person_id], lazy="raise_on_sql")
    entries: orm.Mapped[list["Erratum"]] = orm.relationship(
        order_by="Erratum.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class Erratum(Base):
    """A line of the table of errors 正誤表: where, what stood there 誤, what is right 正."""

    __tablename__ = "erratum"
    __table_args__ = (sa.UniqueConstraint("correction_id", "position"),)

    id: orm.Mapped[Key]
    correction_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("correction.id"))
    position: orm.Mapped[int]
    place: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    wrong: orm.Mapped[str] = orm.mapped_column(sa.Text)
    right: orm.Mapped[str] = orm.mapped_column(sa.Text)
