"""Marking what the published edition leaves out of figures, and making that edition; pure."""

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from portal.reporting.hiding import MANY, Cell, Frame, Measure, hide_cells, is_sensitive
from portal.reporting.states import Breakdown, Family
from portal.reporting.tallying import Body, Unit, first_published, is_published, keys_of

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


class Earlier(NamedTuple):
    """A report published before: its figures, and by entry the records to inspect and those pending."""

    facts: Facts
    amounts: Mapping[int, tuple[int, int]]


def mark_hidden(
    facts: Facts,
    units: Sequence[Unit],
    bodies: Mapping[int, Body],
    previous: Mapping[int, int] | None,
    earlier: Sequence[Earlier],
) -> None:
    """Write into each line which figures the published edition leaves out.

    ``previous`` are the mislinks from which what is new is counted, ``earlier`` are the reports published
    before, which everybody can compare with these.
    """
    dated = _Dated(units, bodies, previous, earlier)
    own = dated.unpublished()
    for family, measures in (
        (Family.TARGET, _amounts(Family.TARGET, own, dated)),
        (Family.PENDING, _amounts(Family.PENDING, own, dated)),
        (Family.MISLINKS, _mislinks(facts, own, dated)),
    ):
        _write(facts, family, list(measures))
    _mark_corrected(facts, own)
    facts["hidden_causes"] = _hidden_causes(facts, own, dated)
    facts["found"] = [
        [unit.entry_id, unit.mislinks, {cause: count for cause, count in unit.causes.items() if count}]
        for unit in units
        if unit.is_counted and unit.mislinks
    ]


def for_public(facts: Facts) -> Facts:
    """The edition for everybody: what is hidden is None, and nothing stands for one body that has not published."""
    public: Facts = copy.deepcopy({name: value for name, value in facts.items() if name != "found"})
    rows = [row for table in public["tables"].values() for row in table]
    for row in rows:
        row["hidden"] = [*row["hidden"], Family.CORRECTED.value]
    for row in (public["total"], *rows):
        row.update(dict.fromkeys(name for family in row["hidden"] for name in _LEFT_OUT[family]))
    public["causes"].update(dict.fromkeys(public["hidden_causes"]))
    if Family.MISLINKS.value in public["total"]["hidden"]:
        public["with_mislinks"] = None
    for question in public["survey"]["questions"]:
        _leave_out_of(question)
    return public


def _leave_out_of(question: Facts) -> None:
    if question["hidden"]:
        question["sum"] = None
    if question["hidden"] or question.get("is_median_hidden"):
        question["median"] = None


def digest_of(facts: Facts) -> str:
    """The hash of the figures, equal exactly when they are."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class _Dated:
    """The units as of the date, and what figures of earlier dates they are compared with."""

    def __init__(
        self,
        units: Sequence[Unit],
        bodies: Mapping[int, Body],
        previous: Mapping[int, int] | None,
        earlier: Sequence[Earlier],
    ) -> None:
        self.previous = previous
        self._units, self._bodies, self._earlier = units, bodies, earlier
        self._published = {
            unit.entry_id: first_published(unit, bodies[unit.participation_id])
            for unit in units
            if is_published(unit, bodies[unit.participation_id])
        }
        self._frames: dict[tuple[int, ...], Frame] = {}

    def unpublished(self) -> list[Unit]:
        """Units that have not published."""
        return [unit for unit in self._units if unit.is_counted and unit.entry_id not in self._published]

    def unpublished_by(self, day: str, then: Container[int]) -> list[Unit]:
        """Units that had not published by then: whoever has since told its count, has not told that of then.

        ``then`` are the entries of which something was counted at the time, perhaps at a later date than this one.
        """
        early = {entry_id for entry_id, first in self._published.items() if first <= day}
        return [
            unit for unit in self._units if (unit.is_counted or unit.entry_id in then) and unit.entry_id not in early
        ]

    def shown_before(self, family: Family) -> Iterable[Earlier]:
        """The earlier reports that show such figures."""
        return (report for report in self._earlier if family.value not in report.facts["total"]["hidden"])

    def frame_of(self, units: Sequence[Unit]) -> Frame:
        """What measures of these units are laid over; made once for the same units."""
        ids = tuple(unit.entry_id for unit in units)
        if ids not in self._frames:
            cells = [(unit.participation_id, keys_of(unit, self._bodies[unit.participation_id])) for unit in units]
            self._frames[ids] = Frame(TABLES, cells, [unit.stage for unit in units])
        return self._frames[ids]


def _mislinks(facts: Facts, own: Sequence[Unit], dated: _Dated) -> Iterable[Measure]:
    """What the tables show of mislinks, and what two dates laid side by side show."""
    yield Measure(frame=dated.frame_of(own), values=[unit.mislinks for unit in own])
    if dated.previous is not None:
        before = dated.previous
        units = dated.unpublished_by(facts["previous_on"], before)
        then, apart = [before.get(unit.entry_id, 0) for unit in units], dated.frame_of(units)
        yield Measure(frame=apart, values=then)
        yield Measure(frame=apart, values=[unit.mislinks - old for unit, old in zip(units, then, strict=True)])
    for report, _ in dated.shown_before(Family.MISLINKS):
        found = {entry_id: count for entry_id, count, _ in report["found"]}
        units = dated.unpublished_by(report["as_of"], found)
        values = [unit.mislinks - found.get(unit.entry_id, 0) for unit in units]
        unknown = _hidden_cells(report, Family.MISLINKS)
        yield Measure(frame=dated.frame_of(units), values=values, unknown=unknown)


def _amounts(family: Family, own: Sequence[Unit], dated: _Dated) -> Iterable[Measure]:
    """Records to inspect, or those pending, and what two dates laid side by side show of them."""
    index = (Family.TARGET, Family.PENDING).index(family)
    yield Measure(frame=dated.frame_of(own), values=[getattr(unit, family.value) for unit in own])
    for report, then in dated.shown_before(family):
        units = dated.unpublished_by(report["as_of"], then)
        values = [getattr(unit, family.value) - then.get(unit.entry_id, (0, 0))[index] for unit in units]
        yield Measure(frame=dated.frame_of(units), values=values, unknown=_hidden_cells(report, family))


def _hidden_cells(facts: Facts, family: Family) -> frozenset[Cell]:
    return frozenset(
        (table, row["key"])
        for table in TABLES
        for row in facts["tables"].get(table, ())
        if family.value in row["hidden"]
    )


def _write(facts: Facts, family: Family, measures: Sequence[Measure]) -> None:
    shown = _LEFT_OUT[family.value][0]
    order = {(table, row["key"]): row[shown] for table in TABLES for row in facts["tables"].get(table, ())}
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
    is_told = is_sensitive(done) or is_sensitive(left)
    found = {unit.participation_id for unit in units if unit.mislinks}
    if Family.MISLINKS.value in facts["total"]["hidden"] or (is_told and len(found) < MANY):
        facts["total"]["hidden"].append(Family.CORRECTED.value)


def _hidden_causes(facts: Facts, own: Sequence[Unit], dated: _Dated) -> list[str]:
    if Family.MISLINKS.value in facts["total"]["hidden"]:
        return sorted(facts["causes"])
    measures = [_by_cause(own, {}, frozenset())]
    for report, _ in dated.shown_before(Family.MISLINKS):
        then = {entry_id: causes for entry_id, _, causes in report["found"]}
        unknown = frozenset((_CAUSE, cause) for cause in report["hidden_causes"])
        measures.append(_by_cause(dated.unpublished_by(report["as_of"], then), then, unknown))
    order = {(_CAUSE, cause): count for cause, count in facts["causes"].items()}
    pattern = hide_cells((_CAUSE,), measures, order, insiders=frozenset())
    return sorted(cause for cause in facts["causes"] if pattern.hides(_CAUSE, cause))


def _by_cause(units: Sequence[Unit], then: Mapping[int, Mapping[str, int]], unknown: frozenset[Cell]) -> Measure:
    cells = [(unit, cause) for unit in units for cause in unit.causes or ()]
    frame = Frame((_CAUSE,), [(unit.participation_id, (cause,)) for unit, cause in cells])
    values = [unit.causes[cause] - then.get(unit.entry_id, {}).get(cause, 0) for unit, cause in cells]
    return Measure(frame=frame, values=values, unknown=unknown)
