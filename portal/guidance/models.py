"""Guidance items, the frozen recipients, and the four facts of each: delivered, opened, received, responded."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.models import Organisation, Person
from portal.guidance.states import (
    ENDED_STATES,
    ISSUED_STATES,
    DeliveryRoute,
    GuidanceKind,
    GuidanceState,
    Nature,
    NumberRule,
    ResponseState,
    ReviewMark,
    ReviewStepKind,
    number_rule_of,
)
from portal.themes.models import Theme


class Guidance(Versioned, Base):
    """A paper that goes down; its text is fixed once issued.

    ``addressees`` is the rule {kinds, prefectures, core_cities, include, exclude} (codes), frozen into recipients
    at issue. ``document_number`` is unique per sender and ``number_year`` (fiscal), which is set at approval, so that
    drafts may hold a number tentatively. ``editor_person_id`` last changed the text and, like the drafter, never
    approves it. ``edition`` counts from 1; ``predecessor_id`` names the edition that this one replaces.
    ``seal_omitted`` prints 公印省略, ``asks_passing_on`` the request to prefectures to tell their municipalities.
    ``correction_count`` says how many corrections were issued, ``receipt_round`` how often they asked for receipt anew.
    ``taken_over_at`` stands in a paper from before the portal 移行: of it nothing is asked of anybody.
    """

    __tablename__ = "guidance"
    __table_args__ = (
        sa.UniqueConstraint("sender_id", "number_year", "document_number"),
        sa.Index("ix_guidance_state", "state", "issued_at", "id"),
        sa.Index("ix_guidance_sender", "sender_id", "state", "id"),
        sa.Index("ix_guidance_theme", "theme_id", "issued_at", "id"),
        sa.Index("ix_guidance_document_number", "document_number"),
    )

    id: orm.Mapped[Key]
    kind: orm.Mapped[GuidanceKind] = orm.mapped_column(EnumColumn(GuidanceKind))
    state: orm.Mapped[GuidanceState] = orm.mapped_column(EnumColumn(GuidanceState), default=GuidanceState.DRAFT)
    sender_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    sender_title: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    origin_ministry_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    document_number: orm.Mapped[str | None] = orm.mapped_column(sa.String(50))
    number_year: orm.Mapped[int | None]
    theme_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("theme.id"))
    nature: orm.Mapped[Nature] = orm.mapped_column(EnumColumn(Nature), default=Nature.INFORMATION)
    legal_basis: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    addressee_line: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    body: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    contact: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    concerned_sections: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    required_action: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    difference: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    reply_due_on: orm.Mapped[date | None]
    short_due_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    route: orm.Mapped[DeliveryRoute] = orm.mapped_column(EnumColumn(DeliveryRoute), default=DeliveryRoute.DIRECT)
    addressees: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    edition: orm.Mapped[int] = orm.mapped_column(default=1)
    predecessor_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    drafter_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    drafter_organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    editor_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    approver_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    return_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]
    updated_at: orm.Mapped[datetime]
    submitted_at: orm.Mapped[datetime | None]
    approved_at: orm.Mapped[datetime | None]
    issued_at: orm.Mapped[datetime | None]
    issued_on: orm.Mapped[date | None]
    abolished_at: orm.Mapped[datetime | None]
    abolition_reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    recipient_count: orm.Mapped[int | None]
    seal_omitted: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    asks_passing_on: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    correction_count: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    receipt_round: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    taken_over_at: orm.Mapped[datetime | None]

    sender: orm.Mapped[Organisation] = orm.relationship(foreign_keys=[sender_id], lazy="raise_on_sql")
    origin_ministry: orm.Mapped[Organisation | None] = orm.relationship(
        foreign_keys=[origin_ministry_id], lazy="raise_on_sql"
    )
    drafter: orm.Mapped[Person] = orm.relationship(foreign_keys=[drafter_person_id], lazy="raise_on_sql")
    approver: orm.Mapped[Person | None] = orm.relationship(foreign_keys=[approver_person_id], lazy="raise_on_sql")
    theme: orm.Mapped[Theme | None] = orm.relationship(lazy="raise_on_sql")

    @property
    def asks_nothing(self) -> bool:
        """Whether nothing of it is asked of anybody: it was replaced, abolished or recalled, or predates the portal."""
        return self.state in ENDED_STATES or self.taken_over_at is not None

    @property
    def awaits_number(self) -> bool:
        """Whether it may still be given a number: not issued yet, and of a kind that bears one."""
        return self.state not in ISSUED_STATES and number_rule_of(self.kind) is not NumberRule.FORBIDDEN


class DocumentNumber(Base):
    """One line of the register 文書番号簿: a number of a sender in a fiscal year, reserved for a paper at its approval.

    A line stays for good, so that no number is ever given twice; one that is cancelled is listed as such 欠番.
    ``serial`` is the figure in the number, by which the register is read.
    """

    __tablename__ = "document_number"
    __table_args__ = (
        sa.UniqueConstraint("sender_id", "year", "number"),
        sa.Index("ix_document_number_listing", "sender_id", "year", "serial", "id"),
    )

    id: orm.Mapped[Key]
    sender_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    year: orm.Mapped[int]
    number: orm.Mapped[str] = orm.mapped_column(sa.String(50))
    serial: orm.Mapped[int]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), index=True)
    reserved_at: orm.Mapped[datetime]
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    cancelled_at: orm.Mapped[datetime | None]
    cancelled_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    cancel_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")


class ReviewStep(Base):
    """照査 by the drafting office or 合議 by another one, asked when a draft is sent for review.

    It is open until ``closed_at``: the approval, a return to the drafter or its withdrawal. ``overruled_reason`` is why
    the approver approved in spite of an objection.
    """

    __tablename__ = "review_step"
    __table_args__ = (
        sa.Index(
            "uq_review_step_open",
            "guidance_id",
            "kind",
            "organisation_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index("ix_review_step_guidance", "guidance_id", "id"),
        sa.Index("ix_review_step_organisation", "organisation_id", "closed_at", "guidance_id"),
    )

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    kind: orm.Mapped[ReviewStepKind] = orm.mapped_column(EnumColumn(ReviewStepKind))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    mark: orm.Mapped[ReviewMark] = orm.mapped_column(EnumColumn(ReviewMark), default=ReviewMark.WAITING)
    text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    asked_at: orm.Mapped[datetime]
    marked_at: orm.Mapped[datetime | None]
    marked_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    closed_at: orm.Mapped[datetime | None]
    overruled_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")


class PaperVersion(Base):
    """A draft as somebody saved it; never changed. ``content`` is everything the drafter sets, by column."""

    __tablename__ = "paper_version"
    __table_args__ = (sa.UniqueConstraint("guidance_id", "number"),)

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    number: orm.Mapped[int]
    content: orm.Mapped[dict[str, Any]]
    restored_from: orm.Mapped[int | None]
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    created_at: orm.Mapped[datetime]


class Replacement(Base):
    """統合: a paper that another one replaces when that is issued, besides its own earlier edition."""

    __tablename__ = "replacement"

    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), primary_key=True)
    replaced_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), primary_key=True, index=True)


class Recipient(Base):
    """One addressed body of one guidance item, frozen at issue, with the latest of its four facts.

    ``delivered_at`` is None as long as the prefecture through which it goes has not forwarded it: until then the body
    has no part in it. ``due_on`` is the body's own due date where that is not the paper's (portal.guidance.dues).
    """

    __tablename__ = "recipient"
    __table_args__ = (
        sa.UniqueConstraint("guidance_id", "organisation_id"),
        sa.Index("ix_recipient_organisation", "organisation_id", "guidance_id"),
        sa.Index("ix_recipient_listing", "guidance_id", "organisation_code"),
        sa.Index("ix_recipient_prefecture", "guidance_id", "prefecture_code"),
    )

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    organisation_code: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    organisation_name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    prefecture_code: orm.Mapped[str | None] = orm.mapped_column(sa.String(2))
    delivered_at: orm.Mapped[datetime | None]
    opened_at: orm.Mapped[datetime | None]
    received_at: orm.Mapped[datetime | None]
    response: orm.Mapped[ResponseState] = orm.mapped_column(
        EnumColumn(ResponseState), default=ResponseState.NONE, server_default="none"
    )
    responded_at: orm.Mapped[datetime | None]
    due_on: orm.Mapped[date | None]

    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")


class Opening(Base):
    """閲覧: a person of an addressed body opened the item (first time)."""

    __tablename__ = "opening"

    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"), primary_key=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    opened_at: orm.Mapped[datetime]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class Receipt(Base):
    """受領: a section of the body received the item under the body's own receipt number 収受番号.

    ``round`` is the paper's ``receipt_round`` at that moment: a correction may ask for receipt anew.
    """

    __tablename__ = "receipt"
    __table_args__ = (sa.UniqueConstraint("recipient_id", "section_name", "round"),)

    id: orm.Mapped[Key]
    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"))
    section_name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    round: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    receipt_number: orm.Mapped[str] = orm.mapped_column(sa.String(50), default="")
    received_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    received_at: orm.Mapped[datetime]


class Response(Base):
    """対応: one statement by the body of what it did; the newest counts, the earlier ones stay.

    ``expected_on`` is when the rest of a partial answer, or an answer that is pending, is to come.
    """

    __tablename__ = "response"
    __table_args__ = (sa.Index("ix_response_recipient", "recipient_id", "id"),)

    id: orm.Mapped[Key]
    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"))
    state: orm.Mapped[ResponseState] = orm.mapped_column(EnumColumn(ResponseState))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    responded_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    responded_at: orm.Mapped[datetime]
    expected_on: orm.Mapped[date | None]
