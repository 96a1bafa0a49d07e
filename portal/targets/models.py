"""The targets in business days as they were set one after another, and the extra days on which offices are closed."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key


class TargetSetting(Base):
    """The targets from an instant on; the newest row holds for what is submitted after it, older rows are history.

    ``urgent_days`` holds for every target of an urgent issue (0: the same day). ``same_problem_bodies`` is from how
    many bodies with the same sub-topic within thirty days on the secretariat is told. ``longest_pause_days`` is how
    many business days an issue's clock may be stopped for stated reasons, all of them together.
    """

    __tablename__ = "target_setting"

    id: orm.Mapped[Key]
    first_reply_days: orm.Mapped[int]
    routed_days: orm.Mapped[int]
    answered_days: orm.Mapped[int]
    urgent_days: orm.Mapped[int]
    follow_up_days: orm.Mapped[int]
    escalate_days: orm.Mapped[int]
    same_problem_bodies: orm.Mapped[int]
    longest_pause_days: orm.Mapped[int]
    set_at: orm.Mapped[datetime]
    set_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))


class ClosedDay(Base):
    """A day on which headquarters is closed though it is no weekend, national holiday or year-end closure."""

    __tablename__ = "closed_day"

    id: orm.Mapped[Key]
    closed_on: orm.Mapped[date] = orm.mapped_column(unique=True)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    added_at: orm.Mapped[datetime]
    added_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
