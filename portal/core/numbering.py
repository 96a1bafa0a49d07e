"""Serial numbers without gaps: a counter row per scope, raised in the caller's transaction."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, db, insert


class NumberCounter(Base):
    """The last serial given in a scope such as ``issue/2026/linkage`` or ``guidance/17/2026``."""

    __tablename__ = "number_counter"

    scope: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    value: orm.Mapped[int]


def next_serial(scope: str) -> int:
    """The next serial of the scope, from 1. The row stays locked until commit, so a rollback leaves no gap."""
    statement = insert(NumberCounter).values(scope=scope, value=1)
    statement = statement.on_conflict_do_update(index_elements=["scope"], set_={"value": NumberCounter.value + 1})
    return int(db.session.execute(statement.returning(NumberCounter.value)).scalar_one())
