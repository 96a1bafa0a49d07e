"""Contacts of liaisons with bodies: call logs, phone notes and hearings, their points, and what was promised."""

import re
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.core.events import Audience
from portal.directory.models import Organisation
from portal.issues.models import Issue
from portal.liaison.states import CallOutcome, Confirmation, ContactKind, Direction, ItemKind, Means

_MARKS = re.compile(r"^\s*(?:#+|[-*+>])\s+|[*`~]+", re.MULTILINE)


class Contact(Versioned, Base):
    """One contact with a body; it belongs to the post that looks after the body, whoever holds it.

    ``text`` is the note, of a hearing the situation. ``internal_text`` is headquarters' alone. ``section_id`` is the
    section of the body that it is put to (None: the managers), ``counterpart_person_id`` the person if one was chosen,
    ``counterpart`` how they are called in the record. ``audience`` is public (the body reads and confirms it) or
    internal. ``outcome`` and ``again_on`` are of a call log. What the body answers stands beside the text, never in
    its place.
    """

    __tablename__ = "contact"
    __table_args__ = (
        sa.Index("ix_contact_body", "organisation_id", "contacted_at", "id"),
        sa.Index("ix_contact_confirmation", "confirmation", "organisation_id", "created_at"),
    )

    id: orm.Mapped[Key]
    kind: orm.Mapped[ContactKind] = orm.mapped_column(EnumColumn(ContactKind))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    section_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("section.id"))
    audience: orm.Mapped[Audience] = orm.mapped_column(EnumColumn(Audience))
    contacted_at: orm.Mapped[datetime]
    direction: orm.Mapped[Direction | None] = orm.mapped_column(EnumColumn(Direction))
    means: orm.Mapped[Means | None] = orm.mapped_column(EnumColumn(Means))
    place: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    participants: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    counterpart_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    counterpart: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    internal_text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    outcome: orm.Mapped[CallOutcome | None] = orm.mapped_column(EnumColumn(CallOutcome))
    again_on: orm.Mapped[date | None]
    confirmation: orm.Mapped[Confirmation] = orm.mapped_column(EnumColumn(Confirmation))
    answered_at: orm.Mapped[datetime | None]
    answered_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    answer_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    correction: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    author_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"))
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    created_at: orm.Mapped[datetime]

    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    items: orm.Mapped[list["HearingItem"]] = orm.relationship(lazy="raise_on_sql", order_by="HearingItem.position")
    promises: orm.Mapped[list["Promise"]] = orm.relationship(lazy="raise_on_sql", order_by="Promise.id")

    @property
    def gist(self) -> str:
        """The text in one line without the marks of Markdown, for lists."""
        return " ".join(_MARKS.sub("", self.text).split())


class HearingItem(Versioned, Base):
    """One problem or request of a hearing; ``issue_id`` is the issue that was made of it."""

    __tablename__ = "hearing_item"
    __table_args__ = (sa.UniqueConstraint("contact_id", "position"),)

    id: orm.Mapped[Key]
    contact_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("contact.id"))
    position: orm.Mapped[int]
    kind: orm.Mapped[ItemKind] = orm.mapped_column(EnumColumn(ItemKind))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    issue_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)

    issue: orm.Mapped[Issue | None] = orm.relationship(lazy="raise_on_sql")


class Promise(Versioned, Base):
    """Something that was promised to a body for a date, until it is marked done. ``reminded_at``: its liaisons were."""

    __tablename__ = "promise"
    __table_args__ = (
        sa.Index("ix_promise_body", "organisation_id", "due_on"),
        sa.Index("ix_promise_contact", "contact_id"),
        sa.Index(
            "ix_promise_open",
            "due_on",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    contact_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("contact.id"))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    text: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    due_on: orm.Mapped[date]
    promised_by: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    created_at: orm.Mapped[datetime]
    done_at: orm.Mapped[datetime | None]
    done_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    reminded_at: orm.Mapped[datetime | None]

    contact: orm.Mapped[Contact] = orm.relationship(lazy="raise_on_sql", viewonly=True)
    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
