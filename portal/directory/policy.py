"""Who may see and change people, memberships, assignments and organisations (security.md, access matrix)."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation
from portal.directory.roles import HEADQUARTERS_KINDS, LOCAL_ROLES, ROLES_OF_KIND, Role
from portal.directory.substitutes import DELEGABLE

_SEE_EVERYONE = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.LIAISON, Role.AUDITOR})
_SEE_OWN_BODY = LOCAL_ROLES | {Role.ASSOCIATION, Role.MINISTRY}
_APPROVING_ROLES = frozenset({Role.SECRETARIAT, Role.DIVISION})


def can_view_members(actor: Actor, organisation_id: int) -> bool:
    """Administrators, the secretariat, liaisons and auditors see the people of every body, others of their own at most.

    Executives and divisions see nobody's: they work with bodies and posts, not with people.
    """
    return actor.role in _SEE_EVERYONE or (actor.role in _SEE_OWN_BODY and actor.organisation_id == organisation_id)


def members_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The twin of ``can_view_members`` as a condition on memberships."""
    if actor.role in _SEE_EVERYONE:
        return sa.true()
    if actor.role in _SEE_OWN_BODY:
        return Membership.organisation_id == actor.organisation_id
    return sa.false()


def can_administer(actor: Actor) -> bool:
    """Whether the administration pages hold anything for this role."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT, Role.AUDITOR, Role.LOCAL_MANAGER}


def can_administer_people(actor: Actor) -> bool:
    """Whether the role adds people anywhere: administrators, the secretariat and the managers of bodies."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT, Role.LOCAL_MANAGER} and not actor.is_standing_in


def can_add_members(actor: Actor, organisation: Organisation) -> bool:
    """Administrators everywhere; the secretariat invites people of bodies; managers those of their own body.

    Nobody who stands in for another: places and roles are given in one's own right only.
    """
    if actor.is_standing_in:
        return False
    if actor.role is Role.SECRETARIAT:
        return organisation.kind not in HEADQUARTERS_KINDS
    return actor.role is Role.ADMIN or _manages(actor, organisation.id)


def list_grantable_roles(actor: Actor, organisation: Organisation) -> list[Role]:
    """The roles that this actor may grant there, in their usual order."""
    if not can_add_members(actor, organisation):
        return []
    return [role for role in Role if role in ROLES_OF_KIND[organisation.kind]]


def can_change_membership(actor: Actor, membership: Membership) -> bool:
    """Administrators and the body's manager, but nobody their own; the secretariat invites only."""
    return can_end_membership(actor, membership)


def can_end_membership(actor: Actor, membership: Membership) -> bool:
    """Administrators and the body's manager; the secretariat invites only; nobody ends their own."""
    return membership.person_id != actor.person_id and (
        actor.role is Role.ADMIN or _manages(actor, membership.organisation_id)
    )


def can_set_approver(actor: Actor, role: Role) -> bool:
    """Approving 決裁 is a right of the secretariat and divisions that administrators alone give."""
    return actor.role is Role.ADMIN and role in _APPROVING_ROLES


def can_change_person(actor: Actor, memberships: list[Membership]) -> bool:
    """Name and address may be changed by administrators, and by the manager of every body the person belongs to.

    Otherwise a manager could take over the account of somebody who also holds another place. The secretariat
    invites people and changes none (security.md, people of a body).
    """
    return actor.role is Role.ADMIN or (
        bool(memberships) and all(_manages(actor, membership.organisation_id) for membership in memberships)
    )


def can_manage_sections(actor: Actor, organisation: Organisation) -> bool:
    """Administrators and the body's manager."""
    return actor.role is Role.ADMIN or _manages(actor, organisation.id)


def can_assign_liaisons(actor: Actor) -> bool:
    """Administrators and the secretariat."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT} and not actor.is_standing_in


def can_inspect_assignments(actor: Actor) -> bool:
    """Whoever assigns, and auditors."""
    return can_assign_liaisons(actor) or actor.role is Role.AUDITOR


def can_administer_organisations(actor: Actor) -> bool:
    """Facts of organisations and mergers: administrators."""
    return actor.role is Role.ADMIN


def can_import_people(actor: Actor) -> bool:
    """Whoever adds people may do so from a file, within the same limits row by row."""
    return can_administer_people(actor)


def can_replace_rosters(actor: Actor) -> bool:
    """Administrators, and the managers of bodies for their own: whoever ends memberships."""
    return actor.role in {Role.ADMIN, Role.LOCAL_MANAGER} and not actor.is_standing_in


def can_replace_roster(actor: Actor, organisation_id: int | None) -> bool:
    """The roster of this organisation, or of the headquarters with its divisions (None)."""
    return can_replace_rosters(actor) and (actor.role is Role.ADMIN or _manages(actor, organisation_id or 0))


def can_import_populations(actor: Actor) -> bool:
    """Administrators and the secretariat, which runs imports."""
    return actor.role in {Role.ADMIN, Role.SECRETARIAT}


def can_enter_absence(actor: Actor, membership: Membership) -> bool:
    """Everyone their own; for others administrators, the body's manager, and the head of the organisation.

    Only of roles that can be delegated, and never while standing in for somebody.
    """
    if actor.is_standing_in or membership.role not in DELEGABLE:
        return False
    if (
        membership.person_id == actor.person_id
        or actor.role is Role.ADMIN
        or _manages(actor, membership.organisation_id)
    ):
        return True
    is_colleague = actor.organisation_id == membership.organisation_id and actor.role is membership.role
    return actor.is_head and is_colleague and actor.role not in LOCAL_ROLES


def absences_viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Absences joined with their Membership: those of the own organisation; of everyone for administrators."""
    if actor.role is Role.ADMIN:
        return sa.true()
    return sa.or_(Membership.organisation_id == actor.organisation_id, Membership.person_id == actor.person_id)


def can_read_reason(actor: Actor, membership: Membership) -> bool:
    """Why somebody is away concerns nobody outside their own organisation."""
    return membership.person_id == actor.person_id or membership.organisation_id == actor.organisation_id


def _manages(actor: Actor, organisation_id: int) -> bool:
    is_manager = actor.role is Role.LOCAL_MANAGER and not actor.is_standing_in
    return is_manager and actor.organisation_id == organisation_id
