"""What the bodies of a draft were asked already: the ask-once guard and the load meter of campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import ANSWERABLE, OPENED_STATES, CampaignState
from portal.core import clock
from portal.core.db import db

WITHIN = timedelta(days=365)
_MOST = 10


@dataclass(frozen=True, kw_only=True)
class AskedBefore:
    """Another campaign of the same theme to some of the same bodies; ``is_open`` while it still runs."""

    campaign: Campaign
    shared: int
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Load:
    """``same`` was asked about the theme within a year; ``open_entries`` are still to be answered by the bodies.

    Drills count for neither.
    """

    same: Sequence[AskedBefore]
    open_campaigns: int
    open_entries: int


def find_load(campaign: Campaign, bodies: sa.Select[int]) -> Load:
    """What the bodies (a select of their ids) were asked already. Two statements."""
    shared = (
        sa.select(Participation.campaign_id, sa.func.count().label("shared"))
        .where(Participation.organisation_id.in_(bodies), Participation.campaign_id != campaign.id)
        .group_by(Participation.campaign_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Campaign, shared.c.shared)
        .join(shared, shared.c.campaign_id == Campaign.id)
        .where(
            Campaign.theme_id == campaign.theme_id,
            Campaign.is_drill.is_(False),
            Campaign.state.in_(OPENED_STATES),
            Campaign.published_at > clock.now() - WITHIN,
        )
        .order_by(Campaign.published_at.desc())
        .limit(_MOST)
    )
    same = [
        AskedBefore(campaign=found, shared=count, is_open=found.state is CampaignState.PUBLISHED)
        for found, count in rows
    ]
    running, waiting = db.session.execute(
        sa.select(sa.func.count(Entry.campaign_id.distinct()), sa.func.count())
        .join(Campaign, Campaign.id == Entry.campaign_id)
        .where(
            Campaign.state == CampaignState.PUBLISHED,
            Campaign.is_drill.is_(False),
            Campaign.id != campaign.id,
            Entry.organisation_id.in_(bodies),
            Entry.state.in_(ANSWERABLE),
        )
    ).one()
    return Load(same=same, open_campaigns=running, open_entries=waiting)
