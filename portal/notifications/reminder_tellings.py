"""Whom a reminder reaches: the sections concerned, then their head, the prefecture, the liaison."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.campaigns.dues import effective_due as campaign_due
from portal.campaigns.dues import owes_answers
from portal.campaigns.models import Campaign, Participation
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, OrganisationKind, Role
from portal.guidance.dues import effective_due
from portal.guidance.models import Guidance, Recipient
from portal.notifications import campaign_facts
from portal.notifications.campaign_facts import get_campaign, liaisons_of, of_areas
from portal.notifications.guidance_facts import facts_of, get_paper, may_see, members_addressed, sections_addressed
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight
from portal.reminders.events import BodiesReminded, CampaignBodiesReminded
from portal.reminders.models import CampaignReminder, Reminder
from portal.reminders.queries import silent
from portal.reminders.states import ReminderStep
from portal.themes.duties import concerned_with

_Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, kw_only=True)
class _Round:
    """Who is silent (``bodies`` selects their ids), and whom what they owe concerns in any body.

    ``reaches`` is everybody of the bodies who may be told of it, ``concerned`` those in charge of it, ``follows``
    whoever may be told of it in the prefectures above them, which need not be asked themselves.
    """

    bodies: sa.Select[Any]
    reaches: _Condition
    concerned: _Condition
    follows: _Condition
    topic: Topic
    facts: dict[str, Any]
    due_on: date | None


def tell_reminder(event: BodiesReminded, record: EventRecord) -> list[Telling]:
    """Those of the batch that are silent still: an answer that came meanwhile ends it."""
    guidance, step = get_paper(event.guidance_id), ReminderStep(event.step)
    batch = (
        sa.select(Recipient.organisation_id)
        .join(Reminder, Reminder.recipient_id == Recipient.id)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .where(Reminder.batch_id == event.batch_id)
    )
    due_on = db.session.scalar(batch.with_only_columns(sa.func.min(effective_due)))
    told = _Round(
        bodies=batch.where(silent()),
        reaches=members_addressed(guidance),
        concerned=sections_addressed(guidance),
        follows=may_see(guidance),
        topic=Topic.GUIDANCE_ACTION,
        facts={**facts_of(guidance), "action": guidance.required_action, "step": step.value},
        due_on=due_on or guidance.reply_due_on,
    )
    return _WAYS[step](told)


def tell_campaign_reminder(event: CampaignBodiesReminded, record: EventRecord) -> list[Telling]:
    """The same of a campaign."""
    campaign, step = get_campaign(event.campaign_id), ReminderStep(event.step)
    batch = (
        sa.select(Participation.organisation_id)
        .join(CampaignReminder, CampaignReminder.participation_id == Participation.id)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .where(CampaignReminder.batch_id == event.batch_id)
    )
    due_on = db.session.scalar(batch.with_only_columns(sa.func.min(campaign_due)))
    told = _Round(
        bodies=batch.where(owes_answers()),
        reaches=Membership.role.in_(LOCAL_ROLES),
        concerned=concerned_with(campaign.theme.code),
        follows=Membership.role.in_(LOCAL_ROLES),
        topic=Topic.CAMPAIGN_ACTION,
        facts={**campaign_facts.facts_of(campaign), "step": step.value, "page": _page_at(step)},
        due_on=due_on or campaign.survey_due_on,
    )
    return _WAYS[step](told)


def _page_at(step: ReminderStep) -> str:
    return "matrix" if step in {ReminderStep.PREFECTURE, ReminderStep.LIAISON} else "answers"


def _to_bodies(told: _Round) -> list[Telling]:
    own = Membership.organisation_id.in_(told.bodies)
    return [_asks(told, sa.and_(own, told.concerned), "recipient")]


def _to_heads(told: _Round) -> list[Telling]:
    own = Membership.organisation_id.in_(told.bodies)
    heads = sa.or_(Membership.is_head, Membership.role == Role.LOCAL_MANAGER)
    return [_asks(told, sa.and_(own, heads, told.reaches), "head")]


def _to_prefectures(told: _Round) -> list[Telling]:
    """Each prefecture about its own municipalities, with their number."""
    rows = db.session.execute(
        sa.select(Organisation.prefecture_code, sa.func.count())
        .where(Organisation.id.in_(told.bodies), Organisation.prefecture_code.is_not(None))
        .where(Organisation.kind != OrganisationKind.PREFECTURE)
        .group_by(Organisation.prefecture_code)
        .order_by(Organisation.prefecture_code)
    ).all()
    return [
        _asks(
            told,
            sa.and_(Membership.role.in_(LOCAL_ROLES), of_areas(sa.select(sa.literal(code))), told.follows),
            "area_silent",
            count=count,
        )
        for code, count in rows
    ]


def _to_liaisons(told: _Round) -> list[Telling]:
    return [_asks(told, liaisons_of(told.bodies), "liaison")]


_WAYS: dict[ReminderStep, Callable[[_Round], list[Telling]]] = {
    ReminderStep.CONTACT: _to_bodies,
    ReminderStep.HEAD: _to_heads,
    ReminderStep.PREFECTURE: _to_prefectures,
    ReminderStep.LIAISON: _to_liaisons,
    ReminderStep.BY_HAND: _to_bodies,
}


def _asks(told: _Round, who: _Condition, reason: str, **more: Any) -> Telling:
    return Telling(
        reason=reason,
        topic=told.topic,
        who=who,
        facts={**told.facts, **more, "reason": reason},
        weight=Weight.ACT,
        due_on=told.due_on if reason in {"recipient", "head"} else None,
        in_office_hours=True,
    )
