"""Reading of inspections' progress, within what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import OPENED_STATES
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.decisions import policy as decision_policy
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.actor import Actor
from portal.inspections.models import Progress, Snapshot
from portal.inspections.states import Stage

_AT_ONCE = 10_000
_NEWEST_FIRST = (Snapshot.as_of.desc(), Snapshot.id.desc())


@dataclass(frozen=True, kw_only=True)
class ProgressFilter:
    """What a list is narrowed to: ``is_unreported`` the entries without any figures, ``is_late`` those behind."""

    stage: Stage | None = None
    is_unreported: bool = False
    prefecture_code: str | None = None
    procedure_id: int | None = None
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class ProgressLine:
    """A body × procedure to inspect, with its newest figures if there are any."""

    entry: Entry
    snapshot: Snapshot | None
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """Figures as once entered; those that were corrected are shown and do not count."""

    snapshot: Snapshot
    is_superseded: bool


def current_outcome(entry: Entry) -> Outcome | None:
    """What the decision that stands says; None where nothing was decided."""
    return db.session.scalar(
        sa.select(Decision.outcome).where(Decision.entry_id == entry.id, Decision.superseded_at.is_(None))
    )


def find_entry(actor: Actor, entry_id: int) -> Entry | None:
    """A body × procedure of an opened campaign that the actor may see, with both; None when there is none."""
    return db.session.scalar(
        sa.select(Entry)
        .join(Campaign, Campaign.id == Entry.campaign_id)
        .where(Entry.id == entry_id, Campaign.state.in_(OPENED_STATES), campaign_policy.entries_viewable_by(actor))
        .options(orm.joinedload(Entry.procedure), orm.contains_eager(Entry.campaign))
    )


def count_unfinished(entry_ids: Sequence[int]) -> int:
    """Of how many of these entries figures were entered that do not say that it is done. One statement each 10,000."""
    return sum(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Progress.entry_id.in_(entry_ids[start : start + _AT_ONCE]), Progress.stage != Stage.DONE
            )
        )
        or 0
        for start in range(0, len(entry_ids), _AT_ONCE)
    )


def find_newest(entry: Entry) -> Snapshot | None:
    """The newest figures of the entry: of the latest date those entered last."""
    return db.session.scalar(sa.select(Snapshot).where(Snapshot.entry_id == entry.id).order_by(*_NEWEST_FIRST).limit(1))


def newest_of(entry_ids: Sequence[int]) -> dict[int, Snapshot]:
    """The same of several entries, as their progress names it. One statement."""
    rows = db.session.scalars(
        sa.select(Snapshot)
        .join(Progress, Progress.snapshot_id == Snapshot.id)
        .where(Progress.entry_id.in_(entry_ids))
        .execution_options(populate_existing=True)
    )
    return {row.entry_id: row for row in rows}


def find_before(snapshot: Snapshot) -> Snapshot | None:
    """The figures of the last earlier date of the same entry."""
    return db.session.scalar(
        sa.select(Snapshot)
        .where(Snapshot.entry_id == snapshot.entry_id, Snapshot.as_of < snapshot.as_of)
        .order_by(*_NEWEST_FIRST)
        .limit(1)
    )


def find_after(snapshot: Snapshot) -> Snapshot | None:
    """The figures of the next later date of the same entry."""
    return db.session.scalar(
        sa.select(Snapshot)
        .where(Snapshot.entry_id == snapshot.entry_id, Snapshot.as_of > snapshot.as_of)
        .order_by(Snapshot.as_of, Snapshot.id.desc())
        .limit(1)
    )


def get_standing(entry: Entry, snapshot_id: int) -> Snapshot:
    """The entry's figures of that name, or what stands in their place since. Raises NotFound."""
    asked = orm.aliased(Snapshot)
    found = db.session.scalar(
        sa.select(Snapshot)
        .join(asked, sa.and_(asked.entry_id == Snapshot.entry_id, asked.as_of == Snapshot.as_of))
        .where(asked.id == snapshot_id, Snapshot.entry_id == entry.id, sa.not_(superseded(Snapshot)))
    )
    if found is None:
        raise NotFound
    return found


def superseded(snapshot: type[Snapshot]) -> sa.ColumnElement[bool]:
    """Whether later figures of the same entry and date stand in the place of these, as a condition."""
    other = orm.aliased(Snapshot)
    return sa.exists().where(other.entry_id == snapshot.entry_id, other.as_of == snapshot.as_of, other.id > snapshot.id)


def is_superseded(snapshot: Snapshot) -> bool:
    """Whether later figures of the same entry and date stand in the place of these."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    Snapshot.entry_id == snapshot.entry_id, Snapshot.as_of == snapshot.as_of, Snapshot.id > snapshot.id
                )
            )
        )
    )


def list_history(entry: Entry, *, cursor: str | None = None) -> Page[HistoryLine]:
    """Everything entered for the entry, the newest first, what was corrected included. One statement."""
    select: Any = sa.select(Snapshot, superseded(Snapshot)).where(Snapshot.entry_id == entry.id)
    page = paginate(db.session, select, order=_NEWEST_FIRST, cursor=cursor, size=20)
    return page.with_items([HistoryLine(snapshot=row, is_superseded=bool(gone)) for row, gone in page])


def list_progress(
    actor: Actor, campaign: Campaign, wanted: ProgressFilter, *, today: date, cursor: str | None = None
) -> Page[ProgressLine]:
    """The entries to inspect that the actor may see, by body. One statement."""
    late = _is_late(campaign, today)
    select = _to_inspect(actor, campaign, wanted, today).add_columns(Snapshot, late)
    select = (
        select.join(Participation, Participation.id == Entry.participation_id)
        .where(Participation.campaign_id == campaign.id)  # in whose index the bodies stand in the order of the list
        .options(orm.contains_eager(Entry.participation), orm.joinedload(Entry.procedure))
    )
    page = paginate(db.session, select, order=[Participation.organisation_code, Entry.id], cursor=cursor, size=50)
    return page.with_items(
        [ProgressLine(entry=entry, snapshot=found, is_late=bool(is_late)) for entry, found, is_late in page]
    )


def count_stages(actor: Actor, campaign: Campaign, wanted: ProgressFilter, *, today: date) -> dict[Stage | None, int]:
    """How many of these entries stand at each stage, None: not reported yet. One statement."""
    if wanted == ProgressFilter():
        select = (
            sa.select(Progress.stage, sa.func.count())
            .select_from(Decision)
            .outerjoin(Progress, Progress.entry_id == Decision.entry_id)
            .where(
                Decision.campaign_id == campaign.id,
                Decision.superseded_at.is_(None),
                Decision.outcome.in_(TO_INSPECT),
                *decision_policy.narrowed_to(actor),
            )
        )
    else:
        select = _to_inspect(actor, campaign, wanted, today).with_only_columns(Progress.stage, sa.func.count())
    rows = db.session.execute(select.group_by(Progress.stage))
    return {stage: count for stage, count in rows}


def _to_inspect(actor: Actor, campaign: Campaign, wanted: ProgressFilter, today: date) -> sa.Select[Entry]:
    select: sa.Select[Entry] = (
        sa.select(Entry)
        .join(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .outerjoin(Progress, Progress.entry_id == Entry.id)
        .outerjoin(Snapshot, Snapshot.id == Progress.snapshot_id)
        .where(
            Entry.campaign_id == campaign.id,
            Decision.outcome.in_(TO_INSPECT),
            campaign_policy.entries_viewable_by(actor),
        )
    )
    if wanted.stage is not None:
        select = select.where(Progress.stage == wanted.stage)
    if wanted.is_unreported:
        select = select.where(Progress.entry_id.is_(None))
    if wanted.prefecture_code:
        select = select.where(Entry.prefecture_code == wanted.prefecture_code)
    if wanted.procedure_id is not None:
        select = select.where(Entry.procedure_id == wanted.procedure_id)
    return select.where(_is_late(campaign, today)) if wanted.is_late else select


def _is_late(campaign: Campaign, today: date) -> sa.ColumnElement[bool]:
    """Not done although the final date has passed, or expected to be done after it."""
    if campaign.final_on is None:
        return sa.false()
    is_done = sa.func.coalesce(Progress.stage == Stage.DONE, sa.false())
    if today > campaign.final_on:
        return sa.not_(is_done)
    is_planned_later = sa.func.coalesce(Snapshot.expected_on > campaign.final_on, sa.false())
    return sa.and_(sa.not_(is_done), is_planned_later)
