"""What the page of a paper says of its way through the prefecture."""

from typing import Any

from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_ROLES
from portal.forwarding import policy, queries
from portal.guidance.matrix import FactCounts
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ISSUED_STATES


def show_forwarding(
    actor: Actor, guidance: Guidance, recipient: Recipient | None, facts: FactCounts | None
) -> dict[str, Any]:
    """For local governments what their prefecture added, and for the prefecture how many bodies wait; for headquarters
    how the prefectures stand. One statement.

    ``facts`` are the figures that the prefecture sees: what was not delivered waits with it.
    """
    if actor.role not in LOCAL_ROLES or guidance.state not in ISSUED_STATES:
        handed_on = queries.count_handed_on(actor, guidance) if guidance.state in ISSUED_STATES else None
        return {"forwardings": [], "can_forward": False, "held": 0, "held_until": None, "handed_on": handed_on}
    can_forward = policy.can_add(actor, guidance, recipient)
    held = facts.total - facts.delivered if can_forward and facts is not None else 0
    return {
        "forwardings": queries.list_own_forwardings(actor, guidance),
        "can_forward": can_forward,
        "held": held,
        "handed_on": None,
        "held_until": queries.handed_on_by(guidance) if held else None,
    }
