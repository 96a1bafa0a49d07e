"""使い方: the guide on pages of the portal, whose links all lead to one another."""

import re
from pathlib import Path

import pytest

from portal.directory.roles import Role
from tests.factories.people import make_member

CHAPTERS = [None, *sorted(path.name[:-6] for path in (Path(__file__).parents[2] / "docs" / "users").glob("*.ja.md"))]


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_link_of_the_guide_leads_to_its_place(visit, arrange, chapter, locale):
    with arrange():
        reader = make_member("152226", Role.LOCAL_STAFF)
    visitor = visit(reader, locale=locale)
    page = visitor.get(f"/help/{chapter}" if chapter else "/help")
    assert bool(re.search("[ぁ-ん]", page.soup.h1.get_text())) is (locale == "ja") or chapter == "questions-answers"
    links = [each["href"] for each in page.soup.select("main .prose a")]
    assert links
    assert not [each for each in links if ".md" in each]
    for address in {each.partition("#")[0] for each in links}:
        there = visitor.get(address) if address else page
        anchors = [each.partition("#")[2] for each in links if each.partition("#")[0] == address and "#" in each]
        assert not [each for each in anchors if there.soup.find(id=each) is None]


def test_wrapped_lines_are_whole_and_there_is_no_other_chapter(visit):
    visitor = visit()
    assert visitor.get("/help/issues").soup.select("main .prose br") == []
    visitor.get("/help/operators", status=404)
    assert "使い方" in visitor.get("/sign-in").soup.footer.get_text()
