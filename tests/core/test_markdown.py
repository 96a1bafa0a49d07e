"""Markdown that can run nothing."""

import pytest

from portal.core.markdown import plain_text, render


@pytest.mark.parametrize("source", [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "<a href='data:text/html,x'>x</a>",
    "<iframe src='https://example.com'></iframe>", "![x](https://example.com/x.png)", "<b style='position:fixed'>x</b>",
    "<svg onload=alert(1)>", "[x](JaVaScRiPt:alert(1))", "<form action='/x'><input></form>", "<a id='main' name='x'>x</a>",
])
def test_nothing_active_survives(source):
    html = render(source).lower()

    for forbidden in ("<script", "javascript:", "onerror", "onload", "<iframe", "<img", "style=", "<svg", "<form", "<input", "data:", "id="):
        assert forbidden not in html


def test_japanese_emphasis_tables_and_headings():
    assert "<strong>「重要」</strong>です" in render("**「重要」**です")
    assert "<table>" in render("|a|b|\n|-|-|\n|1|2|")
    assert render("# 見出し").startswith("<h2>")
    assert "☑" in render("- [x] 済")


def test_plain_text_has_no_marks():
    assert plain_text("**件数** は 3 < 5") == "件数 は 3 < 5"
