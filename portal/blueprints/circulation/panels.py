"""What the page of a paper says to the addressed body of its own collection."""

from typing import Any

from portal.circulation import policy
from portal.circulation.queries import find_circulation
from portal.directory.actor import Actor
from portal.guidance.models import Guidance, Recipient


def show_circulation(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> dict[str, Any]:
    """The body's own collection and whether it may begin one. One statement, for members of addressed bodies alone."""
    if recipient is None or not policy.can_list(actor):
        return {"circulation": None, "can_circulate": False}
    circulation = find_circulation(actor, guidance.id)
    return {
        "circulation": circulation,
        "can_circulate": policy.can_begin(actor, guidance, recipient)
        and (circulation is None or policy.can_send(actor, circulation)),
    }
