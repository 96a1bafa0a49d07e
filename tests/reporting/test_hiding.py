"""Nobody works out one body's small count from what is shown: small worlds, solved whole."""

from collections import defaultdict
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.reporting.hiding import SMALLEST, Frame, Measure, hide_cells, is_sensitive

TABLES = ("procedure", "prefecture", "kind")
INSIDERS = frozenset({"prefecture"})


@st.composite
def worlds(draw):
    """Bodies with a place and a kind, the procedures that each handles, and what they found at two dates."""
    units = []
    for body in range(draw(st.integers(1, 9))):
        place, kind = draw(st.sampled_from("AB")), draw(st.sampled_from(["city", "town"]))
        handled = draw(st.lists(st.sampled_from("pq"), min_size=1, max_size=2, unique=True))
        units += [(body, (procedure, place, kind)) for procedure in handled]
    counts = st.sampled_from([0, 0, 0, 1, 2, 3, 7, 15])
    then = [draw(counts) for _ in units]
    return units, then, [before + draw(counts) for before in then]


def _order(units, values):
    order = defaultdict(int)
    for (_, keys), value in zip(units, values, strict=True):
        for table, key in zip(TABLES, keys, strict=True):
            order[table, key] += value
    return order


def _hide(units, *measures):
    return hide_cells(TABLES, measures, _order(units, measures[0].values), insiders=INSIDERS)


def _measure(units, values, **fields):
    return Measure(frame=Frame(TABLES, units), values=values, **fields)


def _equations(units, values, pattern):
    """What is shown, as (the units that it sums, the sum): every shown cell, and the total."""
    if pattern.is_everything:
        return []
    rows = [({*range(len(units))}, sum(values))]
    for index, table in enumerate(TABLES):
        for key in {keys[index] for _, keys in units}:
            if not pattern.hides(table, key):
                inside = {number for number, (_, keys) in enumerate(units) if keys[index] == key}
                rows.append((inside, sum(values[number] for number in inside)))
    return rows


def _spans(rows, targets, width):
    """Those of the targets that are a linear combination of the rows, by elimination with whole numbers."""
    basis = []
    for row in rows:
        rest = _reduced([int(number in row) for number in range(width)], basis)
        pivot = next((number for number, value in enumerate(rest) if value), None)
        if pivot is not None:
            basis.append((pivot, rest))
    return [each for each in targets if not any(_reduced([int(n in each) for n in range(width)], basis))]


def _reduced(rest, basis):
    for pivot, other in basis:
        if rest[pivot]:
            one, two = other[pivot], rest[pivot]
            rest = [one * mine - two * its for mine, its in zip(rest, other, strict=True)]
    return rest


def _targets(units, values):
    """Every count of one body under ten: of a procedure, and of all that it handles."""
    owned = defaultdict(set)
    for number, (body, _) in enumerate(units):
        owned[body].add(number)
    wanted = [{number} for number in range(len(units))] + list(owned.values())
    return [each for each in wanted if 0 < sum(values[number] for number in each) < SMALLEST]


def _given_away(units, values, pattern):
    rows = _equations(units, values, pattern)
    # what a shown sum of nothing says of each of its units is known, too
    nothing = set().union(*(inside for inside, total in rows if total == 0)) if rows else set()
    rows = [inside for inside, _ in rows] + [{number} for number in nothing]
    return _spans(rows, _targets(units, values), len(units))


@settings(max_examples=400)
@given(worlds())
def test_no_sum_of_shown_cells_is_one_bodys_small_count(world):
    units, _, now = world

    assert _given_away(units, now, _hide(units, _measure(units, now))) == []


@settings(max_examples=200)
@given(worlds())
def test_nothing_shown_stands_for_one_or_two_bodies_of_which_one_has_few(world):
    units, _, now = world
    pattern = _hide(units, _measure(units, now))

    for inside, _total in _equations(units, now, pattern):
        held = defaultdict(int)
        for number in inside:
            held[units[number][0]] += now[number]
        assert not is_sensitive(held)


@settings(max_examples=200)
@given(worlds())
def test_two_dates_side_by_side_give_nobody_away(world):
    units, then, now = world
    before = _hide(units, _measure(units, then))
    if before.is_everything:
        return
    difference = [late - early for early, late in zip(then, now, strict=True)]
    pattern = _hide(units, _measure(units, now), _measure(units, difference, unknown=frozenset(before.cells)))
    both = type(pattern)(cells=pattern.cells | before.cells, is_everything=pattern.is_everything)

    assert _given_away(units, now, pattern) == []
    assert _given_away(units, difference, both) == []
    for inside, _total in _equations(units, difference, both):
        held = defaultdict(int)
        for number in inside:
            held[units[number][0]] += difference[number]
        assert not is_sensitive(held)


@st.composite
def tiny_worlds(draw):
    units = []
    for body in range(draw(st.integers(2, 5))):
        units.append((body, (draw(st.sampled_from("pq")), draw(st.sampled_from("AB")), "town")))
    return units, [draw(st.integers(0, 3)) for _ in units]


@settings(max_examples=200)
@given(tiny_worlds())
def test_more_than_one_count_fits_what_is_shown_of_each_body_with_few(world):
    """Every whole number that each body could hold is tried: bounds that meet give nobody away either."""
    units, now = world
    rows = _equations(units, now, _hide(units, _measure(units, now)))
    most = sum(now)
    fitting = [
        guess
        for guess in product(range(most + 1), repeat=len(units))
        if all(sum(guess[number] for number in inside) == total for inside, total in rows)
        and (rows or sum(guess) <= most + 1)
    ]

    for target in _targets(units, now):
        assert len({sum(guess[number] for number in target) for guess in fitting}) > 1


@settings(max_examples=200)
@given(worlds())
def test_a_prefecture_that_subtracts_its_own_bodies_learns_no_other_bodys_small_count(world):
    units, _, now = world
    pattern = _hide(units, _measure(units, now))
    if pattern.is_everything:
        return
    hidden = {key for table, key in pattern.cells if table == "prefecture"}
    for own in hidden:
        held = defaultdict(int)
        for number, (body, keys) in enumerate(units):
            if keys[1] in hidden - {own}:
                held[body] += now[number]
        assert not is_sensitive(held)


def test_what_many_bodies_hold_is_shown():
    units = [(body, (procedure, place, "town")) for place in "ABC" for body, procedure in _many(place)]
    values = [12 + number for number in range(len(units))]

    assert _hide(units, _measure(units, values)).cells == set()


def test_one_body_with_few_is_left_out_together_with_the_smallest_cells_beside_it():
    units = [(body, (procedure, place, "town")) for place in "ABCD" for body, procedure in _many(place)]
    values = [20 if keys[1] in "AB" else 30 if keys[1] == "C" else 0 for _, keys in units]
    values[-1] = 4

    pattern = _hide(units, _measure(units, values))

    assert ("prefecture", "D") in pattern.cells
    assert len([cell for cell in pattern.cells if cell[0] == "prefecture"]) >= 2
    assert ("prefecture", "C") not in pattern.cells


def _many(place):
    return [(ord(place) * 10 + number, procedure) for number in range(5) for procedure in "pq"]
