"""What the steps have in common, whatever is due: which one is to be taken, and that each is taken once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core.calendar import add_business_days
from portal.core.db import db, insert
from portal.reminders.states import ReminderStep

TOO_LATE = 10  # business days after which a step is not taken any more


def newest_step(days: Mapping[ReminderStep, int], due_on: date, today: date) -> ReminderStep | None:
    """The last step whose day has come: what was missed before it is not made up for, nor what is long past."""
    reached = [step for step, after in days.items() if add_business_days(due_on, after) <= today]
    if not reached or today > add_business_days(due_on, days[reached[-1]] + TOO_LATE):
        return None
    return reached[-1]


def keep_reminded(batch: Any, table: Any, chosen: sa.Select[int], key: str) -> int:
    """Note that the chosen (a select of ids) are reminded under the key, each once; how many were not already.

    ``table`` holds them by id, key and batch. Without any the batch is not kept. Of two workers one wins each row.
    """
    if db.session.scalar(chosen.limit(1)) is None:
        return 0
    db.session.add(batch)
    db.session.flush()
    names = list(sa.inspect(table).primary_key)
    rows = chosen.add_columns(sa.literal(key), sa.literal(batch.id))
    adding = insert(table).from_select([*(column.name for column in names), "batch_id"], rows).on_conflict_do_nothing()
    batch.count = len(db.session.execute(adding.returning(names[0])).all())
    if not batch.count:  # another worker was quicker
        db.session.delete(batch)
    db.session.flush()
    return int(batch.count)
