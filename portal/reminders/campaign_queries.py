"""Which bodies have not answered a campaign, which step concerns them now, and what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from portal.campaigns.dues import due_between, effective_due, owes_answers
from portal.campaigns.models import Campaign, Participation
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.models import Organisation
from portal.reminders.models import CampaignReminder, CampaignReminderBatch, CampaignReminderPlan
from portal.reminders.queries import ComingStep, by_key, by_step, days_of, list_steps
from portal.reminders.states import DEFAULT_DAYS, ReminderStep
from portal.reminders.steps import counts_by_step, key_of_today, newest_step

_WINDOW = timedelta(days=90)  # no due date further away can be within the steps
_OF_BODIES = (ReminderStep.CONTACT, ReminderStep.HEAD)  # a drill leaves everybody else in peace


@dataclass(frozen=True, kw_only=True)
class DueCampaignStep:
    """A step that is to be taken now for the bodies of a campaign that are due on this day."""

    campaign_id: int
    step: ReminderStep
    due_on: date


def steps_of(campaign: Campaign) -> tuple[ReminderStep, ...]:
    """The steps that a campaign may have: a drill those of the bodies alone."""
    return _OF_BODIES if campaign.is_drill else tuple(DEFAULT_DAYS)


def find_campaign_plan(campaign: Campaign) -> CampaignReminderPlan | None:
    """The campaign's own steps, or None where it keeps to the defaults. One statement."""
    return db.session.get(CampaignReminderPlan, campaign.id)


def campaign_days(plan: CampaignReminderPlan | None, *, is_drill: bool) -> Mapping[ReminderStep, int]:
    """The business days after the due date of each step that is taken."""
    return _days(plan.days if plan else None, is_drill=is_drill)


def _days(kept: Mapping[str, int] | None, *, is_drill: bool) -> Mapping[ReminderStep, int]:
    return {step: days for step, days in days_of(kept).items() if step in _OF_BODIES or not is_drill}


def list_due_campaign_steps() -> list[DueCampaignStep]:
    """The step that may be due today for each running campaign and due date. Two statements."""
    today = japan_date(clock.now())
    rows = db.session.execute(
        sa.select(Campaign.id, Campaign.is_drill, effective_due)
        .join(Participation, Participation.campaign_id == Campaign.id)
        .where(owes_answers(), due_between(today - _WINDOW, today + _WINDOW))
        .group_by(Campaign.id, Campaign.is_drill, effective_due)
        .order_by(Campaign.id, effective_due)
    ).all()
    plans = sa.select(CampaignReminderPlan.campaign_id, CampaignReminderPlan.days)
    kept: dict[int, dict[str, int]] = dict(
        db.session.execute(plans.where(CampaignReminderPlan.campaign_id.in_({row[0] for row in rows}))).all()
    )
    found = []
    for campaign_id, is_drill, due_on in rows:
        step = newest_step(_days(kept.get(campaign_id), is_drill=is_drill), due_on, today) if due_on else None
        if step is not None and due_on is not None:
            found.append(DueCampaignStep(campaign_id=campaign_id, step=step, due_on=due_on))
    return found


def silent_of(campaign: Campaign) -> sa.Select[int]:
    """The ids of the participations of the campaign that still owe an answer."""
    return (
        sa.select(Participation.id)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .where(Participation.campaign_id == campaign.id, owes_answers())
    )


def count_silent(campaign: Campaign) -> int:
    """How many bodies still owe an answer. One statement."""
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(silent_of(campaign).subquery())) or 0)


def unreminded_of(campaign: Campaign, key: str) -> sa.Select[int]:
    """Those of ``silent_of`` that were not reminded under the key."""
    done = sa.exists().where(CampaignReminder.participation_id == Participation.id, CampaignReminder.key == key)
    return silent_of(campaign).where(sa.not_(done))


def count_left_today(campaign: Campaign) -> int:
    """How many bodies may still be reminded by hand today. One statement."""
    left = unreminded_of(campaign, key_of_today()).subquery()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(left)) or 0)


def list_coming(campaign: Campaign, plan: CampaignReminderPlan | None) -> list[ComingStep]:
    """The steps with the bodies that each would concern, if none of them answered. Two statements."""
    bodies = silent_of(campaign).join(Organisation, Organisation.id == Participation.organisation_id)
    first, *waiting = db.session.execute(bodies.with_only_columns(sa.func.min(effective_due), *counts_by_step())).one()
    if first is None:
        return []
    reminded = db.session.execute(
        sa.select(CampaignReminder.key, *counts_by_step())
        .join(Participation, Participation.id == CampaignReminder.participation_id)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.id.in_(silent_of(campaign)))
        .group_by(CampaignReminder.key)
    ).all()
    return list_steps(campaign_days(plan, is_drill=campaign.is_drill), first, by_step(waiting), by_key(reminded))


def list_campaign_batches(campaign: Campaign, *, cursor: str | None = None) -> Page[CampaignReminderBatch]:
    """What was sent, the newest first. One statement."""
    select = sa.select(CampaignReminderBatch).where(CampaignReminderBatch.campaign_id == campaign.id)
    return paginate(db.session, select, order=[CampaignReminderBatch.id.desc()], cursor=cursor, size=20)
