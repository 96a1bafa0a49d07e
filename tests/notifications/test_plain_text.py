"""Folding, headers and links."""

from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notifications.plain_text import WIDTH, columns, encoded_header, fold, linked, one_line

texts = st.text(alphabet=st.sampled_from(list("漢字かなカナ、。（）abc 12 　①㈱髙")), max_size=400)


@given(texts)
def test_no_line_is_wider_than_a_terminal(text):
    assert all(columns(line) <= WIDTH for line in fold(text).splitlines())


@given(texts)
def test_folding_loses_nothing_but_space(text):
    assert "".join(fold(text).split()) == "".join(text.split())


def test_no_line_begins_with_a_closing_mark():
    folded = fold("あ" * 36 + "。" + "い" * 40)

    assert all(line[0] not in "。、）" for line in folded.splitlines())


def test_addresses_stay_whole():
    url = "https://portal.example/" + "a" * 100

    assert fold(url) == url


@given(st.text(max_size=300))
def test_header_comes_back_as_it_was_and_adds_no_line_of_its_own(text):
    subject = one_line(text)
    encoded = encoded_header(subject, "Subject")

    assert all(line.startswith(" ") for line in encoded.split("\r\n")[1:])
    assert all(len(line) <= 76 for line in f"Subject: {encoded}".split("\r\n"))
    if not subject.isascii():
        assert str(make_header(decode_header(encoded))) == subject


@pytest.mark.parametrize("text", ["a\r\nBcc: x", "a\nb", "a\x0bb", "a\u2028b", "a\x85b", "a\x00b"])
def test_header_has_one_line(text):
    assert len(one_line(text).splitlines()) == 1


def test_html_twin_is_escaped_and_linked():
    assert str(linked("<b> https://a.example/?x=1&y=2 >")) == (
        '&lt;b&gt; <a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a> &gt;'
    )
