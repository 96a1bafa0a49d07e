"""Q&A entries: a question and an answer, de-identified, for everyone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.core.enums import LabelledEnum
from portal.directory.models import Organisation, Person
from portal.themes.models import Theme


class QaState(LabelledEnum):
    """Where a Q&A entry stands."""

    DRAFT = ("draft", "候補", "Candidate")
    REVIEW = ("review", "確認中", "Under review")
    PUBLISHED = ("published", "公表", "Published")
    WITHDRAWN = ("withdrawn", "取下げ", "Withdrawn")


class QaEntry(Versioned, Base):
    """One question and answer. It is published only once a person has confirmed that it names nobody.

    ``editor`` is whoever changed the text last, when that is not the drafter.
    """

    __tablename__ = "qa_entry"
    __table_args__ = (sa.Index("ix_qa_entry_listing", "state", "theme_id", "published_at", "id"),)

    id: orm.Mapped[Key]
    number: orm.Mapped[str | None] = orm.mapped_column(sa.String(16), unique=True)
    state: orm.Mapped[QaState] = orm.mapped_column(EnumColumn(QaState), default=QaState.DRAFT)
    theme_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("theme.id"))
    question: orm.Mapped[str] = orm.mapped_column(sa.Text)
    answer: orm.Mapped[str] = orm.mapped_column(sa.Text)
    drafter_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafter_organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    editor_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    approver_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    return_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    deidentified_at: orm.Mapped[datetime | None]
    created_at: orm.Mapped[datetime]
    published_at: orm.Mapped[datetime | None]

    theme: orm.Mapped[Theme] = orm.relationship(lazy="raise_on_sql")
    drafter: orm.Mapped[Person] = orm.relationship(foreign_keys=[drafter_person_id], lazy="raise_on_sql")
    drafter_organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")

    @property
    def headline(self) -> str:
        """The first line of the question, for lists and titles."""
        return next((line.strip(" #*　") for line in self.question.splitlines() if line.strip(" #*　")), "")
