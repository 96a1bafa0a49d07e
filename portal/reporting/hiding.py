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
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.reporting import spans

SMALLEST = 10  # a count of one body below this is its own to publish
FEWEST = 3  # bodies behind a cell, so that one that knows its own count does not know another's

Cell = tuple[str, str]  # table, key


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What one body × procedure that has not published holds; ``keys`` are its cells by table."""

    body: int
    keys: Mapping[str, str]
    value: int


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure that the tables show; ``unknown`` are cells of it that nothing shows in any case."""

    holdings: Sequence[Holding]
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
    """One table of one measure: how much each body holds in each cell."""

    def __init__(self, name: str, measure: Measure) -> None:
        self.cells: dict[str, Counter[int]] = {}
        self.unknown = {key for table, key in measure.unknown if table == name}
        for holding in measure.holdings:
            self.cells.setdefault(holding.keys[name], Counter())[holding.body] += holding.value

    def union(self, keys: Iterable[str]) -> Counter[int]:
        """What is known of these cells as a whole, by body."""
        found = Counter[int]()
        for key in keys:
            for body, value in self.cells.get(key, {}).items():
                found[body] += value
        return found


def hide_cells(
    tables: Sequence[str], measures: Sequence[Measure], order: Mapping[Cell, int], *, insiders: frozenset[str]
) -> Pattern:
    """The cells to leave out of every measure alike.

    ``order`` is what each cell shows, by which the smallest are left out first; ``insiders`` are the tables whose
    single cells somebody knows who may read the rest.
    """
    pattern = Pattern()
    views = {name: [_Table(name, measure) for measure in measures] for name in tables}
    while not pattern.is_everything:
        for name in tables:
            _protect(name, views[name], pattern, order, is_known_inside=name in insiders)
        found = next((each for each in map(lambda m: _search(tables, m, pattern), measures) if each is not None), None)
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
    left = {
        (name, key)
        for view in views
        for key, held in view.cells.items()
        if (name, key) not in pattern.cells and any(held.values())
    }
    if left:
        pattern.cells.add(min(left, key=lambda cell: (order.get(cell, 0), cell)))
    else:
        pattern.is_everything = True


def _search(tables: Sequence[str], measure: Measure, pattern: Pattern) -> spans.Single | None:
    """Somebody's small count that all tables together give away."""
    hidden = pattern.cells | measure.unknown
    sums, held = Counter[Hashable](), Counter[tuple[int, spans.Signature]]()
    for holding in measure.holdings:
        signature = tuple(
            (name, None if (name, holding.keys[name]) in hidden else holding.keys[name]) for name in tables
        )
        held[holding.body, signature] += holding.value
        for block in signature:
            sums[block] += holding.value
    members: dict[spans.Signature, list[int]] = {}
    for body, signature in held:
        members.setdefault(signature, []).append(body)
    singles = [
        spans.Single(bodies[0], signature, held[bodies[0], signature])
        for signature, bodies in members.items()
        if len(bodies) == 1
    ]
    return spans.find_given_away(sums, members, singles, smallest=SMALLEST)


def _widen(
    tables: Sequence[str],
    views: Mapping[str, Sequence[_Table]],
    pattern: Pattern,
    order: Mapping[Cell, int],
    found: spans.Single,
) -> None:
    """Leave out a cell in which it stands; where none of them is shown any more, the next one of the first table."""
    shown = [(str(name), str(key)) for name, key in found.signature if key is not None]
    if shown:
        pattern.cells.add(min(shown, key=lambda cell: (order.get(cell, 0), cell)))
        return
    name = next((each for each in tables if any(set(view.cells) - _hidden(each, view, pattern) for view in views[each])), None)
    if name is None:
        pattern.is_everything = True
    else:
        _hide_next(name, views[name], pattern, order)
