"""Who asks for a later due date, and who decides."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.extensions.models import ExtensionRequest
from portal.extensions.states import ExtensionState
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState


def can_ask(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> bool:
    """Members of an addressed body that has not answered yet what was due by a date."""
    return (
        recipient is not None
        and recipient.organisation_id == actor.organisation_id
        and guidance.reply_due_on is not None
        and recipient.response in OPEN_RESPONSES
        and guidance_policy.can_respond(actor, guidance, is_addressed=True)
    )


def can_withdraw(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> bool:
    """The same people."""
    return can_ask(actor, guidance, recipient)


def can_decide(actor: Actor, guidance: Guidance) -> bool:
    """The office that drafted the paper, the secretariat and administrators, while the paper is in force."""
    return guidance.state is GuidanceState.ISSUED and guidance_policy.drafts(actor, guidance)


def can_view(actor: Actor, guidance: Guidance, recipient: Recipient, post_id: int | None) -> bool:
    """Whoever may read the body's facts; ``post_id`` is the post of the body."""
    return guidance_policy.can_view_recipient(actor, guidance, recipient, post_id)


def viewable_by(actor: Actor, guidance: Guidance) -> sa.ColumnElement[bool]:
    """The requests about a visible paper that this actor may read: the twin of ``can_view``."""
    bodies = sa.select(Recipient.id).where(
        Recipient.guidance_id == guidance.id, guidance_policy.recipients_viewable_by(actor, guidance)
    )
    return ExtensionRequest.recipient_id.in_(bodies)


def waits_for_decision() -> sa.ColumnElement[bool]:
    """The recipients whose bodies have asked and wait for the decision, as a condition."""
    return Recipient.id.in_(
        sa.select(ExtensionRequest.recipient_id).where(ExtensionRequest.state == ExtensionState.ASKED)
    )


def is_open(request: ExtensionRequest) -> bool:
    """Whether it waits for a decision."""
    return request.state is ExtensionState.ASKED
