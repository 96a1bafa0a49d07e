"""Reminding bodies that have not answered a campaign: step by step by the portal, or some of them by the office."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from portal.campaigns.dues import effective_due
from portal.campaigns.models import Campaign, Participation
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Acting, emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.reminders import policy
from portal.reminders.campaign_queries import DueCampaignStep, find_campaign_plan, steps_of, unreminded_of
from portal.reminders.events import CampaignBodiesReminded, CampaignRemindersPlanned
from portal.reminders.models import CampaignReminder, CampaignReminderBatch, CampaignReminderPlan
from portal.reminders.states import ReminderStep
from portal.reminders.steps import bodies_of, keep_plan, keep_reminded, key_of_today

MOST_CHOSEN = 2_000


def plan_campaign_reminders(
    actor: Actor, campaign: Campaign, days: Mapping[ReminderStep, int | None], *, version: int | None = None
) -> CampaignReminderPlan:
    """Set the steps of a campaign; None leaves a step out. What was sent stays sent.

    Raises Invalid at the step's name for days out of range, steps out of order, and steps that a drill does not have;
    Conflict for a stale version.
    """
    authorize(policy.can_remind_bodies, actor, campaign)
    strange = next((step for step in days if days[step] is not None and step not in steps_of(campaign)), None)
    if strange is not None:
        raise Invalid(N_("訓練では、団体のほかには知らせません。"), field=strange.value)
    plan = find_campaign_plan(campaign) or CampaignReminderPlan(campaign_id=campaign.id)
    keep_plan(actor, plan, days, version)
    emit(actor, CampaignRemindersPlanned(campaign_id=campaign.id))
    return plan


def take_campaign_step(due: DueCampaignStep) -> int:
    """Remind the silent bodies that are due on that day, are concerned and were not at this step yet; how many.

    Harmless twice.
    """
    campaign = db.session.get_one(Campaign, due.campaign_id)
    which = sa.and_(effective_due == due.due_on, Participation.organisation_id.in_(bodies_of(due.step)))
    return _remind(SYSTEM, campaign, due.step, due.step.value, which)


def remind_bodies(actor: Actor, campaign: Campaign, participation_ids: Sequence[int] | None = None) -> int:
    """Remind these of the silent bodies now (None: all), each at most once a day; how many there were.

    Raises Invalid without any chosen, Conflict when all of them have answered or were reminded today.
    """
    authorize(policy.can_remind_bodies, actor, campaign)
    chosen: sa.ColumnElement[bool] = sa.true()
    if participation_ids is not None:
        if not participation_ids:
            raise Invalid(N_("督促する団体を選んでください。"))
        chosen = Participation.id.in_(participation_ids[:MOST_CHOSEN])
    count = _remind(actor, campaign, ReminderStep.BY_HAND, key_of_today(), chosen, signature=actor.signature)
    if not count:
        raise Conflict(N_("未回答の団体がないか、本日は既に督促しています。"))
    return count


def _remind(
    actor: Acting,
    campaign: Campaign,
    step: ReminderStep,
    key: str,
    which: sa.ColumnElement[bool],
    *,
    signature: str = "",
) -> int:
    batch = CampaignReminderBatch(
        campaign_id=campaign.id, step=step, count=0, sent_by_person_id=actor.person_id,
        signature=signature, sent_at=clock.now(),
    )  # fmt: skip
    chosen = unreminded_of(campaign, key).where(which)
    count = keep_reminded(batch, CampaignReminder, chosen, key)
    if count:
        emit(actor, CampaignBodiesReminded(campaign_id=campaign.id, batch_id=batch.id, step=step.value, count=count))
    return count
