"""Figures that alarm are few among very many; both engines find them by the index that holds nothing else."""

import sqlalchemy as sa

from portal.core.db import db
from portal.inspections.models import Snapshot, alarming


def test_alarming_figures_are_found_by_their_index(arrange):
    with arrange():
        alarms = sa.select(Snapshot.campaign_id, Snapshot.id).where(alarming())
        connection = db.session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        sql = str(alarms.compile(dialect=connection.dialect))
        plan = connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + sql).all()
        assert "ix_snapshot_alarm" in str(plan)
