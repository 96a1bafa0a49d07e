"""The issue itself: the state, the date and the recipients, in the caller's transaction."""

from collections.abc import Callable

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import calendar, clock
from portal.core.db import UtcDateTime, db
from portal.core.events import Acting, emit
from portal.directory.models import Organisation
from portal.directory.queries import Prefecture, list_prefectures
from portal.directory.roles import MUNICIPALITIES, OrganisationKind
from portal.guidance.addressees import addressed_by
from portal.guidance.events import GuidanceIssued
from portal.guidance.models import Guidance, Recipient
from portal.guidance.replacing import supersede_replaced
from portal.guidance.states import DeliveryRoute, GuidanceState
from portal.guidance.typed import forget_typed_of


def put_in_force(actor: Acting, guidance: Guidance, check: Callable[[list[int]], None]) -> int:
    """→ issued: freeze the bodies that the rule addresses now; how many there are. What it replaces is superseded.

    ``check`` gets their ids and raises where they are not the ones that somebody looked at; the caller then undoes all.
    """
    now = clock.now()
    guidance.state = GuidanceState.ISSUED
    guidance.issued_at = now
    guidance.issued_on = calendar.japan_date(now)
    guidance.updated_at = now
    db.session.flush()  # a second issue at the same moment fails on the version here, before any recipient is written
    body_ids = freeze_recipients(guidance)
    check(body_ids)
    guidance.recipient_count = len(body_ids)
    db.session.flush()
    supersede_replaced(actor, guidance)
    forget_typed_of(guidance.id)
    emit(actor, GuidanceIssued(guidance_id=guidance.id, recipient_count=len(body_ids)))
    return len(body_ids)


def list_addressed_ids(guidance: Guidance) -> list[int]:
    """The ids of the bodies that the paper's rule addresses now."""
    rule = AddresseeRule.from_dict(guidance.addressees)
    return list(db.session.scalars(sa.select(Organisation.id).where(addressed_by(rule))))


def freeze_recipients(guidance: Guidance) -> list[int]:
    """The bodies that the paper's rule addresses now as its recipients: one INSERT … SELECT, then their ids."""
    rule = AddresseeRule.from_dict(guidance.addressees)
    columns = [
        "guidance_id",
        "organisation_id",
        "organisation_code",
        "organisation_name",
        "prefecture_code",
        "delivered_at",
    ]
    selected = sa.select(
        sa.literal(guidance.id),
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.prefecture_code,
        sa.literal(guidance.issued_at, UtcDateTime()),
    ).where(addressed_by(rule))
    db.session.execute(sa.insert(Recipient).from_select(columns, selected, include_defaults=False))
    _hold_back(guidance)
    return list(db.session.scalars(sa.select(Recipient.organisation_id).where(Recipient.guidance_id == guidance.id)))


def _hold_back(guidance: Guidance) -> None:
    """Where the paper goes through the prefectures, their municipalities wait: those whose prefecture has it too.

    ``MIXED`` holds back neither designated nor core cities. No statement for a paper that goes to all at once.
    """
    if guidance.route is DeliveryRoute.DIRECT:
        return
    of_paper = sa.select(Recipient.prefecture_code).join(Organisation, Organisation.id == Recipient.organisation_id)
    with_prefecture = of_paper.where(
        Recipient.guidance_id == guidance.id, Organisation.kind == OrganisationKind.PREFECTURE
    )
    db.session.execute(
        sa.update(Recipient)
        .where(
            Recipient.guidance_id == guidance.id,
            Recipient.organisation_id.in_(sa.select(Organisation.id).where(_goes_through(guidance.route))),
            Recipient.prefecture_code.in_(with_prefecture),
        )
        .values(delivered_at=None)
        .execution_options(synchronize_session=False)
    )


def list_missing_prefectures(guidance: Guidance) -> list[Prefecture]:
    """The prefectures through which the paper goes by its route and to which it is not addressed.

    Their municipalities get it at the moment of its issue. Two statements, none for a paper that goes to all at once.
    """
    if guidance.route is DeliveryRoute.DIRECT:
        return []
    is_prefecture = sa.case((Organisation.kind == OrganisationKind.PREFECTURE, 1), else_=0)
    waits = sa.case((_goes_through(guidance.route), 1), else_=0)
    codes = db.session.scalars(
        sa.select(Organisation.prefecture_code)
        .where(addressed_by(AddresseeRule.from_dict(guidance.addressees)))
        .group_by(Organisation.prefecture_code)
        .having(sa.func.max(is_prefecture) == 0, sa.func.max(waits) == 1)
    )
    missing = set(codes)
    return [each for each in list_prefectures() if each.prefecture_code in missing] if missing else []


def _goes_through(route: DeliveryRoute) -> sa.ColumnElement[bool]:
    """The municipalities that a paper of this route, which is not the direct one, reaches through their prefecture."""
    municipalities = Organisation.kind.in_(MUNICIPALITIES)
    if route is not DeliveryRoute.MIXED:
        return municipalities
    return sa.and_(
        municipalities, Organisation.kind != OrganisationKind.DESIGNATED_CITY, sa.not_(Organisation.is_core_city)
    )
