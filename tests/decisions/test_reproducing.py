"""Decisions can be made again from what is stored; and what must hold of them for any answers (product.md §6, 2)."""

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal.campaigns.models import Entry, Procedure
from portal.core.db import db
from portal.decisions.explaining import explain
from portal.decisions.models import Decision
from portal.decisions.queries import find_current
from portal.decisions.reading import read_facts
from portal.decisions.rules.deciding import is_unanswered
from portal.decisions.rules.facts import FOUR_ATTRIBUTES, ROUTES, Facts
from portal.decisions.rules.table import RULES
from portal.decisions.rules.tracing import ORDER, Mark, trace
from portal.decisions.service import decide_all, decide_entry
from portal.decisions.states import Outcome
from tests.factories.campaigns import answer, entry_of, make_running

YES_NO = st.sampled_from(["yes", "no", None])
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "handled": YES_NO,
        "routes": st.lists(st.sampled_from([*ROUTES, "z"]), unique=True),
        "attributes": st.lists(st.sampled_from(FOUR_ATTRIBUTES), unique=True),
        "address_complete": YES_NO,
        "identified": YES_NO,
        "method": st.sampled_from(["", " ", "窓口で確認", None]),
        "mislinks": st.sampled_from([None, 0, 1, 12, "many", True]),
    },
)
MARKED = st.sampled_from([(False, False), (True, False), (False, True), (True, True)])
NAMES = st.sampled_from(sorted(RULES))
_WORSE = {Outcome.EXEMPT: 0, Outcome.REVIEW: 1, Outcome.REQUIRED: 2}


def facts_from(answers, marked, *, is_juki_excepted=False) -> Facts:
    always, prior = marked
    procedure = Procedure(is_always=always, is_prior=prior)
    return read_facts(procedure, answers, is_juki_excepted=is_juki_excepted)


@given(ANSWERS, MARKED, st.booleans(), NAMES)
def test_what_is_stored_gives_the_same_decision(answers, marked, excepted, name):
    facts = facts_from(answers, marked, is_juki_excepted=excepted)
    assert RULES[name].decide(Facts.from_dict(facts.to_dict())) == RULES[name].decide(facts)


@given(ANSWERS, MARKED, st.booleans(), NAMES)
def test_precedence_unanswered_and_the_worst_route(answers, marked, excepted, name):
    rule, facts = RULES[name], facts_from(answers, marked, is_juki_excepted=excepted)
    verdict = rule.decide(facts)
    if answers.get("handled") == "no":
        assert (verdict.row, verdict.outcome) == (1, Outcome.NOT_HANDLED)
    elif facts.is_prior:
        assert (verdict.row, verdict.outcome) == (4, Outcome.PRIOR)
    elif facts.is_always and name == "digital-2023-08":
        assert (verdict.row, verdict.outcome) == (3, Outcome.REQUIRED)
    elif is_unanswered(facts):
        assert (verdict.row, verdict.outcome) == (2, Outcome.UNDETERMINED)
    else:
        alone = rule.decide_routes(facts)
        assert set(alone) == facts.routes
        worst = max(alone.values(), key=lambda each: _WORSE[each.outcome]).outcome
        is_individual = worst is Outcome.EXEMPT and facts.mislinks > 0
        assert verdict.outcome is (Outcome.INDIVIDUAL if is_individual else worst)
    if verdict.outcome is Outcome.EXEMPT:
        assert facts.is_handled
        assert facts.routes
        assert "d" not in facts.routes or facts.counted_attributes


@given(ANSWERS, MARKED, st.booleans(), NAMES)
def test_the_table_is_traced_row_by_row_and_the_reason_is_in_words(answers, marked, excepted, name):
    rule, facts = RULES[name], facts_from(answers, marked, is_juki_excepted=excepted)
    verdict, traced = rule.decide(facts), trace(rule, facts)
    assert [each.number for each in traced] == list(ORDER)
    assert [(each.number, each.outcome) for each in traced if each.mark is Mark.APPLIED] == [
        (verdict.row, verdict.outcome)
    ]
    after = [each.mark for each in traced[[each.mark for each in traced].index(Mark.APPLIED) + 1 :]]
    assert (Mark.UNREACHED in after) == (verdict.row in {1, 2, 3, 4})
    met = {each.number for each in traced if each.mark is Mark.BESIDE}
    assert len(met) < max(1, len(facts.routes) + (verdict.row == 12))
    why = explain(verdict.row, verdict.outcome, facts)
    assert why.because
    assert why.because % why.params


def test_every_stored_decision_is_made_again_from_its_facts(arrange):
    with arrange():
        campaign = make_running()
        for code, answers in (
            ("child_allowance", {"routes": ["b"]}),
            ("vaccination", {"routes": ["d"], "attributes": ["name"], "identified": "yes", "method": "窓口"}),
            ("maternal_health", {"mislinks": 3}),
            ("childcare", {"handled": "no"}),
        ):
            answer(campaign, entry_of(campaign, procedure=code), **answers)
        found = db.session.scalars(sa.select(Decision)).all()
        assert {each.row for each in found} >= {1, 2, 3, 4, 8, 10, 12}
        for each in found:
            verdict = RULES[each.rule].decide(Facts.from_dict(each.facts))
            assert (verdict.row, verdict.outcome) == (each.row, each.by_rule)


def test_deciding_one_by_one_and_all_at_once_agree(arrange):
    """Answers to questions that are not asked count neither here nor there."""
    with arrange():
        campaign = make_running()
        entry = entry_of(campaign)
        answer(campaign, entry, routes=["d"], attributes=["name", "address"], address_complete="no", identified="no")
        entry.answers = {**entry.answers, "routes": ["a", "c"], "mislinks": 0}  # attributes hang on a lookup
        db.session.flush()
        decide_entry(campaign, entry)
        one = find_current(entry.id)
        assert (one.outcome, one.facts["attributes"]) == (Outcome.EXEMPT, [])
        assert decide_all(campaign) == 0
        assert find_current(entry.id).id == one.id
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == len(
            db.session.scalars(sa.select(Decision.id).where(Decision.superseded_at.is_(None))).all()
        )
