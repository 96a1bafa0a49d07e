"""What of campaigns can be found, and by whom: number, title, purpose and procedures, of what the actor may see."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy
from portal.campaigns.events import CampaignDrafted, CampaignEdited, CampaignPublished
from portal.campaigns.models import Campaign, Procedure
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.directory.actor import Actor
from portal.search.documents import Document, tag
from portal.search.hits import Narrowing, select_hits, within_year
from portal.search.matching import Sought
from portal.search.models import SearchDocument

KIND = "campaign"
# Answers are saved field by field by every body, and change nothing that is found.
CHANGED_BY = frozenset({CampaignDrafted.kind(), CampaignEdited.kind(), CampaignPublished.kind()})


def list_ids(after: int, limit: int) -> Sequence[int]:
    """All campaigns by id: for building the index anew."""
    return db.session.scalars(
        sa.select(Campaign.id).where(Campaign.id > after).order_by(Campaign.id).limit(limit)
    ).all()


def documents_of(ids: Collection[int]) -> dict[int, list[Document]]:
    """The text of each of these campaigns with what it asks about. Two statements."""
    found: dict[int, list[Document]] = {each: [] for each in ids}
    asked = list_procedure_names(ids)
    query = sa.select(Campaign).where(Campaign.id.in_(ids)).execution_options(populate_existing=True)
    for campaign in db.session.scalars(query):
        found[campaign.id].append(
            Document(
                kind=KIND,
                subject_id=campaign.id,
                part="campaign",
                part_id=campaign.id,
                headline=f"{campaign.document_number} {campaign.title}",
                text="\n".join((campaign.purpose, campaign.legal_basis, campaign.contact, *asked[campaign.id])),
                occurred_at=campaign.published_at or campaign.created_at,
                tags=(tag("theme", campaign.theme_id),),
            )
        )
    return found


def list_procedure_names(ids: Collection[int]) -> dict[int, list[str]]:
    """The names of what each of these campaigns asks about, in their order. One statement."""
    found: dict[int, list[str]] = {each: [] for each in ids}
    rows = db.session.execute(
        sa.select(Procedure.campaign_id, Procedure.name)
        .where(Procedure.campaign_id.in_(ids))
        .order_by(Procedure.position, Procedure.id)
    )
    for campaign_id, name in rows:
        found[campaign_id].append(name)
    return found


def select_hits_for(actor: Actor, sought: Sought, chosen: Narrowing) -> sa.Select[Any] | None:
    """The newest campaigns that hold the words and that the actor may see.

    None where the search is narrowed to a prefecture, for campaigns have none, and for whom there is nothing.
    """
    if chosen.prefecture_code is not None or not policy.can_list(actor):
        return None
    began_at = sa.func.coalesce(Campaign.published_at, Campaign.created_at)
    query = select_hits(
        KIND,
        sought,
        (Campaign.theme_id, sa.null(), began_at, Campaign.state),
        tags=[[tag(KIND)], *([[tag("theme", chosen.theme_id)]] if chosen.theme_id is not None else [])],
    )
    query = query.join(Campaign, Campaign.id == SearchDocument.subject_id)
    viewable = policy.viewable_by(actor).whereclause
    conditions = [] if viewable is None else [viewable]
    if chosen.theme_id is not None:
        conditions.append(Campaign.theme_id == chosen.theme_id)
    if chosen.year is not None:
        conditions.append(within_year(began_at, chosen.year))
    if chosen.state is not None:
        conditions.append(Campaign.state == CampaignState(chosen.state))
    return query.where(*conditions)


def find_shown(actor: Actor, ids: Collection[int]) -> dict[int, Campaign]:
    """Those of the campaigns that the actor may see, with what a hit names of them. One statement."""
    query = (
        policy.viewable_by(actor)
        .where(Campaign.id.in_(ids))
        .options(orm.joinedload(Campaign.office), orm.joinedload(Campaign.theme))
    )
    return {campaign.id: campaign for campaign in db.session.scalars(query)} if ids else {}
