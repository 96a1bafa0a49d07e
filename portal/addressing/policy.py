"""Who may use and change an office's lists of addressees."""

import sqlalchemy as sa

from portal.addressing.models import AddresseeList
from portal.directory.actor import Actor
from portal.directory.roles import Role

_DRAFTING = frozenset({Role.ADMIN, Role.SECRETARIAT, Role.DIVISION, Role.MINISTRY})
_EVERY_OFFICE = frozenset({Role.ADMIN, Role.SECRETARIAT})


def can_use_lists(actor: Actor) -> bool:
    """Whoever drafts papers uses lists."""
    return actor.role in _DRAFTING


def can_view(actor: Actor, found: AddresseeList) -> bool:
    """The members of the office; the secretariat and administrators see every office's."""
    return can_use_lists(actor) and (actor.role in _EVERY_OFFICE or found.office_id == actor.organisation_id)


def viewable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The lists that this actor may use: the twin of ``can_view``."""
    if not can_use_lists(actor):
        return sa.false()
    return sa.true() if actor.role in _EVERY_OFFICE else AddresseeList.office_id == actor.organisation_id


def can_change(actor: Actor, found: AddresseeList) -> bool:
    """The office that keeps it, while it is not dropped; administrators too."""
    if found.dropped_at is not None or not can_use_lists(actor):
        return False
    return actor.role is Role.ADMIN or found.office_id == actor.organisation_id
