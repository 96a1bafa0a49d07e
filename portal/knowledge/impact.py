"""How many bodies, and how many people live in them, have the question of an entry: reads of the joinings."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.knowledge import policy
from portal.knowledge.models import QaEntry, QaJoining


@dataclass(frozen=True)
class Impact:
    """Distinct bodies with the same question, the people who live in them, and the cases that they count."""

    bodies: int = 0
    population: int = 0
    cases: int = 0


def find_joining(actor: Actor, entry: QaEntry) -> QaJoining | None:
    """What the actor's own body said."""
    return db.session.scalar(
        sa.select(QaJoining).where(QaJoining.entry_id == entry.id, QaJoining.organisation_id == actor.organisation_id)
    )


def impact_of(ids: Collection[int]) -> dict[int, Impact]:
    """The impact of each of the entries that any body has joined. Figures alone tell of no body. One statement."""
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(QaJoining.entry_id, sa.func.count(), _population(), _sum(QaJoining.case_count))
        .join(Organisation, Organisation.id == QaJoining.organisation_id)
        .where(QaJoining.entry_id.in_(ids))
        .group_by(QaJoining.entry_id)
    )
    return {entry_id: Impact(bodies, int(people), int(cases)) for entry_id, bodies, people, cases in rows}


def list_joined_bodies(actor: Actor, entry: QaEntry, cursor: str | None = None) -> Page[QaJoining]:
    """Which bodies have the same question, the latest first, for headquarters; nothing for anybody else."""
    if not policy.sees_joined_bodies(actor):
        return Page(items=[])
    query = sa.select(QaJoining).where(QaJoining.entry_id == entry.id).options(orm.joinedload(QaJoining.organisation))
    return paginate(db.session, query, order=(QaJoining.id.desc(),), cursor=cursor, size=30)


def by_impact() -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    """Bodies and population of an entry, as columns to order a select of QaEntry by."""
    joined = sa.select(sa.func.count()).where(QaJoining.entry_id == QaEntry.id).correlate(QaEntry)
    lived = (
        sa.select(_population())
        .join(Organisation, Organisation.id == QaJoining.organisation_id)
        .select_from(QaJoining)
        .where(QaJoining.entry_id == QaEntry.id)
        .correlate(QaEntry)
    )
    return _whole(joined.scalar_subquery()), _whole(lived.scalar_subquery())


def _whole(value: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(value, 0), sa.BigInteger)


def _population() -> sa.ColumnElement[int]:
    return _sum(Organisation.population)


def _sum(column: Any) -> sa.ColumnElement[int]:
    return _whole(sa.func.sum(column))
