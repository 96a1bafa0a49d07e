"""Who asks for a redaction, and who decides on it."""

from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.redaction.models import Redaction
from portal.redaction.states import RedactionState


def can_ask(actor: Actor) -> bool:
    """Administrators and the secretariat, who see every paper and every issue."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT}


def can_view(actor: Actor, redaction: Redaction) -> bool:
    """The same people."""
    return can_ask(actor)


def can_decide(actor: Actor, redaction: Redaction) -> bool:
    """Another administrator, or the secretariat's head or an approver there; never whoever asked for it."""
    decides = actor.role is Role.ADMIN or (actor.role is Role.SECRETARIAT and (actor.is_head or actor.is_approver))
    is_open = redaction.state is RedactionState.ASKED
    return is_open and decides and redaction.asked_by_person_id not in actor.person_ids
