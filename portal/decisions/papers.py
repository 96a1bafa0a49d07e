"""The list of targets that stands in a paper, as each reader may see it: of its own bodies, as it was put in.

The paper's own text is general and the same for all; what a body must inspect is read here by that body, its
prefecture, its liaison and the headquarters, and by nobody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core.db import db
from portal.decisions.models import Decision, TargetEntry, TargetList
from portal.decisions.states import Outcome
from portal.directory.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A procedure as the paper says it, and what is decided now where that differs."""

    entry_id: int
    procedure_id: int
    name: str
    outcome: Outcome
    now: Outcome | None = None


@dataclass(kw_only=True)
class ListedBody:
    """A body in the list, with what the paper tells it to inspect."""

    participation_id: int
    code: str
    name: str
    procedures: list[Listed] = field(default_factory=list)


def find_list_of(guidance_id: int) -> tuple[TargetList, Campaign] | None:
    """The list of targets of a paper and its campaign; None for every other paper. One statement."""
    row = db.session.execute(
        sa.select(TargetList, Campaign)
        .join(Campaign, Campaign.id == TargetList.campaign_id)
        .where(TargetList.guidance_id == guidance_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def find_counted_list_of(actor: Actor, guidance_id: int) -> tuple[TargetList, Campaign, int] | None:
    """The same with how many bodies of the list the actor may see. One statement."""
    seen = (
        sa.select(sa.func.count(sa.distinct(Entry.participation_id)))
        .select_from(TargetEntry)
        .join(Entry, Entry.id == TargetEntry.entry_id)
        .where(TargetEntry.list_id == TargetList.id, campaign_policy.entries_viewable_by(actor))
        .correlate(TargetList)
        .scalar_subquery()
    )
    row = db.session.execute(
        sa.select(TargetList, Campaign, seen)
        .join(Campaign, Campaign.id == TargetList.campaign_id)
        .where(TargetList.guidance_id == guidance_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1], int(row[2] or 0))


def find_own_of(actor: Actor, guidance_id: int) -> tuple[TargetList, Campaign, ListedBody] | None:
    """The list of a paper with the lines of the actor's own body; None where it is not in one. One statement."""
    rows = db.session.execute(
        _lines(TargetList, Campaign)
        .join(Campaign, Campaign.id == TargetList.campaign_id)
        .where(TargetList.guidance_id == guidance_id, Participation.organisation_id == actor.organisation_id)
    ).all()
    bodies = _gathered(row[:-2] for row in rows)
    return (rows[0][-2], rows[0][-1], bodies[0]) if bodies else None


def list_listed(actor: Actor | None, found: TargetList) -> list[ListedBody]:
    """The lines of the list that the actor may see (all without an actor), by code. One statement."""
    may = () if actor is None else (campaign_policy.participations_viewable_by(actor),)
    return _gathered(db.session.execute(_lines().where(TargetList.id == found.id, *may)))


def _lines(*more: Any) -> sa.Select[Any]:
    then, now = orm.aliased(Decision), orm.aliased(Decision)
    is_open = sa.or_(then.superseded_at.is_(None), then.superseded_at > TargetList.made_at)
    stood = sa.and_(then.entry_id == Entry.id, then.decided_at <= TargetList.made_at, is_open)
    return (
        sa.select(
            Participation.id, Participation.organisation_code, Participation.organisation_name, Entry.id, Procedure.id,
            Procedure.name, then.outcome, now.outcome, *more,
        )
        .select_from(TargetList)
        .join(TargetEntry, TargetEntry.list_id == TargetList.id)
        .join(Entry, Entry.id == TargetEntry.entry_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .join(then, stood)
        .outerjoin(now, sa.and_(now.entry_id == Entry.id, now.superseded_at.is_(None)))
        .order_by(Participation.organisation_code, Participation.id, Procedure.position, Procedure.id)
    )  # fmt: skip


def _gathered(rows: Iterable[Any]) -> list[ListedBody]:
    bodies: dict[int, ListedBody] = {}
    for key, code, name, entry_id, procedure_id, procedure, outcome, newest in rows:
        body = bodies.setdefault(key, ListedBody(participation_id=key, code=code, name=name))
        changed = newest if newest is not outcome else None
        body.procedures.append(
            Listed(entry_id=entry_id, procedure_id=procedure_id, name=procedure, outcome=outcome, now=changed)
        )
    return list(bodies.values())
