"""Finding My Numbers as people write them, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.my_number import Finding, check_text, is_valid_my_number, scan

BODIES = st.text(alphabet="0123456789", min_size=11, max_size=11)


def _with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if is_valid_my_number(body + digit))


@given(BODIES)
def test_exactly_one_check_digit_is_valid(body):
    assert sum(is_valid_my_number(body + digit) for digit in "0123456789") == 1


@given(BODIES, st.sampled_from(["", " ", "-", "－", "　", "\n", "・"]))
def test_separators_and_widths_hide_nothing(body, separator):
    number = _with_check_digit(body)
    written = separator.join((number[:4], number[4:8], number[8:]))
    wide = written.translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert scan(f"番号は{written}です") is Finding.POSSIBLE
    assert scan(f"個人番号は{wide}です") is Finding.NAMED


@pytest.mark.parametrize("text", [
    "法人番号 1123456789018", "電話 03-5253-5111", "令和8年11月23日", "総行住第78号", "123456789012", "R8-L-000123", "",
    "口座 1234567 店番 123", "1,234,567件のうち890件",
])
def test_other_numbers_pass(text):
    assert scan(text) is None


def test_a_named_number_is_refused_without_repeating_it():
    with pytest.raises(Invalid) as refusal:
        check_text("body", "マイナンバー 1234-5678-9018 の方", confirmed=True)

    assert refusal.value.field == "body"
    assert "1234" not in refusal.value.message


def test_a_bare_number_needs_confirmation_once():
    with pytest.raises(NeedsConfirmation):
        check_text("body", "整理番号 123456789018")

    check_text("body", "整理番号 123456789018", confirmed=True)
