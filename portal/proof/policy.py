"""Who takes the proof of a paper or campaign out of the portal (開示請求・検査)."""

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.states import OPENED_STATES
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import ISSUED_STATES


def can_take_proof(actor: Actor, guidance: Guidance) -> bool:
    """The secretariat and administrators of every issued paper, whoever drafted it of theirs."""
    if guidance.state not in ISSUED_STATES:
        return False
    return actor.role in {Role.ADMIN, Role.SECRETARIAT} or guidance_policy.drafts(actor, guidance)


def can_take_campaign_proof(actor: Actor, campaign: Campaign) -> bool:
    """The office that runs it, the secretariat and administrators, once it was published."""
    return campaign.state in OPENED_STATES and campaign_policy.can_steer(actor, campaign)
