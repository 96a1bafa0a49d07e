"""Who decides on the reminders of a paper."""

from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import ISSUED_STATES, GuidanceState


def can_view(actor: Actor, guidance: Guidance) -> bool:
    """The office that drafted a paper with a due date, the secretariat and administrators."""
    return (
        guidance.state in ISSUED_STATES
        and guidance.reply_due_on is not None
        and guidance_policy.drafts(actor, guidance)
    )


def can_remind(actor: Actor, guidance: Guidance) -> bool:
    """The same, while the paper is in force."""
    return guidance.state is GuidanceState.ISSUED and can_view(actor, guidance)
