"""Keeping which targets stand in the draft of a paper, so that later differences can be told."""

import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.events import emit
from portal.core.i18n import N_
from portal.decisions import policy
from portal.decisions.events import TargetsListed
from portal.decisions.models import Decision, TargetEntry, TargetList
from portal.decisions.states import TO_INSPECT
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


def hold_lists(actor: Actor, campaign: Campaign) -> None:
    """Keep others from putting the targets of the campaign into a paper meanwhile. Raises Forbidden."""
    authorize(policy.can_publish_targets, actor, campaign)
    db.session.execute(sa.select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))


def record_targets(actor: Actor, campaign: Campaign, guidance_id: int) -> TargetList:
    """Keep the targets of now as those that stand in the paper; of a paper that had some, in their place.

    Raises Forbidden, Conflict when nobody has anything to inspect.
    """
    authorize(policy.can_publish_targets, actor, campaign)
    found = db.session.scalar(
        sa.select(TargetList).where(TargetList.campaign_id == campaign.id, TargetList.guidance_id == guidance_id)
    )
    if found is None:
        found = TargetList(campaign_id=campaign.id, guidance_id=guidance_id)
        db.session.add(found)
    found.rule, found.made_at, found.signature = str(campaign.rule), clock.now(), actor.signature
    db.session.flush()
    count = _write(campaign, found)
    if not count:
        raise Conflict(N_("点検の対象となる団体がありません。"))
    emit(actor, TargetsListed(campaign_id=campaign.id, guidance_id=guidance_id, count=count))
    return found


def _write(campaign: Campaign, found: TargetList) -> int:
    db.session.execute(sa.delete(TargetEntry).where(TargetEntry.list_id == found.id))
    chosen = sa.select(sa.literal(found.id), Decision.entry_id).where(
        Decision.campaign_id == campaign.id, Decision.superseded_at.is_(None), Decision.outcome.in_(TO_INSPECT)
    )
    db.session.execute(sa.insert(TargetEntry).from_select(["list_id", "entry_id"], chosen))
    listed = sa.select(sa.func.count()).select_from(TargetEntry).where(TargetEntry.list_id == found.id)
    return int(db.session.scalar(listed) or 0)
