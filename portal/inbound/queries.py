"""Reading of the mails that came in."""

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.inbound import policy
from portal.inbound.models import InboundMail
from portal.inbound.states import MailState

_COUNT_CAP = 1000


def list_mails(actor: Actor, state: MailState, cursor: str | None = None) -> Page[InboundMail]:
    """One page of the mails in the state, the newest first."""
    authorize(policy.can_inspect, actor)
    query = sa.select(InboundMail).where(InboundMail.state == state).options(*_loaded())
    return paginate(db.session, query, order=(InboundMail.id.desc(),), cursor=cursor)


def count_held() -> int:
    """How many wait for a decision, counted no further than 1,000."""
    held = sa.select(InboundMail.id).where(InboundMail.state == MailState.HELD).limit(_COUNT_CAP).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(held)) or 0


def get_mail(actor: Actor, mail_id: int) -> InboundMail:
    """One mail. Raises NotFound when missing or not for this actor."""
    mail = db.session.scalar(sa.select(InboundMail).where(InboundMail.id == mail_id).options(*_loaded()))
    if mail is None or not policy.can_inspect(actor):
        raise NotFound
    return mail


def _loaded() -> tuple[orm.interfaces.LoaderOption, ...]:
    return (
        orm.joinedload(InboundMail.person),
        orm.joinedload(InboundMail.decided_by),
        orm.joinedload(InboundMail.issue),
        orm.joinedload(InboundMail.delivery),
    )
