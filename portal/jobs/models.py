"""The lock by which one tick of a scheduled job runs once, however many workers hear it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base


class Tick(Base):
    """A scheduled job's tick that a worker has taken; the primary key lets only one take it."""

    __tablename__ = "tick"

    job: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    due_at: orm.Mapped[datetime] = orm.mapped_column(primary_key=True)
    taken_at: orm.Mapped[datetime]
