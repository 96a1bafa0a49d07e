"""対象一覧: which bodies must inspect which procedures, and where the list in a paper differs from that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core.db import db
from portal.core.events import emit
from portal.core.pagination import Page, paginate
from portal.decisions import policy
from portal.decisions.events import DecisionsExported
from portal.decisions.models import Decision, TargetEntry, TargetList
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


@dataclass(frozen=True, kw_only=True)
class Target:
    """A procedure that a body must inspect."""

    entry_id: int
    procedure_id: int
    name: str
    outcome: Outcome


@dataclass(kw_only=True)
class TargetBody:
    """A body with what it must inspect."""

    participation_id: int
    code: str
    name: str
    procedures: list[Target] = field(default_factory=list)


@dataclass(kw_only=True)
class Difference:
    """A body of which a list does not say what is decided now."""

    code: str
    name: str
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def note(self, procedure: str, outcome: Outcome, *, is_listed: bool) -> None:
        """That of this procedure the list says something else."""
        if not is_listed:
            self.added.append(procedure)
        elif outcome in TO_INSPECT:
            self.changed.append(procedure)
        else:
            self.dropped.append(procedure)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Decisions by outcome, and the paper with the newest list of targets."""

    outcomes: dict[Outcome, int]
    guidance_id: int | None


def summarise(actor: Actor, campaign: Campaign) -> Summary:
    """The figures of what the actor may see. One statement.

    Counted by procedure and added up here: by outcome alone SQLite takes an index that holds too little.
    """
    paper = sa.select(TargetList.guidance_id).where(TargetList.id == _newest_id(campaign)).scalar_subquery()
    rows = db.session.execute(
        sa.select(Decision.outcome, sa.func.count(), paper)
        .where(*_standing(campaign), *policy.narrowed_to(actor))
        .group_by(Decision.outcome, Decision.procedure_id)
    ).all()
    outcomes: dict[Outcome, int] = {}
    for outcome, count, _ in rows:
        outcomes[outcome] = outcomes.get(outcome, 0) + count
    return Summary(outcomes=outcomes, guidance_id=next((paper_id for *_, paper_id in rows), None))


def list_targets(
    actor: Actor, campaign: Campaign, *, prefecture: str | None = None, cursor: str | None = None, size: int = 50
) -> Page[TargetBody]:
    """The bodies that the actor may see and that have something to inspect, by code. Two statements."""
    has_some = (
        sa.exists()
        .where(Entry.participation_id == Participation.id, Decision.entry_id == Entry.id)
        .where(*_standing(campaign), Decision.outcome.in_(TO_INSPECT))
        .correlate(Participation)
    )
    select = sa.select(Participation).where(
        Participation.campaign_id == campaign.id, campaign_policy.participations_viewable_by(actor), has_some
    )
    if prefecture:
        select = select.where(Participation.prefecture_code == prefecture)
    order = [Participation.organisation_code, Participation.id]
    page: Page[Participation] = paginate(db.session, select, order=order, cursor=cursor, size=size)
    bodies = _gather(db.session.execute(_select(campaign, [each.id for each in page.items])))
    return page.with_items(bodies)


def list_all_targets(campaign: Campaign) -> list[TargetBody]:
    """Every body with something to inspect, by code. One statement."""
    return _gather(db.session.execute(_select(campaign)))


def export_targets(actor: Actor, campaign: Campaign, prefecture: str | None = None) -> list[TargetBody]:
    """Every body that the actor may see and that has something to inspect, for a file; that it was taken is recorded.

    Raises Forbidden. One statement.
    """
    authorize(policy.can_list, actor, campaign)
    select = _select(campaign).where(campaign_policy.participations_viewable_by(actor))
    if prefecture:
        select = select.where(Participation.prefecture_code == prefecture)
    bodies = _gather(db.session.execute(select))
    emit(actor, DecisionsExported(campaign_id=campaign.id, count=sum(len(each.procedures) for each in bodies)))
    return bodies


def find_newest_list(campaign: Campaign) -> TargetList | None:
    """The list that was put into a paper last."""
    return db.session.scalar(
        sa.select(TargetList).where(TargetList.campaign_id == campaign.id).order_by(TargetList.id.desc()).limit(1)
    )


def list_differences(campaign: Campaign, *, limit: int | None = None) -> list[Difference]:
    """The bodies of which the newest list does not say what is decided now, by code. One statement."""
    rows = db.session.execute(
        _disagreeing(campaign, _newest_id(campaign))
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .with_only_columns(
            Participation.organisation_code, Participation.organisation_name, Procedure.name, TargetEntry.list_id,
            Decision.outcome,
        )
        .order_by(Participation.organisation_code, Procedure.position, Procedure.id)
        .limit(limit)
    )  # fmt: skip
    found: dict[str, Difference] = {}
    for code, name, procedure, listed, outcome in rows:
        found.setdefault(code, Difference(code=code, name=name)).note(procedure, outcome, is_listed=listed is not None)
    return list(found.values())


def count_differing(found: TargetList, campaign: Campaign) -> int:
    """How many bodies the list does not tell what is decided now. One statement."""
    select = _disagreeing(campaign, found.id).with_only_columns(sa.func.count(sa.distinct(Entry.participation_id)))
    return int(db.session.scalar(select) or 0)


def list_decided_of(participation: Participation) -> Sequence[Decision]:
    """The decisions that stand on the procedures of one body, in their order. One statement."""
    return db.session.scalars(
        sa.select(Decision)
        .join(Entry, Entry.id == Decision.entry_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.participation_id == participation.id, Decision.superseded_at.is_(None))
        .options(orm.contains_eager(Decision.entry).contains_eager(Entry.procedure))
        .order_by(Procedure.position, Procedure.id)
    ).all()


def _select(campaign: Campaign, participation_ids: Sequence[int] | None = None) -> Any:
    select: Any = (
        sa.select(
            Participation.id, Participation.organisation_code, Participation.organisation_name, Entry.id, Procedure.id,
            Procedure.name, Decision.outcome,
        )
        .select_from(Decision)
        .join(Entry, Entry.id == Decision.entry_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(*_standing(campaign), Decision.outcome.in_(TO_INSPECT))
        .order_by(Participation.organisation_code, Procedure.position, Procedure.id)
    )  # fmt: skip
    return select if participation_ids is None else select.where(Entry.participation_id.in_(participation_ids))


def _gather(rows: Iterable[Any]) -> list[TargetBody]:
    found: dict[int, TargetBody] = {}
    for key, code, name, entry_id, procedure_id, procedure, outcome in rows:
        body = found.setdefault(key, TargetBody(participation_id=key, code=code, name=name))
        body.procedures.append(Target(entry_id=entry_id, procedure_id=procedure_id, name=procedure, outcome=outcome))
    return list(found.values())


def _standing(campaign: Campaign) -> tuple[sa.ColumnElement[bool], ...]:
    return Decision.campaign_id == campaign.id, Decision.superseded_at.is_(None)


def _disagreeing(campaign: Campaign, list_id: Any) -> Any:
    """The entries on which a list and what is decided now disagree: to inspect or not, all of it (○) or some (△)."""
    made_at = sa.select(TargetList.made_at).where(TargetList.id == list_id).correlate(None).scalar_subquery()
    then = orm.aliased(Decision)
    was_open = sa.or_(then.superseded_at.is_(None), then.superseded_at > made_at)
    is_wanted, is_listed = Decision.outcome.in_(TO_INSPECT), TargetEntry.list_id.is_not(None)
    return (
        sa.select(Entry.id)
        .join(Decision, Decision.entry_id == Entry.id)
        .outerjoin(TargetEntry, sa.and_(TargetEntry.entry_id == Entry.id, TargetEntry.list_id == list_id))
        .outerjoin(then, sa.and_(is_listed, then.entry_id == Entry.id, then.decided_at <= made_at, was_open))
        .where(
            *_standing(campaign),
            sa.or_(
                sa.and_(is_wanted, sa.not_(is_listed)),
                sa.and_(is_listed, sa.or_(sa.not_(is_wanted), Decision.outcome != then.outcome)),
            ),
        )
    )


def _newest_id(campaign: Campaign) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.max(TargetList.id))
        .where(TargetList.campaign_id == campaign.id)
        .correlate(None)
        .scalar_subquery()
    )
