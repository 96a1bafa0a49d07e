"""Named lists of bodies that an office keeps for its addressees."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key, Versioned
from portal.directory.models import Organisation, Person


class AddresseeList(Versioned, Base):
    """A list 宛先リスト of an office; once dropped it is offered no more, but papers can still name it.

    A name is the office's own: of two lists of one office that are not dropped none has the other's name.
    """

    __tablename__ = "addressee_list"
    __table_args__ = (
        sa.Index(
            "uq_addressee_list_name",
            "office_id",
            "name",
            unique=True,
            sqlite_where=sa.text("dropped_at IS NULL"),
            postgresql_where=sa.text("dropped_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    office_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    note: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    created_at: orm.Mapped[datetime]
    updated_at: orm.Mapped[datetime]
    updated_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    dropped_at: orm.Mapped[datetime | None]

    office: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    updated_by: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class AddresseeListEntry(Base):
    """A body of a list."""

    __tablename__ = "addressee_list_entry"

    list_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("addressee_list.id"), primary_key=True)
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True, index=True)
