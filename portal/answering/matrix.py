"""Bodies × procedures: where every body stands, one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import ANSWERED, READABLE, EntryState
from portal.core.db import db, read_rows
from portal.core.enums import LabelledEnum
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.decisions.models import Decision
from portal.decisions.states import Outcome
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.queries import PREFECTURES, Prefecture

_ON_A_PAGE = 30  # bodies, each with a cell for every procedure


class BodyFilter(LabelledEnum):
    """Which bodies to list."""

    SILENT = ("silent", "一件も提出していない", "Nothing submitted")
    OPEN = ("open", "未提出の事務がある", "Something not submitted")
    WAITING = ("waiting", "取りまとめ待ちがある", "Waiting to be forwarded")
    RETURNED = ("returned", "差戻し中がある", "Something returned")
    DONE = ("done", "全て提出した", "Everything submitted")


class Cell(NamedTuple):
    """One body × procedure; ``outcome`` is the decision in force, where it was asked for."""

    entry_id: int
    state: EntryState
    outcome: Outcome | None = None


@dataclass(frozen=True, kw_only=True)
class BodyRow:
    """A body with its cells by procedure."""

    participation: Participation
    cells: Mapping[int, Cell]

    @property
    def answered(self) -> int:
        """How many procedures it has submitted."""
        return sum(each.state in ANSWERED for each in self.cells.values())

    @property
    def is_silent(self) -> bool:
        """Whether it has submitted nothing."""
        return bool(self.cells) and not any(each.state in READABLE for each in self.cells.values())


@dataclass(frozen=True, kw_only=True)
class MatrixFilter:
    """What the bodies are narrowed to."""

    prefecture: str | None = None
    which: BodyFilter | None = None
    procedure_id: int | None = None


def list_bodies(
    actor: Actor, campaign: Campaign, wanted: MatrixFilter | None = None, *, cursor: str | None = None
) -> Page[BodyRow]:
    """Bodies that the actor may see, by code, with their cells. Two statements, whatever the number of bodies."""
    page = paginate(
        db.session,
        _narrowed(_bodies(actor.pattern), wanted or MatrixFilter()),
        order=[Participation.organisation_code, Participation.id],
        cursor=cursor,
        size=_ON_A_PAGE,
        bindings=_bindings(actor, campaign),
    )
    return page.with_items(with_cells(page.items))


def select_bodies(actor: Actor, campaign: Campaign, wanted: MatrixFilter) -> sa.Select[Participation]:
    """The bodies that the actor may see, narrowed."""
    return _narrowed(_bodies(actor.pattern), wanted).params(_bindings(actor, campaign))


@kept
def _bodies(actor: Actor) -> sa.Select[Participation]:
    return sa.select(Participation).where(
        Participation.campaign_id == sa.bindparam("campaign_id"), campaign_policy.participations_viewable_by(actor)
    )


def _bindings(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    return {**actor.bindings, "campaign_id": campaign.id}


def _narrowed(select: sa.Select[Participation], wanted: MatrixFilter) -> sa.Select[Participation]:
    if wanted.prefecture:
        select = select.where(Participation.prefecture_code == wanted.prefecture)
    if wanted.which is not None:
        select = select.where(_stands(wanted.which, wanted.procedure_id))
    return select


def count_silent(actor: Actor, campaign: Campaign) -> int:
    """How many bodies that the actor may see have submitted nothing. One statement."""
    return int(db.session.scalar(_silent(actor.pattern), _bindings(actor, campaign)) or 0)


@kept
def _silent(actor: Actor) -> sa.Select[int]:
    silent = _narrowed(_bodies(actor), MatrixFilter(which=BodyFilter.SILENT))
    return silent.with_only_columns(sa.func.count())


def list_places(actor: Actor, campaign: Campaign) -> list[Prefecture]:
    """The prefectures that bodies lie in which the actor may see, from north to south. One statement."""
    return [Prefecture._make(row) for row in read_rows(_places(actor.pattern), _bindings(actor, campaign))]


@kept
def _places(actor: Actor) -> sa.Select[str | None, str, str | None]:
    asked = sa.exists().where(
        Entry.campaign_id == sa.bindparam("campaign_id"),
        Entry.prefecture_code == Organisation.prefecture_code,
        campaign_policy.entries_viewable_by(actor),
    )
    return PREFECTURES.where(asked)


def with_cells(bodies: Sequence[Participation], *, with_outcomes: bool = False) -> list[BodyRow]:
    """The bodies with their cells, on demand with what was decided. One statement."""
    cells = _list_cells([each.id for each in bodies], with_outcomes=with_outcomes)
    return [BodyRow(participation=each, cells=cells.get(each.id, {})) for each in bodies]


def _list_cells(ids: Sequence[int], *, with_outcomes: bool) -> dict[int, dict[int, Cell]]:
    outcome = Decision.outcome if with_outcomes else sa.null()
    select = sa.select(Entry.participation_id, Entry.procedure_id, Entry.id, Entry.state, outcome)
    if with_outcomes:
        in_force = sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None))
        select = select.outerjoin(Decision, in_force)
    found: dict[int, dict[int, Cell]] = {key: {} for key in ids}
    rows = read_rows(select.where(Entry.participation_id.in_(ids)))
    for participation_id, procedure_id, entry_id, state, decided in rows:
        found[participation_id][procedure_id] = Cell(entry_id, state, decided)
    return found


def _stands(which: BodyFilter, procedure_id: int | None) -> sa.ColumnElement[bool]:
    def some(*states: EntryState) -> sa.ColumnElement[bool]:
        conditions = [Entry.participation_id == Participation.id, Entry.state.in_(states)]
        if procedure_id is not None:
            conditions.append(Entry.procedure_id == procedure_id)
        return sa.exists().where(*conditions)

    unanswered = tuple(set(EntryState) - ANSWERED)
    conditions = {
        BodyFilter.SILENT: sa.and_(sa.not_(some(*ANSWERED)), some(*unanswered)),
        BodyFilter.OPEN: some(*unanswered),
        BodyFilter.WAITING: some(EntryState.SUBMITTED),
        BodyFilter.RETURNED: some(EntryState.RETURNED),
        BodyFilter.DONE: sa.and_(sa.not_(some(*unanswered)), some(*ANSWERED)),
    }
    return conditions[which]
