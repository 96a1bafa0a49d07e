"""What the page of a paper says to the addressed body of its own collection."""

from typing import Any

from portal.circulation import policy
from portal.circulation.states import CirculationState
from portal.circulation.waiting import find_inside
from portal.directory.actor import Actor
from portal.guidance.models import Guidance, Recipient


def show_circulation(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> dict[str, Any]:
    """The body's own collection, what it asks of the actor, and to whom the paper was sent on.

    One statement, for addressed bodies alone.
    """
    if recipient is None or not policy.can_list(actor):
        nothing: dict[str, Any] = {"circulation": None, "is_collecting": False, "collection_steps": ()}
        return nothing | {"can_circulate": False, "passed": [], "can_pass": False}
    inside = find_inside(actor, guidance, recipient)
    circulation = inside.circulation
    return {
        "passed": inside.passed,
        "can_pass": policy.can_pass(actor, guidance, recipient),
        "circulation": circulation,
        "is_collecting": circulation is not None and circulation.state is not CirculationState.CONFIRMED,
        "collection_steps": inside.steps,
        "can_circulate": policy.can_begin(actor, guidance, recipient)
        and (circulation is None or policy.can_send(actor, circulation)),
    }
