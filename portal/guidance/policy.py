"""Who may see, write, approve, issue, receive and answer guidance (security.md, access matrix)."""

import sqlalchemy as sa

from portal.core import clock
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation
from portal.directory.roles import ADDRESSED_ROLES, HEADQUARTERS_ROLES, LOCAL_ROLES, OrganisationKind, Role
from portal.guidance.models import Guidance, Recipient, ReviewStep
from portal.guidance.states import ISSUED_STATES, GuidanceState, ReviewStepKind

_DRAFTING_ROLES = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION, Role.MINISTRY})
_READ_EVERY_DRAFT = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, Role.LIAISON})
_READ_OWN_DRAFTS = frozenset({Role.DIVISION, Role.MINISTRY})
_SEE_EVERY_RECIPIENT = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, Role.DIVISION, Role.AUDITOR})
_EDITABLE = frozenset({GuidanceState.DRAFT})
_RETURNABLE = frozenset({GuidanceState.REVIEW, GuidanceState.APPROVED})


def can_view(
    actor: Actor, guidance: Guidance, *, is_addressed: bool, is_asked: bool = False, is_above: bool = False
) -> bool:
    """Issued: headquarters, addressed bodies, their prefectures, the ministry it came from. Before: who works on it.

    ``is_addressed`` says whether the actor's organisation has a recipient row that was delivered, ``is_above`` whether
    a municipality of its prefecture has one, ``is_asked`` whether it was ever asked to concur in the draft.
    """
    if guidance.state in ISSUED_STATES:
        if actor.role in HEADQUARTERS_ROLES:
            return True
        if actor.role is Role.MINISTRY and _came_from(actor, guidance):
            return True
        follows = actor.role in LOCAL_ROLES and actor.is_prefecture and is_above
        return (actor.role in ADDRESSED_ROLES and is_addressed) or follows
    return sees_draft(actor, guidance, is_asked=is_asked)


def sees_draft(actor: Actor, guidance: Guidance, *, is_asked: bool = False) -> bool:
    """Whether the actor sees the paper before its issue: also the offices that were asked to concur in it."""
    if actor.role in _READ_EVERY_DRAFT:
        return True
    own = {guidance.drafter_organisation_id, guidance.sender_id}
    return actor.role in _READ_OWN_DRAFTS and (is_asked or actor.organisation_id in own)


def viewable_by(actor: Actor) -> sa.Select[Guidance]:
    """The guidance that this actor may see: the twin of ``can_view``."""
    issued = Guidance.state.in_(ISSUED_STATES)
    return sa.select(Guidance).where(
        sa.or_(sa.and_(issued, _issued_viewable_by(actor)), sa.and_(sa.not_(issued), _drafts_viewable_by(actor)))
    )


def viewers_of(guidance: Guidance) -> sa.Select[Membership]:
    """The memberships holding now that may see it: the twin of ``can_view``."""
    if guidance.state in ISSUED_STATES:
        addressed = sa.select(Recipient.organisation_id).where(
            Recipient.guidance_id == guidance.id, Recipient.delivered_at.is_not(None)
        )
        codes = addressed.with_only_columns(Recipient.prefecture_code)
        above = sa.select(Organisation.id).where(
            Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code.in_(codes)
        )
        origins = [guidance.drafter_organisation_id, guidance.origin_ministry_id, guidance.sender_id]
        may = sa.or_(
            Membership.role.in_(HEADQUARTERS_ROLES),
            sa.and_(Membership.role == Role.MINISTRY, Membership.organisation_id.in_(origins)),
            sa.and_(Membership.role.in_(ADDRESSED_ROLES), Membership.organisation_id.in_(addressed)),
            sa.and_(Membership.role.in_(LOCAL_ROLES), Membership.organisation_id.in_(above)),
        )
    else:
        workers = [guidance.drafter_organisation_id, guidance.sender_id]
        asked = sa.select(ReviewStep.organisation_id).where(ReviewStep.guidance_id == guidance.id)
        works = sa.or_(Membership.organisation_id.in_(workers), Membership.organisation_id.in_(asked))
        may = sa.or_(Membership.role.in_(_READ_EVERY_DRAFT), sa.and_(Membership.role.in_(_READ_OWN_DRAFTS), works))
    return sa.select(Membership).where(may, Membership.current_at(clock.now()))


def can_list(actor: Actor) -> bool:
    """Whether the guidance pages hold anything for this role: every role reads some."""
    return actor.role in HEADQUARTERS_ROLES | ADDRESSED_ROLES


def can_read_drafts(actor: Actor) -> bool:
    """Whether any paper before its issue may be visible to this role."""
    return actor.role in _READ_EVERY_DRAFT | _READ_OWN_DRAFTS


def can_draft(actor: Actor) -> bool:
    """Administrators, the secretariat, divisions and ministries draft."""
    return actor.role in _DRAFTING_ROLES


def can_sign(actor: Actor) -> bool:
    """Heads and approvers of the secretariat and of divisions sign; which papers, ``can_approve`` says."""
    return actor.role in {Role.SECRETARIAT, Role.DIVISION} and (actor.is_head or actor.is_approver)


def can_answer(actor: Actor) -> bool:
    """Members of bodies to which guidance may be addressed."""
    return actor.role in ADDRESSED_ROLES


def can_send_as(actor: Actor, sender: Organisation) -> bool:
    """The secretariat and administrators draft for any part of the headquarters, others in their own name."""
    if actor.role in {Role.ADMIN, Role.SECRETARIAT}:
        return sender.kind in {OrganisationKind.HEADQUARTERS, OrganisationKind.SECRETARIAT, OrganisationKind.DIVISION}
    return can_draft(actor) and sender.id == actor.organisation_id


def can_edit(actor: Actor, guidance: Guidance) -> bool:
    """A draft may be changed by the organisation that drafts it, by the secretariat and by administrators."""
    return guidance.state in _EDITABLE and drafts(actor, guidance)


def can_send_for_review(actor: Actor, guidance: Guidance) -> bool:
    """Whoever may change the draft may ask for its approval."""
    return can_edit(actor, guidance)


def can_approve(actor: Actor, guidance: Guidance) -> bool:
    """An approver of the secretariat, or of the drafting division, who has written none of it."""
    wrote = not actor.person_ids.isdisjoint({guidance.drafter_person_id, guidance.editor_person_id})
    return guidance.state is GuidanceState.REVIEW and signs(actor, guidance) and not wrote


def can_return(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs may send it back to the drafter until it is issued."""
    return guidance.state in _RETURNABLE and signs(actor, guidance)


def can_issue(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs issues what has been approved."""
    return guidance.state is GuidanceState.APPROVED and signs(actor, guidance)


def can_mark(actor: Actor, guidance: Guidance, step: ReviewStep) -> bool:
    """照査: a colleague of the drafter who wrote none of it. 合議: whoever signs for it, of a ministry anyone."""
    if guidance.state is not GuidanceState.REVIEW or actor.organisation_id != step.organisation_id:
        return False
    if step.kind is ReviewStepKind.CHECK:
        wrote = not actor.person_ids.isdisjoint({guidance.drafter_person_id, guidance.editor_person_id})
        return can_draft(actor) and not wrote
    return can_sign(actor) or actor.role is Role.MINISTRY


def markable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The open steps that wait for this actor: the twin of ``can_mark``, to be read beside the paper."""
    check = sa.and_(
        ReviewStep.kind == ReviewStepKind.CHECK,
        sa.literal(can_draft(actor)),
        Guidance.drafter_person_id.not_in(actor.person_ids),
        sa.or_(Guidance.editor_person_id.is_(None), Guidance.editor_person_id.not_in(actor.person_ids)),
    )
    concurs = sa.and_(
        ReviewStep.kind == ReviewStepKind.CONCURRENCE, sa.literal(can_sign(actor) or actor.role is Role.MINISTRY)
    )
    return sa.and_(
        Guidance.state == GuidanceState.REVIEW,
        ReviewStep.organisation_id == actor.organisation_id,
        ReviewStep.closed_at.is_(None),
        sa.or_(check, concurs),
    )


def can_abolish(actor: Actor, guidance: Guidance) -> bool:
    """Whoever signs may abolish what is in force."""
    return guidance.state is GuidanceState.ISSUED and signs(actor, guidance)


def can_receive(actor: Actor, guidance: Guidance, *, is_addressed: bool) -> bool:
    """Members of an addressed body receive for it while the guidance is in force; never one from before the portal."""
    is_in_force = guidance.state is GuidanceState.ISSUED and guidance.taken_over_at is None
    return is_in_force and actor.role in ADDRESSED_ROLES and is_addressed


def can_respond(actor: Actor, guidance: Guidance, *, is_addressed: bool) -> bool:
    """The same people say what their body did."""
    return can_receive(actor, guidance, is_addressed=is_addressed)


def can_see_matrix(actor: Actor, guidance: Guidance) -> bool:
    """Headquarters, prefectures, associations (figures only) and the ministry it came from see the status."""
    if guidance.state not in ISSUED_STATES:
        return False
    if actor.role is Role.MINISTRY:
        return _came_from(actor, guidance)
    return actor.role in HEADQUARTERS_ROLES or actor.is_prefecture or actor.role is Role.ASSOCIATION


def recipients_viewable_by(actor: Actor, guidance: Guidance) -> sa.ColumnElement[bool]:
    """The recipients whose facts this actor may read one by one, as a condition.

    A liaison: the bodies of their posts; a prefecture: itself and its municipalities; a body: itself.
    """
    if actor.role in _SEE_EVERY_RECIPIENT or (actor.role is Role.MINISTRY and _came_from(actor, guidance)):
        return sa.true()
    if actor.role is Role.LIAISON:
        return Recipient.organisation_id.in_(sa.select(Organisation.id).where(Organisation.post_id.in_(actor.post_ids)))
    if actor.role in LOCAL_ROLES and actor.is_prefecture:
        return Recipient.prefecture_code == actor.prefecture_code
    if actor.role in ADDRESSED_ROLES:
        return Recipient.organisation_id == actor.organisation_id
    return sa.false()


def recipients_countable_by(actor: Actor, guidance: Guidance) -> sa.ColumnElement[bool]:
    """The recipients in this actor's figures: an association sees aggregates of all, never one body's facts."""
    return sa.true() if actor.role is Role.ASSOCIATION else recipients_viewable_by(actor, guidance)


def can_view_recipient(actor: Actor, guidance: Guidance, recipient: Recipient, post_id: int | None) -> bool:
    """The twin of ``recipients_viewable_by``; ``post_id`` is the post of the recipient's organisation."""
    if actor.role in _SEE_EVERY_RECIPIENT or (actor.role is Role.MINISTRY and _came_from(actor, guidance)):
        return True
    if actor.role is Role.LIAISON:
        return post_id in actor.post_ids
    if actor.role in LOCAL_ROLES and actor.is_prefecture:
        return recipient.prefecture_code == actor.prefecture_code
    return actor.role in ADDRESSED_ROLES and recipient.organisation_id == actor.organisation_id


def approvable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The guidance that waits for this actor's approval: the twin of ``can_approve``."""
    return sa.and_(
        Guidance.state == GuidanceState.REVIEW,
        signed_by(actor),
        Guidance.drafter_person_id.not_in(actor.person_ids),
        sa.or_(Guidance.editor_person_id.is_(None), Guidance.editor_person_id.not_in(actor.person_ids)),
    )


def issuable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The approved guidance that this actor may issue: the twin of ``can_issue``."""
    return sa.and_(Guidance.state == GuidanceState.APPROVED, signed_by(actor))


def _issued_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.role in HEADQUARTERS_ROLES:
        return sa.true()
    if actor.role not in ADDRESSED_ROLES:
        return sa.false()
    addressed = Guidance.id.in_(
        sa.select(Recipient.guidance_id).where(
            Recipient.organisation_id == actor.organisation_id, Recipient.delivered_at.is_not(None)
        )
    )
    if actor.role is Role.MINISTRY:
        own = actor.organisation_id
        return sa.or_(
            addressed,
            Guidance.drafter_organisation_id == own,
            Guidance.origin_ministry_id == own,
            Guidance.sender_id == own,
        )
    if actor.role in LOCAL_ROLES and actor.is_prefecture:
        # it follows up what its municipalities do with what has reached them
        theirs = sa.and_(Recipient.prefecture_code == actor.prefecture_code, Recipient.delivered_at.is_not(None))
        return sa.or_(addressed, sa.exists().where(Recipient.guidance_id == Guidance.id, theirs).correlate(Guidance))
    return addressed


def _drafts_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.role in _READ_EVERY_DRAFT:
        return sa.true()
    if actor.role in _READ_OWN_DRAFTS:
        own = actor.organisation_id
        asked = Guidance.id.in_(sa.select(ReviewStep.guidance_id).where(ReviewStep.organisation_id == own))
        return sa.or_(Guidance.drafter_organisation_id == own, Guidance.sender_id == own, asked)
    return sa.false()


def _came_from(actor: Actor, guidance: Guidance) -> bool:
    return actor.organisation_id in {guidance.drafter_organisation_id, guidance.origin_ministry_id, guidance.sender_id}


def drafts(actor: Actor, guidance: Guidance) -> bool:
    """Whether the paper is this actor's to write: its drafting organisation's, the secretariat's, administrators'."""
    if actor.role in {Role.ADMIN, Role.SECRETARIAT}:
        return True
    return can_draft(actor) and actor.organisation_id == guidance.drafter_organisation_id


def signs(actor: Actor, guidance: Guidance) -> bool:
    """Heads and approvers sign: the secretariat's for everything, a division's for what the division drafted."""
    if not can_sign(actor):
        return False
    return actor.role is Role.SECRETARIAT or guidance.drafter_organisation_id == actor.organisation_id


def signed_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The papers that this actor signs: the twin of ``signs``."""
    if not can_sign(actor):
        return sa.false()
    if actor.role is Role.SECRETARIAT:
        return sa.true()
    return Guidance.drafter_organisation_id == actor.organisation_id
