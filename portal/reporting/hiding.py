"""Which cells of the published tables are left out, so that nobody works out one body's small count; pure.

A count of one body under ten is shown only where that body has itself published. All published tables are looked at
together, once, when the figures are frozen; whoever filters them only chooses among them. Four steps:

1. A cell is left out when only one or two bodies that have not published stand behind it and one of them has less
   than ten.
2. What is left out in a table is known as a whole (the total less what is shown), so it must pass the same test;
   in the table of prefectures also for a prefecture, which knows its own. Else more cells are left out, the
   smallest first.
3. What was found since an earlier published report is tested like a figure of its own: the two reports show it.
4. All tables together are searched for bounds that meet and sums that cancel (``spans``).

Where that cannot be reached, the figures are left out altogether.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.reporting import spans

SMALLEST = 10  # a count of one body below this is its own to publish
FEWEST = 3  # bodies behind a cell, so that one that knows its own count does not know another's

Cell = tuple[str, str]  # table, key


class _Class(NamedTuple):
    """Units in the same block of every table, and whose they are."""

    signature: spans.Signature
    numbers: list[int]
    owners: list[int]


class Frame:
    """The bodies × procedures that have not published, by their cells: what every measure is laid over."""

    def __init__(self, tables: Sequence[str], units: Iterable[tuple[int, tuple[str, ...]]]) -> None:
        """``units`` are the body of each and its key in each table."""
        self.tables = tuple(tables)
        self.bodies: list[int] = []
        self.keys: list[tuple[str, ...]] = []
        self.classes: dict[tuple[str, ...], list[int]] = {}
        for number, (body, keys) in enumerate(units):
            self.bodies.append(body)
            self.keys.append(keys)
            self.classes.setdefault(keys, []).append(number)
        self._layouts: dict[frozenset[Cell], list[_Class]] = {}

    def layout(self, hidden: frozenset[Cell]) -> "list[_Class]":
        """The units that nobody can tell apart when these cells are left out."""
        if hidden not in self._layouts:
            members: dict[spans.Signature, list[int]] = {}
            for keys, numbers in self.classes.items():
                cells = zip(self.tables, keys, strict=True)
                signature = tuple((name, None if (name, key) in hidden else key) for name, key in cells)
                members.setdefault(signature, []).extend(numbers)
            self._layouts = {
                hidden: [
                    _Class(signature, numbers, sorted({self.bodies[number] for number in numbers}))
                    for signature, numbers in members.items()
                ]
            }
        return self._layouts[hidden]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure that the tables show, unit by unit of its frame; ``unknown`` are cells of it that nothing shows."""

    frame: Frame
    values: Sequence[int]
    unknown: frozenset[Cell] = frozenset()


@dataclass(kw_only=True)
class Pattern:
    """The cells that are left out; all of them, and the total too, where nothing less would do."""

    cells: set[Cell] = field(default_factory=set)
    is_everything: bool = False

    def hides(self, table: str, key: str) -> bool:
        """Whether the cell is left out."""
        return self.is_everything or (table, key) in self.cells


class _Table:
    """One table of one measure: how much each body holds in each cell; bodies that hold nothing are missing."""

    def __init__(self, index: int, measure: Measure) -> None:
        self.cells: dict[str, dict[int, int]] = {}
        frame = measure.frame
        name, bodies, keys = frame.tables[index], frame.bodies, frame.keys
        for number, value in enumerate(measure.values):
            if value:
                held = self.cells.setdefault(keys[number][index], {})
                held[bodies[number]] = held.get(bodies[number], 0) + value
        self.unknown = {key for table, key in measure.unknown if table == name}

    def union(self, keys: Iterable[str]) -> Mapping[int, int]:
        """What is known of these cells as a whole, by body."""
        found: dict[int, int] = {}
        for key in keys:
            for body, value in self.cells.get(key, {}).items():
                found[body] = found.get(body, 0) + value
        return found


def hide_cells(
    tables: Sequence[str], measures: Sequence[Measure], order: Mapping[Cell, int], *, insiders: frozenset[str]
) -> Pattern:
    """The cells to leave out of every measure alike.

    ``order`` is what each cell shows, by which the smallest are left out first; ``insiders`` are the tables whose
    single cells somebody knows who may read the rest.
    """
    pattern = Pattern()
    views = {name: [_Table(index, each) for each in measures] for index, name in enumerate(tables)}
    while not pattern.is_everything:
        for name in tables:
            _protect(name, views[name], pattern, order, is_known_inside=name in insiders)
        searches = (_search(measure, pattern) for measure in measures)
        found = next((each for each in searches if each is not None), None)
        if found is None or pattern.is_everything:
            break
        _widen(tables, views, pattern, order, found)
    return pattern


def is_sensitive(held: Mapping[int, int]) -> bool:
    """Whether one or two bodies stand behind it, one of them with less than ten."""
    values = [value for value in held.values() if value]
    return 0 < len(values) < FEWEST and any(abs(value) < SMALLEST for value in values)


def _protect(
    name: str, views: Sequence[_Table], pattern: Pattern, order: Mapping[Cell, int], *, is_known_inside: bool
) -> None:
    for view in views:
        pattern.cells |= {
            (name, key) for key, held in view.cells.items() if key not in view.unknown and is_sensitive(held)
        }
    while not pattern.is_everything and not _is_safe(name, views, pattern, is_known_inside=is_known_inside):
        _hide_next(name, views, pattern, order)


def _is_safe(name: str, views: Sequence[_Table], pattern: Pattern, *, is_known_inside: bool) -> bool:
    for view in views:
        hidden = _hidden(name, view, pattern)
        if is_sensitive(view.union(hidden)):
            return False
        if is_known_inside and any(is_sensitive(view.union(hidden - {key})) for key in hidden):
            return False
    return True


def _hidden(name: str, view: _Table, pattern: Pattern) -> set[str]:
    return {key for key in view.cells if (name, key) in pattern.cells} | (view.unknown & view.cells.keys())


def _hide_next(name: str, views: Sequence[_Table], pattern: Pattern, order: Mapping[Cell, int]) -> None:
    left = {(name, key) for view in views for key in view.cells if (name, key) not in pattern.cells}
    if left:
        pattern.cells.add(min(left, key=lambda cell: (order.get(cell, 0), cell)))
    else:
        pattern.is_everything = True


def _search(measure: Measure, pattern: Pattern) -> spans.Single | None:
    """Somebody's small count that all tables together give away."""
    sums, singles = Counter[spans.Block](), []
    layout = measure.frame.layout(frozenset(pattern.cells | measure.unknown))
    for signature, numbers, owners in layout:
        value = sum(map(measure.values.__getitem__, numbers))
        for block in signature:
            sums[block] += value
        if len(owners) == 1:
            singles.append(spans.Single(owners[0], signature, value))
    return spans.find_given_away(sums, {each.signature: each.owners for each in layout}, singles, smallest=SMALLEST)


def _widen(
    tables: Sequence[str],
    views: Mapping[str, Sequence[_Table]],
    pattern: Pattern,
    order: Mapping[Cell, int],
    found: spans.Single,
) -> None:
    """Leave out a cell in which it stands; where none of them is shown any more, the next one of the first table."""
    shown = [cell for cell in found.signature if cell[1] is not None]
    if shown:
        pattern.cells.add(min(((name, str(key)) for name, key in shown), key=lambda cell: (order.get(cell, 0), cell)))
        return
    for name in tables:
        if any(view.cells.keys() - _hidden(name, view, pattern) for view in views[name]):
            _hide_next(name, views[name], pattern, order)
            return
    pattern.is_everything = True
