"""What the steps have in common, whatever is due: which one is to be taken, and that each is taken once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db, insert
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.reminders.states import DEFAULT_DAYS, EARLIEST, LATEST, ReminderStep

TOO_LATE = 10  # business days after which a step is not taken any more


def newest_step(days: Mapping[ReminderStep, int], due_on: date, today: date) -> ReminderStep | None:
    """The last step whose day has come: what was missed before it is not made up for, nor what is long past."""
    reached = [step for step, after in days.items() if add_business_days(due_on, after) <= today]
    if not reached or today > add_business_days(due_on, days[reached[-1]] + TOO_LATE):
        return None
    return reached[-1]


def concerns(step: ReminderStep) -> sa.ColumnElement[bool]:
    """The organisations (joined) about which a step tells somebody.

    A prefecture is told of its municipalities, a liaison of local governments; nobody stands above the others.
    """
    if step is ReminderStep.PREFECTURE:
        return sa.and_(Organisation.prefecture_code.is_not(None), Organisation.kind != OrganisationKind.PREFECTURE)
    if step is ReminderStep.LIAISON:
        return Organisation.post_id.is_not(None)
    return sa.true()


def bodies_of(step: ReminderStep) -> sa.Select[int]:
    """The ids of these organisations."""
    return sa.select(Organisation.id).where(concerns(step))


def counts_by_step() -> list[sa.ColumnElement[int]]:
    """A column for each step: how many of the organisations (joined) it concerns."""
    return [sa.func.count(sa.case((concerns(step), 1))) for step in DEFAULT_DAYS]


def key_of_today() -> str:
    """Under which a body is reminded by hand today, and so only once."""
    return f"by_hand:{japan_date(clock.now()).isoformat()}"


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


def checked_days(days: Mapping[ReminderStep, int | None]) -> dict[str, int]:
    """The steps that are taken, with their days, as a plan keeps them; None leaves a step out.

    Raises Invalid at the step's name for days out of range or steps out of order.
    """
    kept: dict[str, int] = {}
    last: int | None = None
    for step in DEFAULT_DAYS:
        value = days.get(step)
        if value is None:
            continue
        if not EARLIEST <= value <= LATEST:
            raise Invalid(
                N_("%(first)s日から%(last)s日までの数を入力してください。"),
                field=step.value,
                first=EARLIEST,
                last=LATEST,
            )
        if last is not None and value < last:
            raise Invalid(N_("前の段階より後の日にしてください。"), field=step.value)
        kept[step.value] = last = value
    return kept


def keep_plan(actor: Actor, plan: Any, days: Mapping[ReminderStep, int | None], version: int | None) -> None:
    """Set the steps of a plan, new or kept. Raises Invalid as ``checked_days``, Conflict for a stale version."""
    kept = checked_days(days)
    if plan.version is not None:
        plan.check_version(version)
    plan.days, plan.set_by_person_id, plan.set_at = kept, actor.person_id, clock.now()
    db.session.add(plan)
    db.session.flush()
