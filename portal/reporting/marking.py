"""Marking what the published edition leaves out of figures, and making that edition; pure."""

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from portal.reporting.hiding import Cell, Holding, Measure, Pattern, hide_cells, is_sensitive
from portal.reporting.states import Breakdown, Family
from portal.reporting.tallying import Body, Unit, is_published, keys_of

TABLES = tuple(each.value for each in Breakdown)
_KNOWN_INSIDE = frozenset({Breakdown.PREFECTURE.value})  # a prefecture sees its own bodies one by one
_CAUSE = "cause"
_LEFT_OUT: dict[str, tuple[str, ...]] = {
    Family.TARGET.value: ("target", "matched"),
    Family.PENDING.value: ("pending",),
    Family.MISLINKS.value: ("mislinks", "new"),
    Family.CORRECTED.value: ("corrected",),
}

Facts = dict[str, Any]


def mark_hidden(
    facts: Facts,
    units: Sequence[Unit],
    bodies: Mapping[int, Body],
    previous: Mapping[int, int] | None,
    earlier: Sequence[Facts],
) -> None:
    """Write into each line which figures the published edition leaves out.

    ``previous`` are the mislinks from which what is new is counted, ``earlier`` the figures of reports published
    before, which everybody can compare with these.
    """
    own = [unit for unit in units if unit.is_counted and not is_published(unit, bodies[unit.participation_id])]
    held = _Holdings(own, bodies)
    for family, measures in (
        (Family.TARGET, [held.of(lambda unit: unit.target)]),
        (Family.PENDING, [held.of(lambda unit: unit.pending)]),
        (Family.MISLINKS, list(_mislinks(held, previous, earlier))),
    ):
        _write(facts, family, _LEFT_OUT[family.value][0], measures)
    _mark_corrected(facts, own)
    facts["hidden_causes"] = _hidden_causes(facts, own, earlier)
    facts["found"] = [
        [unit.entry_id, unit.mislinks, {cause: count for cause, count in unit.causes.items() if count}]
        for unit in units
        if unit.is_counted and unit.mislinks
    ]


def for_public(facts: Facts) -> Facts:
    """The edition for everybody: what is hidden is None, and nothing stands for one body that has not published."""
    public = copy.deepcopy({name: value for name, value in facts.items() if name != "found"})
    for table in public["tables"].values():
        for row in table:
            row["hidden"] = [*row["hidden"], Family.CORRECTED.value]
    for row in (public["total"], *(row for table in public["tables"].values() for row in table)):
        for family in row["hidden"]:
            for name in _LEFT_OUT[family]:
                row[name] = None
    for cause in public["hidden_causes"]:
        public["causes"][cause] = None
    if Family.MISLINKS.value in public["total"]["hidden"]:
        public["with_mislinks"] = None
    for question in public.get("survey", {}).get("questions", ()):
        if question["hidden"]:
            question["sum"] = None
        if question["hidden"] or question.get("is_median_hidden"):
            question["median"] = None
    return public


def digest_of(facts: Facts) -> str:
    """The hash of the figures, equal exactly when they are."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def list_differences(one: Facts, other: Facts) -> list[tuple[str, str, int, int]]:
    """Where two sets of figures differ: (table, line, then, now), of the sums of records and entries."""
    found = []
    for table, label, then, now in _lines(one, other):
        for name in ("entries", "target", "matched", "pending", "mislinks", "corrected"):
            before, after = then.get(name) or 0, now.get(name) or 0
            if before != after:
                found.append((table, f"{label}\t{name}", before, after))
    return found


def _lines(one: Facts, other: Facts) -> Iterable[tuple[str, str, Facts, Facts]]:
    yield "total", str(one["total"]["label"]), one["total"], other["total"]
    for table in TABLES:
        then = {row["key"]: row for row in one["tables"].get(table, ())}
        now = {row["key"]: row for row in other["tables"].get(table, ())}
        for key in sorted(then.keys() | now.keys()):
            label = str((then.get(key) or now[key])["label"])
            yield table, label, then.get(key, {}), now.get(key, {})


class _Holdings:
    """The units that have not been published, with their cells, once for all measures."""

    def __init__(self, units: Sequence[Unit], bodies: Mapping[int, Body]) -> None:
        self.units = units
        self._keys = [
            {table.value: key for table, key in keys_of(unit, bodies[unit.participation_id]).items()} for unit in units
        ]

    def of(self, value: Callable[[Unit], int], unknown: frozenset[Cell] = frozenset()) -> Measure:
        """One figure of all of them."""
        held = [
            Holding(body=unit.participation_id, keys=keys, value=value(unit))
            for unit, keys in zip(self.units, self._keys, strict=True)
        ]
        return Measure(holdings=held, unknown=unknown)


def _mislinks(
    held: _Holdings, previous: Mapping[int, int] | None, earlier: Sequence[Facts]
) -> Iterable[Measure]:
    yield held.of(lambda unit: unit.mislinks)
    if previous is not None:
        yield held.of(lambda unit: previous.get(unit.entry_id, 0))
        yield held.of(lambda unit: unit.mislinks - previous.get(unit.entry_id, 0))
    for facts in earlier:
        if Family.MISLINKS.value not in facts["total"]["hidden"]:
            then = {entry_id: count for entry_id, count, _ in facts["found"]}
            yield held.of(lambda unit, then=then: unit.mislinks - then.get(unit.entry_id, 0), _hidden_cells(facts))


def _hidden_cells(facts: Facts) -> frozenset[Cell]:
    return frozenset(
        (table, row["key"])
        for table in TABLES
        for row in facts["tables"].get(table, ())
        if Family.MISLINKS.value in row["hidden"]
    )


def _write(facts: Facts, family: Family, order_by: str, measures: Sequence[Measure]) -> None:
    order = {(table, row["key"]): row[order_by] for table in TABLES for row in facts["tables"].get(table, ())}
    pattern = hide_cells(TABLES, measures, order, insiders=_KNOWN_INSIDE)
    if pattern.is_everything:
        facts["total"]["hidden"].append(family.value)
    for table in TABLES:
        for row in facts["tables"].get(table, ()):
            if pattern.hides(table, row["key"]):
                row["hidden"].append(family.value)


def _mark_corrected(facts: Facts, units: Sequence[Unit]) -> None:
    done, left = Counter[int](), Counter[int]()
    for unit in units:
        done[unit.participation_id] += unit.corrected
        left[unit.participation_id] += unit.mislinks - unit.corrected
    if Family.MISLINKS.value in facts["total"]["hidden"] or is_sensitive(done) or is_sensitive(left):
        facts["total"]["hidden"].append(Family.CORRECTED.value)


def _hidden_causes(facts: Facts, units: Sequence[Unit], earlier: Sequence[Facts]) -> list[str]:
    if Family.MISLINKS.value in facts["total"]["hidden"]:
        return sorted(facts["causes"])
    measures = [_by_cause(units, {}, frozenset())]
    for each in earlier:
        if Family.MISLINKS.value not in each["total"]["hidden"]:
            then = {entry_id: causes for entry_id, _, causes in each["found"]}
            measures.append(_by_cause(units, then, frozenset((_CAUSE, cause) for cause in each["hidden_causes"])))
    order = {(_CAUSE, cause): count for cause, count in facts["causes"].items()}
    pattern: Pattern = hide_cells((_CAUSE,), measures, order, insiders=frozenset())
    return sorted(cause for cause in facts["causes"] if pattern.hides(_CAUSE, cause))


def _by_cause(units: Sequence[Unit], then: Mapping[int, Mapping[str, int]], unknown: frozenset[Cell]) -> Measure:
    held = []
    for unit in units:
        before = then.get(unit.entry_id, {})
        for cause, count in (unit.causes or {}).items():
            held.append(Holding(body=unit.participation_id, keys={_CAUSE: cause}, value=count - before.get(cause, 0)))
    return Measure(holdings=held, unknown=unknown)
