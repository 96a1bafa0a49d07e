"""What takes the place of what: a new edition 改版 of its predecessor, and of papers joined into it 統合."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import Acting, emit
from portal.guidance.events import GuidanceRestored, GuidanceSuperseded
from portal.guidance.models import Guidance, Replacement
from portal.guidance.states import GuidanceState


def supersede_replaced(actor: Acting, successor: Guidance) -> None:
    """What the successor replaces and is in force still: issued → superseded, in the transaction of its issue."""
    for paper in _replaced_by(successor, GuidanceState.ISSUED):
        paper.state, paper.updated_at = GuidanceState.SUPERSEDED, clock.now()
        db.session.flush()
        emit(actor, GuidanceSuperseded(guidance_id=paper.id, successor_id=successor.id))


def restore_replaced(actor: Acting, successor: Guidance) -> None:
    """The successor was issued by mistake: what it had replaced is in force again, save what another one replaces."""
    for paper in _replaced_by(successor, GuidanceState.SUPERSEDED):
        if _has_other_successor(paper, successor):
            continue
        paper.state, paper.updated_at = GuidanceState.ISSUED, clock.now()
        db.session.flush()
        emit(actor, GuidanceRestored(guidance_id=paper.id, successor_id=successor.id))


def _replaced_by(successor: Guidance, state: GuidanceState) -> Sequence[Guidance]:
    """In the order of their ids, so that two issues at once lock them in the same order."""
    joined = sa.select(Replacement.replaced_id).where(Replacement.guidance_id == successor.id)
    return db.session.scalars(
        sa.select(Guidance)
        .where(
            sa.or_(Guidance.id == successor.predecessor_id, Guidance.id.in_(joined)),
            Guidance.id != successor.id,
            Guidance.state == state,
        )
        .order_by(Guidance.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _has_other_successor(paper: Guidance, besides: Guidance) -> bool:
    joining = sa.select(Replacement.guidance_id).where(Replacement.replaced_id == paper.id)
    in_force = (GuidanceState.ISSUED, GuidanceState.SUPERSEDED)
    return bool(
        db.session.scalar(
            sa.select(Guidance.id)
            .where(
                sa.or_(Guidance.predecessor_id == paper.id, Guidance.id.in_(joining)),
                Guidance.id != besides.id,
                Guidance.state.in_(in_force),
            )
            .limit(1)
        )
    )
