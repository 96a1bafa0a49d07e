"""Whether a small count is lost in a crowd: nobody can tell which of many bodies holds it; pure.

A sum over at least ``MANY`` bodies may be shown although all of it is one body's small count: it says that one of
them has it, and not which one. So that other tables do not tell it either, the body needs a crowd of ``CROWD`` that
could be exchanged with it without changing anything that is shown:

- bodies whose units stand in the same cell of every table: all their figures could be exchanged;
- bodies whose units stand in the same cells as far as these are shown, and in the same stage: this figure could be.
  How many units are in each stage is always shown, and some stages tell that something was found.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
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


class Class(NamedTuple):
    """Units in the same block of every table, and whose they are."""

    signature: spans.Signature
    numbers: list[int]
    owners: list[int]


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
        self.stages = [""] * len(self.bodies) if stages is None else list(stages)
        self._layouts: dict[frozenset[Cell], list[Class]] = {}
        self._crowds: dict[int, dict[str, set[int]]] = {}

    def layout(self, hidden: frozenset[Cell]) -> list[Class]:
        """The units that nobody can tell apart when these cells are left out."""
        if hidden not in self._layouts:
            members: dict[spans.Signature, list[int]] = {}
            for keys, numbers in self.classes.items():
                members.setdefault(self._signature(keys, hidden), []).extend(numbers)
            self._layouts = {
                hidden: [
                    Class(signature, numbers, sorted({self.bodies[number] for number in numbers}))
                    for signature, numbers in members.items()
                ]
            }
        return self._layouts[hidden]

    def crowds(self, index: int) -> Mapping[str, set[int]]:
        """The bodies that have reported in each cell of a table."""
        if index not in self._crowds:
            found: dict[str, set[int]] = {}
            for keys, numbers in self.classes.items():
                inside = {self.bodies[number] for number in numbers if self.stages[number] is not None}
                found.setdefault(keys[index], set()).update(inside)
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
        wanted = self._signature(mine, hidden, ignored)
        crowd = {self.bodies[number] for number in self.classes[mine] if self.stages[number] is not None}
        inside: dict[Cell, set[int]] = {}
        for keys, numbers in self.classes.items():
            if keys == mine or self._signature(keys, hidden, ignored) != wanted:
                continue
            alike = {self.bodies[number] for number in numbers if self.stages[number] == stage}
            crowd |= alike
            for name, key, own in zip(self.tables, keys, mine, strict=True):
                if name in insiders and key != own:
                    inside.setdefault((name, key), set()).update(alike)
        return len(crowd) - max(map(len, inside.values()), default=0)

    def _signature(
        self, keys: Sequence[str], hidden: frozenset[Cell], ignored: Collection[int] = ()
    ) -> spans.Signature:
        return tuple(
            (name, None if index in ignored or (name, key) in hidden else key)
            for index, (name, key) in enumerate(zip(self.tables, keys, strict=True))
        )


def is_sensitive(held: Mapping[int, int]) -> bool:
    """Whether one or two bodies stand behind it, one of them with less than ten."""
    values = [value for value in held.values() if value]
    return 0 < len(values) < FEWEST and any(abs(value) < SMALLEST for value in values)


class View:
    """One table of one measure: how much each body holds in each cell; bodies that hold nothing are missing."""

    def __init__(self, index: int, frame: Frame, values: Sequence[int], unknown: frozenset[Cell], many: int) -> None:
        self.cells: dict[str, dict[int, int]] = {}
        self.name, self.many = frame.tables[index], many
        bodies, keys = frame.bodies, frame.keys
        for number, value in enumerate(values):
            if value:
                held = self.cells.setdefault(keys[number][index], {})
                held[bodies[number]] = held.get(bodies[number], 0) + value
        self.crowds = frame.crowds(index)
        self.unknown = {key for table, key in unknown if table == self.name}

    def union(self, keys: Iterable[str]) -> Counter[int]:
        """What is known of these cells as a whole, by body."""
        found = Counter[int]()
        for key in keys:
            for body, value in self.cells.get(key, {}).items():
                found[body] += value
        return found

    def gives_away(self, keys: Iterable[str]) -> bool:
        """Whether the sum of these cells tells one body's small count, and too few bodies could hold it."""
        chosen = tuple(keys)
        if not is_sensitive(self.union(chosen)):
            return False
        crowd: set[int] = set().union(*(self.crowds.get(key, ()) for key in chosen))
        return len(crowd) < self.many

    def hidden(self, cells: Container[Cell]) -> set[str]:
        """The keys of this table that are left out or not known otherwise."""
        return {key for key in self.crowds if (self.name, key) in cells or key in self.unknown}
