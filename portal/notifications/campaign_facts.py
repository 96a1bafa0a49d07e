"""What every telling about a campaign says of it, and the conditions for whom it concerns."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Participation
from portal.campaigns.policy import viewers_of
from portal.core import clock
from portal.core.db import db
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, OrganisationKind, Role
from portal.themes.duties import concerned_with

_Condition = sa.ColumnElement[bool]


def get_campaign(campaign_id: int) -> Campaign:
    """The campaign with its office and theme."""
    return db.session.scalars(
        sa.select(Campaign)
        .where(Campaign.id == campaign_id)
        .options(orm.joinedload(Campaign.office), orm.joinedload(Campaign.theme))
    ).one()


def facts_of(campaign: Campaign) -> dict[str, Any]:
    """Number of the paper that asks, title, office and kind."""
    return {
        "number": campaign.document_number or None,
        "title": campaign.shown_title,
        "sender": campaign.office.name,
        "kind": campaign.kind.value,
    }


def may_see(campaign: Campaign) -> _Condition:
    """Whoever may see the campaign now."""
    return Membership.id.in_(viewers_of(campaign).with_only_columns(Membership.id))


def those_who_answer(campaign: Campaign) -> _Condition:
    """Of any body its managers and those whose duty the theme is; where nobody has that duty, everybody."""
    is_manager = Membership.role == Role.LOCAL_MANAGER
    return sa.and_(Membership.role.in_(LOCAL_ROLES), sa.or_(is_manager, concerned_with(campaign.theme.code)))


def of_bodies(campaign: Campaign) -> _Condition:
    """The members of the addressed bodies."""
    addressed = sa.select(Participation.organisation_id).where(Participation.campaign_id == campaign.id)
    return Membership.organisation_id.in_(addressed)


def of_areas(codes: sa.Select[Any]) -> _Condition:
    """The members of the prefectures with these codes, which compile their municipalities' answers."""
    prefectures = sa.select(Organisation.id).where(
        Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code.in_(codes)
    )
    return Membership.organisation_id.in_(prefectures)


def areas_of(campaign: Campaign) -> sa.Select[Any]:
    """The codes of the prefectures of which a municipality is addressed."""
    return (
        sa.select(Participation.prefecture_code)
        .where(Participation.campaign_id == campaign.id, sa.not_(Participation.is_prefecture))
        .distinct()
    )


def those_let_know(campaign: Campaign) -> list[tuple[str, _Condition]]:
    """Beside the bodies, with the reason: prefectures that compile and the liaisons in charge; of a drill nobody."""
    if campaign.is_drill:
        return []
    addressed = sa.select(Participation.organisation_id).where(Participation.campaign_id == campaign.id)
    return [
        ("compiler", sa.and_(of_areas(areas_of(campaign)), those_who_answer(campaign))),
        ("liaison", liaisons_of(addressed)),
    ]


def liaisons_of(bodies: sa.Select[Any]) -> _Condition:
    """The liaisons in charge of these bodies (a select of their ids)."""
    posts = sa.select(Organisation.post_id).where(Organisation.id.in_(bodies))
    in_charge = sa.exists().where(
        LiaisonAssignment.membership_id == Membership.id,
        LiaisonAssignment.post_id.in_(posts),
        LiaisonAssignment.current_at(clock.now()),
    )
    return sa.and_(Membership.role == Role.LIAISON, in_charge)


def of_office(campaign: Campaign) -> _Condition:
    """The members of the office that runs the campaign."""
    return sa.and_(
        Membership.organisation_id == campaign.office_id,
        Membership.role.in_({Role.DIVISION, Role.SECRETARIAT, Role.ADMIN}),
    )
