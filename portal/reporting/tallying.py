"""Figures of an inspection as of a date, counted from its rows; pure.

Each body × procedure is one ``Unit``. Units are counted where a decision says to inspect, and where figures were
reported in any case: what was found stays found.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from portal.decisions.states import TO_INSPECT
from portal.inspections.states import LeakState, MislinkCause, Stage
from portal.reporting.states import Breakdown

_GETTERS = {name: attrgetter(name) for name in ("target", "matched", "pending", "mislinks", "corrected")}
_ENTRY, _BODY, _STAGE = attrgetter("entry_id"), attrgetter("participation_id"), attrgetter("stage")
UNREPORTED = "unreported"
NOWHERE = "—"  # the prefecture of bodies that lie in none
_TO_INSPECT = frozenset(outcome.value for outcome in TO_INSPECT)


class Unit(NamedTuple):
    """One body × procedure as of a date; the figures are 0 and ``stage`` is None where nothing was reported."""

    entry_id: int
    participation_id: int
    procedure_id: int
    outcome: str | None
    stage: str | None
    target: int
    matched: int
    pending: int
    mislinks: int
    corrected: int
    causes: Mapping[str, int]
    leak: str | None
    published_on: Any
    published_url: str

    @property
    def is_counted(self) -> bool:
        """Whether it belongs to the inspection."""
        return self.stage is not None or self.outcome in _TO_INSPECT


@dataclass(frozen=True, kw_only=True)
class Body:
    """An addressed body, with what the tables divide by."""

    id: int
    code: str
    name: str
    prefecture: str
    kind: str
    published_on: Any = None
    published_url: str = ""


Labels = Mapping[Breakdown, Sequence[tuple[str, str, str]]]  # (key, Japanese, English) in the order of the table


def keys_of(unit: Unit, body: Body) -> tuple[str, str, str]:
    """The line of each table that the unit belongs to, in the order of Breakdown."""
    return str(unit.procedure_id), body.prefecture, body.kind


def is_published(unit: Unit, body: Body) -> bool:
    """Whether the body has itself published what it found here."""
    return unit.published_on is not None or body.published_on is not None


def first_published(unit: Unit, body: Body) -> str:
    """The day on which the body first published it, which it has."""
    return str(min(each for each in (unit.published_on, body.published_on) if each is not None))


def tally(
    units: Sequence[Unit], bodies: Mapping[int, Body], labels: Labels, earlier: Mapping[int, int] | None
) -> dict[str, Any]:
    """Every figure: the total, each table, causes, leaks, outcomes, and the bodies that have published.

    ``earlier`` holds the mislinks of the previous date by entry; without one everything found is new.
    """
    counted = [unit for unit in units if unit.is_counted]
    found = [unit for unit in counted if unit.mislinks]
    causes, leaks = Counter[str](), Counter(unit.leak for unit in counted)
    for unit in found:
        causes.update(unit.causes)
    return {
        "total": _line("total", "合計", "Total", counted, earlier or {}),
        "tables": _tables(counted, bodies, labels, earlier or {}),
        "causes": {cause.value: causes[cause.value] for cause in MislinkCause},
        "leaks": {state.value: leaks[state.value] for state in LeakState},
        "outcomes": dict(sorted(Counter(unit.outcome or "none" for unit in units).items())),
        "addressed": len(bodies),
        **_bodies_facts(found, bodies),
    }


def _tables(
    units: Sequence[Unit], bodies: Mapping[int, Body], labels: Labels, earlier: Mapping[int, int]
) -> dict[str, list[dict[str, Any]]]:
    columns = zip(*(keys_of(unit, bodies[unit.participation_id]) for unit in units), strict=True)
    tables: dict[str, list[dict[str, Any]]] = {table.value: [] for table in labels}
    for table, column in zip(Breakdown, columns, strict=False):  # without units there are no columns
        lines: dict[str, list[Unit]] = {}
        for key, unit in zip(column, units, strict=True):
            lines.setdefault(key, []).append(unit)
        tables[table.value] = [_line(key, ja, en, lines[key], earlier) for key, ja, en in labels[table] if key in lines]
    return tables


def _line(key: str, label: str, label_en: str, units: Sequence[Unit], earlier: Mapping[int, int]) -> dict[str, Any]:
    """The line of a table as it is kept; every stage and sum stands in it."""
    stages = Counter(map(_STAGE, units))
    sums = {name: sum(map(getter, units)) for name, getter in _GETTERS.items()}
    return {
        "key": key,
        "label": label,
        "label_en": label_en,
        "bodies": len(set(map(_BODY, units))),
        "entries": len(units),
        "stages": {**{stage.value: stages[stage.value] for stage in Stage}, UNREPORTED: stages[None]},
        **sums,
        "new": sums["mislinks"] - sum(earlier[entry_id] for entry_id in map(_ENTRY, units) if entry_id in earlier),
        "hidden": [],
    }


def _bodies_facts(found: Sequence[Unit], bodies: Mapping[int, Body]) -> dict[str, Any]:
    published: dict[int, list[Unit]] = {}
    for unit in found:
        if is_published(unit, bodies[unit.participation_id]):
            published.setdefault(unit.participation_id, []).append(unit)
    lines = [_published_line(bodies[body_id], units) for body_id, units in published.items()]
    return {
        "with_mislinks": len({unit.participation_id for unit in found}),
        "with_published": len(published),
        "published": sorted(lines, key=lambda line: str(line["code"])),
    }


def _published_line(body: Body, units: Sequence[Unit]) -> dict[str, Any]:
    days = [unit.published_on for unit in units if unit.published_on is not None]
    first = min([*days, body.published_on] if body.published_on is not None else days)
    url = body.published_url or next((unit.published_url for unit in units if unit.published_url), "")
    return {
        "code": body.code,
        "name": body.name,
        "mislinks": sum(unit.mislinks for unit in units),
        "published_on": first.isoformat(),
        "url": url,
    }
