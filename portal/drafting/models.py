"""Remarks on drafts of papers, and papers that went out before their approval."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key
from portal.guidance.models import Guidance


class PaperRemark(Base):
    """A remark on a draft, made while ``version_number`` was the newest; ``place`` says in words on what.

    It is open until somebody who writes the paper settles it.
    """

    __tablename__ = "paper_remark"
    __table_args__ = (sa.Index("ix_paper_remark_guidance", "guidance_id", "id"),)

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    version_number: orm.Mapped[int]
    place: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    author_organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    created_at: orm.Mapped[datetime]
    settled_at: orm.Mapped[datetime | None]
    settled_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")


class UrgentIssue(Base):
    """緊急発出: a paper that one person issued before its approval, why, and who approved it afterwards.

    Whoever would not approve it says why; somebody may approve it all the same, say once it was corrected.
    """

    __tablename__ = "urgent_issue"

    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), primary_key=True)
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    issued_at: orm.Mapped[datetime]
    issued_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    approved_at: orm.Mapped[datetime | None] = orm.mapped_column(index=True)
    approved_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    approved_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    remark: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    refused_at: orm.Mapped[datetime | None]
    refused_signature: orm.Mapped[str | None] = orm.mapped_column(sa.String(300))
    refusal_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")
