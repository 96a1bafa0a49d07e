"""Document numbers in texts: which papers they name, for whom, and what is said of papers that hold no more."""

import pytest

from portal.core.markdown import plain_text, render
from portal.directory.roles import Role
from portal.guidance import service
from portal.guidance.citing import find_cited
from portal.guidance.queries import get_guidance
from portal.guidance.states import GuidanceState
from tests.factories.guidance import issue, make_approved, make_chief, make_issued
from tests.factories.people import actor_of, make_member

_BODY = "## 記\n\n1. 令和8年9月8日付け総行住第78号及び総行住第99号を参照すること"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("令和8年9月8日付け総行住第78号により", ["総行住第78号"]),
        ("総行住第７８号の2及び総行デ第5号", ["総行住第７８号の2", "総行デ第5号"]),
        ("地方自治法（昭和22年法律第67号）第245条の4", []),
        ("様式第1号、別紙第2号、総務省令第3号", []),
        ("`総行住第78号`と[総行住第78号](/x)", []),
        ("第78号", []),
    ],
)
def test_what_may_be_a_papers_number_is_marked(text, marked):
    html = str(render(text))
    assert [part.partition("<")[0] for part in html.split('<span class="cited">')[1:]] == marked
    assert "span" not in plain_text(text)


def test_a_number_names_the_paper_that_its_reader_may_see(arrange):
    with arrange():
        chief = actor_of(make_chief())
        paper = make_issued("総行住第78号")
        make_approved("総行住第79号")
        body, elsewhere = make_member("152226", Role.LOCAL_STAFF), make_member("131016", Role.LOCAL_STAFF)
        written = ["通知総行住第７８号", "総行住第79号", "総行住第80号"]
        found = find_cited(actor_of(body), written)
        assert {each: (cited.guidance_id, cited.number) for each, cited in found.items()} == {
            "通知総行住第７８号": (paper.id, "総行住第78号")
        }
        assert find_cited(actor_of(elsewhere), written) == {}
        assert find_cited(chief, []) == {}
        service.abolish_guidance(chief, paper, reason="制度の終了")
        assert find_cited(chief, ["総行住第78号"])["総行住第78号"].state is GuidanceState.ABOLISHED


def test_a_paper_that_cites_another_links_to_it_and_says_that_it_holds_no_more(arrange, visit):
    with arrange():
        chief = make_chief()
        cited = make_issued("総行住第78号")
        citing = make_approved("総行住第90号", body=_BODY)
        issue(actor_of(chief), citing)
        body = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        cited_id, citing_id = cited.id, citing.id
    page = visit(body).get(f"/guidance/{citing_id}")
    links = page.soup.select(f'.document a[href="/guidance/{cited_id}"]')
    assert [link.text for link in links] == ["総行住第78号"]
    assert "及び総行住第99号を参照すること" in page.main
    assert page.soup.select(".document .cited, .document .cited__note") == []
    with arrange():
        service.abolish_guidance(actor_of(chief), get_guidance(actor_of(chief), cited_id), reason="制度の終了")
    page = visit(body).get(f"/guidance/{citing_id}")
    assert [note.text for note in page.soup.select(".document .cited__note")] == ["（廃止）"]
