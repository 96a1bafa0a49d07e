"""疑問: which place of which paper an issue asks about."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key
from portal.guidance.models import Guidance
from portal.issues.models import Issue


class ParagraphQuestion(Base):
    """The place that an issue asks about: a paragraph, a place in a file, or the paper as a whole.

    ``paragraph`` is the key of a paragraph (portal.questions.paragraphs), ``position`` its number and ``quote`` its
    text; ``file_name`` names a file of the paper, ``place`` says in the asker's words where in it. ``asked_at`` is
    empty while the issue is a draft; whoever throws the draft away throws this away with it.
    """

    __tablename__ = "paragraph_question"
    __table_args__ = (sa.Index("ix_paragraph_question_listing", "guidance_id", "position", "id"),)

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id", ondelete="CASCADE"), unique=True)
    position: orm.Mapped[int | None]
    paragraph: orm.Mapped[str | None] = orm.mapped_column(sa.String(32))
    quote: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(255), default="")
    place: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    asked_at: orm.Mapped[datetime | None]

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")
    issue: orm.Mapped[Issue] = orm.relationship(lazy="raise_on_sql")
