"""Open work of campaigns in the handover pack: what the body or the liaison's bodies owe, what the office runs."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.campaigns import policy
from portal.campaigns.dues import effective_due, is_owed
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.handover import PackOf
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS

SHOWN = 100


@dataclass(frozen=True)
class CampaignWork:
    """A campaign of the post: how many procedures of how many bodies are not answered, and the earliest due."""

    campaign: Campaign
    due_on: date | None
    procedures: int
    bodies: int


def list_campaign_work(actor: Actor, of: PackOf) -> list[CampaignWork]:
    """What the post has open in campaigns, by due. One statement.

    Answers belong to the body, whoever entered them; to one person belong only the drafts that they wrote.
    """
    owed = (
        sa.select(
            Entry.campaign_id,
            sa.func.count().label("procedures"),
            sa.func.count(sa.distinct(Entry.participation_id)).label("bodies"),
            sa.func.min(effective_due).label("due_on"),
        )
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Campaign, Campaign.id == Entry.campaign_id)
        .where(Campaign.state == CampaignState.PUBLISHED, is_owed(), _entries_of(of), policy.entries_viewable_by(actor))
        .group_by(Entry.campaign_id)
        .subquery()
    )
    rows = db.session.execute(
        policy.viewable_by(actor)
        .add_columns(owed.c.due_on, sa.func.coalesce(owed.c.procedures, 0), sa.func.coalesce(owed.c.bodies, 0))
        .outerjoin(owed, owed.c.campaign_id == Campaign.id)
        .where(sa.or_(owed.c.procedures > 0, _run_by(of)))
        .order_by(owed.c.due_on.is_(None), owed.c.due_on, Campaign.id)
        .limit(SHOWN)
    )
    return [CampaignWork(*row) for row in rows]


def _entries_of(of: PackOf) -> sa.ColumnElement[bool]:
    if of.membership is not None:
        return sa.false()
    if of.is_liaison_post:
        looked_after = sa.select(Organisation.id).where(Organisation.post_id == of.organisation.id)
        return Entry.organisation_id.in_(looked_after)
    if of.organisation.kind in LOCAL_GOVERNMENTS:
        return Entry.organisation_id == of.organisation.id
    return Entry.campaign_id.in_(sa.select(Campaign.id).where(Campaign.office_id == of.organisation.id))


def _run_by(of: PackOf) -> sa.ColumnElement[bool]:
    if of.is_liaison_post:
        return sa.false()
    run = sa.and_(Campaign.office_id == of.organisation.id, Campaign.state != CampaignState.CLOSED)
    if of.membership is None:
        return run
    is_draft = Campaign.state.in_((CampaignState.DRAFT, CampaignState.REVIEW))
    return sa.and_(run, is_draft, Campaign.author_person_id == of.membership.person_id)
