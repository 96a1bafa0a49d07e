"""Who is responsible for an addressed body's row of guidance: its people, else its liaison, else the secretariat."""

from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.directory.absence_models import Inheritance
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, Role
from portal.directory.substitutes import is_attended
from portal.guidance.models import Recipient

_ADDRESSED = LOCAL_ROLES | {Role.ASSOCIATION, Role.MINISTRY}


def list_responsible(recipient: Recipient) -> list[int]:
    """The memberships that receive and answer for the row, with somebody there: of the body, or of its successor.

    Where the body has nobody, the liaisons of its post; where they are all away, the secretariat.
    """
    heirs = sa.select(Inheritance.successor_id).where(
        Inheritance.kind == "recipient", Inheritance.subject_id == recipient.id
    )
    bodies = sa.or_(Membership.organisation_id == recipient.organisation_id, Membership.organisation_id.in_(heirs))
    post = sa.select(Organisation.post_id).where(Organisation.id == recipient.organisation_id).scalar_subquery()
    liaisons: sa.Select[Any] = sa.select(LiaisonAssignment.membership_id).where(
        LiaisonAssignment.post_id == post, LiaisonAssignment.current_at(clock.now())
    )
    for who in (
        sa.and_(Membership.role.in_(_ADDRESSED), bodies),
        sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(liaisons)),
        Membership.role == Role.SECRETARIAT,
    ):
        found = db.session.scalars(
            sa.select(Membership.id)
            .where(Membership.current_at(clock.now()), who, is_attended())
            .order_by(Membership.id)
        ).all()
        if found:
            return list(found)
    return []
