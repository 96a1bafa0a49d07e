"""Who has taken charge of an issue, and the conditions of the queue that people keep."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.models import Membership, Organisation
from portal.issues.models import Issue
from portal.workbench.states import Sharing


class Claim(Base):
    """The one person of a team who has taken charge of an issue.

    ``team_id`` is the liaison post, the division or the secretariat. A claim counts only while its member belongs
    to the team; a division that the issue has left keeps its claim, which nobody asks about any more.
    """

    __tablename__ = "claim"

    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    team_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True, index=True)
    membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    claimed_at: orm.Mapped[datetime]

    issue: orm.Mapped[Issue] = orm.relationship(lazy="raise_on_sql")
    team: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    membership: orm.Mapped[Membership] = orm.relationship(lazy="raise_on_sql")


class SavedFilter(Versioned, Base):
    """A condition of the queue under a name; it holds nothing but the condition, never what it finds.

    ``condition`` maps the names of the queue's parameters to lists of values. ``team_id`` is the liaison post or the
    organisation that it is shared with, None while it is personal.
    """

    __tablename__ = "saved_filter"

    id: orm.Mapped[Key]
    name: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    condition: orm.Mapped[dict[str, Any]]
    membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    sharing: orm.Mapped[Sharing] = orm.mapped_column(EnumColumn(Sharing), default=Sharing.PERSONAL)
    team_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    created_at: orm.Mapped[datetime]

    membership: orm.Mapped[Membership] = orm.relationship(lazy="raise_on_sql")
    team: orm.Mapped[Organisation | None] = orm.relationship(lazy="raise_on_sql")


class FilterPlace(Base):
    """Where a member keeps a filter in their own menu, and whether the queue opens with it."""

    __tablename__ = "saved_filter_place"

    membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), primary_key=True)
    filter_id: orm.Mapped[int] = orm.mapped_column(
        sa.ForeignKey("saved_filter.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    is_default: orm.Mapped[bool] = orm.mapped_column(default=False)
