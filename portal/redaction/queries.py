"""Reading of redactions."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.models import Guidance
from portal.redaction import policy
from portal.redaction.models import Redaction
from portal.redaction.states import RedactionState, TargetKind
from portal.redaction.targets import FIELDS

_MOST_NAMED = 10


def list_redactions(actor: Actor, *, is_open: bool, cursor: str | None = None) -> Page[Redaction]:
    """What waits for a decision, or the rest; the newest first. One statement."""
    authorize(policy.can_ask, actor)
    waits = Redaction.state == RedactionState.ASKED
    query = sa.select(Redaction).where(waits if is_open else sa.not_(waits))
    return paginate(db.session, query, order=[Redaction.id.desc()], cursor=cursor)


def get_redaction(actor: Actor, redaction_id: int) -> Redaction:
    """One with its fields. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Redaction).where(Redaction.id == redaction_id).options(orm.selectinload(Redaction.fields))
    )
    if found is None or not policy.can_view(actor, found):
        raise NotFound
    return found


def list_done_of_paper(guidance_id: int) -> Sequence[Redaction]:
    """What was redacted of a paper and its files, first to last. Two statements."""
    return db.session.scalars(
        sa.select(Redaction)
        .where(Redaction.guidance_id == guidance_id, Redaction.state == RedactionState.DONE)
        .options(orm.selectinload(Redaction.fields))
        .order_by(Redaction.id)
    ).all()


def list_papers_with(passages: set[str], except_id: int | None) -> Sequence[Guidance]:
    """Other papers in which one of the passages stands too, the newest first. One statement."""
    if not passages:
        return []
    columns = [getattr(Guidance, name) for name in FIELDS[TargetKind.GUIDANCE]]
    holds = sa.or_(*(column.contains(passage, autoescape=True) for passage in passages for column in columns))
    return db.session.scalars(
        sa.select(Guidance)
        .where(holds, Guidance.id != (except_id or 0))
        .order_by(Guidance.id.desc())
        .limit(_MOST_NAMED)
    ).all()
