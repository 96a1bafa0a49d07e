"""Who plans the issue of a paper, takes it back, and sees how its mails go out."""

from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import ISSUED_STATES, GuidanceState


def can_schedule(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs plans the issue of what is approved, and changes the plan."""
    return guidance.state in {GuidanceState.APPROVED, GuidanceState.SCHEDULED} and guidance_policy.signs(
        actor, guidance
    )


def can_unschedule(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs drops the plan."""
    return guidance.state is GuidanceState.SCHEDULED and guidance_policy.signs(actor, guidance)


def can_recall(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs takes back what is in force."""
    return guidance.state is GuidanceState.ISSUED and guidance_policy.signs(actor, guidance)


def can_see_sending(actor: Actor, guidance: Guidance) -> bool:
    """The office that drafted it, the sender, the secretariat and administrators see how its mails go out."""
    if guidance.state not in ISSUED_STATES:
        return False
    if actor.role in {Role.ADMIN, Role.SECRETARIAT}:
        return True
    offices = {guidance.drafter_organisation_id, guidance.sender_id}
    return guidance_policy.can_draft(actor) and actor.organisation_id in offices
