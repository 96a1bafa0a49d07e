"""Which bodies a step concerns now, and what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.models import Organisation
from portal.guidance.dues import due_between, effective_due
from portal.guidance.models import Guidance, Recipient, Response
from portal.guidance.states import OPEN_RESPONSES, PROMISING, GuidanceState
from portal.reminders.models import Reminder, ReminderBatch, ReminderPlan
from portal.reminders.states import DEFAULT_DAYS, ReminderStep, StepState
from portal.reminders.steps import counts_by_step, key_of_today, newest_step

_WINDOW = timedelta(days=90)  # no due date further away can be within the steps


@dataclass(frozen=True, kw_only=True)
class DueStep:
    """A step that is to be taken now for the bodies of a paper that are due on this day."""

    guidance_id: int
    step: ReminderStep
    due_on: date


@dataclass(frozen=True, kw_only=True)
class ComingStep:
    """How many bodies a step would concern as things stand, from which day on, and what becomes of it."""

    step: ReminderStep
    on: date
    count: int
    state: StepState


def list_steps(
    days: Mapping[ReminderStep, int],
    due_on: date,
    waiting: Mapping[ReminderStep, int],
    reminded: Mapping[ReminderStep, int],
) -> list[ComingStep]:
    """The steps of a due date: each concerns so many ``waiting`` bodies, of which it has ``reminded`` so many."""
    today = japan_date(clock.now())
    newest = newest_step(days, due_on, today)
    found = []
    for step, after in days.items():
        on, left = add_business_days(due_on, after), waiting.get(step, 0) - reminded.get(step, 0)
        if not waiting.get(step):
            state = StepState.NOBODY
        elif not left:
            state = StepState.SENT
        elif on > today:
            state = StepState.COMING
        else:
            state = StepState.NEXT if step is newest else StepState.OVER
        found.append(ComingStep(step=step, on=on, count=left, state=state))
    return found


def by_step(counts: Sequence[int]) -> dict[ReminderStep, int]:
    """What ``counts_by_step`` found."""
    return dict(zip(DEFAULT_DAYS, counts, strict=True))


def by_key(rows: Sequence[Any]) -> dict[ReminderStep, int]:
    """Of rows of a key and ``counts_by_step`` each step's own figure."""
    found: dict[str, dict[ReminderStep, int]] = {key: by_step(counts) for key, *counts in rows}
    return {step: found[step.value][step] for step in DEFAULT_DAYS if step.value in found}


def find_plan(guidance: Guidance) -> ReminderPlan | None:
    """The paper's own steps, or None where it keeps to the defaults. One statement."""
    return db.session.get(ReminderPlan, guidance.id)


def days_of(kept: Mapping[str, int] | None) -> dict[ReminderStep, int]:
    """A kept plan by step; None stands for the defaults."""
    if kept is None:
        return dict(DEFAULT_DAYS)
    return {step: int(kept[step.value]) for step in DEFAULT_DAYS if step.value in kept}


def silent() -> sa.ColumnElement[bool]:
    """The recipients that have the paper in force, have not answered it and promised no answer for a day to come."""
    promised = sa.exists().where(
        Response.recipient_id == Recipient.id,
        Response.responded_at == Recipient.responded_at,  # the newest one
        Response.state.in_(PROMISING),
        Response.expected_on >= japan_date(clock.now()),
    )
    return sa.and_(
        Guidance.state == GuidanceState.ISSUED,
        Guidance.taken_over_at.is_(None),
        Recipient.delivered_at.is_not(None),
        Recipient.response.in_(OPEN_RESPONSES),
        sa.not_(sa.and_(Recipient.response.in_(PROMISING), promised)),
    )


def list_due_steps() -> list[DueStep]:
    """The step that may be due today for each paper and due date. Two statements."""
    today = japan_date(clock.now())
    rows = db.session.execute(
        sa.select(Guidance.id, effective_due)
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .where(silent(), due_between(today - _WINDOW, today + _WINDOW))
        .group_by(Guidance.id, effective_due)
        .order_by(Guidance.id, effective_due)
    ).all()
    kept: dict[int, dict[str, int]] = dict(
        db.session.execute(
            sa.select(ReminderPlan.guidance_id, ReminderPlan.days).where(
                ReminderPlan.guidance_id.in_({guidance_id for guidance_id, _ in rows})
            )
        ).all()
    )
    found = []
    for guidance_id, due_on in rows:
        if due_on is None:
            continue
        step = newest_step(days_of(kept.get(guidance_id)), due_on, today)
        if step is not None:
            found.append(DueStep(guidance_id=guidance_id, step=step, due_on=due_on))
    return found


def list_coming(guidance: Guidance) -> list[ComingStep]:
    """The steps of a paper with the bodies that each would concern, if none of them answered. Three statements."""
    first, *waiting = db.session.execute(
        sa.select(sa.func.min(effective_due), *counts_by_step())
        .select_from(Recipient)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .join(Organisation, Organisation.id == Recipient.organisation_id)
        .where(Recipient.guidance_id == guidance.id, silent(), effective_due.is_not(None))
    ).one()
    first = first or guidance.reply_due_on
    if first is None:
        return []
    reminded = db.session.execute(
        sa.select(Reminder.key, *counts_by_step())
        .join(Recipient, Recipient.id == Reminder.recipient_id)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .join(Organisation, Organisation.id == Recipient.organisation_id)
        .where(Recipient.guidance_id == guidance.id, silent())
        .group_by(Reminder.key)
    ).all()
    plan = find_plan(guidance)
    return list_steps(days_of(plan.days if plan else None), first, by_step(waiting), by_key(reminded))


def count_silent(guidance: Guidance) -> int:
    """How many bodies have not answered. One statement."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Recipient)
            .join(Guidance, Guidance.id == Recipient.guidance_id)
            .where(Recipient.guidance_id == guidance.id, silent())
        )
        or 0
    )


def unreminded_of(guidance: Guidance, key: str) -> sa.Select[int]:
    """The ids of the recipients that have not answered and were not reminded under the key."""
    done = sa.exists().where(Reminder.recipient_id == Recipient.id, Reminder.key == key)
    return (
        sa.select(Recipient.id)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .where(Recipient.guidance_id == guidance.id, silent(), sa.not_(done))
    )


def count_left_today(guidance: Guidance) -> int:
    """How many bodies may still be reminded by hand today. One statement."""
    left = unreminded_of(guidance, key_of_today()).subquery()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(left)) or 0)


def list_batches(guidance: Guidance, *, cursor: str | None = None) -> Page[ReminderBatch]:
    """What was sent, the newest first. One statement."""
    select = sa.select(ReminderBatch).where(ReminderBatch.guidance_id == guidance.id)
    return paginate(db.session, select, order=[ReminderBatch.id.desc()], cursor=cursor, size=20)
