"""Who may see a contact with a body, its promises and its internal part, and who may record and confirm one."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import clock
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, Role
from portal.issues.models import Issue
from portal.liaison.models import Contact
from portal.liaison.states import Confirmation
from portal.links.models import Link

_SEE_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.EXECUTIVE})
_RUN_ALL = frozenset({Role.ADMIN, Role.SECRETARIAT})
_INSIDE = _SEE_ALL | {Role.DIVISION, Role.LIAISON}


@dataclass(frozen=True, kw_only=True)
class Ties:
    """What ties actors to a contact beyond its own row.

    ``post_id`` is the post that looks after the body today, ``division_ids`` the divisions of the issues linked to it.
    """

    post_id: int | None = None
    division_ids: frozenset[int] = frozenset()


def can_view(actor: Actor, contact: Contact, ties: Ties) -> bool:
    """Headquarters' leaders, the liaison of the body's post, a division through its issue, and whom it is put to."""
    if actor.role in _SEE_ALL:
        return True
    if actor.role is Role.LIAISON:
        return ties.post_id is not None and ties.post_id in actor.post_ids
    if actor.role is Role.DIVISION:
        return actor.organisation_id in ties.division_ids
    return _is_put_to(actor, contact)


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The contacts that the actor may see, as a condition on Contact: the twin of ``can_view``."""
    if actor.role in _SEE_ALL:
        return sa.true()
    if actor.role is Role.LIAISON:
        return Contact.organisation_id.in_(bodies_of(actor.post_ids))
    if actor.role is Role.DIVISION:
        return Contact.id.in_(_linked_to(Issue.division_id == actor.organisation_id))
    if actor.role not in LOCAL_ROLES:
        return sa.false()
    own = sa.and_(Contact.organisation_id == actor.organisation_id, Contact.audience == Audience.PUBLIC)
    if actor.role is Role.LOCAL_MANAGER:
        return own
    section = Contact.section_id == actor.section_id if actor.section_id is not None else sa.false()
    return sa.and_(own, sa.or_(section, Contact.counterpart_person_id == actor.seat_person_id))


def viewers_of(contact: Contact) -> sa.Select[Membership]:
    """The memberships holding now that may see it: the twin of ``can_view``."""
    now = clock.now()
    post = sa.select(Organisation.post_id).where(Organisation.id == contact.organisation_id).scalar_subquery()
    liaisons = sa.select(LiaisonAssignment.membership_id).where(
        LiaisonAssignment.post_id == post, LiaisonAssignment.current_at(now)
    )
    divisions = sa.select(Issue.division_id).where(
        Issue.id.in_(sa.select(Link.to_id).where(*_links(), Link.from_id == contact.id))
    )
    may = sa.or_(
        Membership.role.in_(_SEE_ALL),
        sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(liaisons)),
        sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id.in_(divisions)),
        _body_members(contact),
    )
    return sa.select(Membership).where(may, Membership.current_at(now))


def sees_internal(actor: Actor) -> bool:
    """Whether the internal part is no secret to the actor, once they may see the contact."""
    return actor.role in _INSIDE


def can_work(actor: Actor) -> bool:
    """Liaisons keep a day sheet and record contacts; the secretariat and administrators may for any post."""
    return actor.role in _RUN_ALL or actor.role is Role.LIAISON


def can_record(actor: Actor, body: Organisation) -> bool:
    """Whether the actor records contacts with this body: its post is theirs today, or they run the portal."""
    if body.post_id is None:
        return False
    return actor.role in _RUN_ALL or (actor.role is Role.LIAISON and body.post_id in actor.post_ids)


def can_list(actor: Actor, body: Organisation) -> bool:
    """Whether a list of contacts with this body may hold anything for the actor."""
    if body.post_id is None:
        return False
    if actor.role is Role.LIAISON:
        return body.post_id in actor.post_ids
    return (actor.role in _SEE_ALL | {Role.DIVISION}) or (actor.is_local and actor.organisation_id == body.id)


def can_confirm(actor: Actor, contact: Contact) -> bool:
    """Whom of the body it is put to, as long as nobody has answered."""
    return contact.confirmation is Confirmation.ASKED and _is_put_to(actor, contact)


def bodies_of(post_ids: frozenset[int]) -> sa.Select[int]:
    """The bodies that these posts look after."""
    return sa.select(Organisation.id).where(Organisation.post_id.in_(post_ids))


def _is_put_to(actor: Actor, contact: Contact) -> bool:
    is_own = actor.is_local and actor.organisation_id == contact.organisation_id
    if not is_own or contact.audience is not Audience.PUBLIC:
        return False
    if actor.role is Role.LOCAL_MANAGER:
        return True
    is_section = contact.section_id is not None and contact.section_id == actor.section_id
    return is_section or contact.counterpart_person_id == actor.seat_person_id


def _body_members(contact: Contact) -> sa.ColumnElement[bool]:
    if contact.audience is not Audience.PUBLIC:
        return sa.false()
    staff = sa.or_(
        Membership.section_id == contact.section_id if contact.section_id is not None else sa.false(),
        Membership.person_id == contact.counterpart_person_id if contact.counterpart_person_id else sa.false(),
    )
    return sa.and_(
        Membership.organisation_id == contact.organisation_id,
        Membership.role.in_(LOCAL_ROLES),
        sa.or_(Membership.role == Role.LOCAL_MANAGER, staff),
    )


def _links() -> tuple[sa.ColumnElement[bool], ...]:
    return Link.from_kind == "contact", Link.to_kind == "issue"


def _linked_to(issue_condition: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(Link.from_id).join(Issue, Issue.id == Link.to_id).where(*_links(), issue_condition)
