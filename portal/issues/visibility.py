"""Who may see an issue, its posts and its drafts: the three twins (security.md, access matrix)."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.audit.policy import granted_to
from portal.core import clock
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, Role
from portal.issues.models import Consultation, Follower, Issue, Post
from portal.issues.states import Holder, IssueState

_SEE_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE, Role.DIVISION})
_ENTER_FOR_BODIES = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.LIAISON})
SUBMITTING = LOCAL_ROLES | {Role.ASSOCIATION}
_SEE_EVERY_AUDIENCE = _SEE_ALL | {Role.LIAISON, Role.AUDITOR}


@dataclass(frozen=True, kw_only=True)
class Ties:
    """What ties an actor to an issue beyond the issue's own row.

    ``takes_part``: follows it or wrote in it. ``is_consulted``: a question was put to the actor's ministry.
    ``has_grant``: an auditor's recorded reason holds. ``is_own_municipality``: the body lies in the actor's prefecture.
    """

    takes_part: bool = False
    is_consulted: bool = False
    has_grant: bool = False
    is_own_municipality: bool = False


def can_view(actor: Actor, issue: Issue, ties: Ties) -> bool:
    """Whether the actor may see the issue. A draft is seen by its writer and the managers of the body alone."""
    if issue.state is IssueState.DRAFT:
        return _sees_draft(actor, issue)
    if actor.role in _SEE_ALL:
        return True
    if actor.role is Role.LIAISON:
        return is_liaison_of(actor, issue)
    if actor.role is Role.MINISTRY:
        return ties.is_consulted
    if actor.role is Role.AUDITOR:
        return ties.has_grant
    return _sees_as_body(actor, issue, ties)


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The issues that the actor may see, as a condition on Issue: the twin of ``can_view``."""
    is_draft = Issue.state == IssueState.DRAFT
    return sa.or_(sa.and_(is_draft, _drafts_of(actor)), submitted_viewable_by(actor))


def submitted_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The same without drafts: for lists, where an index cannot serve both halves of the question at once."""
    return sa.and_(Issue.state != IssueState.DRAFT, _submitted_viewable_by(actor))


def viewers_of(
    issue: Issue, *, audience: Audience = Audience.PUBLIC, ministry_id: int | None = None
) -> sa.Select[Membership]:
    """The memberships holding now that may see what the audience may see of it: the twin of ``can_view``.

    For a consultation only the ministry of ``ministry_id`` sees it outside headquarters. Auditors are told nothing.
    """
    inside = sa.or_(
        Membership.role.in_(_SEE_ALL), sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(_liaisons_of(issue)))
    )
    may: sa.ColumnElement[bool]
    if audience is Audience.INTERNAL:
        may = inside
    elif audience is Audience.CONSULT:
        may = sa.or_(inside, sa.and_(Membership.role == Role.MINISTRY, Membership.organisation_id == ministry_id))
    else:
        may = sa.or_(inside, _consulted_members(issue), _body_members(issue), _prefecture_members(issue))
    if issue.state is IssueState.DRAFT:
        may = _draft_members(issue)
    return sa.select(Membership).where(may, Membership.current_at(clock.now()))


def sees_every_audience(actor: Actor) -> bool:
    """Whether internal notes and consultations are no secret to the actor, once they may see the issue."""
    return actor.role in _SEE_EVERY_AUDIENCE


def posts_visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The posts that the actor may see in an issue that they may see, as a condition on Post."""
    if sees_every_audience(actor):
        return sa.true()
    public = Post.audience == Audience.PUBLIC
    if actor.role is not Role.MINISTRY:
        return public
    own = sa.select(Consultation.id).where(Consultation.ministry_id == actor.organisation_id)
    return sa.or_(public, sa.and_(Post.audience == Audience.CONSULT, Post.consultation_id.in_(own)))


def is_liaison_of(actor: Actor, issue: Issue) -> bool:
    """Whether the issue's post is in the actor's charge today."""
    return actor.role is Role.LIAISON and issue.post_id is not None and issue.post_id in actor.post_ids


def is_own(actor: Actor, issue: Issue) -> bool:
    """Whether the actor acts for the body or association whose issue it is."""
    return actor.role in SUBMITTING and actor.organisation_id == issue.organisation_id


def _sees_draft(actor: Actor, issue: Issue) -> bool:
    if actor.role in _ENTER_FOR_BODIES:  # a hearing that they are entering
        return actor.membership_id == issue.submitter_membership_id
    return is_own(actor, issue) and (actor.role is not Role.LOCAL_STAFF or _wrote(actor, issue))


def _wrote(actor: Actor, issue: Issue) -> bool:
    return actor.seat_person_id == issue.submitter_person_id


def _sees_as_body(actor: Actor, issue: Issue, ties: Ties) -> bool:
    if actor.is_prefecture and issue.is_shared_with_prefecture and ties.is_own_municipality:
        return True
    if not is_own(actor, issue):
        return False
    if actor.role is not Role.LOCAL_STAFF:
        return True
    is_own_section = actor.section_id is not None and actor.section_id == issue.section_id
    return is_own_section or _wrote(actor, issue) or ties.takes_part


def _drafts_of(actor: Actor) -> sa.ColumnElement[bool]:
    mine = Issue.submitter_membership_id == actor.membership_id
    if actor.role not in SUBMITTING:
        return mine if actor.role in _ENTER_FOR_BODIES else sa.false()
    own = Issue.organisation_id == actor.organisation_id
    return sa.and_(own, Issue.submitter_person_id == actor.seat_person_id) if actor.role is Role.LOCAL_STAFF else own


def _submitted_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.role in _SEE_ALL:
        return sa.true()
    if actor.role is Role.LIAISON:
        return Issue.post_id.in_(actor.post_ids)
    if actor.role is Role.MINISTRY:
        return Issue.id.in_(sa.select(Consultation.issue_id).where(Consultation.ministry_id == actor.organisation_id))
    if actor.role is Role.AUDITOR:
        return granted_to(actor, "issue", Issue.id)
    return _viewable_as_body(actor)


def _viewable_as_body(actor: Actor) -> sa.ColumnElement[bool]:
    own: sa.ColumnElement[bool] = Issue.organisation_id == actor.organisation_id
    if actor.role is Role.LOCAL_STAFF:
        part = sa.or_(Issue.submitter_person_id == actor.seat_person_id, takes_part(actor))
        own = sa.and_(own, sa.or_(Issue.section_id == actor.section_id, part) if actor.section_id is not None else part)
    if not actor.is_prefecture:
        return own
    area = sa.select(Organisation.id).where(
        sa.or_(Organisation.id == actor.organisation_id, Organisation.parent_id == actor.organisation_id)
    )
    shared = sa.and_(Issue.is_shared_with_prefecture, Issue.organisation_id != actor.organisation_id)
    return sa.and_(Issue.organisation_id.in_(area), sa.or_(own, shared))  # the first part is what an index serves


def ball_is_with(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether this actor is the one to act next, as a condition on Issue."""
    if actor.role is Role.LIAISON:
        return sa.and_(Issue.holder == Holder.LIAISON, Issue.holder_organisation_id.in_(actor.post_ids))
    if actor.role is Role.DIVISION:
        return sa.and_(Issue.holder == Holder.DIVISION, Issue.holder_organisation_id == actor.organisation_id)
    if actor.role in {Role.SECRETARIAT, Role.ADMIN}:
        return Issue.holder == Holder.SECRETARIAT
    if actor.role is Role.MINISTRY:
        return Issue.id.in_(
            sa.select(Consultation.issue_id).where(
                Consultation.ministry_id == actor.organisation_id,
                Consultation.replied_at.is_(None),
                Consultation.withdrawn_at.is_(None),
            )
        )
    if actor.role in SUBMITTING:
        return sa.and_(Issue.holder == Holder.SUBMITTER, Issue.organisation_id == actor.organisation_id)
    return sa.false()


def takes_part(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether the person follows the issue or wrote in it, as a condition on Issue."""
    return sa.or_(
        sa.exists().where(Follower.issue_id == Issue.id, Follower.person_id == actor.seat_person_id),
        sa.exists().where(Post.issue_id == Issue.id, Post.author_person_id == actor.seat_person_id),
    )


def _liaisons_of(issue: Issue) -> sa.Select[int]:
    return sa.select(LiaisonAssignment.membership_id).where(
        LiaisonAssignment.post_id == issue.post_id, LiaisonAssignment.current_at(clock.now())
    )


def _consulted_members(issue: Issue) -> sa.ColumnElement[bool]:
    ministries = sa.select(Consultation.ministry_id).where(Consultation.issue_id == issue.id)
    return sa.and_(Membership.role == Role.MINISTRY, Membership.organisation_id.in_(ministries))


def _body_members(issue: Issue) -> sa.ColumnElement[bool]:
    writers = sa.select(Post.author_person_id).where(Post.issue_id == issue.id)
    followers = sa.select(Follower.person_id).where(Follower.issue_id == issue.id)
    staff = sa.or_(
        Membership.section_id == issue.section_id if issue.section_id else sa.false(),
        Membership.person_id == issue.submitter_person_id,
        Membership.person_id.in_(writers),
        Membership.person_id.in_(followers),
    )
    return sa.and_(
        Membership.organisation_id == issue.organisation_id,
        Membership.role.in_(SUBMITTING),
        sa.or_(Membership.role != Role.LOCAL_STAFF, staff),
    )


def _prefecture_members(issue: Issue) -> sa.ColumnElement[bool]:
    if not issue.is_shared_with_prefecture:
        return sa.false()
    prefecture = sa.select(Organisation.parent_id).where(Organisation.id == issue.organisation_id).scalar_subquery()
    return sa.and_(Membership.organisation_id == prefecture, Membership.role.in_(LOCAL_ROLES))


def _draft_members(issue: Issue) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(
            Membership.organisation_id == issue.organisation_id,
            Membership.role.in_(SUBMITTING),
            sa.or_(Membership.role != Role.LOCAL_STAFF, Membership.person_id == issue.submitter_person_id),
        ),
        sa.and_(Membership.id == issue.submitter_membership_id, Membership.role.not_in(SUBMITTING)),
    )
