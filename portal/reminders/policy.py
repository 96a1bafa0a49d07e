"""Who decides on the reminders of a paper or campaign."""

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.states import OPENED_STATES, CampaignState
from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import ISSUED_STATES, GuidanceState


def can_view(actor: Actor, guidance: Guidance) -> bool:
    """The office that drafted a paper with a due date, the secretariat and administrators."""
    return (
        guidance.state in ISSUED_STATES
        and guidance.reply_due_on is not None
        and guidance_policy.drafts(actor, guidance)
    )


def can_remind(actor: Actor, guidance: Guidance) -> bool:
    """The same, while the paper is in force."""
    return guidance.state is GuidanceState.ISSUED and can_view(actor, guidance)


def can_view_reminders(actor: Actor, campaign: Campaign) -> bool:
    """Those who run a campaign that was published with a due date."""
    return (
        campaign.state in OPENED_STATES
        and campaign.survey_due_on is not None
        and campaign_policy.can_steer(actor, campaign)
    )


def can_remind_bodies(actor: Actor, campaign: Campaign) -> bool:
    """The same, while it runs."""
    return campaign.state is CampaignState.PUBLISHED and can_view_reminders(actor, campaign)
