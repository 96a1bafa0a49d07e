"""Whom it concerns that a body gives procedures of a campaign to its own sections. Nobody outside the body."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.answering.events import AnswersAssigned, AssignmentWithdrawn, SectionReady
from portal.answering.models import AnswerAssignment
from portal.campaigns.models import Campaign, Entry, Procedure
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership, Section
from portal.directory.roles import LOCAL_ROLES, Role
from portal.notifications.campaign_facts import facts_of, get_campaign
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight

TOLD = (AnswersAssigned, SectionReady, AssignmentWithdrawn)
_Condition = sa.ColumnElement[bool]


def tell_sections(event: AnswersAssigned | SectionReady | AssignmentWithdrawn, record: EventRecord) -> list[Telling]:
    """Given or withdrawn: the section; ready: the body's managers. Nothing once the campaign has ended."""
    campaign = get_campaign(event.campaign_id)
    if campaign.state is not CampaignState.PUBLISHED:
        return []
    if isinstance(event, AnswersAssigned):
        return [_given(event, campaign, section_id) for section_id in event.section_ids]
    entry = db.session.get_one(Entry, event.entry_id)
    facts = {
        **facts_of(campaign),
        "body_id": entry.organisation_id,
        "entry_id": entry.id,
        "page": "entry",
        "procedure": db.session.scalar(sa.select(Procedure.name).where(Procedure.id == entry.procedure_id)),
        "section": db.session.scalar(sa.select(Section.name).where(Section.id == event.section_id)),
    }
    if isinstance(event, SectionReady):
        managers = sa.and_(Membership.organisation_id == entry.organisation_id, Membership.role == Role.LOCAL_MANAGER)
        return [_know("manager", managers, facts)]
    return [_know("own_section", _section(event.section_id), facts)]


def _given(event: AnswersAssigned, campaign: Campaign, section_id: int) -> Telling:
    """What still waits for the section, with the earliest of its inner dues."""
    due_on, body_id, count = _waiting(event, section_id)
    return Telling(
        reason="own_section",
        topic=Topic.CAMPAIGN_ACTION,
        who=_section(section_id) if count else sa.false(),
        facts={**facts_of(campaign), "body_id": body_id, "count": count, "reason": "own_section", "page": "section"},
        weight=Weight.ACT,
        due_on=due_on or campaign.survey_due_on,
    )


def _waiting(event: AnswersAssigned, section_id: int) -> tuple[date | None, int | None, int]:
    row = db.session.execute(
        sa.select(
            sa.func.min(AnswerAssignment.due_on),
            sa.func.min(Entry.organisation_id),
            sa.func.count(sa.distinct(AnswerAssignment.entry_id)),
        )
        .join(Entry, Entry.id == AnswerAssignment.entry_id)
        .where(
            AnswerAssignment.entry_id.in_(event.entry_ids),
            AnswerAssignment.section_id == section_id,
            AnswerAssignment.ready_at.is_(None),
        )
    ).one()
    return row[0], row[1], row[2]


def _section(section_id: int) -> _Condition:
    return sa.and_(Membership.section_id == section_id, Membership.role.in_(LOCAL_ROLES))


def _know(reason: str, who: _Condition, facts: dict[str, Any]) -> Telling:
    return Telling(reason=reason, topic=Topic.CAMPAIGN_NEWS, who=who, facts={**facts, "reason": reason})
