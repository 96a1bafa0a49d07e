"""Rates are cut where completion is told, and rounded where a share is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.reporting.rates import cut_rate, share_of


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(82_060_000, 82_080_000, "99.9"), (1, 1, "100.0"), (0, 5, "0.0"), (1, 3, "33.3"), (0, 0, None)],
)
def test_completion_is_cut(part, whole, said):
    assert cut_rate(part, whole) == said


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_nothing_unfinished_is_called_complete(part, more):
    assert cut_rate(part, part + more) != "100.0"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(8_351, 82_080_000, "0.01"), (0, 10, "0.00"), (1, 82_080_000, "<0.01"), (1, 8, "12.50"), (1, 0, None)],
)
def test_shares_are_told_to_a_hundredth_of_a_per_cent(part, whole, said):
    assert share_of(part, whole) == said
