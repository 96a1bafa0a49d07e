"""Which cells of the published tables are left out, so that nobody works out one body's small count; pure.

A count of one body under ten is shown only where that body has itself published. All published tables are looked at
together, once, when the figures are frozen; whoever filters them only chooses among them. Five steps:

1. A cell is left out when only one or two bodies that have not published stand behind it and one of them has less
   than ten, unless very many bodies could hold it (``crowds``): then it says nothing of any of them.
2. What is left out in a table is known as a whole (the total less what is shown), so it must pass the same test;
   in the table of prefectures also for a prefecture, which knows its own. Else more cells are left out, the
   smallest first, and where none is left that holds anything, those with the most bodies.
3. What changed since an earlier published report is tested like a figure of its own: the two reports show it.
4. What was shown for the sake of a crowd must have that crowd in all tables together: else more is left out, first
   where a cell stands for the fewest bodies.
5. All tables together are searched for bounds that meet and sums that cancel (``spans``).

Where that cannot be reached, the figures are left out altogether.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.reporting import spans
from portal.reporting.crowds import MANY, SMALLEST, Cell, Crowds, Frame, Measure, View, is_sensitive

__all__ = ["MANY", "SMALLEST", "Cell", "Crowds", "Frame", "Measure", "Pattern", "hide_cells", "is_sensitive"]


@dataclass(kw_only=True)
class Pattern:
    """The cells that are left out; all of them, and the total too, where nothing less would do."""

    cells: set[Cell] = field(default_factory=set)
    is_everything: bool = False

    def hides(self, table: str, key: str) -> bool:
        """Whether the cell is left out."""
        return self.is_everything or (table, key) in self.cells


def hide_cells(
    tables: Sequence[str],
    measures: Sequence[Measure],
    order: Mapping[Cell, int],
    *,
    insiders: frozenset[str],
    crowds: Crowds = Crowds(),
) -> Pattern:
    """The cells to leave out of every measure alike.

    ``order`` is what each cell shows, by which the smallest are left out first; ``insiders`` are the tables whose
    single cells somebody knows who may read the rest; ``crowds`` are how many bodies hide one.
    """
    return _Search(tables, measures, order, insiders, crowds).run()


class _Block(NamedTuple):
    """A sum that is known: of these cells of a table, or of all."""

    table: str
    keys: frozenset[str]
    is_whole: bool

    def holds(self, frame: Frame, unit: int) -> bool:
        """Whether the unit stands in it."""
        return frame.keys[unit][frame.tables.index(self.table)] in self.keys


class _Exposed(NamedTuple):
    """A unit without a crowd, and the sum that tells its count."""

    frame: Frame
    unit: int
    block: _Block


class _Search:
    """What is left out so far, and what all of it is measured by."""

    def __init__(
        self,
        tables: Sequence[str],
        measures: Sequence[Measure],
        order: Mapping[Cell, int],
        insiders: frozenset[str],
        crowds: Crowds,
    ) -> None:
        self.measures, self.order, self.insiders, self.crowd = measures, order, insiders, crowds.beside
        self.pattern = Pattern()
        self.views = {
            name: [View(index, each, crowds.behind) for each in measures] for index, name in enumerate(tables)
        }
        self.sizes = {
            (name, key): len(crowd) for name, views in self.views.items() for key, crowd in views[0].crowds.items()
        }
        # the table of the smallest crowds first: there the least is lost.
        self.finest = sorted(tables, key=self._mean_crowd)

    def run(self) -> Pattern:
        """Leave out more until nothing is given away."""
        while not self.pattern.is_everything and self._leaves_out_more():
            pass
        return self.pattern

    def _leaves_out_more(self) -> bool:
        for name in self.views:
            self._protect(name)
        exposed = next(filter(None, map(self._find_exposed, self.measures)), None)
        if exposed is not None:
            self._give_crowd(exposed)
            return True
        found = next(filter(None, map(self._search, self.measures)), None)
        if found is not None:
            self._widen(found.signature)
        return found is not None

    def _mean_crowd(self, name: str) -> float:
        sizes = [size for (table, _), size in self.sizes.items() if table == name]
        return sum(sizes) / max(len(sizes), 1)

    def _protect(self, name: str) -> None:
        for view in self.views[name]:
            self.pattern.cells |= {
                (name, key) for key in view.cells if key not in view.unknown and view.gives_away([key])
            }
        while not self.pattern.is_everything and not self._is_safe(name):
            self._hide_next(name)

    def _is_safe(self, name: str) -> bool:
        for view in self.views[name]:
            hidden = view.hidden(self.pattern.cells)
            if view.gives_away(hidden):
                return False
            if name in self.insiders and any(view.gives_away(hidden - {key}) for key in hidden):
                return False
        return True

    def _hide_next(self, name: str) -> bool:
        """The smallest cell that holds anything, else the one with the most bodies; else everything."""
        cells, views = self.pattern.cells, self.views[name]
        left = {(name, key) for view in views for key in view.cells if (name, key) not in cells}
        if left:
            cells.add(min(left, key=lambda cell: (self.order.get(cell, 0), cell)))
            return True
        left = {(name, key) for view in views for key in view.crowds if (name, key) not in cells}
        if left:
            cells.add(max(left, key=lambda cell: (self.sizes.get(cell, 0), cell)))
            return True
        self.pattern.is_everything = True
        return False

    def _find_exposed(self, measure: Measure) -> _Exposed | None:
        """A unit with a small count that a sum tells for the sake of a crowd, which all tables together take away."""
        hidden, number = frozenset(self.pattern.cells), self.measures.index(measure)
        for views in self.views.values():
            for block, small in self._told_by(views[number]):
                for unit in measure.frame.units_of(small):
                    is_inside = measure.values[unit] and block.holds(measure.frame, unit)
                    if is_inside and measure.frame.crowd_of(unit, hidden, (), self.insiders) < self.crowd:
                        return _Exposed(measure.frame, unit, block)
        return None

    def _told_by(self, view: View) -> Iterator[tuple[_Block, set[int]]]:
        """Sums that are known and small counts that they tell, with whose these are."""
        whole, hidden = set(view.crowds), view.hidden(self.pattern.cells)
        sums = [whole, hidden, *([hidden - {key} for key in hidden] if view.name in self.insiders else ())]
        for keys in (*sums, *({key} for key in whole - hidden)):
            held = view.union(keys)
            if is_sensitive(held):
                small = {body for body, value in held.items() if 0 < abs(value) < SMALLEST}
                yield _Block(view.name, frozenset(keys), keys == whole), small

    def _give_crowd(self, exposed: _Exposed) -> None:
        """Leave out more of the finest table that brings a crowd together; where nothing does, the sum itself."""
        frame, unit, block = exposed
        if frame.crowd_of(unit, frozenset(), range(len(frame.tables)), self.insiders) < self.crowd:
            self._leave_out(block)
            return
        hidden, indexes = frozenset(self.pattern.cells), {name: index for index, name in enumerate(frame.tables)}
        for name in self.finest:
            index = indexes[name]
            if frame.crowd_of(unit, hidden, (index,), self.insiders) >= self.crowd:
                left = {key for key in frame.crowds(index) if (name, key) not in self.pattern.cells}
                own = frame.keys[unit][index]
                if left:
                    self.pattern.cells.add((name, own if own in left else max(left, key=self._crowd_in(name))))
                    return
        cells = zip(frame.tables, frame.keys[unit], strict=True)
        self._widen(tuple((name, None if (name, key) in hidden else key) for name, key in cells))

    def _leave_out(self, block: _Block) -> None:
        shown = {(block.table, key) for key in block.keys} - self.pattern.cells
        if block.is_whole:
            self.pattern.is_everything = True
        elif shown:
            self.pattern.cells |= shown
        else:
            self._hide_next(block.table)

    def _crowd_in(self, name: str) -> Callable[[str], tuple[int, str]]:
        return lambda key: (self.sizes.get((name, key), 0), key)

    def _search(self, measure: Measure) -> spans.Single | None:
        """Somebody's small count that all tables together give away."""
        layout = measure.frame.layout(frozenset(self.pattern.cells | measure.unknown))
        amounts = [sum(map(measure.values.__getitem__, each.numbers)) for each in layout]
        is_signed = min(measure.values, default=0) < 0
        return spans.find_given_away(layout, amounts, smallest=SMALLEST, is_signed=is_signed)

    def _widen(self, signature: spans.Signature) -> None:
        """Leave out the cell with the fewest bodies of those in which it stands; where none is shown, another one."""
        shown = [(name, key) for name, key in signature if key is not None]
        if shown:
            self.pattern.cells.add(
                min(shown, key=lambda cell: (self.sizes.get(cell, 0), self.order.get(cell, 0), cell))
            )
            return
        for name in self.finest:
            if any(view.crowds.keys() - view.hidden(self.pattern.cells) for view in self.views[name]):
                self._hide_next(name)
                return
        self.pattern.is_everything = True
