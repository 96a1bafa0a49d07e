"""Whether a small count is lost in a crowd: nobody can tell which of many bodies holds it; pure.

A sum over at least ``MANY`` bodies may be shown although all of it is one body's small count: it says that one of
them has it, and not which one. So that other tables do not tell it either, the body needs a crowd of ``CROWD`` that
could be exchanged with it without changing anything that is shown:

- bodies whose units stand in the same cell of every table: all their figures could be exchanged;
- bodies whose units stand in the same cells as far as these are shown, and in the same stage: this figure could be.
  How many units are in each stage is always shown, and some stages tell that something was found.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import getitem
from typing import NamedTuple

from portal.reporting import spans

SMALLEST = 10  # a count of one body below this is its own to publish
FEWEST = 3  # bodies behind a cell, so that one that knows its own count does not know another's
MANY = 100  # bodies behind a sum that may be one body's small count
CROWD = 5  # bodies of which each could be the one

Cell = tuple[str, str]  # table, key


class Crowds(NamedTuple):
    """How many bodies make a crowd: behind a sum, and beside one body."""

    behind: int = MANY
    beside: int = CROWD


class Frame:
    """The bodies × procedures that have not published, by their cells: what every measure is laid over."""

    def __init__(
        self,
        tables: Sequence[str],
        units: Iterable[tuple[int, tuple[str, ...]]],
        stages: Sequence[str | None] | None = None,
    ) -> None:
        """``units`` are the body of each and its key in each table.

        ``stages`` say how far each is, None where nothing was reported: everybody knows that nothing was found there.
        """
        self.tables = tuple(tables)
        self.bodies: list[int] = []
        self.keys: list[tuple[str, ...]] = []
        self.classes: dict[tuple[str, ...], list[int]] = {}
        for number, (body, keys) in enumerate(units):
            self.bodies.append(body)
            self.keys.append(keys)
            self.classes.setdefault(keys, []).append(number)
        self.columns = [[keys[index] for keys in self.keys] for index in range(len(self.tables))]
        self.stages = [""] * len(self.bodies) if stages is None else list(stages)
        self._layouts: dict[frozenset[Cell], list[spans.Class]] = {}
        self._crowds: dict[int, dict[str, set[int]]] = {}

    def layout(self, hidden: frozenset[Cell]) -> list[spans.Class]:
        """The units that nobody can tell apart when these cells are left out."""
        if hidden not in self._layouts:
            members: dict[spans.Signature, list[int]] = {}
            blocks = self._blocks(hidden)
            for keys, numbers in self.classes.items():
                members.setdefault(tuple(map(getitem, blocks, keys)), []).extend(numbers)
            owner = self.bodies.__getitem__
            self._layouts = {
                hidden: [spans.Class(each, numbers, set(map(owner, numbers))) for each, numbers in members.items()]
            }
        return self._layouts[hidden]

    def crowds(self, index: int) -> Mapping[str, set[int]]:
        """The bodies that have reported in each cell of a table."""
        if index not in self._crowds:
            found: dict[str, set[int]] = {key: set() for key in self.columns[index]}
            for key, body, stage in zip(self.columns[index], self.bodies, self.stages, strict=True):
                if stage is not None:
                    found[key].add(body)
            self._crowds[index] = found
        return self._crowds[index]

    def units_of(self, bodies: Container[int]) -> list[int]:
        """The units of these bodies."""
        return [number for number, body in enumerate(self.bodies) if body in bodies]

    def crowd_of(self, unit: int, hidden: frozenset[Cell], ignored: Collection[int], insiders: frozenset[str]) -> int:
        """How many bodies could hold what the unit holds when these cells, and all ``ignored`` tables, are left out.

        Somebody who knows one cell of a table of ``insiders`` knows its bodies: the largest of these does not count.
        """
        mine, stage = self.keys[unit], self.stages[unit]
        blocks = self._blocks(hidden, ignored)
        wanted = [*map(getitem, blocks, mine)]
        crowd = {self.bodies[number] for number in self.classes[mine] if self.stages[number] is not None}
        inside: dict[Cell, set[int]] = {}
        for keys, numbers in self.classes.items():
            if keys == mine or [*map(getitem, blocks, keys)] != wanted:
                continue
            alike = {self.bodies[number] for number in numbers if self.stages[number] == stage}
            crowd |= alike
            for name, key, own in zip(self.tables, keys, mine, strict=True):
                if name in insiders and key != own:
                    inside.setdefault((name, key), set()).update(alike)
        return len(crowd) - max(map(len, inside.values()), default=0)

    def _blocks(self, hidden: frozenset[Cell], ignored: Collection[int] = ()) -> list[dict[str, spans.Block]]:
        """By table, the block in which each line lies."""
        return [
            {key: (name, None if index in ignored or (name, key) in hidden else key) for key in set(column)}
            for index, (name, column) in enumerate(zip(self.tables, self.columns, strict=True))
        ]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure that the tables show, unit by unit of its frame; ``unknown`` are cells of it that nothing shows."""

    frame: Frame
    values: Sequence[int]
    unknown: frozenset[Cell] = frozenset()


def is_sensitive(held: Mapping[int, int]) -> bool:
    """Whether one or two bodies stand behind it, one of them with less than ten."""
    values = list(islice(filter(None, held.values()), FEWEST))
    return 0 < len(values) < FEWEST and any(abs(value) < SMALLEST for value in values)


class View:
    """One table of one measure: how much each body holds in each cell; bodies that hold nothing are missing."""

    def __init__(self, index: int, measure: Measure, many: int) -> None:
        frame = measure.frame
        self.cells: dict[str, dict[int, int]] = {}
        self.name, self.many = frame.tables[index], many
        for key, body, value in zip(frame.columns[index], frame.bodies, measure.values, strict=True):
            if value:
                held = self.cells.setdefault(key, {})
                held[body] = held.get(body, 0) + value
        self.crowds = frame.crowds(index)
        self.unknown = {key for table, key in measure.unknown if table == self.name}

    def union(self, keys: Collection[str]) -> Mapping[int, int]:
        """What is known of these cells as a whole, by body."""
        cells = [self.cells[key] for key in keys if key in self.cells]
        if len(cells) == 1:
            return cells[0]
        found: dict[int, int] = {}
        for cell in cells:
            for body, value in cell.items():
                found[body] = found.get(body, 0) + value
        return found

    def gives_away(self, keys: Collection[str]) -> bool:
        """Whether the sum of these cells tells one body's small count, and too few bodies could hold it."""
        if not is_sensitive(self.union(keys)):
            return False
        crowd: set[int] = set().union(*(self.crowds.get(key, ()) for key in keys))
        return len(crowd) < self.many

    def hidden(self, cells: Container[Cell]) -> set[str]:
        """The keys of this table that are left out or not known otherwise."""
        return {key for key in self.crowds if (self.name, key) in cells or key in self.unknown}
