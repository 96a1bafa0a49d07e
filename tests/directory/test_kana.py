"""Folding of readings, names and codes."""

import pytest

from portal.core.errors import Invalid
from portal.directory.addresses import normalise_email
from portal.directory.kana import check_digit_of, fold_code, fold_kana, fold_width


@pytest.mark.parametrize("typed", ["じょうえつ", "ジョウエツ", "ｼﾞｮｳｴﾂ", " ジョウ　エツ "])
def test_any_kana_reads_as_full_width_katakana(typed):
    assert fold_kana(typed) == "ジョウエツ"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("１５２２２６", "152226"), ("15222-6", "152226"), (" 152226 ", "152226"), ("Digital-Kiban", "digital-kiban")],
)
def test_codes_fold_to_what_is_stored(typed, code):
    assert fold_code(typed) == code


def test_width_folds_without_losing_words():
    assert fold_width("　上越市　市民課 ") == "上越市 市民課"


def test_check_digit_of_a_code():
    assert check_digit_of("15222") == "6"
    assert check_digit_of("01100") == "2"


def test_mail_addresses_are_kept_in_half_width_lower_case():
    assert normalise_email(" Hanako＠City.Example.LG.jp ") == "hanako@city.example.lg.jp"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hanako",
        "hanako@",
        "@example.jp",
        "a@b",
        "a..b@example.jp",
        "a@example.jp\nBcc: x@example.jp",
        "a,b@example.jp",
        "<a@example.jp>",
        "a@-example.jp",
        "山田@example.jp",
        f"{'a' * 65}@example.jp",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid):
        normalise_email(typed)
