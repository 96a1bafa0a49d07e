"""Building a campaign: the draft, what is said of it, whom it addresses."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.campaigns import policy
from portal.campaigns.changing import check_seen, record_edit
from portal.campaigns.content import CampaignContent
from portal.campaigns.events import CampaignDrafted
from portal.campaigns.laying import copy_round, lay_down
from portal.campaigns.models import Campaign, CampaignMinistry
from portal.campaigns.states import CampaignKind, CampaignState
from portal.campaigns.template import INSPECTION, SURVEY, Template
from portal.core import clock
from portal.core.db import db
from portal.core.events import emit
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

_TEMPLATES = {CampaignKind.INSPECTION: INSPECTION, CampaignKind.SURVEY: SURVEY}


def draft_campaign(
    actor: Actor,
    kind: CampaignKind,
    content: CampaignContent,
    *,
    previous: Campaign | None = None,
    template: Template | None = None,
    my_number_confirmed: bool = False,
) -> Campaign:
    """Begin a draft from the template of its kind (or ``template``), or from ``previous``, the round before it.

    Raises Forbidden, Invalid at the field.
    """
    authorize(policy.can_build, actor)
    content.check(my_number_confirmed=my_number_confirmed)
    campaign = Campaign(
        kind=kind,
        state=CampaignState.DRAFT,
        office_id=actor.organisation_id,
        author_person_id=actor.person_id,
        editor_person_id=actor.person_id,
        created_at=clock.now(),
        previous_id=None if previous is None else previous.id,
    )
    content.write_to(campaign)
    db.session.add(campaign)
    db.session.flush()
    _set_ministries(campaign, content.ministry_ids)
    if previous is None:
        lay_down(campaign, template or _TEMPLATES[kind])
    else:
        copy_round(campaign, previous)
    emit(actor, CampaignDrafted(campaign_id=campaign.id))
    return campaign


def edit_campaign(
    actor: Actor,
    campaign: Campaign,
    content: CampaignContent,
    *,
    version: int | None = None,
    seen: str | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """Change a draft. Raises Forbidden, Invalid at the field, Conflict when somebody was quicker."""
    authorize(policy.can_edit, actor, campaign)
    campaign.check_version(version)
    check_seen(campaign, seen)
    content.check(my_number_confirmed=my_number_confirmed)
    content.write_to(campaign)
    _set_ministries(campaign, content.ministry_ids)
    record_edit(actor, campaign, "content")


def set_addressees(actor: Actor, campaign: Campaign, rule: AddresseeRule, *, seen: str | None) -> None:
    """Say whom a draft addresses. Raises Forbidden, Conflict when somebody was quicker."""
    authorize(policy.can_edit, actor, campaign)
    check_seen(campaign, seen)
    campaign.addressees = rule.to_dict()
    record_edit(actor, campaign, "addressees")


def _set_ministries(campaign: Campaign, ids: Sequence[int]) -> None:
    db.session.execute(sa.delete(CampaignMinistry).where(CampaignMinistry.campaign_id == campaign.id))
    db.session.add_all(CampaignMinistry(campaign_id=campaign.id, organisation_id=each) for each in dict.fromkeys(ids))
    db.session.flush()
