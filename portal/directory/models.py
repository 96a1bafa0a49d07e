"""Organisations, sections, people, memberships, duties and liaison assignments."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.roles import AssignmentRank, ImportKind, OrganisationKind, Role


class Organisation(Versioned, Base):
    """A body: headquarters, a division, a local government, an association or a ministry.

    ``code`` is the six-digit 全国地方公共団体コード for local governments and a short word for the others.
    ``parent`` is the prefecture of a municipality and the headquarters of a division. ``post`` is the prefecture or
    designated city through which a liaison looks after the body (67 posts); it is its own post there.
    It exists from ``valid_from`` (None: since before the records) up to but not including ``valid_until``.
    """

    __tablename__ = "organisation"
    __table_args__ = (sa.Index("ix_organisation_listing", "prefecture_code", "kind", "code"),)

    id: orm.Mapped[Key]
    code: orm.Mapped[str] = orm.mapped_column(sa.String(32), unique=True)
    kind: orm.Mapped[OrganisationKind] = orm.mapped_column(EnumColumn(OrganisationKind), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100), index=True)
    name_en: orm.Mapped[str | None] = orm.mapped_column(sa.String(100))
    kana: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    prefecture_code: orm.Mapped[str | None] = orm.mapped_column(sa.String(2))
    county: orm.Mapped[str | None] = orm.mapped_column(sa.String(50))
    is_core_city: orm.Mapped[bool] = orm.mapped_column(default=False)
    population: orm.Mapped[int | None]
    population_on: orm.Mapped[date | None]
    latitude: orm.Mapped[float | None]
    longitude: orm.Mapped[float | None]
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    parent_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    post_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    valid_from: orm.Mapped[date | None]
    valid_until: orm.Mapped[date | None]

    parent: orm.Mapped["Organisation | None"] = orm.relationship(
        remote_side="Organisation.id", foreign_keys=[parent_id], lazy="raise_on_sql"
    )
    post: orm.Mapped["Organisation | None"] = orm.relationship(
        remote_side="Organisation.id", foreign_keys=[post_id], lazy="raise_on_sql"
    )


class OrganisationSuccession(Base):
    """A merger or reorganisation: the predecessor's matters pass to the successor on a date."""

    __tablename__ = "organisation_succession"

    predecessor_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    successor_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True, index=True)
    effective_on: orm.Mapped[date]


class Section(Base):
    """A section 所属 inside an organisation, such as 市民課."""

    __tablename__ = "section"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "name"),)

    id: orm.Mapped[Key]
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    is_general_desk: orm.Mapped[bool] = orm.mapped_column(default=False)


class Duty(Base):
    """A duty 担当区分 by which guidance finds the right section, such as 住民基本台帳."""

    __tablename__ = "duty"

    id: orm.Mapped[Key]
    code: orm.Mapped[str] = orm.mapped_column(sa.String(32), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(50))
    name_en: orm.Mapped[str] = orm.mapped_column(sa.String(50))
    position: orm.Mapped[int] = orm.mapped_column(default=0)


class Person(Versioned, Base):
    """A human being; what they may do comes from their memberships alone."""

    __tablename__ = "person"

    id: orm.Mapped[Key]
    email: orm.Mapped[str] = orm.mapped_column(sa.String(254), unique=True)  # kept in lower case
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    kana: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    phone: orm.Mapped[str | None] = orm.mapped_column(sa.String(30))
    locale: orm.Mapped[str] = orm.mapped_column(sa.String(5), default="ja", server_default="ja")
    created_at: orm.Mapped[datetime]


membership_duty = sa.Table(
    "membership_duty",
    Base.metadata,
    sa.Column("membership_id", sa.ForeignKey("membership.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("duty_id", sa.ForeignKey("duty.id"), primary_key=True, index=True),
)


class Membership(Versioned, Base):
    """A person's place in an organisation, from ``starts_at`` up to but not including ``ends_at``."""

    __tablename__ = "membership"
    __table_args__ = (sa.Index("ix_membership_organisation", "organisation_id", "role"),)

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    section_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("section.id"))
    role: orm.Mapped[Role] = orm.mapped_column(EnumColumn(Role))
    title: orm.Mapped[str] = orm.mapped_column(sa.String(50), default="")
    is_head: orm.Mapped[bool] = orm.mapped_column(default=False)
    is_approver: orm.Mapped[bool] = orm.mapped_column(default=False)
    starts_at: orm.Mapped[datetime]
    ends_at: orm.Mapped[datetime | None]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")
    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    section: orm.Mapped[Section | None] = orm.relationship(lazy="raise_on_sql")
    duties: orm.Mapped[list[Duty]] = orm.relationship(secondary=membership_duty, lazy="raise_on_sql")

    def is_current(self, at: datetime) -> bool:
        """Whether the membership holds at the instant."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    @staticmethod
    def current_at(at: datetime | sa.SQLColumnExpression[datetime]) -> sa.ColumnElement[bool]:
        """The same as a condition: memberships that hold at the instant."""
        return sa.and_(Membership.starts_at <= at, sa.or_(Membership.ends_at.is_(None), Membership.ends_at > at))


class LiaisonAssignment(Versioned, Base):
    """A liaison's charge of a post (prefecture or designated city), with its history kept."""

    __tablename__ = "liaison_assignment"

    id: orm.Mapped[Key]
    membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    post_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    rank: orm.Mapped[AssignmentRank] = orm.mapped_column(EnumColumn(AssignmentRank))
    starts_at: orm.Mapped[datetime]
    ends_at: orm.Mapped[datetime | None]

    membership: orm.Mapped[Membership] = orm.relationship(lazy="raise_on_sql")
    post: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")

    @staticmethod
    def current_at(at: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
        """Assignments that hold at the instant."""
        return sa.and_(
            LiaisonAssignment.starts_at <= at,
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > at),
        )


class DirectoryImport(Versioned, Base):
    """A file that was read and found free of errors, waiting for its uploader to take it in.

    ``rows`` holds the cells as read; they are checked again when taken in, and dropped then.
    """

    __tablename__ = "directory_import"

    id: orm.Mapped[Key]
    kind: orm.Mapped[ImportKind] = orm.mapped_column(EnumColumn(ImportKind))
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    file_name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    creates_sections: orm.Mapped[bool] = orm.mapped_column(default=False)
    rows: orm.Mapped[list[Any]]
    created_at: orm.Mapped[datetime]
    applied_at: orm.Mapped[datetime | None]
