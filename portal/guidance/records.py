"""Reading of what each addressed body did: its own row of a paper, openings, receipts and responses."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.roles import ADDRESSED_ROLES
from portal.guidance import policy
from portal.guidance.models import Guidance, Opening, Receipt, Recipient, Response
from portal.guidance.queries import with_people


def get_with_own_recipient(actor: Actor, guidance_id: int) -> tuple[Guidance, Recipient | None]:
    """The item of ``get_guidance`` and its row of the actor's organisation. Raises NotFound. One statement."""
    shown = _with_own_recipient(actor.pattern)
    row = db.session.execute(shown, {**actor.bindings, "guidance_id": guidance_id}).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_own_recipient(actor: Actor, guidance: Guidance) -> Recipient | None:
    """The recipient row of the actor's own organisation, or None; also None before it was forwarded to it."""
    return db.session.scalar(sa.select(Recipient).where(Recipient.guidance_id == guidance.id, _delivered_to(actor)))


def list_own_recipients(actor: Actor, guidance_ids: Sequence[int]) -> dict[int, Recipient]:
    """The actor's organisation's rows of these items, by guidance id. One statement."""
    if actor.role not in ADDRESSED_ROLES or not guidance_ids:
        return {}
    values = {"organisation_id": actor.organisation_id, "guidance_ids": list(guidance_ids)}
    return {row.guidance_id: row for row in db.session.scalars(_OWN_RECIPIENTS, values)}


def list_receipts(recipient: Recipient) -> Sequence[Receipt]:
    """The receipts of a body's sections, first to last."""
    return db.session.scalars(_RECEIPTS, {"recipient_id": recipient.id}).all()


def list_responses(recipient: Recipient) -> Sequence[Response]:
    """A body's responses, newest first."""
    return db.session.scalars(_RESPONSES, {"recipient_id": recipient.id}).all()


def list_openings(recipient: Recipient) -> Sequence[Opening]:
    """Who of the body has opened the item, first to last."""
    return db.session.scalars(
        sa.select(Opening)
        .where(Opening.recipient_id == recipient.id)
        .options(orm.joinedload(Opening.person))
        .order_by(Opening.opened_at, Opening.person_id)
    ).all()


@kept
def _with_own_recipient(actor: Actor) -> sa.Select[Guidance, Recipient]:
    return (
        with_people(policy.viewable_by(actor))
        .add_columns(Recipient)
        .outerjoin(Recipient, sa.and_(Recipient.guidance_id == Guidance.id, _delivered_to(actor)))
        .where(Guidance.id == sa.bindparam("guidance_id"))
    )


def _delivered_to(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(Recipient.organisation_id == actor.organisation_id, Recipient.delivered_at.is_not(None))


_RECIPIENT_ID: sa.BindParameter[int] = sa.bindparam("recipient_id", type_=sa.BigInteger())
_OWN_RECIPIENTS = sa.select(Recipient).where(
    Recipient.organisation_id == sa.bindparam("organisation_id"),
    Recipient.guidance_id.in_(sa.bindparam("guidance_ids", expanding=True)),
)
_RECEIPTS = sa.select(Receipt).where(Receipt.recipient_id == _RECIPIENT_ID).order_by(Receipt.id)
_RESPONSES = sa.select(Response).where(Response.recipient_id == _RECIPIENT_ID).order_by(Response.id.desc())
