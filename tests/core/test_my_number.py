"""Individual numbers are found however they are written; other numbers pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid, NeedsConfirmation
from portal.core.my_number import Finding, check_text, has_valid_check_digit, scan

VALID = "123456789018"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def check_digit(eleven: str) -> int:
    """The ministerial order's formula, written down once more and independently."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(eleven, weights, strict=True)) % 11
    return 0 if rest <= 1 else 11 - rest


ELEVEN = st.text("0123456789", min_size=11, max_size=11)
NUMBERS = ELEVEN.map(lambda eleven: f"{eleven}{check_digit(eleven)}")
SEPARATORS = st.sampled_from(
    ["", " ", "  ", "　", "-", "－", "‐", "–", "—", "−", "ー", "\n", "\r\n", "\t", " - ", "\u200b", "\u00a0"]
)


@given(ELEVEN)
def test_exactly_one_check_digit_is_valid(eleven):
    assert [has_valid_check_digit(f"{eleven}{last}") for last in range(10)].count(True) == 1
    assert has_valid_check_digit(f"{eleven}{check_digit(eleven)}")


@given(NUMBERS, SEPARATORS, st.booleans())
def test_a_number_in_groups_of_four_is_found(number, separator, full_width):
    written = separator.join((number[:4], number[4:8], number[8:]))
    if full_width:
        written = written.translate(FULL_WIDTH)
    assert scan(f"住民の個人番号は{written}です。") is Finding.REFUSED
    assert scan(f"整理番号は{written}です。") is Finding.CONFIRM


@given(NUMBERS, SEPARATORS)
def test_a_number_with_a_separator_after_each_digit_is_found(number, separator):
    assert scan(separator.join(number)) is Finding.CONFIRM


@given(NUMBERS, SEPARATORS, st.integers(1, 11))
def test_a_number_cut_once_anywhere_is_found(number, separator, cut):
    assert scan(f"マイナンバー: {number[:cut]}{separator}{number[cut:]}") is Finding.REFUSED


@given(ELEVEN, st.integers(1, 9))
def test_a_wrong_check_digit_passes(eleven, off):
    assert scan(f"個人番号 {eleven}{(check_digit(eleven) + off) % 10}") is None


@given(NUMBERS, st.text("0123456789", min_size=1, max_size=8), st.booleans())
def test_no_window_is_cut_out_of_a_longer_number(number, more, before):
    assert scan(f"個人番号 {more + number if before else number + more}") is None


@pytest.mark.parametrize(
    "word", ["個人番号", "マイナンバー", "ﾏｲﾅﾝﾊﾞｰ", "My Number", "MYNUMBER", "my-number", "個人 番号", "マイナ番号"]
)
def test_every_context_word_counts_before_and_after(word):
    assert scan(f"{word}　{VALID}") is Finding.REFUSED
    assert scan(f"{VALID} ({word})") is Finding.REFUSED


def test_a_context_word_far_away_does_not_count():
    assert scan("マイナンバーの点検について。" + "あ" * 80 + VALID) is Finding.CONFIRM
    assert scan("あ" * 80 + VALID, context="氏名,個人番号") is Finding.REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "1234-5678-\n9018",
        "1234-5678 9018",
        "1 件目 123456789018 5",
        "No.23 1234 5678 9018",
        "12 1234-5678-9018",
        "①②③④⑤⑥⑦⑧⑨018",
        "123456789018\n123456789018",
        "2,123456789018,男",
        "ID123456789018X",
    ],
)
def test_more_ways_of_writing_are_found(text):
    assert scan(text) is Finding.CONFIRM


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "個人番号は含みません",
        "電話 03-5253-5111",
        "電話 03-5253-5111\n12月1日",
        "携帯 090-1234-5678",
        "+81 90-1234-5678",
        "+819012345678",
        "0120-95-0178",
        "令和8年11月30日 10時30分",
        "2026-11-30 08:30",
        "2026/11/30 08:30:00",
        "総行住第78号",
        "R8-L-000123",
        "法人番号 2000012020001",
        "法人番号 1-2345-6789-0180",
        "T1234567890180",
        "1234 5678 9018 3456",
        "1234-5678-9018-3456",
        "団体コード 152226",
        "8,206万/8,208万",
        "100\n250\n3000",
        "12345678901",
        "1.23456789018",
        "率 0.123456789018",
        "人口 1,234,567,890,18",
    ],
)
def test_other_numbers_pass_even_beside_a_context_word(text):
    assert scan(text, context="マイナンバー") is None


def test_a_found_number_is_refused_whatever_is_confirmed():
    for confirmed in (False, True):
        with pytest.raises(Invalid) as refusal:
            check_text("body", f"個人番号 {VALID}", confirmed)
        assert refusal.value.field == "body"
        assert not isinstance(refusal.value, NeedsConfirmation)


def test_a_suspicious_number_needs_confirmation_once():
    with pytest.raises(NeedsConfirmation) as refusal:
        check_text("title", f"整理番号 {VALID}", False)
    assert refusal.value.field == "title"
    check_text("title", f"整理番号 {VALID}", True)


@given(NUMBERS, st.sampled_from(["個人番号", "番号"]))
def test_the_digits_are_never_echoed(number, word):
    with pytest.raises(Invalid) as refusal:
        check_text("body", f"{word} {number}", False)
    assert number[:4] not in f"{refusal.value.message}{refusal.value.params}{refusal.value!r}"


def test_a_long_text_is_scanned_in_linear_time():
    assert scan("1 " * 200_000) is None
    assert scan("123-" * 200_000) is None
    assert scan("1 " * 150 + "、個人番号 123456789018、" + "1 " * 150) is Finding.REFUSED
