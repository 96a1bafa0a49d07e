"""What papers in force ask of their own office: corrections to approve, later due dates to decide on, urgent issues
that were refused and not put right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.directory.actor import Actor
from portal.drafting.models import UrgentIssue
from portal.extensions.models import ExtensionRequest
from portal.extensions.states import ExtensionState
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.revisions import policy as revisions_policy
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A paper in force with the correction that waits for the actor, how many requests wait since when, and since when
    its urgent issue is refused with nothing done about it.
    """

    guidance: Guidance
    correction: Correction | None
    asked: int
    asked_since: datetime | None
    refused_since: datetime | None


def list_in_force(actor: Actor, *, limit: int) -> Sequence[InForce]:
    """The papers in force that ask something of the actor, the oldest first. One statement, for those who draft.

    Requests and refusals only for what the actor's own office drafted: the secretariat decides on others' where it
    reads them.
    """
    if not guidance_policy.can_draft(actor):
        return []
    own = Guidance.drafter_organisation_id == actor.organisation_id
    asked = (
        sa.select(
            ExtensionRequest.guidance_id,
            sa.func.count().label("asked"),
            sa.func.min(ExtensionRequest.asked_at).label("since"),
        )
        .where(ExtensionRequest.state == ExtensionState.ASKED)
        .group_by(ExtensionRequest.guidance_id)
        .subquery()
    )
    corrected = sa.select(Correction.guidance_id).where(Correction.state == CorrectionState.REVIEW)
    refused = _refused().subquery()
    rows = db.session.execute(
        sa.select(Guidance, Correction, sa.func.coalesce(asked.c.asked, 0), asked.c.since, refused.c.refused_at)
        .outerjoin(Correction, sa.and_(Correction.guidance_id == Guidance.id, revisions_policy.issuable_by(actor)))
        .outerjoin(asked, sa.and_(asked.c.guidance_id == Guidance.id, own))
        .outerjoin(refused, sa.and_(refused.c.guidance_id == Guidance.id, own))
        .where(
            Guidance.id.in_(sa.union(corrected, sa.select(asked.c.guidance_id), sa.select(refused.c.guidance_id))),
            Guidance.state == GuidanceState.ISSUED,
            sa.or_(Correction.id.is_not(None), asked.c.asked.is_not(None), refused.c.refused_at.is_not(None)),
        )
        .options(orm.joinedload(Guidance.sender))
        .order_by(Guidance.issued_at, Guidance.id)
        .limit(limit)
    )
    return [
        InForce(guidance=paper, correction=correction, asked=count, asked_since=since, refused_since=refused_at)
        for paper, correction, count, since, refused_at in rows
    ]


def _refused() -> sa.Select[int, datetime | None]:
    """The urgent issues that were refused, and since then neither approved after all nor corrected."""
    put_right = sa.exists().where(
        Correction.guidance_id == UrgentIssue.guidance_id, Correction.issued_at > UrgentIssue.refused_at
    )
    return sa.select(UrgentIssue.guidance_id, UrgentIssue.refused_at).where(
        UrgentIssue.refused_at.is_not(None), UrgentIssue.approved_at.is_(None), sa.not_(put_right)
    )
