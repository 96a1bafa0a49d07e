"""Collections of questions and answers (Q&A集) and their editions (第n版)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.models import Organisation, Person
from portal.knowledge.models import QaEntry, QaState
from portal.themes.models import Theme


class QaCollection(Base):
    """A collection under one title, published edition after edition."""

    __tablename__ = "qa_collection"

    id: orm.Mapped[Key]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    theme_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("theme.id"))
    created_at: orm.Mapped[datetime]

    theme: orm.Mapped[Theme] = orm.relationship(lazy="raise_on_sql")


class QaEdition(Versioned, Base):
    """One edition: composed, approved, and from then on as it was published; at most one is being composed."""

    __tablename__ = "qa_edition"
    __table_args__ = (
        sa.UniqueConstraint("collection_id", "number"),
        sa.Index(
            "uq_qa_edition_open",
            "collection_id",
            unique=True,
            sqlite_where=sa.text("state <> 'published'"),
            postgresql_where=sa.text("state <> 'published'"),
        ),
    )

    id: orm.Mapped[Key]
    collection_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_collection.id"))
    number: orm.Mapped[int]
    state: orm.Mapped[QaState] = orm.mapped_column(EnumColumn(QaState), default=QaState.DRAFT)
    preface: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    drafter_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    drafter_organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    editor_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    approver_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    return_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    deidentified_at: orm.Mapped[datetime | None]
    deidentifier_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    created_at: orm.Mapped[datetime]
    changed_at: orm.Mapped[datetime]
    published_at: orm.Mapped[datetime | None]

    collection: orm.Mapped[QaCollection] = orm.relationship(lazy="raise_on_sql")
    drafter_organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    deidentifier: orm.Mapped[Person | None] = orm.relationship(
        foreign_keys=[deidentifier_person_id], lazy="raise_on_sql"
    )


class QaSection(Base):
    """A section 章 of an edition."""

    __tablename__ = "qa_section"

    id: orm.Mapped[Key]
    edition_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_edition.id"), index=True)
    position: orm.Mapped[int]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(120))


class QaItem(Base):
    """One question of an edition. Its identity through all editions is the entry, whatever number it has.

    While the edition is composed, ``question`` and ``answer`` are empty unless they were changed here, on the base
    of ``revision``; in a published edition they are the text as it was.
    """

    __tablename__ = "qa_item"
    __table_args__ = (sa.UniqueConstraint("edition_id", "entry_id"),)

    id: orm.Mapped[Key]
    edition_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_edition.id"))
    section_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_section.id"), index=True)
    position: orm.Mapped[int]
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_entry.id"), index=True)
    revision: orm.Mapped[int]
    question: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    answer: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    change_note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    entry: orm.Mapped[QaEntry] = orm.relationship(lazy="raise_on_sql")


class QaEditionReading(Base):
    """The first time that anybody of a body opened an edition: from then on the body has received it."""

    __tablename__ = "qa_edition_reading"

    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    edition_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("qa_edition.id"), primary_key=True, index=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    read_at: orm.Mapped[datetime]
