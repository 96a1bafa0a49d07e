"""The checks and stages of figures, which need no database."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid, NeedsConfirmation
from portal.inspections.checking import check_as_of, check_figures, check_plan, check_texts
from portal.inspections.figures import COUNTS, CUMULATIVE, Figures
from portal.inspections.stages import stage_of
from portal.inspections.states import LeakState, MislinkCause, Stage
from tests.factories.inspections import figures, found

TODAY = date(2026, 9, 1)


def fields_of(problems) -> set[str]:
    return {problem.field for problem in problems}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target": -1}, "target"),
        ({"inquiries": -1}, "inquiries"),
        ({"target": 300_000_000}, "target"),
        ({"extracted": 101}, "extracted"),
        ({"matched": 81}, "matched"),
        ({"mismatched": 61, "confirmed": 61}, "mismatched"),
        ({"mismatched": 5, "confirmed": 3, "pending": 1}, "pending"),
        ({"mismatched": 5, "confirmed": 5, "mislinks": 6, "causes": {"other": 6}}, "mislinks"),
        ({"mismatched": 5, "confirmed": 5, "mislinks": 1, "corrected": 2, "causes": {"other": 1}}, "corrected"),
        ({"mismatched": 5, "confirmed": 5, "mislinks": 1}, "causes"),
        ({"causes": {"input": 1, "family": -1}}, "cause_family"),
        ({"causes": {"weather": 0}}, "causes"),
        ({"published_url": "https://www.city.example.lg.jp/"}, "published_on"),
    ],
)
def test_each_rule_is_told_at_its_field(changes, field):
    assert fields_of(check_figures(figures(**changes), None)) == {field}


def test_figures_that_are_right_have_no_problems():
    assert check_figures(figures(), None) == []
    assert check_figures(found(), figures()) == []


@pytest.mark.parametrize("name", CUMULATIVE)
def test_what_is_cumulative_falls_only_with_a_reason(name):
    before = found(mismatched=6, confirmed=6, mislinks=3, corrected=2, causes={"other": 3})
    after = dataclasses.replace(before, **{name: before.count_of(name) - 1})
    assert name in fields_of(check_figures(after, before))
    assert name not in fields_of(check_figures(after, before, reason="二重に数えていたため"))
    pending = (found(mismatched=6, confirmed=5, pending=1), found(mismatched=6, confirmed=6))
    assert check_figures(pending[1], pending[0]) == []  # people who are still to be identified become fewer


def test_dates():
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert check_as_of(TODAY, newest=None, today=TODAY) == []
    assert check_as_of(TODAY, newest=yesterday, today=TODAY) == []
    for as_of, newest in ((tomorrow, None), (TODAY, TODAY), (yesterday, TODAY)):
        assert fields_of(check_as_of(as_of, newest=newest, today=TODAY)) == {"as_of"}
    assert check_as_of(yesterday, newest=TODAY, today=TODAY, corrected=yesterday) == []
    assert fields_of(check_as_of(TODAY, newest=TODAY, today=TODAY, corrected=yesterday)) == {"as_of"}


def test_a_finish_after_the_final_date_needs_its_reason_and_nothing_is_published_tomorrow():
    tomorrow = TODAY + timedelta(days=1)
    late = figures(expected_on=tomorrow, published_on=tomorrow)
    assert fields_of(check_plan(late, TODAY, TODAY)) == {"delay_reason", "published_on"}
    assert fields_of(check_plan(late, None, tomorrow)) == set()
    said = dataclasses.replace(late, delay_reason="対象者が転出したため", published_on=TODAY)
    assert check_plan(said, TODAY, TODAY) == []


def test_texts():
    assert fields_of(check_texts(figures(prevention="あ" * 2001, published_url="市の広報"), "い" * 1001)) == {
        "prevention",
        "published_url",
        "reason",
    }
    assert check_texts(figures(published_url="https://www.city.joetsu.niigata.jp/soshiki/"), "") == []
    with pytest.raises(NeedsConfirmation):
        check_texts(figures(prevention="123456789018"), "")
    assert check_texts(figures(prevention="123456789018"), "", my_number_confirmed=True) == []
    with pytest.raises(Invalid):
        check_texts(figures(), "個人番号 123456789018", my_number_confirmed=True)


@pytest.mark.parametrize(
    ("given_figures", "stage"),
    [
        (figures(), Stage.EXTRACTION),
        (figures(extracted=100), Stage.MATCHING),
        (found(confirmed=4, pending=1), Stage.IDENTIFICATION),
        (found(), Stage.CORRECTION),
        (found(corrected=2), Stage.CORRECTION),  # not published yet
        (found(corrected=2, published_on=TODAY, leak=LeakState.INVESTIGATING), Stage.CORRECTION),
        (found(corrected=2, published_on=TODAY, leak=LeakState.CONFIRMED), Stage.DONE),
        (found(corrected=2, published_on=TODAY, leak=LeakState.DENIED), Stage.DONE),
        (figures(extracted=100, matched=100), Stage.DONE),
        (figures(extracted=100, matched=100, leak=LeakState.INVESTIGATING), Stage.CORRECTION),
        (Figures(target=0), Stage.DONE),
    ],
)
def test_the_stage_is_the_first_that_is_not_finished(given_figures, stage):
    assert stage_of(given_figures) is stage


@st.composite
def right_figures(draw, after: Figures | None = None) -> Figures:
    """Figures that keep every rule; with ``after`` later ones, in which nothing cumulative falls."""

    def between(low: int, high: int) -> int:
        return draw(st.integers(min_value=min(low, high), max_value=high))

    floor = {name: 0 if after is None else after.count_of(name) for name in CUMULATIVE}
    counts = {"target": between(floor["target"], floor["target"] + 50)}
    for name, above in (
        ("extracted", "target"), ("matched", "extracted"), ("mismatched", "matched"), ("confirmed", "mismatched"),
        ("mislinks", "confirmed"), ("corrected", "mislinks"),
    ):  # fmt: skip
        counts[name] = between(floor[name], counts[above])
    counts["pending"] = counts["mismatched"] - counts["confirmed"]
    causes, left = {}, counts["mislinks"]
    for cause in list(MislinkCause)[:-1]:
        causes[cause.value] = between(0, left)
        left -= causes[cause.value]
    causes[MislinkCause.OTHER.value] = left
    published_on = draw(st.sampled_from([None, TODAY]))
    return Figures(**counts, causes=causes, leak=draw(st.sampled_from(list(LeakState))), published_on=published_on)


@given(st.data())
def test_right_figures_pass_and_their_stage_says_what_is_left(data):
    first = data.draw(right_figures())
    later = data.draw(right_figures(after=first))
    assert check_figures(first, None) == []
    assert check_figures(later, first) == []
    left = [
        (Stage.EXTRACTION, later.extracted < later.target),
        (Stage.MATCHING, later.matched < later.target),
        (Stage.IDENTIFICATION, later.pending > 0),
        (Stage.CORRECTION, later.corrected < later.mislinks),
        (Stage.CORRECTION, later.leak is LeakState.INVESTIGATING),
        (Stage.CORRECTION, later.mislinks > 0 and later.published_on is None),
    ]
    assert stage_of(later) is next((stage for stage, is_left in left if is_left), Stage.DONE)
    fallen = [name for name in CUMULATIVE if first.count_of(name) < later.count_of(name)]
    assert set(fallen) == fields_of(check_figures(first, later))


@given(st.fixed_dictionaries({name: st.integers(min_value=-2, max_value=6) for name in COUNTS}))
def test_what_breaks_a_rule_never_passes(counts):
    wrong = Figures(**counts, causes={"other": counts["mislinks"]})
    t, e, m, x, c, p, f, r = (counts[name] for name in COUNTS)
    is_right = 0 <= x <= m <= e <= t and c + p == x and 0 <= r <= f <= c and p >= 0
    assert (check_figures(wrong, None) == []) is is_right
