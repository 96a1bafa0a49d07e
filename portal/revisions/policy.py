"""Who corrects an issued paper, begins its next edition, and joins papers into one."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState


def can_correct(actor: Actor, guidance: Guidance) -> bool:
    """The office that drafted a paper in force, the secretariat and administrators draft its corrections."""
    return guidance.state is GuidanceState.ISSUED and guidance_policy.drafts(actor, guidance)


def can_view(actor: Actor, correction: Correction, guidance: Guidance) -> bool:
    """Issued: whoever sees the paper, which the caller has asked. Before: whoever sees its drafts."""
    if correction.state is CorrectionState.ISSUED:
        return True
    return can_see_unissued(actor, guidance)


def viewable_by(actor: Actor, guidance: Guidance) -> sa.ColumnElement[bool]:
    """The corrections of a visible paper that this actor may see: the twin of ``can_view``."""
    return sa.true() if can_see_unissued(actor, guidance) else Correction.state == CorrectionState.ISSUED


def can_see_unissued(actor: Actor, guidance: Guidance) -> bool:
    """Whoever would see the paper itself before its issue sees its corrections before theirs."""
    return guidance_policy.sees_draft(actor, guidance)


def can_edit(actor: Actor, correction: Correction, guidance: Guidance) -> bool:
    """A correction may be changed and given up as a draft."""
    return correction.state is CorrectionState.DRAFT and can_correct(actor, guidance)


def can_issue(actor: Actor, correction: Correction, guidance: Guidance) -> bool:
    """Whoever signs for the paper and has written none of the correction."""
    wrote = not actor.person_ids.isdisjoint({correction.drafter_person_id, correction.editor_person_id})
    return (
        correction.state is CorrectionState.REVIEW
        and guidance.state is GuidanceState.ISSUED
        and guidance_policy.signs(actor, guidance)
        and not wrote
    )


def issuable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The corrections that wait for this actor, beside their papers: the twin of ``can_issue``."""
    return sa.and_(
        Correction.state == CorrectionState.REVIEW,
        Guidance.state == GuidanceState.ISSUED,
        guidance_policy.signed_by(actor),
        Correction.drafter_person_id.not_in(actor.person_ids),
        Correction.editor_person_id.not_in(actor.person_ids),
    )


def can_return(actor: Actor, correction: Correction, guidance: Guidance) -> bool:
    """Whoever signs for the paper sends a correction back."""
    return correction.state is CorrectionState.REVIEW and guidance_policy.signs(actor, guidance)


def can_begin_edition(actor: Actor, guidance: Guidance) -> bool:
    """The office that drafted a paper in force, the secretariat and administrators begin its next edition."""
    return can_correct(actor, guidance)
