"""What may tell who is meant is found in texts as officials write them."""

import pytest

from portal.knowledge.deidentify import TraceKind, find_traces

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
