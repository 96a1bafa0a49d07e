"""Figures of an inspection as of a date, counted from its rows; pure.

Each body × procedure is one ``Unit``. Units are counted where a decision says to inspect, and where figures were
reported in any case: what was found stays found.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from portal.decisions.states import TO_INSPECT
from portal.inspections.states import LeakState, MislinkCause, Stage
from portal.reporting.states import Breakdown

SUMS = ("target", "matched", "pending", "mislinks", "new", "corrected")
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


class _Group:
    """Units of one line of every table, counted together: each unit is looked at once."""

    def __init__(self) -> None:
        self.sums = [0] * len(SUMS)
        self.stages: dict[str, int] = {}
        self.bodies: set[int] = set()

    def add(self, unit: Unit, new: int) -> None:
        """Count one more."""
        sums, stage = self.sums, unit.stage or UNREPORTED
        sums[0] += unit.target
        sums[1] += unit.matched
        sums[2] += unit.pending
        sums[3] += unit.mislinks
        sums[4] += new
        sums[5] += unit.corrected
        self.stages[stage] = self.stages.get(stage, 0) + 1
        self.bodies.add(unit.participation_id)

    def take(self, other: "_Group") -> None:
        """Count another group in."""
        self.sums = [one + more for one, more in zip(self.sums, other.sums, strict=True)]
        for stage, count in other.stages.items():
            self.stages[stage] = self.stages.get(stage, 0) + count
        self.bodies |= other.bodies

    def as_facts(self, key: str, label: str, label_en: str) -> dict[str, Any]:
        """The line as it is kept; every stage and sum stands in it."""
        return {
            "key": key,
            "label": label,
            "label_en": label_en,
            "bodies": len(self.bodies),
            "entries": sum(self.stages.values()),
            "stages": {name: self.stages.get(name, 0) for name in (*(stage.value for stage in Stage), UNREPORTED)},
            **dict(zip(SUMS, self.sums, strict=True)),
            "hidden": [],
        }


Labels = Mapping[Breakdown, Sequence[tuple[str, str, str]]]  # (key, Japanese, English) in the order of the table


def keys_of(unit: Unit, body: Body) -> tuple[str, str, str]:
    """The line of each table that the unit belongs to, in the order of Breakdown."""
    return str(unit.procedure_id), body.prefecture, body.kind


def is_published(unit: Unit, body: Body) -> bool:
    """Whether the body has itself published what it found here."""
    return unit.published_on is not None or body.published_on is not None


def was_published(unit: Unit, body: Body, day: str) -> bool:
    """The same as of an earlier day."""
    days = [each for each in (unit.published_on, body.published_on) if each is not None]
    return bool(days) and min(days).isoformat() <= day


def tally(
    units: Iterable[Unit], bodies: Mapping[int, Body], labels: Labels, earlier: Mapping[int, int] | None
) -> dict[str, Any]:
    """Every figure: the total, each table, causes, leaks, outcomes, and the bodies that have published.

    ``earlier`` holds the mislinks of the previous date by entry; without one everything found is new.
    """
    groups: dict[tuple[int, str, str], _Group] = {}
    causes, leaks, outcomes = Counter[str](), Counter[str](), Counter[str]()
    found: list[Unit] = []
    before, places = earlier or {}, {body.id: (body.prefecture, body.kind) for body in bodies.values()}
    for unit in units:
        outcomes[unit.outcome or "none"] += 1
        if not unit.is_counted:
            continue
        key = (unit.procedure_id, *places[unit.participation_id])
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group()
        group.add(unit, unit.mislinks - before.get(unit.entry_id, 0))
        if unit.leak is not None:
            leaks[unit.leak] += 1
        if unit.mislinks:
            found.append(unit)
            causes.update(unit.causes)
    return {
        **_tables(groups, labels),
        "causes": {cause.value: causes[cause.value] for cause in MislinkCause},
        "leaks": {state.value: leaks[state.value] for state in LeakState},
        "outcomes": dict(sorted(outcomes.items())),
        "addressed": len(bodies),
        **_bodies_facts(found, bodies),
    }


def _tables(groups: Mapping[tuple[int, str, str], _Group], labels: Labels) -> dict[str, Any]:
    total = _Group()
    lines: dict[tuple[Breakdown, str], _Group] = {}
    for (procedure, prefecture, kind), group in groups.items():
        total.take(group)
        keys = {Breakdown.PROCEDURE: str(procedure), Breakdown.PREFECTURE: prefecture, Breakdown.KIND: kind}
        for line in keys.items():
            lines.setdefault(line, _Group()).take(group)
    tables = {
        table.value: [lines[table, key].as_facts(key, ja, en) for key, ja, en in rows if (table, key) in lines]
        for table, rows in labels.items()
    }
    return {"total": total.as_facts("total", "合計", "Total"), "tables": tables}


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
