"""What changed between two texts."""

import pytest

from portal.core.differences import DifferenceKind, differences

SAME, ADDED, REMOVED = DifferenceKind.SAME, DifferenceKind.ADDED, DifferenceKind.REMOVED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("", "新しい回答"),
        ("古い回答", ""),
        ("期限は10日です。", "期限は14日です。"),
        ("一\n二\n三", "一\n三\n四"),
        ("髙橋𠮷野👍", "高橋𠮷野👍です"),
        ("あ" * 3000, "い" * 3000),
    ],
)
def test_the_pieces_give_back_both_texts(old, new):
    pieces = differences(old, new)

    assert "".join(text for kind, text in pieces if kind is not ADDED) == old
    assert "".join(text for kind, text in pieces if kind is not REMOVED) == new


def test_a_changed_figure_is_all_that_is_marked():
    pieces = differences("回答の期限は10日以内です。", "回答の期限は14日以内です。")

    assert [text for kind, text in pieces if kind is REMOVED] == ["0"]
    assert [text for kind, text in pieces if kind is ADDED] == ["4"]


def test_what_is_the_same_but_for_its_line_ends_is_the_same():
    assert differences("一\r\n二", "一\n二") == [(SAME, "一\n二")]


def test_a_sentence_that_was_written_anew_is_marked_in_stretches_not_in_single_letters():
    pieces = differences("手帳の番号を確認してください。", "発行元を示す記号を付けて登録してください。")

    assert len([1 for kind, _ in pieces if kind is not SAME]) <= 4
