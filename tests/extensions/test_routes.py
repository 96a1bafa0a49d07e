"""A later due date on the pages: the body asks, the office decides, the body reads it."""

import pytest

from portal.addressing.rule import AddresseeRule
from portal.core.calendar import long_date
from portal.core.db import db
from portal.directory.roles import Role
from portal.guidance import service
from portal.guidance.models import Guidance
from tests.factories.guidance import due_in, make_chief, make_drafter, make_issued
from tests.factories.people import actor_of, make_member


@pytest.fixture
def story(arrange):
    """A request to one body, its office and an official."""
    with arrange():
        return {
            "paper": make_issued(addressees=AddresseeRule(include=("152226",))).id,
            "drafter": make_drafter(),
            "official": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
        }


def date_of(name: str, day) -> dict[str, str]:
    return {f"{name}-year": str(day.year), f"{name}-month": str(day.month), f"{name}-day": str(day.day)}


def test_a_body_asks_and_the_office_grants(visit, story):
    paper = f"/guidance/{story['paper']}"
    official, office = visit(story["official"]), visit(story["drafter"])
    official.get(f"{paper}/receive").form().submit()
    form = official.get(f"{paper}/extension").form(f"{paper}/extension")
    bad = form.submit(reason="対象が多いため", **date_of("wanted_on", due_in(2)))
    assert bad.status == 422
    assert "いまの期限より後の日付を入力してください。" in bad.main
    assert "対象が多いため" in bad.text
    page = bad.form(f"{paper}/extension").submit(**date_of("wanted_on", due_in(15)))
    assert "期限の延長を申請しました。" in page.text
    assert not page.has_form(f"{paper}/extension")
    own = official.get(paper).soup.find("section", {"aria-labelledby": "own-head"}).get_text()
    assert f"申請中 {long_date(due_in(15))}" in own

    assert "判断待ち1件" in office.get(paper).main
    waiting = office.get("/").soup.main
    asked = waiting.find("div", "resource-list__action").a
    assert "期限なし" not in waiting.get_text()
    assert (asked.get_text(strip=True), asked["href"]) == ("期限延長を判断する", f"{paper}/extensions")
    page = office.get(f"{paper}/extensions")
    assert "上越市" in page.main
    decide = next(
        link["href"] for link in page.soup.main.find_all("a") if link["href"].startswith(f"{paper}/extensions/")
    )
    bad = office.get(decide).form(decide).submit(decision="refuse", reason="")
    assert "承認しない理由を入力してください。" in bad.main
    page = bad.form(decide).submit(decision="grant", **date_of("granted_on", due_in(12)))
    assert "上越市の期限の延長を承認しました。" in page.text

    seen = official.get(paper).main
    assert "（通知等の期限は" in seen
    assert "承認" in official.get(f"{paper}/extension").main


def test_a_partial_answer_on_the_page(visit, story):
    paper = f"/guidance/{story['paper']}"
    official = visit(story["official"])
    bad = official.get(f"{paper}/respond").form(f"{paper}/respond").submit(state="partial", text="手帳の分は集計中")
    assert bad.status == 422
    assert "回答の予定日を入力してください。" in bad.main
    page = bad.form(f"{paper}/respond").submit(**date_of("expected_on", due_in(12)))
    assert "一部回答" in page.main
    assert "予定日" in page.main


def test_nothing_is_left_to_decide_once_the_paper_is_abolished(visit, arrange, story):
    paper = f"/guidance/{story['paper']}"
    official, office = visit(story["official"]), visit(story["drafter"])
    form = official.get(f"{paper}/extension").form(f"{paper}/extension")
    form.submit(reason="対象が多いため", **date_of("wanted_on", due_in(15)))
    assert "申請中" in office.get(f"{paper}/extensions").main.split("結果")[1]
    with arrange():
        service.abolish_guidance(
            actor_of(make_chief()), db.session.get_one(Guidance, story["paper"]), reason="役目を終えました。"
        )

    for reader, page in ((office, "extensions"), (official, "extension")):
        table = reader.get(f"{paper}/{page}").soup.main.find("table").get_text()
        assert "判断前に終了" in table
        assert "申請中" not in table
