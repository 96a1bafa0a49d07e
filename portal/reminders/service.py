"""Reminding bodies that have not answered: step by step by the portal, or by hand by the office."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.events import Acting, emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.guidance.dues import effective_due
from portal.guidance.models import Guidance, Recipient
from portal.reminders import policy
from portal.reminders.events import BodiesReminded, RemindersPlanned
from portal.reminders.models import Reminder, ReminderBatch, ReminderPlan
from portal.reminders.queries import DueStep, unreminded_of
from portal.reminders.states import ReminderStep
from portal.reminders.steps import bodies_of, keep_plan, keep_reminded, key_of_today


def plan_reminders(
    actor: Actor, guidance: Guidance, days: Mapping[ReminderStep, int | None], *, version: int | None = None
) -> ReminderPlan:
    """Set the steps of a paper; None leaves a step out. What was sent stays sent.

    Raises Invalid at the step's name for days out of range or steps out of order, Conflict for a stale version.
    """
    authorize(policy.can_remind, actor, guidance)
    plan = db.session.get(ReminderPlan, guidance.id) or ReminderPlan(guidance_id=guidance.id)
    keep_plan(actor, plan, days, version)
    emit(actor, RemindersPlanned(guidance_id=guidance.id))
    return plan


def take_step(due: DueStep) -> int:
    """Remind the silent bodies that are due on that day, are concerned and were not at this step yet; how many.

    Harmless twice.
    """
    guidance = db.session.get_one(Guidance, due.guidance_id)
    which = sa.and_(effective_due == due.due_on, Recipient.organisation_id.in_(bodies_of(due.step)))
    return _remind(SYSTEM, guidance, due.step, due.step.value, which)


def remind_by_hand(actor: Actor, guidance: Guidance) -> int:
    """Remind every silent body now, at most once a day; how many there were.

    Raises Conflict when all have answered or were reminded today.
    """
    authorize(policy.can_remind, actor, guidance)
    count = _remind(actor, guidance, ReminderStep.BY_HAND, key_of_today(), sa.true(), signature=actor.signature)
    if not count:
        raise Conflict(N_("未回答の団体がないか、本日は既に督促しています。"))
    return count


def _remind(
    actor: Acting,
    guidance: Guidance,
    step: ReminderStep,
    key: str,
    which: sa.ColumnElement[bool],
    *,
    signature: str = "",
) -> int:
    chosen = unreminded_of(guidance, key).where(which)
    batch = ReminderBatch(
        guidance_id=guidance.id,
        step=step,
        count=0,
        sent_by_person_id=actor.person_id,
        signature=signature,
        sent_at=clock.now(),
    )
    count = keep_reminded(batch, Reminder, chosen, key)
    if count:
        emit(actor, BodiesReminded(guidance_id=guidance.id, batch_id=batch.id, step=step.value, count=count))
    return count
