"""Nobody works out one body's small count from what is shown: small worlds, solved whole."""

from collections import defaultdict
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.reporting.hiding import SMALLEST, Crowds, Frame, Measure, hide_cells, is_sensitive

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


def _hide(units, *measures, crowds=Crowds()):
    return hide_cells(TABLES, measures, _order(units, measures[0].values), insiders=INSIDERS, crowds=crowds)


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


FEW = Crowds(behind=4, beside=2)


@st.composite
def crowded_worlds(draw):
    """Many bodies that found nothing, one or two that found little, each in a stage that everybody sees counted."""
    units, stages, values = [], [], []
    for body in range(draw(st.integers(4, 14))):
        place, kind = draw(st.sampled_from("ABC")), draw(st.sampled_from(["city", "town"]))
        for procedure in draw(st.lists(st.sampled_from("pq"), min_size=1, max_size=2, unique=True)):
            units.append((body, (procedure, place, kind)))
            stages.append(draw(st.sampled_from(["done", "done", "correction", None])))
            values.append(0)
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(units) - 1))
        values[number], stages[number] = (
            draw(st.sampled_from([2, 4, 15])),
            draw(st.sampled_from(["done", "correction"])),
        )
    return units, stages, values


def _told(units, values, pattern):
    """Every sum that is known, as the units behind it: what is shown, and of each table what is left out of it."""
    rows = [inside for inside, _ in _equations(units, values, pattern)]
    for index, table in enumerate(TABLES if rows else ()):
        hidden = {keys[index] for _, keys in units if pattern.hides(table, keys[index])}
        wholes = [hidden, *([hidden - {key} for key in hidden] if table in INSIDERS else [])]
        rows += [{number for number, (_, keys) in enumerate(units) if keys[index] in whole} for whole in wholes]
    return rows


def _exchangeable(units, stages, pattern, one, other):
    """Whether two units can change places, as a whole or in this figure alone, and nothing that is shown changes."""
    if stages[other] is None:
        return False
    if units[one][1] == units[other][1]:
        return True
    numbers = list(range(1, len(units) + 1))  # no two alike
    swapped = list(numbers)
    swapped[one], swapped[other] = numbers[other], numbers[one]
    return stages[one] == stages[other] and _equations(units, numbers, pattern) == _equations(units, swapped, pattern)


@settings(max_examples=400)
@given(crowded_worlds())
def test_a_sum_that_is_one_bodys_small_count_could_be_that_of_many(world):
    units, stages, now = world
    pattern = _hide(units, Measure(frame=Frame(TABLES, units, stages), values=now), crowds=FEW)

    for inside in _told(units, now, pattern):
        held = defaultdict(int)
        for number in inside:
            held[units[number][0]] += now[number]
        if not is_sensitive(held):
            continue
        assert len({units[number][0] for number in inside if stages[number] is not None}) >= FEW.behind
        for one in inside:
            if not now[one] or held[units[one][0]] >= SMALLEST:
                continue
            others = [n for n in range(len(units)) if _exchangeable(units, stages, pattern, one, n)]
            for known in [None, *"ABC"]:  # a prefecture that knows its own
                crowd = {units[n][0] for n in others if units[n][1][1] != known or known == units[one][1][1]}
                assert len(crowd) >= FEW.beside


@settings(max_examples=300)
@given(crowded_worlds())
def test_a_crowd_does_not_weaken_what_sums_of_shown_cells_must_not_give_away(world):
    units, stages, now = world
    pattern = _hide(units, Measure(frame=Frame(TABLES, units, stages), values=now), crowds=FEW)

    assert _given_away(units, now, pattern) == []


@settings(max_examples=300)
@given(worlds())
def test_what_rises_at_some_and_falls_at_others_gives_nobody_away(world):
    units, then, now = world
    signed = [late - 2 * early for early, late in zip(then, now, strict=True)]
    pattern = _hide(units, _measure(units, signed))
    rows = [inside for inside, _ in _equations(units, signed, pattern)]
    wanted = [{number} for number, value in enumerate(signed) if 0 < abs(value) < SMALLEST]

    assert _spans(rows, wanted, len(units)) == []


def _country(places="ABCDEFGHIJ", towns=12, cities=6):
    """Ten prefectures of eighteen bodies, each with two procedures."""
    bodies = [(place, kind) for place in places for kind in ["town"] * towns + ["city"] * cities]
    return [(body, (procedure, *where)) for body, where in enumerate(bodies) for procedure in "pq"]


def test_of_very_many_bodies_the_total_is_shown_though_one_alone_found_few():
    units = _country()
    values = [0] * len(units)
    values[0] = 4
    frame = Frame(TABLES, units, ["done"] * len(units))

    pattern = _hide(units, Measure(frame=frame, values=values))

    assert not pattern.is_everything
    assert ("prefecture", "A") in pattern.cells
    assert {table for table, _ in pattern.cells} == {"prefecture"}  # hidden where it costs least


def test_a_stage_that_tells_where_something_was_found_leaves_the_bodies_of_one_place_as_a_crowd():
    units = _country()
    values, stages = [0] * len(units), ["done"] * len(units)
    values[0], stages[0] = 4, "correction"

    assert not _hide(units, Measure(frame=Frame(TABLES, units, stages), values=values)).is_everything

    few = _country(towns=4, cities=14)
    assert _hide(few, Measure(frame=Frame(TABLES, few, stages), values=values)).is_everything


def test_of_few_bodies_everything_is_left_out_with_the_one_that_found_few():
    units = _country(places="AB")
    values = [0] * len(units)
    values[0] = 4

    assert _hide(units, _measure(units, values)).is_everything
