"""Reading of requests for a later due date, within what the actor may see."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.extensions import policy
from portal.extensions.models import ExtensionRequest
from portal.extensions.states import ExtensionState
from portal.guidance.models import Guidance, Recipient


def get_request(actor: Actor, guidance: Guidance, request_id: int) -> ExtensionRequest:
    """A request about a visible paper with its body's row. Raises NotFound."""
    found = db.session.scalar(
        sa.select(ExtensionRequest)
        .where(
            ExtensionRequest.id == request_id,
            ExtensionRequest.guidance_id == guidance.id,
            policy.viewable_by(actor, guidance),
        )
        .options(orm.joinedload(ExtensionRequest.recipient))
    )
    if found is None:
        raise NotFound
    return found


def list_requests(
    actor: Actor, guidance: Guidance, state: ExtensionState | None = None, *, cursor: str | None = None
) -> Page[ExtensionRequest]:
    """The requests about a paper, the oldest first, of one state or of all. One statement."""
    select = (
        sa.select(ExtensionRequest)
        .where(ExtensionRequest.guidance_id == guidance.id, policy.viewable_by(actor, guidance))
        .options(orm.joinedload(ExtensionRequest.recipient))
    )
    if state is not None:
        select = select.where(ExtensionRequest.state == state)
    return paginate(db.session, select, order=[ExtensionRequest.id], cursor=cursor, size=50)


def count_requests(actor: Actor, guidance: Guidance) -> dict[ExtensionState, int]:
    """How many requests of each state the actor may read. One statement."""
    rows = db.session.execute(
        sa.select(ExtensionRequest.state, sa.func.count())
        .where(ExtensionRequest.guidance_id == guidance.id, policy.viewable_by(actor, guidance))
        .group_by(ExtensionRequest.state)
    )
    return {state: count for state, count in rows}


def list_own_requests(recipient: Recipient) -> Sequence[ExtensionRequest]:
    """What a body asked about a paper, the newest first. One statement."""
    return db.session.scalars(
        sa.select(ExtensionRequest)
        .where(ExtensionRequest.recipient_id == recipient.id)
        .order_by(ExtensionRequest.id.desc())
        .limit(20)
    ).all()


def find_newest_request(recipient: Recipient) -> ExtensionRequest | None:
    """What the body asked about the paper last. One statement."""
    return db.session.scalars(_newest_request(), {"recipient_id": recipient.id}).one_or_none()


@kept
def _newest_request() -> sa.Select[ExtensionRequest]:
    own = ExtensionRequest.recipient_id == sa.bindparam("recipient_id", type_=sa.Integer())
    return sa.select(ExtensionRequest).where(own).order_by(ExtensionRequest.id.desc()).limit(1)
