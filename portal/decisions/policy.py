"""Who may see decisions, and who may decide otherwise than the rule."""

import sqlalchemy as sa

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import CampaignState
from portal.decisions.models import Decision
from portal.directory.actor import Actor
from portal.directory.roles import Role


def can_list(actor: Actor, campaign: Campaign) -> bool:
    """Whoever sees entries of a campaign that decides by a rule."""
    return campaign.rule is not None and not campaign_policy.can_count(actor)


def can_view(actor: Actor, entry: Entry, post_id: int | None) -> bool:
    """Whoever sees the entry sees what was decided on it."""
    return campaign_policy.can_view_entry(actor, entry, post_id)


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The decisions that this actor may see: the twin of ``can_view``."""
    return Decision.entry_id.in_(sa.select(Entry.id).where(campaign_policy.entries_viewable_by(actor)))


def narrowed_to(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    """The same as conditions: none for who sees every entry, so that counting need not look at the entries."""
    return () if campaign_policy.sees_every_entry(actor) else (viewable_by(actor),)


def can_override(actor: Actor, campaign: Campaign) -> bool:
    """Those who run the campaign, while it runs."""
    return (
        campaign.rule is not None
        and campaign.state is CampaignState.PUBLISHED
        and campaign_policy.can_steer(actor, campaign)
    )


def can_recalculate(actor: Actor, campaign: Campaign) -> bool:
    """Administrators and those who sign for the secretariat: another version concerns every body."""
    return can_override(actor, campaign) and (actor.role is Role.ADMIN or campaign_policy.signs(actor))


def can_except(actor: Actor, campaign: Campaign) -> bool:
    """Administrators list the bodies that linkage with the resident register does not exempt."""
    return can_override(actor, campaign) and actor.role is Role.ADMIN


def can_publish_targets(actor: Actor, campaign: Campaign) -> bool:
    """対象一覧: those who run the campaign put it into the draft of a paper; of a drill no paper goes out."""
    return can_override(actor, campaign) and not campaign.is_drill


def can_see(actor: Actor) -> bool:
    """Whether the pages of decisions hold anything for this role: for whoever sees bodies one by one."""
    return campaign_policy.can_list(actor) and not campaign_policy.can_count(actor)


def can_read_rules(actor: Actor) -> bool:
    """The truth table is no secret: for whoever has to do with campaigns."""
    return campaign_policy.can_list(actor)


def can_run(actor: Actor) -> bool:
    """Whether the pages on which decisions are changed hold anything for this role."""
    return campaign_policy.can_build(actor)
