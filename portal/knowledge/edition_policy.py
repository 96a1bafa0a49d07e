"""Who may see and move the editions of collections: the same people as with single entries."""

import sqlalchemy as sa

from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.models import QaState
from portal.knowledge.policy import can_decide, can_draft

_EDITORS = frozenset({Role.SECRETARIAT, Role.ADMIN})


def can_view(actor: Actor, edition: QaEdition) -> bool:
    """A published one everyone; the others the secretariat, administrators and the division that composes."""
    return edition.state is QaState.PUBLISHED or actor.role in _EDITORS or _composes_here(actor, edition)


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as a condition on QaEdition."""
    if actor.role in _EDITORS:
        return sa.true()
    published = QaEdition.state == QaState.PUBLISHED
    if actor.role is Role.DIVISION:
        return sa.or_(published, QaEdition.drafter_organisation_id == actor.organisation_id)
    return published


def viewers_of(edition: QaEdition) -> sa.ColumnElement[bool]:
    """The memberships that may see the edition, as a condition on Membership."""
    if edition.state is QaState.PUBLISHED:
        return sa.true()
    composes = sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == edition.drafter_organisation_id)
    return sa.or_(Membership.role.in_(_EDITORS), composes)


def can_begin(actor: Actor) -> bool:
    """Divisions and the secretariat begin collections and editions."""
    return can_draft(actor)


def can_compose(actor: Actor, edition: QaEdition) -> bool:
    """While it is being composed, by the organisation that began it and by the secretariat."""
    return edition.state is QaState.DRAFT and (_composes_here(actor, edition) or actor.role is Role.SECRETARIAT)


def can_publish(actor: Actor, edition: QaEdition) -> bool:
    """The secretariat's approvers, never somebody who composed it."""
    wrote = not actor.person_ids.isdisjoint({edition.drafter_person_id, edition.editor_person_id})
    return edition.state is QaState.REVIEW and can_decide(actor) and not wrote


def can_return(actor: Actor, edition: QaEdition) -> bool:
    """Whoever approves, even of what they composed themselves."""
    return edition.state is QaState.REVIEW and can_decide(actor)


def _composes_here(actor: Actor, edition: QaEdition) -> bool:
    return actor.role in {Role.DIVISION, Role.SECRETARIAT} and actor.organisation_id == edition.drafter_organisation_id
