"""Figures of an inspection as of a date, counted from its rows; pure.

Each body × procedure is one ``Unit``. Units are counted where a decision says to inspect, and where figures were
reported in any case: what was found stays found.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(kw_only=True)
class Row:
    """One line of a table; ``stages`` counts bodies × procedures, the sums count records."""

    key: str
    label: str
    label_en: str
    sums: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    bodies: set[int] = field(default_factory=set)

    def add(self, unit: Unit, new: int) -> None:
        """Count one more."""
        sums = self.sums
        sums["target"] += unit.target
        sums["matched"] += unit.matched
        sums["pending"] += unit.pending
        sums["mislinks"] += unit.mislinks
        sums["corrected"] += unit.corrected
        sums["new"] += new
        self.stages[unit.stage or UNREPORTED] += 1
        self.bodies.add(unit.participation_id)

    def as_facts(self) -> dict[str, Any]:
        """The line as it is kept; every stage and sum stands in it."""
        return {
            "key": self.key,
            "label": self.label,
            "label_en": self.label_en,
            "bodies": len(self.bodies),
            "entries": sum(self.stages.values()),
            "stages": {name: self.stages[name] for name in (*(stage.value for stage in Stage), UNREPORTED)},
            **{name: self.sums[name] for name in SUMS},
            "hidden": [],
        }


Labels = Mapping[Breakdown, Sequence[tuple[str, str, str]]]  # (key, Japanese, English) in the order of the table


def keys_of(unit: Unit, body: Body) -> dict[Breakdown, str]:
    """The line of each table that the unit belongs to."""
    return {
        Breakdown.PROCEDURE: str(unit.procedure_id),
        Breakdown.PREFECTURE: body.prefecture,
        Breakdown.KIND: body.kind,
    }


def is_published(unit: Unit, body: Body) -> bool:
    """Whether the body has itself published what it found here."""
    return unit.published_on is not None or body.published_on is not None


def tally(
    units: Iterable[Unit], bodies: Mapping[int, Body], labels: Labels, earlier: Mapping[int, int] | None
) -> dict[str, Any]:
    """Every figure: the total, each table, causes, leaks, outcomes, and the bodies that have published.

    ``earlier`` holds the mislinks of the previous date by entry; without one everything found is new.
    """
    total = Row(key="total", label="合計", label_en="Total")
    tables = {name: {key: Row(key=key, label=ja, label_en=en) for key, ja, en in lines} for name, lines in labels.items()}
    causes, leaks, outcomes = Counter[str](), Counter[str](), Counter[str]()
    found: list[Unit] = []
    before = earlier or {}
    for unit in units:
        outcomes[unit.outcome or "none"] += 1
        if not unit.is_counted:
            continue
        body, new = bodies[unit.participation_id], unit.mislinks - before.get(unit.entry_id, 0)
        total.add(unit, new)
        for name, key in keys_of(unit, body).items():
            tables[name][key].add(unit, new)
        if unit.leak is not None:
            leaks[unit.leak] += 1
        if unit.mislinks:
            found.append(unit)
            causes.update(unit.causes)
    return {
        "total": total.as_facts(),
        "tables": {
            name.value: [row.as_facts() for row in rows.values() if row.stages] for name, rows in tables.items()
        },
        "causes": {cause.value: causes[cause.value] for cause in MislinkCause},
        "leaks": {state.value: leaks[state.value] for state in LeakState},
        "outcomes": dict(sorted(outcomes.items())),
        "addressed": len(bodies),
        **_bodies_facts(found, bodies),
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
