"""庁内展開 on the pages: sent, answered, composed, returned, confirmed; others see the end alone."""

import pytest

from portal.directory.roles import Role
from tests.factories.guidance import make_chief, make_issued
from tests.factories.people import make_member


@pytest.fixture
def story(arrange):
    """A paper and a city with three sections and a head."""
    with arrange():
        return {
            "paper": make_issued().id,
            "citizens": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            "welfare": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
            "tax": make_member("152226", Role.LOCAL_STAFF, section="税務課"),
            "head": make_member("152226", Role.LOCAL_MANAGER),
            "prefecture": make_member("150002", Role.LOCAL_MANAGER),
            "chief": make_chief(),
        }


def link(page, text: str) -> str:
    """The address behind the link of this text."""
    return next(each["href"] for each in page.soup.main.find_all("a") if each.get_text(strip=True) == text)


def test_a_body_answers_as_one(visit, story):
    paper = f"/guidance/{story['paper']}"
    citizens, welfare, tax, head = (visit(story[name]) for name in ("citizens", "welfare", "tax", "head"))
    page = citizens.get(paper)
    assert "庁内の所属に送る（庁内展開）" in page.main
    form = citizens.get(f"{paper}/parts/new").form(f"{paper}/parts/new")
    bad = form.submit(what="")
    assert bad.status == 422
    ids = {
        each.parent.get_text(strip=True): each["value"] for each in bad.soup.find_all("input", {"name": "section_ids"})
    }
    chosen = [value for name, value in ids.items() if "福祉課" in name or "税務課" in name]
    page = bad.form(f"{paper}/parts/new").submit(what="障害者手帳の欄", section_ids=chosen, note="お願いします")
    assert "所属2件に送りました。" in page.text

    inbox = welfare.get("/guidance/parts")
    part = inbox.soup.main.find("a", href=lambda href: href and href.startswith("/guidance/parts/"))["href"]
    page = welfare.get(f"{part}/answer").form(f"{part}/answer").submit(state="answered", text="3件です。")
    assert "回答しました。" in page.text
    assert "3件です。" in page.main
    other = tax.get("/guidance/parts").soup.main.find("a", href=lambda href: href and "/guidance/parts/" in href)[
        "href"
    ]
    page = tax.get(f"{other}/send-back").form(f"{other}/send-back").submit(reason="福祉課の事務です。")
    assert "担当外で返却" in page.main

    page = citizens.get(f"{paper}/parts/answer")
    assert "【福祉課】障害者手帳の欄" in page.main
    page = page.form(f"{paper}/parts/answer").submit(state="replied")
    assert "回答案の確認を長に求めました。" in page.text
    confirming = f"{paper}/parts/confirm"
    bad = head.get(confirming).form(confirming).submit(decision="return")
    assert "差し戻す理由を入力してください。" in bad.main
    page = bad.form(confirming).submit(decision="return", reason="件数を確かめてください。")
    assert "回答案を差し戻しました。" in page.text
    page = citizens.get(f"{paper}/parts/answer")
    assert "件数を確かめてください。" in page.main
    page.form(f"{paper}/parts/answer").submit(text="計3件です。")  # what the head returned is filled in
    page = head.get(confirming).form(confirming).submit(decision="confirm")
    assert "団体の回答として登録しました。" in page.text
    assert "計3件です。" in head.get(paper).main

    outside = visit(story["prefecture"])
    outside.get(f"{paper}/parts", status=404)
    assert "庁内展開の状況" not in outside.get(paper).main
    row = link(outside.get(f"{paper}/recipients"), "上越市")
    seen = outside.get(row).main
    assert "計3件です。" in seen
    assert "福祉課" not in seen
    assert "福祉課" not in visit(story["chief"]).get(row).main
