"""Reading of decisions, scoped by policy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.decisions import policy
from portal.decisions.models import Decision
from portal.decisions.states import Cause, Outcome
from portal.directory.actor import Actor


def find_current(entry_id: int) -> Decision | None:
    """The decision that stands."""
    return db.session.scalar(sa.select(Decision).where(Decision.entry_id == entry_id, Decision.superseded_at.is_(None)))


def list_history(entry: Entry) -> Sequence[Decision]:
    """Every decision on the entry, the newest first."""
    return db.session.scalars(
        sa.select(Decision).where(Decision.entry_id == entry.id).order_by(Decision.id.desc())
    ).all()


def count_outcomes(actor: Actor, campaign: Campaign) -> dict[tuple[int, Outcome], int]:
    """How many entries that the actor may see, by procedure and outcome. One statement."""
    rows = db.session.execute(
        sa.select(Decision.procedure_id, Decision.outcome, sa.func.count())
        .where(Decision.campaign_id == campaign.id, Decision.superseded_at.is_(None), *policy.narrowed_to(actor))
        .group_by(Decision.outcome, Decision.procedure_id)
    )
    return {(procedure, outcome): count for procedure, outcome, count in rows}


@dataclass(frozen=True, kw_only=True)
class DecisionFilter:
    """What narrows the list of decisions; nothing set means all."""

    outcome: Outcome | None = None
    procedure_id: int | None = None
    prefecture: str | None = None
    is_overridden: bool = False


def list_decisions(
    actor: Actor, campaign: Campaign, wanted: DecisionFilter, *, cursor: str | None = None, size: int = 50
) -> Page[Decision]:
    """Decisions that stand, by body and procedure, narrowed. One statement."""
    select = _wanted(actor, campaign, wanted).options(
        orm.contains_eager(Decision.entry).contains_eager(Entry.participation),
        orm.contains_eager(Decision.entry).contains_eager(Entry.procedure),
    )
    order = [Participation.organisation_code, Decision.entry_id]
    return paginate(db.session, select, order=order, cursor=cursor, size=size)


def list_all_decisions(actor: Actor, campaign: Campaign, wanted: DecisionFilter) -> Iterator[tuple[Any, ...]]:
    """(code, name, procedure, decision's columns) of every one of them, for a file. One statement."""
    select = _wanted(actor, campaign, wanted).with_only_columns(
        Participation.organisation_code, Participation.organisation_name, Procedure.name, Decision.outcome,
        Decision.by_rule, Decision.row, Decision.facts, Decision.cause, Decision.reason, Decision.decided_at,
    )  # fmt: skip
    order = (Participation.organisation_code, Decision.entry_id)
    yield from (tuple(row) for row in db.session.execute(select.order_by(*order)))


def _wanted(actor: Actor, campaign: Campaign, wanted: DecisionFilter) -> sa.Select[Decision]:
    select: sa.Select[Decision] = (
        sa.select(Decision)
        .join(Entry, Entry.id == Decision.entry_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(
            Participation.campaign_id == campaign.id,  # in whose index the bodies stand in the order of the list
            Decision.superseded_at.is_(None),
            campaign_policy.entries_viewable_by(actor),
        )
    )
    if wanted.outcome is not None:
        select = select.where(Decision.outcome == wanted.outcome)
    if wanted.procedure_id is not None:
        select = select.where(Entry.procedure_id == wanted.procedure_id)
    if wanted.prefecture:
        select = select.where(Participation.prefecture_code == wanted.prefecture)
    return select.where(Decision.cause == Cause.OVERRIDE) if wanted.is_overridden else select
