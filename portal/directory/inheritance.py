"""Mergers that have taken effect, and the record of what each passed to the successor."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db, insert
from portal.core.events import emit
from portal.directory.absence_models import Inheritance
from portal.directory.actor import SYSTEM
from portal.directory.events import MattersInherited
from portal.directory.models import Organisation, OrganisationSuccession


@dataclass(frozen=True)
class Merger:
    """A body that has passed into another."""

    predecessor_id: int
    successor_id: int


def list_effective_mergers(predecessor_id: int | None = None) -> list[Merger]:
    """The mergers whose day has come in Japan, the earliest first, so that a chain of them is followed."""
    query = (
        sa.select(OrganisationSuccession.predecessor_id, OrganisationSuccession.successor_id)
        .where(OrganisationSuccession.effective_on <= japan_date(clock.now()))
        .order_by(OrganisationSuccession.effective_on, OrganisationSuccession.predecessor_id)
    )
    if predecessor_id is not None:
        query = query.where(OrganisationSuccession.predecessor_id == predecessor_id)
    return [Merger(*row) for row in db.session.execute(query)]


def get_successor(merger: Merger) -> Organisation:
    """The successor, locked so that of two workers one passes things on after the other."""
    return db.session.scalars(
        sa.select(Organisation).where(Organisation.id == merger.successor_id).with_for_update()
    ).one()


def record_inheritance(kind: str, subject_id: int, merger: Merger) -> bool:
    """Note that the thing passed to the successor; False when that was noted before."""
    added = (
        insert(Inheritance)
        .values(
            kind=kind,
            subject_id=subject_id,
            predecessor_id=merger.predecessor_id,
            successor_id=merger.successor_id,
            inherited_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Inheritance.subject_id)
    )
    return db.session.execute(added).first() is not None


def record_matters(merger: Merger, *, issues: int, guidance: int, campaigns: int = 0) -> None:
    """Enter into the operation record how much passed on; nothing when there was nothing."""
    if issues or guidance or campaigns:
        emit(
            SYSTEM,
            MattersInherited(
                organisation_id=merger.successor_id,
                predecessor_id=merger.predecessor_id,
                issues=issues,
                guidance=guidance,
                campaigns=campaigns,
            ),
        )
