"""What a body's own collections ask of its members, on their home pages and on the page of the paper."""

import pytest

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.directory.roles import OrganisationKind, Role
from portal.guidance import receiving
from portal.guidance.models import Guidance
from tests.factories.circulation import compose, send_to
from tests.factories.guidance import due_in, make_issued
from tests.factories.people import actor_of, make_member


@pytest.fixture
def story(arrange):
    """A received request; 市民課 has sent a part to 福祉課."""
    with arrange():
        members = {
            "citizens": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            "welfare": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
            "tax": make_member("152226", Role.LOCAL_STAFF, section="税務課"),
            "head": make_member("152226", Role.LOCAL_MANAGER),
        }
        paper = make_issued(reply_due_on=due_in(10), addressees=AddresseeRule(kinds=(OrganisationKind.CITY,)))
        coordinator = actor_of(members["citizens"])
        receiving.receive_guidance(coordinator, paper, section_name="市民課")
        send_to(coordinator, paper, "福祉課", due_on=due_in(5))
        return {"paper": paper.id, **members}


def steps(page) -> list[tuple[str, str]]:
    """The buttons of the first list of a home page and where they lead."""
    found = page.soup.main.find_all("div", "resource-list__action")
    return [(each.a.get_text(strip=True), each.a["href"]) for each in found]


def primary(page) -> str:
    """The one primary button of a paper's page."""
    [button] = page.soup.main.find("div", "guidance-actions").find_all(class_="button--primary")
    return button.get_text(strip=True)


def test_each_member_is_asked_for_their_own_step(visit, story):
    paper = f"/guidance/{story['paper']}"
    welfare = visit(story["welfare"]).get("/")
    assert steps(welfare) == [("所属として回答する", "/guidance/parts/1")]
    assert "あと5営業日" in welfare.main
    assert steps(visit(story["citizens"]).get("/")) == [("団体の回答を取りまとめる", f"{paper}/parts")]
    assert steps(visit(story["tax"]).get("/")) == []

    assert primary(visit(story["welfare"]).get(paper)) == "所属として回答する"
    assert primary(visit(story["citizens"]).get(paper)) == "団体の回答を取りまとめる"
    assert "庁内で取りまとめ中です" in visit(story["tax"]).get(f"{paper}/respond").main


def test_the_head_is_asked_to_confirm_and_nobody_to_compile_meanwhile(arrange, visit, story):
    with arrange():
        compose(actor_of(story["citizens"]), db.session.get_one(Guidance, story["paper"]))
    confirming = f"/guidance/{story['paper']}/parts/confirm"
    assert steps(visit(story["head"]).get("/")) == [("回答案を確認する", confirming)]
    assert primary(visit(story["head"]).get(f"/guidance/{story['paper']}")) == "回答案を確認する"
    assert steps(visit(story["citizens"]).get("/")) == []


def test_who_composed_confirms_only_where_there_is_no_other_head(arrange, visit, story):
    with arrange():
        compose(actor_of(story["head"]), db.session.get_one(Guidance, story["paper"]))
    assert [text for text, _ in steps(visit(story["head"]).get("/"))] == ["回答案を確認する"]
    with arrange():
        other = make_member("152226", Role.LOCAL_MANAGER)
    assert steps(visit(story["head"]).get("/")) == []
    assert [text for text, _ in steps(visit(other).get("/"))] == ["回答案を確認する"]
