"""Who asks about a place of a paper. Who sees a question is who sees its issue (portal.issues.policy)."""

from portal.directory.actor import Actor
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState
from portal.issues import policy as issue_policy


def can_ask(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> bool:
    """Members of an addressed body who may submit issues, while the paper is in force."""
    return (
        recipient is not None
        and recipient.organisation_id == actor.organisation_id
        and guidance.state is GuidanceState.ISSUED
        and not actor.is_headquarters
        and issue_policy.can_create(actor)
    )
