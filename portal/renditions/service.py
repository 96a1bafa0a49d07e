"""Making the PDF of issued papers: what is due, claimed by one worker, kept once, tried again after a failure."""

import io
from datetime import timedelta

import sqlalchemy as sa

from portal.attachments.service import store_made_file
from portal.core import clock
from portal.core.db import db, insert
from portal.guidance.models import Guidance
from portal.guidance.states import ISSUED_STATES, GuidanceState
from portal.renditions.models import PDF_KIND, Rendition
from portal.renditions.states import RenditionState

MOST_TRIES = 5
_STALE = timedelta(minutes=10)  # a worker that has not finished by then was killed
_PAUSE = timedelta(minutes=5)  # between tries of one that failed
_PRINTED = ISSUED_STATES - {GuidanceState.RECALLED}

Claim = tuple[int, int, int]  # guidance id, correction count, number of the try: only the newest keeps its file


def list_due_renditions(limit: int = 20) -> list[tuple[int, int]]:
    """The texts (guidance id, correction count) whose PDF is to be made now. One statement.

    Each paper has one as it was issued and one with each correction, also where it was corrected before its first was
    made: the newest paper first, its texts in their order.
    """
    now = clock.now()
    is_stale = sa.and_(Rendition.state == RenditionState.MAKING, Rendition.tried_at < now - _STALE)
    is_failed = sa.and_(
        Rendition.state == RenditionState.FAILED, Rendition.tries < MOST_TRIES, Rendition.tried_at < now - _PAUSE
    )
    counts = _correction_counts()
    rows = db.session.execute(
        sa.select(Guidance.id, counts.c.count)
        .join(counts, counts.c.count <= Guidance.correction_count)
        .join(
            Rendition,
            sa.and_(Rendition.guidance_id == Guidance.id, Rendition.correction_count == counts.c.count),
            isouter=True,
        )
        .where(
            Guidance.state.in_(_PRINTED),
            # of what was taken over as files alone there is no text to print
            sa.or_(Guidance.taken_over_at.is_(None), Guidance.body != ""),
            sa.or_(Rendition.guidance_id.is_(None), Rendition.state == RenditionState.WAITING, is_stale, is_failed),
        )
        .order_by(Guidance.issued_at.desc(), Guidance.id.desc(), counts.c.count)
        .limit(limit)
    )
    return [(guidance_id, count) for guidance_id, count in rows]


def _correction_counts() -> sa.CTE:
    """0, 1 and so on to the greatest number of corrections that a paper has."""
    most = sa.select(sa.func.max(Guidance.correction_count)).scalar_subquery()
    counts = sa.select(sa.literal(0, sa.Integer()).label("count")).cte("counts", recursive=True)
    return counts.union_all(sa.select(counts.c.count + 1).where(counts.c.count < most))


def claim_rendition(guidance_id: int, correction_count: int) -> Claim | None:
    """Take it in hand, in a transaction of its own; None when another worker has it or it is made."""
    now = clock.now()
    key = {"guidance_id": guidance_id, "correction_count": correction_count}
    fresh = db.session.scalar(
        insert(Rendition)
        .values(**key, state=RenditionState.MAKING, tries=1, tried_at=now)
        .on_conflict_do_nothing()
        .returning(Rendition.tries)
    )
    if fresh is not None:
        return guidance_id, correction_count, 1
    waited = sa.or_(
        Rendition.state == RenditionState.WAITING,
        sa.and_(Rendition.state == RenditionState.MAKING, Rendition.tried_at < now - _STALE),
        sa.and_(Rendition.state == RenditionState.FAILED, Rendition.tried_at < now - _PAUSE),
    )
    tries = db.session.scalar(
        sa.update(Rendition)
        .where(_is(guidance_id, correction_count), waited)
        .values(state=RenditionState.MAKING, tries=Rendition.tries + 1, tried_at=now)
        .returning(Rendition.tries)
        .execution_options(synchronize_session=False)
    )
    return None if tries is None else (guidance_id, correction_count, tries)


def keep_rendition(claim: Claim, pdf: bytes, name: str) -> bool:
    """Store the file, once; False when the claim was given to another worker meanwhile."""
    guidance_id, correction_count, tries = claim
    row = db.session.get(Rendition, (guidance_id, correction_count), with_for_update=True, populate_existing=True)
    if row is None or row.tries != tries or row.state is not RenditionState.MAKING:
        return False
    guidance = db.session.get_one(Guidance, guidance_id)
    made = store_made_file(
        PDF_KIND,
        guidance_id,
        io.BytesIO(pdf),
        file_name=name,
        media_type="application/pdf",
        person_id=guidance.approver_person_id or guidance.drafter_person_id,
    )
    row.state, row.made_at, row.error, row.attachment_id = RenditionState.MADE, clock.now(), None, made.id
    db.session.flush()
    return True


def give_back_rendition(claim: Claim) -> None:
    """Leave it to whoever comes next: the worker was stopped, which is no failed try."""
    guidance_id, correction_count, tries = claim
    db.session.execute(
        sa.update(Rendition)
        .where(_is(guidance_id, correction_count), Rendition.tries == tries, Rendition.state == RenditionState.MAKING)
        .values(state=RenditionState.WAITING, tries=tries - 1)
        .execution_options(synchronize_session=False)
    )


def record_rendition_failure(claim: Claim, error: str) -> None:
    """Say why it could not be made; it is tried again a while later, five times in all."""
    guidance_id, correction_count, tries = claim
    db.session.execute(
        sa.update(Rendition)
        .where(_is(guidance_id, correction_count), Rendition.tries == tries)
        .values(state=RenditionState.FAILED, error=error[:500])
        .execution_options(synchronize_session=False)
    )


def _is(guidance_id: int, correction_count: int) -> sa.ColumnElement[bool]:
    return sa.and_(Rendition.guidance_id == guidance_id, Rendition.correction_count == correction_count)
