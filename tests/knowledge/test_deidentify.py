"""What may tell who is meant is found in texts as officials write them."""

import pytest

from portal.knowledge.deidentify import Clues, TraceKind, cut, find_traces, propose, strip

BODIES = ["津市", "大津市", "上越市", "新潟県", "泊村"]


def _found(text: str, kind: TraceKind, **names) -> list[str]:
    return [trace.text for trace in find_traces(text, **names) if trace.kind is kind]


def test_names_of_bodies_are_found_once_and_the_longest_counts():
    text = "大津市と上越市に確認し、上越市から回答がありました。関係市町村にも照会しています。"

    assert _found(text, TraceKind.BODY, bodies=BODIES) == ["大津市", "上越市"]


def test_full_names_and_surnames_with_a_title_are_found():
    text = "山田花子が受付。山田課長に報告済み。山田町の件とは別です。"

    assert _found(text, TraceKind.PERSON, people=["山田 花子"]) == ["山田花子", "山田課長"]


@pytest.mark.parametrize("text", ["鈴木さんから電話", "佐藤 様に説明", "田中氏の申出"])
def test_persons_addressed_by_name_are_found_without_a_list(text):
    assert len(_found(text, TraceKind.PERSON)) == 1


@pytest.mark.parametrize(
    "text", ["皆様", "お客様", "同様の事例", "仕様のとおり", "様式第1号", "氏名を確認", "多様な", "模様です"]
)
def test_ordinary_words_are_no_names(text):
    assert _found(text, TraceKind.PERSON) == []


@pytest.mark.parametrize(
    "text",
    [
        "025-526-5111",
        "０２５－５２６－５１１１",
        "090-1234-5678",
        "09012345678",
        "03(5253)5517",
        "025ー526ー5111",
        "+81-25-526-5111",
    ],
)
def test_telephone_numbers_in_any_width(text):
    assert len(_found(f"電話は{text}です。", TraceKind.PHONE)) == 1


@pytest.mark.parametrize("text", ["令和8年4月1日", "2026-11-23", "26件", "1,200件", "第2-3-1"])
def test_dates_and_figures_are_no_telephone_numbers(text):
    assert _found(text, TraceKind.PHONE) == []


def test_mail_addresses():
    assert _found("連絡先：ｊｕｍｉｎ@city.joetsu.lg.jpまで", TraceKind.MAIL) == ["jumin@city.joetsu.lg.jp"]


def test_document_numbers_but_not_laws():
    text = "上市第123号の2により報告し、総行住第78号に従う。平成26年総務省令第85号、法律第27号。"

    assert _found(text, TraceKind.DOCUMENT) == ["上市第123号の2", "総行住第78号"]


def test_issue_numbers_but_not_numbers_of_questions_and_answers():
    assert _found("R8-L-000123を参照（R8-Q-0001とは別）", TraceKind.ISSUE) == ["R8-L-000123"]


def test_a_text_that_names_nobody_has_no_trace():
    text = "同じ番号の手帳が26件見つかりました。更新時期の重なりをどう扱えばよいでしょうか。"

    assert find_traces(text, bodies=BODIES, people=["見本 太郎"]) == []


CLUES = Clues(
    bodies=frozenset({"津市", "大津市", "上越市", "新潟県", "泊村", "北海道", "東京都", "府中市"}),
    people=("山田 花子", "鈴木一郎"),
    sources=frozenset({"上越市"}),
)


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("上越市役所の市民課で確認しました。", "○○市役所の市民課で確認しました。"),
        ("上越では新潟県庁に報告済みです。", "○○では○○県庁に報告済みです。"),
        ("北海道泊村、東京都府中市、大津市の例", "○○道○○村、○○都○○市、○○市の例"),
        ("担当の山田課長（山田花子）、鈴木一郎主査", "担当の○○課長（○○）、○○主査"),
        ("電話は０２５－５２６－５１１１（内線1234）です。", "電話は（電話番号）（（電話番号））です。"),
        ("上越市木田1-1-3に住む方", "（住所）に住む方"),
        ("〒943-8601 上越市木田１丁目１番３号", "（住所） （住所）"),
        ("上越市大字高田45番地の2です", "（住所）です"),
        ("昭和50年3月2日生まれの方", "○年○月○日生まれの方"),
        ("生年月日：S50.3.2", "生年月日：○年○月○日"),
        ("令和8年4月1日から施行します。", "令和8年4月1日から施行します。"),
        ("普通預金 1234567に振り込む", "普通預金 （番号）に振り込む"),
        ("手帳番号A12345の方", "手帳番号（番号）の方"),
        ("上市第123号により報告、R8-L-000123を参照", "○○第○号により報告、（別の課題・照会）を参照"),
        ("https://www.city.joetsu.niigata.jp/soshiki/1.html を参照", "（ウェブサイト） を参照"),
        ("jumin@city.joetsu.lg.jpまで", "（メールアドレス）まで"),
        ("様式1-2、別表3-1、問1-3の関係市町村", "様式1-2、別表3-1、問1-3の関係市町村"),
        ("平成26年総務省令第85号の第5条", "平成26年総務省令第85号の第5条"),
    ],
)
def test_what_is_proposed_in_place_of_traces(text, stripped):
    assert strip(text, propose(text, CLUES)) == stripped


def test_places_are_those_of_the_text_as_it_was_typed():
    text = "㈱ﾃｽﾄと上越市の０２５－５２６－５１１１"
    found = propose(text, CLUES)

    assert [text[each.start : each.end] for each in found] == ["上越市", "０２５－５２６－５１１１"]
    assert "".join(piece for piece, _ in cut(text, found)) == text
    assert strip(text, [found[0]]) == "㈱ﾃｽﾄと○○市の０２５－５２６－５１１１"
