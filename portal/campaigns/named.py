"""The bodies that a campaign names: where it comes from, who is in charge of a procedure, those in its rule."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule, exists_today
from portal.addressing.wording import named_in_words
from portal.campaigns.models import Campaign, CampaignMinistry, Procedure
from portal.core.db import db
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind


def list_ministries_of(campaign: Campaign) -> Sequence[Organisation]:
    """The ministries from which it originates."""
    return db.session.scalars(
        sa.select(Organisation)
        .join(CampaignMinistry, CampaignMinistry.organisation_id == Organisation.id)
        .where(CampaignMinistry.campaign_id == campaign.id)
        .order_by(Organisation.position, Organisation.id)
    ).all()


def list_in_charge(procedure: Procedure | None = None) -> Sequence[Organisation]:
    """Ministries and divisions of today that may be in charge of a procedure, and whichever is now. One statement."""
    kept = None if procedure is None else procedure.ministry_id
    kinds = (OrganisationKind.MINISTRY, OrganisationKind.DIVISION)
    return db.session.scalars(
        sa.select(Organisation)
        .where(sa.or_(sa.and_(Organisation.kind.in_(kinds), exists_today()), Organisation.id == kept))
        .order_by(Organisation.kind.desc(), Organisation.position, Organisation.id)
    ).all()


def list_named(campaign: Campaign) -> tuple[Sequence[Organisation], Sequence[Organisation]]:
    """The ministries from which it originates, and the bodies that its rule names in words. One statement."""
    rule = AddresseeRule.from_dict(campaign.addressees)
    own = sa.select(CampaignMinistry.organisation_id).where(CampaignMinistry.campaign_id == campaign.id)
    of_areas = sa.and_(
        Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code.in_(rule.prefectures)
    )
    is_origin = Organisation.id.in_(own).label("is_origin")
    rows = db.session.execute(
        sa.select(Organisation, is_origin)
        .where(sa.or_(is_origin, Organisation.code.in_(named_in_words(rule)), of_areas))
        .order_by(Organisation.position, Organisation.code)
    ).all()
    return [body for body, origin in rows if origin], [body for body, _ in rows]
