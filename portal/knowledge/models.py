"""Q&A entries: a question and an answer, de-identified, for everyone; their revisions; who has the same question."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.core.enums import LabelledEnum
from portal.directory.models import Organisation, Person
from portal.themes.models import Theme


class QaState(LabelledEnum):
    """Where a Q&A entry, a revision of one, or an edition of a collection stands."""

    DRAFT = ("draft", "候補", "Candidate")
    REVIEW = ("review", "確認中", "Under review")
    PUBLISHED = ("published", "公表", "Published")
    WITHDRAWN = ("withdrawn", "取下げ", "Withdrawn")


class QaEntry(Versioned, Base):
    """One question and answer. It is published only once a person has confirmed that it names nobody.

    ``editor`` is whoever changed the text last, when that is not the drafter. ``revision`` is the number of the
    revision whose text stands here.
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
    deidentifier_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    revision: orm.Mapped[int] = orm.mapped_column(default=1, server_default="1")
    created_at: orm.Mapped[datetime]
    published_at: orm.Mapped[datetime | None]
    withdrawn_at: orm.Mapped[datetime | None]

    theme: orm.Mapped[Theme] = orm.relationship(lazy="raise_on_sql")
    drafter: orm.Mapped[Person] = orm.relationship(foreign_keys=[drafter_person_id], lazy="raise_on_sql")
    deidentifier: orm.Mapped[Person | None] = orm.relationship(
        foreign_keys=[deidentifier_person_id], lazy="raise_on_sql"
    )
    drafter_organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")

    @property
    def headline(self) -> str:
        """The first line of the question, for lists and titles."""
        return headline_of(self.question)


class QaRevision(Versioned, Base):
    """One text of an entry: the published ones as they were, and at most one that is being prepared."""

    __tablename__ = "qa_revision"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "number"),
        sa.Index(
            "uq_qa_revision_open",
            "entry_id",
            unique=True,
            sqlite_where=sa.text("state <> 'published'"),
            postgresql_where=sa.text("state <> 'published'"),
        ),
    )

    id: orm.Mapped[Key]
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_entry.id"))
    number: orm.Mapped[int]
    state: orm.Mapped[QaState] = orm.mapped_column(EnumColumn(QaState), default=QaState.DRAFT)
    question: orm.Mapped[str] = orm.mapped_column(sa.Text)
    answer: orm.Mapped[str] = orm.mapped_column(sa.Text)
    change_note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    drafter_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafter_organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    editor_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    approver_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    return_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    deidentified_at: orm.Mapped[datetime | None]
    deidentifier_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    created_at: orm.Mapped[datetime]
    published_at: orm.Mapped[datetime | None]

    drafter: orm.Mapped[Person] = orm.relationship(foreign_keys=[drafter_person_id], lazy="raise_on_sql")
    deidentifier: orm.Mapped[Person | None] = orm.relationship(
        foreign_keys=[deidentifier_person_id], lazy="raise_on_sql"
    )
    drafter_organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")


class QaJoining(Base):
    """A body says that it has the same question (同じく困っている); once for each body."""

    __tablename__ = "qa_joining"
    __table_args__ = (sa.UniqueConstraint("entry_id", "organisation_id"),)

    id: orm.Mapped[Key]
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_entry.id"))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    case_count: orm.Mapped[int | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    joined_at: orm.Mapped[datetime]

    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")


def headline_of(question: str) -> str:
    """The first line of a question, without Markdown's marks."""
    return next((line.strip(" #*　") for line in question.splitlines() if line.strip(" #*　")), "")
