"""Who remarks on drafts, who issues before the approval, and who approves afterwards."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.drafting.models import UrgentIssue
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState

_APPROVABLE_LATER = frozenset({GuidanceState.ISSUED, GuidanceState.SUPERSEDED})
_IN_PREPARATION = frozenset({GuidanceState.DRAFT, GuidanceState.REVIEW, GuidanceState.APPROVED})


def can_follow(actor: Actor, guidance: Guidance, *, is_asked: bool = False) -> bool:
    """How a paper came about is for those who draft and may see it as a draft; also after its issue."""
    return guidance_policy.can_draft(actor) and guidance_policy.sees_draft(actor, guidance, is_asked=is_asked)


def can_remark(actor: Actor, guidance: Guidance, *, is_asked: bool = False) -> bool:
    """The same people remark until it is issued or planned."""
    return guidance.state in _IN_PREPARATION and can_follow(actor, guidance, is_asked=is_asked)


def can_settle(actor: Actor, guidance: Guidance) -> bool:
    """Whoever writes the paper settles remarks on it."""
    return guidance.state in _IN_PREPARATION and guidance_policy.drafts(actor, guidance)


def can_issue_urgently(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs, even the drafter: somebody else approves afterwards."""
    return guidance.state in {GuidanceState.DRAFT, GuidanceState.REVIEW} and guidance_policy.signs(actor, guidance)


def can_approve_later(actor: Actor, guidance: Guidance, urgent: UrgentIssue) -> bool:
    """Whoever signs and has neither written nor issued it, unless the paper was abolished or taken back."""
    involved = {guidance.drafter_person_id, guidance.editor_person_id, urgent.issued_by_person_id}
    return (
        guidance.state in _APPROVABLE_LATER
        and urgent.approved_at is None
        and guidance_policy.signs(actor, guidance)
        and actor.person_ids.isdisjoint(involved)
    )


def can_refuse_later(actor: Actor, guidance: Guidance, urgent: UrgentIssue) -> bool:
    """The same people, once."""
    return urgent.refused_at is None and can_approve_later(actor, guidance, urgent)


def approvable_later_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The urgent issues that wait for this actor, beside their papers: the twin of ``can_refuse_later``."""
    return sa.and_(
        UrgentIssue.approved_at.is_(None),
        UrgentIssue.refused_at.is_(None),
        Guidance.state.in_(_APPROVABLE_LATER),
        guidance_policy.signed_by(actor),
        UrgentIssue.issued_by_person_id.not_in(actor.person_ids),
        Guidance.drafter_person_id.not_in(actor.person_ids),
        sa.or_(Guidance.editor_person_id.is_(None), Guidance.editor_person_id.not_in(actor.person_ids)),
    )
