"""Where each answer came from, what was sent back, dues that were extended, and which section answers what."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.states import ExtensionState, Source
from portal.campaigns.models import Entry, Participation
from portal.core.db import Base, EnumColumn, Key, Versioned


class AnswerChange(Base):
    """One answer entered or changed: what, from where (page or file), by whom and when. The newest counts.

    ``value`` is the answer in the form in which Entry.answers holds it, null where it was emptied; ``entry_version``
    the version of the entry that holds it, ``source_name`` the workbook that it came from.
    """

    __tablename__ = "answer_change"
    __table_args__ = (sa.Index("ix_answer_change_entry", "entry_id", "id"),)

    id: orm.Mapped[Key]
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"))
    question_code: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    value: orm.Mapped[Any] = orm.mapped_column(sa.JSON, nullable=True)
    entry_version: orm.Mapped[int]
    source: orm.Mapped[Source] = orm.mapped_column(EnumColumn(Source))
    source_name: orm.Mapped[str] = orm.mapped_column(sa.String(255), default="", server_default="")
    changed_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    changed_at: orm.Mapped[datetime]


class AnswerReturn(Base):
    """差戻し of one answer, or of the whole entry where ``question_code`` is empty, with the reason.

    ``settled_at`` is when the body submitted again.
    """

    __tablename__ = "answer_return"
    __table_args__ = (sa.Index("ix_answer_return_entry", "entry_id", "id"),)

    id: orm.Mapped[Key]
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"))
    question_code: orm.Mapped[str] = orm.mapped_column(sa.String(32), default="")
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    returned_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    returned_at: orm.Mapped[datetime]
    settled_at: orm.Mapped[datetime | None]

    entry: orm.Mapped[Entry] = orm.relationship(lazy="raise_on_sql")


class DueExtension(Versioned, Base):
    """A body's request for a later due of a campaign, and what the office decided."""

    __tablename__ = "due_extension"
    __table_args__ = (
        sa.Index("ix_due_extension_participation", "participation_id", "id"),
        sa.Index(
            "uq_due_extension_open",
            "participation_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
        sa.Index("ix_due_extension_listing", "campaign_id", "state", "id"),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    participation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participation.id"))
    state: orm.Mapped[ExtensionState] = orm.mapped_column(EnumColumn(ExtensionState), default=ExtensionState.ASKED)
    wanted_on: orm.Mapped[date]
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    asked_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    asked_at: orm.Mapped[datetime]
    granted_on: orm.Mapped[date | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    decided_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")
    decided_at: orm.Mapped[datetime | None]

    participation: orm.Mapped[Participation] = orm.relationship(lazy="raise_on_sql")


class AnswerAssignment(Versioned, Base):
    """庁内展開: a procedure, or the questions of one of its sections (``part``), given to a section of the body.

    ``part`` is empty for the whole procedure. ``ready_at`` is when the section said that its answers are entered.
    Nobody outside the body sees it.
    """

    __tablename__ = "answer_assignment"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "section_id", "part"),
        sa.Index("ix_answer_assignment_section", "section_id", "ready_at", "id"),
    )

    id: orm.Mapped[Key]
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"))
    section_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("section.id"))
    section_name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    part: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="", server_default="")
    due_on: orm.Mapped[date | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    assigned_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    assigned_at: orm.Mapped[datetime]
    ready_at: orm.Mapped[datetime | None]
    ready_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")

    entry: orm.Mapped[Entry] = orm.relationship(lazy="raise_on_sql")
