"""What is written alike is found alike, and the passage shown is the one that was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.matching import parse
from portal.search.normal import grams, normalise, normalise_with_spans
from portal.search.snippets import highlight, snippet

ALIKE = [
    ("マイナンバーカード", "ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ"),
    ("マイナンバーカード", "まいなんばーかーど"),
    ("サーバー", "サーバ"),
    ("データ", "デ−タ"),
    ("R8-L-000123", "Ｒ８－Ｌ－０００１２３"),
    ("r8-l-000123", "Ｒ８ーＬー０００１２３"),
    ("総行住第78号", "総行住第７８号"),
    ("第1版", "第一版"),
    ("3か月", "三ヶ月"),
    ("3箇所", "３カ所"),
    ("ABC", "ａｂｃ"),
    ("1,000件", "１０００件"),
    ("ひもづけ", "ヒモズケ"),
    ("高橋", "髙橋"),
    ("紐付け**総点検**を", "紐付け総点検を"),
]
_ANY = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
_TYPICAL = st.text(alphabet="サーバー-−ーぁあか゛ﾞﾟｶﾊ３ヶケ月一1１.,R8第号（）*　 \n", max_size=30)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_is_written_alike_is_one(one, other):
    assert normalise(one) == normalise(other) != ""


@given(st.one_of(_ANY, _TYPICAL))
def test_the_form_with_places_is_the_form_of_the_index(text):
    folded, spans = normalise_with_spans(text)

    assert len(folded) == len(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(gram == gram.strip() and 0 < len(gram) < 3 for gram in grams(normalise(text)))
    if "ﾞ" not in text and "ﾟ" not in text and text.isprintable() and text.isascii():
        assert folded.strip() == normalise(text)


@given(_TYPICAL)
def test_both_ways_of_folding_agree_on_japanese(text):
    assert normalise_with_spans(text)[0].strip() == normalise(text)


def test_passage_is_marked_and_safe():
    text = "前置きです。" * 20 + "<b>ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ</b>の**一斉点検**について、３ヶ月後に。" + "後書きです。" * 20

    shown = snippet(text, parse("マイナンバーカード 点検").words)

    assert "<mark>ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ</mark>" in shown
    assert "一斉<mark>点検</mark>について" in shown
    assert "<b" not in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert snippet("点検はない", ("住基",)) == "点検はない"
    assert highlight("<点検>", ("点検",)) == "&lt;<mark>点検</mark>&gt;"


def test_numbers_are_read_as_typed_or_pasted():
    assert parse("Ｒ８ーＬー１２").words == ("r8l000012",)
    assert parse("R8-L-000012、R8-L-13").is_any
    assert parse("県").is_empty
    assert parse("!!!").is_empty
    assert not parse("県 点検").is_empty
