"""What the page of a paper says to the addressed body of its own collection."""

from typing import Any

from portal.circulation import policy
from portal.circulation.queries import find_inside
from portal.directory.actor import Actor
from portal.guidance.models import Guidance, Recipient


def show_circulation(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> dict[str, Any]:
    """The body's own collection, and to whom the paper was sent on. One statement, for addressed bodies alone."""
    if recipient is None or not policy.can_list(actor):
        return {"circulation": None, "can_circulate": False, "passed": [], "can_pass": False}
    circulation, passed = find_inside(actor, guidance, recipient)
    return {
        "passed": passed,
        "can_pass": policy.can_pass(actor, guidance, recipient),
        "circulation": circulation,
        "can_circulate": policy.can_begin(actor, guidance, recipient)
        and (circulation is None or policy.can_send(actor, circulation)),
    }
