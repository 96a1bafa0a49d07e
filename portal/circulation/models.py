"""庁内展開: what a body sent to its own sections, what they answered, and the answers put before its head."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.circulation.states import AnswerState, CirculationState, PartState
from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.guidance.models import Guidance, Recipient, Response
from portal.guidance.states import ResponseState

_IS_ASKED = sa.text("state = 'asked'")


class Circulation(Versioned, Base):
    """How one addressed body collects its answer to one paper.

    ``section_id`` is the section that coordinates: whoever sits there, whenever people are transferred. The body is
    that of the recipient, so that all of it passes on with the row when bodies merge.
    """

    __tablename__ = "circulation"

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), index=True)
    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"), unique=True)
    section_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("section.id"), index=True)
    section_name: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    state: orm.Mapped[CirculationState] = orm.mapped_column(
        EnumColumn(CirculationState), default=CirculationState.COLLECTING
    )
    begun_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    begun_at: orm.Mapped[datetime]

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")
    recipient: orm.Mapped[Recipient] = orm.relationship(lazy="raise_on_sql")


class Part(Versioned, Base):
    """One part sent to one section: what it is in words, which files of the paper, by when inside the body.

    ``predecessor_id`` is the part that this one was sent in place of. ``answer`` is the section's text, its reason for
    該当なし, or why it is not theirs.
    """

    __tablename__ = "circulated_part"
    __table_args__ = (
        sa.Index("ix_circulated_part_listing", "circulation_id", "state", "due_on", "id"),
        sa.Index("ix_circulated_part_section", "section_id", "state", "due_on", "id"),
    )

    id: orm.Mapped[Key]
    circulation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("circulation.id"))
    section_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("section.id"))
    section_name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    predecessor_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("circulated_part.id"), index=True)
    state: orm.Mapped[PartState] = orm.mapped_column(EnumColumn(PartState), default=PartState.WAITING)
    what: orm.Mapped[str] = orm.mapped_column(sa.Text)
    file_ids: orm.Mapped[list[Any]]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    due_on: orm.Mapped[date | None]
    sent_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    sent_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    sent_at: orm.Mapped[datetime]
    reminded_at: orm.Mapped[datetime | None]
    answer: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    answered_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    answered_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    answered_at: orm.Mapped[datetime | None]

    circulation: orm.Mapped[Circulation] = orm.relationship(lazy="raise_on_sql")


class ComposedAnswer(Base):
    """One answer of the body put before its head; its text never changes: another one is put in its place.

    ``part_ids`` are the parts that had been answered then; with ``response_id`` they are the response's provenance.
    """

    __tablename__ = "composed_answer"
    __table_args__ = (
        sa.Index(
            "uq_composed_answer_asked",
            "circulation_id",
            unique=True,
            sqlite_where=_IS_ASKED,
            postgresql_where=_IS_ASKED,
        ),
        sa.Index("ix_composed_answer_listing", "circulation_id", "id"),
    )

    id: orm.Mapped[Key]
    circulation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("circulation.id"))
    state: orm.Mapped[AnswerState] = orm.mapped_column(EnumColumn(AnswerState), default=AnswerState.ASKED)
    response_state: orm.Mapped[ResponseState] = orm.mapped_column(EnumColumn(ResponseState))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    expected_on: orm.Mapped[date | None]
    part_ids: orm.Mapped[list[Any]]
    composed_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    composed_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    composed_at: orm.Mapped[datetime]
    decision_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    decided_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    decided_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    decided_at: orm.Mapped[datetime | None]
    response_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("response.id"), index=True)

    response: orm.Mapped[Response | None] = orm.relationship(lazy="raise_on_sql")


class PassedPaper(Base):
    """A paper that a member of the body sent to one colleague, or to one section, with a note.

    ``to_name`` is who that was then. Everybody of the body may see the paper anyway: this says who should look at it.
    """

    __tablename__ = "passed_paper"
    __table_args__ = (sa.Index("ix_passed_paper_listing", "recipient_id", "id"),)

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), index=True)
    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"))
    to_membership_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    to_section_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("section.id"), index=True)
    to_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    passed_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    passed_at: orm.Mapped[datetime]

    recipient: orm.Mapped[Recipient] = orm.relationship(lazy="raise_on_sql")
