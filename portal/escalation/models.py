"""Which steps of escalation have been taken for an issue: each once, whatever runs twice."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key
from portal.escalation.steps import Step


class Escalation(Base):
    """A step that was taken for an issue in a round of its clock. ``sub_topic_id`` names a problem that many share."""

    __tablename__ = "escalation"
    __table_args__ = (
        sa.UniqueConstraint("issue_id", "step", "round"),
        sa.Index("ix_escalation_sub_topic", "sub_topic_id", "raised_at"),
    )

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    step: orm.Mapped[Step] = orm.mapped_column(EnumColumn(Step))
    round: orm.Mapped[int]
    sub_topic_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("sub_topic.id"))
    bodies: orm.Mapped[int | None]
    raised_at: orm.Mapped[datetime]
