"""What every telling about a paper says of it, and the conditions for whom it concerns."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.directory.models import Membership
from portal.directory.roles import ADDRESSED_ROLES, Role
from portal.guidance.models import Guidance, Recipient
from portal.guidance.policy import viewers_of
from portal.issuing.concerned import concerned_by


def get_paper(guidance_id: int) -> Guidance:
    """The paper with its sender."""
    return db.session.scalars(
        sa.select(Guidance).where(Guidance.id == guidance_id).options(orm.joinedload(Guidance.sender))
    ).one()


def facts_of(guidance: Guidance) -> dict[str, Any]:
    """Number, title, sender and kind."""
    return {
        "number": guidance.document_number,
        "title": guidance.title,
        "sender": guidance.sender.name,
        "kind": guidance.kind.value,
    }


def members_addressed(guidance: Guidance, *, at_issue: bool = False) -> sa.ColumnElement[bool]:
    """Everybody of the bodies that it has reached; ``at_issue`` leaves out those to whom it was forwarded later."""
    delivered = Recipient.delivered_at <= guidance.issued_at if at_issue else Recipient.delivered_at.is_not(None)
    addressed = sa.select(Recipient.organisation_id).where(Recipient.guidance_id == guidance.id, delivered)
    return sa.and_(Membership.role.in_(ADDRESSED_ROLES), Membership.organisation_id.in_(addressed))


def sections_addressed(guidance: Guidance, *, at_issue: bool = False) -> sa.ColumnElement[bool]:
    """Of these bodies the sections whom the paper concerns by its duties."""
    duties = AddresseeRule.from_dict(guidance.addressees).duties
    return sa.and_(members_addressed(guidance, at_issue=at_issue), concerned_by(duties))


def may_see(guidance: Guidance) -> sa.ColumnElement[bool]:
    """Whoever may see the paper now."""
    return Membership.id.in_(viewers_of(guidance).with_only_columns(Membership.id))


def signers_but(guidance: Guidance, writers: list[int]) -> sa.ColumnElement[bool]:
    """Heads and approvers of the secretariat and of the drafting division, but none of these people."""
    return sa.and_(
        sa.or_(Membership.is_head, Membership.is_approver),
        sa.or_(
            Membership.role == Role.SECRETARIAT,
            sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == guidance.drafter_organisation_id),
        ),
        Membership.person_id.not_in(writers),
    )
