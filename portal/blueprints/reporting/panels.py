"""What the page of a campaign says of its reports."""

from typing import Any

from portal.campaigns.models import Campaign
from portal.campaigns.states import OPENED_STATES
from portal.directory.actor import Actor
from portal.reporting import policy, queries


def show_reports(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    """The newest published reports and the ways to the figures. One statement, none before it is published."""
    is_shown = campaign.state in OPENED_STATES and policy.can_list(actor)
    return {
        "shows_reports": is_shown,
        "newest_reports": queries.list_newest_published(campaign) if is_shown else [],
        "counts_figures": is_shown and policy.can_count(actor),
        "follows_bodies": is_shown and policy.can_see_late(actor),
    }
