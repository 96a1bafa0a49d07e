"""What the page of a campaign says of its inspection: how many entries stand at each stage."""

from typing import Any

from portal.campaigns.models import Campaign
from portal.campaigns.states import OPENED_STATES, CampaignKind
from portal.core import clock
from portal.core.calendar import japan_date
from portal.directory.actor import Actor
from portal.inspections import policy, queries
from portal.inspections.queries import ProgressFilter
from portal.inspections.states import Stage


def show_inspections(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    """The stages with their numbers, for whoever sees bodies one by one. One statement, for inspections alone."""
    is_shown = campaign.kind is CampaignKind.INSPECTION and campaign.state in OPENED_STATES and policy.can_list(actor)
    if not is_shown:
        return {"inspection_stages": [], "inspection_unreported": 0}
    counts = queries.count_stages(actor, campaign, ProgressFilter(), today=japan_date(clock.now()))
    return {
        "inspection_stages": [(stage, counts.get(stage, 0)) for stage in Stage] if counts else [],
        "inspection_unreported": counts.get(None, 0),
    }
