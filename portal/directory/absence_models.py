"""Absences with their substitutes, replacements of a roster, notes for successors, what mergers passed on."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, BigKey, EnumColumn, Key, Versioned
from portal.core.enums import LabelledEnum
from portal.directory.models import Duty, Membership, Organisation, Person, Section


class Absence(Versioned, Base):
    """Somebody is away from a membership, from ``starts_at`` up to but not including ``ends_at``.

    The substitute (another membership of the same organisation) receives and may act meanwhile; None leaves it to the
    head. ``may_sign`` 代決: the head has named the substitute to sign in their place. Ending early moves ``ends_at``.
    """

    __tablename__ = "absence"
    __table_args__ = (sa.Index("ix_absence_period", "ends_at", "starts_at"),)

    id: orm.Mapped[Key]
    membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    substitute_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    starts_at: orm.Mapped[datetime]
    ends_at: orm.Mapped[datetime]
    may_sign: orm.Mapped[bool] = orm.mapped_column(default=False)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    entered_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    created_at: orm.Mapped[datetime]

    membership: orm.Mapped[Membership] = orm.relationship(foreign_keys=[membership_id], lazy="raise_on_sql")
    substitute: orm.Mapped[Membership | None] = orm.relationship(foreign_keys=[substitute_id], lazy="raise_on_sql")

    def is_current(self, at: datetime) -> bool:
        """Whether the person is away at the instant."""
        return self.starts_at <= at < self.ends_at


class RosterState(LabelledEnum):
    """How far a replacement of a roster has come."""

    PREPARED = ("prepared", "確認中", "Being checked")
    SCHEDULED = ("scheduled", "予約", "Scheduled")
    APPLIED = ("applied", "反映済", "Applied")
    CANCELLED = ("cancelled", "取消し", "Cancelled")
    FAILED = ("failed", "反映できず", "Could not be applied")


class RosterReplacement(Versioned, Base):
    """The full list of the people of a body (or of headquarters: ``organisation_id`` None), effective on a date.

    ``rows`` are the cells as read, checked again when it is applied and dropped then. ``takers`` names for a leaving
    membership the mail address of whoever takes over its posts and drafts; ``same_people`` for a row of the file the
    membership of the person whose mail address it changes.
    """

    __tablename__ = "roster_replacement"
    __table_args__ = (sa.Index("ix_roster_replacement_due", "state", "effective_on"),)

    id: orm.Mapped[Key]
    organisation_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    state: orm.Mapped[RosterState] = orm.mapped_column(EnumColumn(RosterState), default=RosterState.PREPARED)
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    creates_sections: orm.Mapped[bool] = orm.mapped_column(default=False)
    invites: orm.Mapped[bool] = orm.mapped_column(default=True)
    rows: orm.Mapped[list[Any]]
    takers: orm.Mapped[dict[str, Any]]
    same_people: orm.Mapped[dict[str, Any]]
    effective_on: orm.Mapped[date | None]
    summary: orm.Mapped[dict[str, Any]]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]
    applied_at: orm.Mapped[datetime | None]

    organisation: orm.Mapped[Organisation | None] = orm.relationship(lazy="raise_on_sql")
    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class HandoverNote(Base):
    """What the holder of a post writes for whoever comes after them; the newest stands first, none is changed.

    The post is a liaison's (``organisation_id`` alone), or a section or duty of an organisation.
    """

    __tablename__ = "handover_note"
    __table_args__ = (sa.Index("ix_handover_note_post", "organisation_id", "section_id", "duty_id", "id"),)

    id: orm.Mapped[Key]
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    section_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("section.id"))
    duty_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("duty.id"))
    membership_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    is_liaison_post: orm.Mapped[bool] = orm.mapped_column(default=False)
    body: orm.Mapped[str] = orm.mapped_column(sa.Text)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    author_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"))
    created_at: orm.Mapped[datetime]

    section: orm.Mapped[Section | None] = orm.relationship(lazy="raise_on_sql")
    duty: orm.Mapped[Duty | None] = orm.relationship(lazy="raise_on_sql")


class Inheritance(Base):
    """A thing (an issue, an addressed body's row of guidance) that a merger passed to the successor."""

    __tablename__ = "inheritance"

    kind: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    subject_id: orm.Mapped[int] = orm.mapped_column(BigKey, primary_key=True)
    predecessor_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    successor_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    inherited_at: orm.Mapped[datetime]
