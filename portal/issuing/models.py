"""Papers that wait for their hour, and papers taken back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key
from portal.directory.models import Person


class IssuePlan(Base):
    """The hour 解禁 at which an approved paper is issued, and the bodies (ids) that its planner saw.

    ``told_fingerprint`` names the set of bodies of which the planner was told that it differs from what they saw.
    """

    __tablename__ = "issue_plan"

    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), primary_key=True)
    issue_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    body_ids: orm.Mapped[list[Any]]
    planned_at: orm.Mapped[datetime]
    planned_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    planned_by_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    told_fingerprint: orm.Mapped[str | None] = orm.mapped_column(sa.String(32))

    planned_by: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class Recall(Base):
    """誤発出: why an issued paper was taken back, and what had become of its mails at that moment.

    ``stopped`` never went out, ``sent`` had gone out, of ``uncertain`` nobody knows.
    """

    __tablename__ = "recall"

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), unique=True)
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    recalled_at: orm.Mapped[datetime]
    recalled_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    stopped: orm.Mapped[int]
    sent: orm.Mapped[int]
    uncertain: orm.Mapped[int]

    recalled_by: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")
