"""Who looks into what was held back: those who run the portal."""

from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.inbound.models import InboundMail
from portal.inbound.states import RELEASABLE, MailState


def can_inspect(actor: Actor) -> bool:
    """Administrators and the secretariat, who see every issue anyway."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT}


def can_discard(actor: Actor, mail: InboundMail) -> bool:
    """What is held back may be put away."""
    return can_inspect(actor) and mail.state is MailState.HELD


def can_release(actor: Actor, mail: InboundMail) -> bool:
    """What answers a known mail of ours, and whose original was kept, may be posted after all."""
    is_known = mail.delivery_id is not None and mail.original_key is not None
    return can_discard(actor, mail) and mail.reason in RELEASABLE and is_known
