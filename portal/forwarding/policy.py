"""Who hands a paper on to municipalities, adds to it, and reads what was added."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.directory.roles import HEADQUARTERS_ROLES, LOCAL_ROLES
from portal.forwarding.models import Forwarding
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState


def can_add(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> bool:
    """Members of an addressed prefecture, while the paper is in force."""
    return (
        guidance.state is GuidanceState.ISSUED
        and actor.role in LOCAL_ROLES
        and actor.is_prefecture
        and recipient is not None
        and recipient.organisation_id == actor.organisation_id
    )


def can_view(actor: Actor, forwarding: Forwarding) -> bool:
    """The prefecture and its municipalities, and headquarters; of a paper that the caller has found visible."""
    if actor.role in HEADQUARTERS_ROLES:
        return True
    return actor.role in LOCAL_ROLES and actor.prefecture_code == forwarding.prefecture_code


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The additions to visible papers that this actor may read: the twin of ``can_view``."""
    if actor.role in HEADQUARTERS_ROLES:
        return sa.true()
    if actor.role in LOCAL_ROLES and actor.prefecture_code is not None:
        return Forwarding.prefecture_code == actor.prefecture_code
    return sa.false()
