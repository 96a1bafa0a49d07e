"""What the page of a campaign says of its answers beyond the figures: what came back, waits to be compiled, silence."""

from typing import Any

from portal.answering import matrix, policy
from portal.answering.compile_queries import count_to_compile
from portal.answering.own import count_own_states
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.states import ANSWERABLE, OPENED_STATES, EntryState
from portal.directory.actor import Actor


def show_answering(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    """What a body owes or got back, what a prefecture has to compile, how many bodies are silent. Two statements."""
    shown: dict[str, Any] = {"own_owed": 0, "own_returned": 0, "to_compile": None, "silent_bodies": None}
    if campaign.state not in OPENED_STATES or campaign_policy.can_count(actor):
        return shown
    if actor.is_local:
        own = count_own_states(actor, campaign) or {}
        shown["own_owed"] = sum(count for state, count in own.items() if state in ANSWERABLE)
        shown["own_returned"] = own.get(EntryState.RETURNED, 0)
    if policy.compiles(actor):
        shown["to_compile"] = count_to_compile(actor, campaign)
    elif policy.can_see_matrix(actor, campaign):
        shown["silent_bodies"] = matrix.count_silent(actor, campaign)
    return shown
