"""Expressions of checks and calculated answers: what they mean, and what they never do."""

import pytest

from portal.campaigns import expressions
from portal.core.errors import Invalid

ANSWERS = {
    "target": 100, "extracted": 90, "routes": ["a", "d"], "handled": "yes",
    "causes": {"family": {"count": 2}, "input": {"count": 3, "other": 5}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("target - extracted", 10),
        ("extracted / target * 100", 90.0),
        ("0 <= extracted <= target", True),
        ("extracted > target", False),
        ('"d" in routes and handled == "yes"', True),
        ('not ("d" in routes)', False),
        ('total(causes, "count") == 5', True),
        ("total(causes)", 10),
        ("-target + 1", -99),
        ("matched + 1", None),
        ("matched <= extracted", None),
        ("target / 0", None),
        ('target + "1"', None),
        ("handled + 1", None),
    ],
)
def test_value(text, value):
    assert expressions.evaluate(text, ANSWERS) == value


def test_a_check_of_what_is_not_answered_is_kept():
    assert expressions.holds("matched <= extracted", ANSWERS)
    assert not expressions.holds("extracted > target", ANSWERS)


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "__import__('os')", "target.real", "[each for each in routes]", "lambda: 1", "open('x')",
        "target ** 9", "routes[0]", "f'{target}'", "target if 1 else 2", "total('x')", "total(target, 1, 2)",
        "x := 1", "a" * 301, "(" * 200 + ")" * 200, "target\x00",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(Invalid):
        expressions.evaluate(text, ANSWERS)


def test_names():
    assert expressions.names_in('total(causes, "count") == target') == {"causes", "target"}
