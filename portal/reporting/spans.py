"""What can be worked out from sums that are shown: intervals and linear combinations; pure.

Units that stand in the same block of every table are one class. Whoever reads the tables cannot tell two members of
a class apart, so only a class of one may be given away: by bounds that meet, or by adding and subtracting blocks.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_PRIME = (1 << 61) - 1  # arithmetic modulo a large prime decides what exact fractions would
_PASSES = 50

Block = tuple[str, str | None]  # a table and a line; None for what is left out of the table as a whole
Signature = tuple[Block, ...]  # the block of a unit in each table
Vector = dict[Hashable, int]


@dataclass(frozen=True)
class Single:
    """A unit that stands alone in its class: whose it is, and how much it holds."""

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
    sums: Mapping[Block, int],
    members: Mapping[Signature, Sequence[int]],
    singles: Sequence[Single],
    *,
    smallest: int,
    is_signed: bool = False,
) -> Single | None:
    """The first single (or the singles of one owner together) below ``smallest`` that the blocks give away.

    ``sums`` are the blocks that are known, ``members`` whose units stand in each class, one an owner. Where units may
    hold less than nothing (``is_signed``, a difference of two dates), bounds tell nothing.
    """
    if is_signed:
        return _find_spanned(members, singles, smallest)
    low, high = _bounds(sums, members)
    for single in singles:
        if 0 < single.value < smallest and low[single.signature] == high[single.signature]:
            return single
    free = {signature: owners for signature, owners in members.items() if high[signature] > low[signature]}
    return _find_spanned(free, singles, smallest)


def _bounds(
    sums: Mapping[Block, int], classes: Iterable[Signature]
) -> tuple[dict[Signature, int], dict[Signature, int]]:
    high = {signature: min(max(sums[block], 0) for block in signature) for signature in classes}
    low = dict.fromkeys(high, 0)
    members: dict[Block, list[Signature]] = {}
    for signature in high:
        for block in signature:
            members.setdefault(block, []).append(signature)
    for _ in range(_PASSES):
        if not any([_tighten(sums[block], inside, low, high) for block, inside in members.items()]):
            break
    return low, high


def _tighten(total: int, inside: Sequence[Signature], low: dict[Signature, int], high: dict[Signature, int]) -> bool:
    lows, highs = sum(low[each] for each in inside), sum(high[each] for each in inside)
    changed = False
    for each in inside:
        upper, lower = total - (lows - low[each]), total - (highs - high[each])
        if upper < high[each] and upper >= low[each]:
            highs, high[each], changed = highs - high[each] + upper, upper, True
        if lower > low[each] and lower <= high[each]:
            lows, low[each], changed = lows - low[each] + lower, lower, True
    return changed


def _find_spanned(
    members: Mapping[Signature, Sequence[int]], singles: Sequence[Single], smallest: int
) -> Single | None:
    basis, full, shared = _Basis(), _rank_bound(members), set[int]()
    for signature, owners in members.items():
        if len(owners) > 1:
            shared.update(owners)
            basis.add(_vector(signature), None)
            if len(basis.rows) >= full:
                return None  # whatever a single holds, the others could hold in its stead
    alone = [single for single in singles if single.signature in members]
    circuits = [
        circuit
        for number, single in enumerate(alone)
        if (circuit := basis.add(_vector(single.signature), number)) is not None
    ]
    moving = {number for circuit in circuits for number in circuit}
    for number, single in enumerate(alone):
        if number not in moving and 0 < abs(single.value) < smallest:
            return single
    return _find_owner([single for single in alone if single.owner not in shared], alone, circuits, smallest)


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


def _rank_bound(classes: Iterable[Signature]) -> int:
    """No more vectors can be independent: each table's blocks add up to the same whole."""
    used = {block for signature in classes for block in signature}
    tables = max((len(signature) for signature in classes), default=1)
    return max(len(used) - (tables - 1), 1)


def _vector(signature: Signature) -> Vector:
    return dict.fromkeys(signature, 1)


def _add(target: Vector, other: Vector, factor: int) -> None:
    for key, value in other.items():
        changed = (target.get(key, 0) + value * factor) % _PRIME
        if changed:
            target[key] = changed
        else:
            target.pop(key, None)
