"""The truth table of the decision rules (product.md §6, 2), row by row, and what must hold of every rule."""

import itertools

import pytest

from portal.decisions.rules.facts import FOUR_ATTRIBUTES, ROUTES, Facts
from portal.decisions.rules.table import DEFAULT, RULES, TABLE
from portal.decisions.states import Outcome

MIC, DIGITAL = RULES["mic-2023-06"], RULES["digital-2023-08"]
FOUR = frozenset(FOUR_ATTRIBUTES)


def facts(*routes: str, **known) -> Facts:
    """A handled procedure whose numbers were obtained by these routes."""
    return Facts(**{"is_handled": True, "routes": frozenset(routes), **known})


def looked_up(*attributes: str, **known) -> Facts:
    return facts("d", attributes=frozenset(attributes), **known)


THREE = ("name", "birth", "sex")
CASES = [
    # row, the answers, mic-2023-06, digital-2023-08
    (1, Facts(is_handled=False), "not_handled", "not_handled"),
    (1, Facts(is_handled=False, is_prior=True, is_always=True), "not_handled", "not_handled"),
    (2, Facts(), "undetermined", "undetermined"),
    (2, facts(), "undetermined", "undetermined"),
    (2, looked_up(), "undetermined", "undetermined"),
    (2, looked_up("address", is_address_complete=False), "undetermined", "undetermined"),
    (2, looked_up("address"), "undetermined", "undetermined"),
    (2, facts("a", "d"), "undetermined", "undetermined"),
    (4, facts("d", is_prior=True), "prior", "prior"),
    (4, Facts(is_prior=True), "prior", "prior"),
    (4, facts("a", is_prior=True, is_always=True), "prior", "prior"),
    (5, facts("a"), "exempt", "exempt"),
    (6, facts("c"), "exempt", "exempt"),
    (7, looked_up(*FOUR, is_address_complete=True), "exempt", "exempt"),
    (8, looked_up(*THREE, is_identified=True, method="住民票の写しと照合"), "required", "exempt"),
    (9, looked_up(*THREE), "required", "required"),
    (9, looked_up(*THREE, is_identified=False), "required", "required"),
    (9, looked_up(*THREE, is_identified=True, method=" "), "required", "required"),
    (9, looked_up(*FOUR, is_address_complete=False), "required", "required"),
    (9, looked_up(*FOUR), "required", "required"),
    (10, facts("b"), "review", "required"),
    (11, facts("e"), "review", "review"),
    (12, facts("a", mislinks=1), "individual", "individual"),
    (12, looked_up(*FOUR, is_address_complete=True, mislinks=3), "individual", "individual"),
    (9, looked_up(*THREE, mislinks=3), "required", "required"),
    (11, facts("a", "c", "e"), "review", "review"),
    (9, facts("a", "b", "d", "e", attributes=frozenset({"name"})), "required", "required"),
]


@pytest.mark.parametrize(("row", "given", "mic", "digital"), CASES)
def test_truth_table(row, given, mic, digital):
    assert MIC.decide(given).outcome is Outcome(mic)
    assert DIGITAL.decide(given).outcome is Outcome(digital)
    assert row in {MIC.decide(given).row, DIGITAL.decide(given).row}


def test_what_is_always_inspected_is_decided_by_route_in_june_only():
    given = facts("a", is_always=True)
    assert MIC.decide(given).outcome is Outcome.EXEMPT
    assert (DIGITAL.decide(given).outcome, DIGITAL.decide(given).row) == (Outcome.REQUIRED, 3)
    assert DIGITAL.decide(Facts(is_always=True)).outcome is Outcome.REQUIRED
    assert MIC.decide(Facts(is_always=True)).outcome is Outcome.UNDETERMINED


def test_an_exception_to_the_resident_register_is_left_to_a_person():
    assert DIGITAL.decide(facts("c", is_juki_excepted=True)).outcome is Outcome.REVIEW
    assert MIC.decide(facts("c", is_juki_excepted=True)).outcome is Outcome.EXEMPT


def every_answer():
    """Each combination of routes, attributes and what is known of them."""
    subsets = [frozenset(each) for size in range(6) for each in itertools.combinations(ROUTES, size)]
    for routes, attributes in itertools.product(subsets, (frozenset(), frozenset({"name"}), frozenset(THREE), FOUR)):
        for complete, identified, mislinks in itertools.product((None, False, True), (None, False, True), (0, 2)):
            yield Facts(
                is_handled=True, routes=routes, attributes=attributes, is_address_complete=complete,
                is_identified=identified, method="窓口で確認" if identified else "", mislinks=mislinks,
            )  # fmt: skip


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_unanswered_is_never_exempt_and_each_further_route_can_only_make_it_worse(rule):
    order = [Outcome.EXEMPT, Outcome.INDIVIDUAL, Outcome.REVIEW, Outcome.REQUIRED]
    for given in every_answer():
        verdict = rule.decide(given)
        if not given.routes or ("d" in given.routes and not given.counted_attributes):
            assert verdict.outcome is Outcome.UNDETERMINED
            continue
        assert verdict.outcome in order
        alone = [rule.of_route(route, given).outcome for route in given.routes]
        assert order.index(verdict.outcome) >= max(order.index(each) for each in alone)
        assert (verdict.outcome is Outcome.INDIVIDUAL) == (set(alone) == {Outcome.EXEMPT} and given.mislinks > 0)


def test_facts_decide_the_same_when_read_back():
    for given in every_answer():
        assert Facts.from_dict(given.to_dict()) == given


def test_the_printed_table_has_every_row_and_the_default_is_the_later_rule():
    assert [row.number for row in TABLE] == list(range(1, 13))
    assert RULES[DEFAULT] is DIGITAL
