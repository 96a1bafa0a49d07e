"""Whom to call at a body that is silent: those of its people who left a telephone number."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.models import Membership, Person, Section
from portal.directory.roles import LOCAL_ROLES


@dataclass(frozen=True, kw_only=True)
class Telephone:
    """A number with whose it is."""

    name: str
    section: str
    number: str


def list_telephones(actor: Actor, organisation_ids: Collection[int]) -> dict[int, Telephone]:
    """One number for each of these bodies, heads and managers first; for headquarters and prefectures alone."""
    if not organisation_ids or not (actor.is_headquarters or actor.is_prefecture):
        return {}
    place = sa.func.row_number().over(
        partition_by=Membership.organisation_id, order_by=(Membership.is_head.desc(), Membership.role, Membership.id)
    )
    rows = (
        sa.select(
            Membership.organisation_id, Person.name, Section.name.label("section"), Person.phone, place.label("place")
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Section, Section.id == Membership.section_id)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            Membership.role.in_(LOCAL_ROLES),
            Membership.current_at(clock.now()),
            Person.phone != "",
        )
        .subquery()
    )
    return {
        row.organisation_id: Telephone(name=row.name, section=row.section or "", number=row.phone)
        for row in db.session.execute(sa.select(rows).where(rows.c.place == 1))
    }
