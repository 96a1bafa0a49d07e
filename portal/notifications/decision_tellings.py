"""Whom another version of the decision rule concerns: the office, and bodies that must inspect what they need not."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.core.events import EventRecord
from portal.decisions.events import DecisionsRecalculated
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT, Cause, Outcome
from portal.directory.models import Membership
from portal.notifications.campaign_facts import facts_of, get_campaign, of_office, those_who_answer
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight


def tell_recalculation(event: DecisionsRecalculated, record: EventRecord) -> list[Telling]:
    """By digest: each body with a procedure that came out as to inspect and did not before, and the office."""
    campaign = get_campaign(event.campaign_id)
    if campaign.state is not CampaignState.PUBLISHED:
        return []
    facts = {**facts_of(campaign), "rule": event.rule, "changed": event.changed}
    bodies = sa.and_(Membership.organisation_id.in_(_newly_required(campaign, record)), those_who_answer(campaign))
    return [
        Telling(
            reason="recipient",
            topic=Topic.CAMPAIGN_ACTION,
            who=bodies,
            facts={**facts, "reason": "recipient"},
            weight=Weight.ACT,
            due_on=campaign.final_on,
            is_digest_only=True,
        ),
        Telling(
            reason="campaign_office",
            topic=Topic.CAMPAIGN_NEWS,
            who=of_office(campaign),
            facts={**facts, "reason": "campaign_office"},
            is_digest_only=True,
        ),
    ]


def _newly_required(campaign: Campaign, record: EventRecord) -> sa.Select[int]:
    """The bodies of the decisions that this recalculation made: the last one before its event."""
    recalculated = (Decision.campaign_id == campaign.id, Decision.cause == Cause.RECALCULATION)
    moment = db.session.scalar(
        sa.select(sa.func.max(Decision.decided_at)).where(*recalculated, Decision.decided_at <= record.occurred_at)
    )
    before = orm.aliased(Decision)
    was_to_inspect = sa.exists().where(
        before.entry_id == Decision.entry_id, before.superseded_at == moment, before.outcome.in_(TO_INSPECT)
    )
    return (
        sa.select(Entry.organisation_id)
        .join(Decision, Decision.entry_id == Entry.id)
        .where(
            *recalculated, Decision.decided_at == moment, Decision.outcome == Outcome.REQUIRED, sa.not_(was_to_inspect)
        )
    )
