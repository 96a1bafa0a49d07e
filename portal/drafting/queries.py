"""Reading of remarks and of papers that went out before their approval."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.drafting import policy
from portal.drafting.models import PaperRemark, UrgentIssue
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import ISSUED_STATES


def list_remarks(guidance: Guidance, *, cursor: str | None = None) -> Page[PaperRemark]:
    """The remarks on a draft, the newest first. One statement."""
    return paginate(
        db.session,
        sa.select(PaperRemark).where(PaperRemark.guidance_id == guidance.id),
        order=[PaperRemark.id.desc()],
        cursor=cursor,
        size=20,
    )


def count_open_remarks(guidance: Guidance) -> int:
    """How many remarks nobody has settled. One statement."""
    select = sa.select(sa.func.count()).where(PaperRemark.guidance_id == guidance.id, PaperRemark.settled_at.is_(None))
    return int(db.session.scalar(select) or 0)


def get_remark(guidance: Guidance, remark_id: int) -> PaperRemark:
    """One remark of the paper. Raises NotFound."""
    remark = db.session.get(PaperRemark, remark_id)
    if remark is None or remark.guidance_id != guidance.id:
        raise NotFound
    return remark


def find_urgent(actor: Actor, guidance: Guidance) -> UrgentIssue | None:
    """How a paper went out before its approval, for the headquarters. No statement for others, or before the issue."""
    if guidance.state not in ISSUED_STATES or guidance.approver_person_id is not None or not actor.is_headquarters:
        return None
    return db.session.get(UrgentIssue, guidance.id)


def list_unapproved(actor: Actor, *, limit: int) -> Sequence[UrgentIssue]:
    """The urgent issues that wait for the actor's approval, the oldest first. One statement, for those who sign."""
    if not guidance_policy.can_sign(actor):
        return []
    return db.session.scalars(
        sa.select(UrgentIssue)
        .join(Guidance, Guidance.id == UrgentIssue.guidance_id)
        .where(policy.approvable_later_by(actor))
        .options(orm.contains_eager(UrgentIssue.guidance).joinedload(Guidance.sender))
        .order_by(UrgentIssue.issued_at, UrgentIssue.guidance_id)
        .limit(limit)
    ).all()
