"""What can be worked out from sums that are shown: intervals and linear combinations; pure.

Units that stand in the same block of every table are one class. Whoever reads the tables cannot tell two members of
a class apart, so only a class of one may be given away: by bounds that meet, or by adding and subtracting blocks.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import sub
from typing import NamedTuple

_PRIME = (1 << 61) - 1  # arithmetic modulo a large prime decides what exact fractions would
_PASSES = 50

Block = tuple[str, str | None]  # a table and a line; None for what is left out of the table as a whole
Signature = tuple[Block, ...]  # the block of a unit in each table
Vector = dict[Hashable, int]


class Class(NamedTuple):
    """Units in the same block of every table, and whose they are."""

    signature: Signature
    numbers: Sequence[int]
    owners: Collection[int]


class Single(NamedTuple):
    """Units that stand alone in their class: whose they are, and how much they hold."""

    owner: int
    signature: Signature
    value: int


@dataclass
class _Basis:
    """Vectors in echelon form; ``made_of`` says which singles each was made of."""

    rows: dict[Hashable, Vector] = field(default_factory=dict)
    made_of: dict[Hashable, Vector] = field(default_factory=dict)

    def add(self, vector: Vector, label: Hashable | None) -> Vector | None:
        """Take the vector in; what it is made of if it was no new one (a relation between singles), else None."""
        rest, made = dict(vector), {} if label is None else {label: 1}
        while (pivot := next((key for key in rest if key in self.rows), None)) is not None:
            factor = _PRIME - rest[pivot]
            _add(rest, self.rows[pivot], factor)
            _add(made, self.made_of[pivot], factor)
        if not rest:
            return made
        pivot = next(iter(rest))
        factor = pow(rest[pivot], -1, _PRIME)
        self.rows[pivot] = {key: value * factor % _PRIME for key, value in rest.items()}
        self.made_of[pivot] = {key: value * factor % _PRIME for key, value in made.items()}
        return None


def find_given_away(
    classes: Sequence[Class], amounts: Sequence[int], *, smallest: int, is_signed: bool = False
) -> Single | None:
    """The first class of one owner (or those of one together) below ``smallest`` that the blocks give away.

    ``amounts`` are what each class holds. Where units may hold less than nothing (``is_signed``, a difference of two
    dates), bounds tell nothing.
    """
    if is_signed:
        return _find_spanned(classes, amounts, smallest)
    low, high = _bounds([each.signature for each in classes], amounts)
    for each, amount, least, most in zip(classes, amounts, low, high, strict=True):
        if least == most and 0 < amount < smallest and len(each.owners) == 1:
            return _single(each, amount)
    free = [number for number, (least, most) in enumerate(zip(low, high, strict=True)) if most > least]
    return _find_spanned([classes[number] for number in free], [amounts[number] for number in free], smallest)


def _single(each: Class, amount: int) -> Single:
    return Single(next(iter(each.owners)), each.signature, amount)


def _bounds(signatures: Sequence[Signature], amounts: Sequence[int]) -> tuple[list[int], list[int]]:
    """The least and the most that each class can hold, as the sums of the blocks tell."""
    members: dict[Block, list[int]] = {}
    for number, signature in enumerate(signatures):
        for block in signature:
            members.setdefault(block, []).append(number)
    sums = {block: sum(map(amounts.__getitem__, inside)) for block, inside in members.items()}
    high = [min(map(sums.__getitem__, signature)) for signature in signatures]
    low = [0] * len(high)
    for _ in range(_PASSES):
        if not any([_tighten(sums[block], inside, low, high) for block, inside in members.items()]):
            break
    return low, high


def _tighten(total: int, inside: Sequence[int], low: list[int], high: list[int]) -> bool:
    least, most = [low[each] for each in inside], [high[each] for each in inside]
    lows, highs = sum(least), sum(most)
    if max(map(sub, most, least)) <= min(total - lows, highs - total):
        return False  # nothing is wider than what the others leave open
    changed = False
    for each in inside:
        upper, lower = total - (lows - low[each]), total - (highs - high[each])
        if upper < high[each] and upper >= low[each]:
            highs, high[each], changed = highs - high[each] + upper, upper, True
        if lower > low[each] and lower <= high[each]:
            lows, low[each], changed = lows - low[each] + lower, lower, True
    return changed


def _find_spanned(classes: Sequence[Class], amounts: Sequence[int], smallest: int) -> Single | None:
    shared = [each for each in classes if len(each.owners) > 1]
    basis = _span([each.signature for each in shared])
    if len(basis.rows) >= _rank_bound([each.signature for each in classes]):
        return None  # whatever a single holds, the others could hold in its stead
    alone = [_single(each, value) for each, value in zip(classes, amounts, strict=True) if len(each.owners) == 1]
    circuits = [
        circuit
        for number, single in enumerate(alone)
        if (circuit := basis.add(_vector(single.signature), number)) is not None
    ]
    moving = {number for circuit in circuits for number in circuit}
    for number, single in enumerate(alone):
        if number not in moving and 0 < abs(single.value) < smallest:
            return single
    others = set(chain.from_iterable(each.owners for each in shared))
    return _find_owner([single for single in alone if single.owner not in others], alone, circuits, smallest)


def _find_owner(
    suspects: Sequence[Single], alone: Sequence[Single], circuits: Sequence[Vector], smallest: int
) -> Single | None:
    """The singles of one owner, none of which is given away, may be given away together."""
    owners = {single.owner for single in suspects}
    owned: dict[int, list[int]] = {}
    for number, single in enumerate(alone):
        if single.owner in owners:
            owned.setdefault(single.owner, []).append(number)
    for numbers in owned.values():
        value = sum(alone[number].value for number in numbers)
        if not 0 < abs(value) < smallest:
            continue
        if all(sum(circuit.get(number, 0) for number in numbers) % _PRIME == 0 for circuit in circuits):
            return alone[numbers[0]]
    return None


def _span(signatures: Sequence[Signature]) -> _Basis:
    """What can be made of the classes. Those that bring in a block of their own are taken first: soon it is all."""
    basis, full = _Basis(), _rank_bound(signatures)
    first, later, seen = list[Signature](), list[Signature](), set[Block]()
    for signature in signatures:
        (later if seen.issuperset(signature) else first).append(signature)
        seen.update(signature)
    for signature in chain(first, later):
        if len(basis.rows) >= full:
            break
        basis.add(_vector(signature), None)
    return basis


def _rank_bound(signatures: Sequence[Signature]) -> int:
    """No more vectors can be independent: each table's blocks add up to the same whole."""
    used = set(chain.from_iterable(signatures))
    tables = max(map(len, signatures), default=1)
    return max(len(used) - (tables - 1), 1)


def _vector(signature: Signature) -> Vector:
    return dict.fromkeys(signature, 1)


def _add(target: Vector, other: Mapping[Hashable, int], factor: int) -> None:
    for key, value in other.items():
        changed = (target.get(key, 0) + value * factor) % _PRIME
        if changed:
            target[key] = changed
        else:
            target.pop(key, None)
