"""Redaction on the pages: asked from the paper, looked at, decided by another, told to those who may decide."""

import pytest

from portal.directory.roles import Role
from tests.factories.guidance import make_chief, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import make_member
from tests.notifications.conftest import tell
from tests.redaction.test_service import BODY, SECRET

__all__ = ["tell"]
PAGE = "/administration/redactions"


@pytest.fixture
def story(arrange):
    with arrange():
        return {
            "paper": make_issued(body=BODY, title=f"{SECRET}について").id,
            "admin": make_member("hq", Role.ADMIN),
            "chief": make_chief(),
            "staff": make_member("152226", Role.LOCAL_STAFF),
            "division": make_member("juumin", Role.DIVISION),
        }


def test_a_redaction_is_asked_for_told_decided_and_seen(visit, story, tell):
    paper = f"/guidance/{story['paper']}"
    admin, chief, staff = visit(story["admin"]), visit(story["chief"]), visit(story["staff"])
    tell()
    assert SECRET in staff.get("/inbox").main
    form = admin.get(f"{PAGE}/new?guidance={story['paper']}").form()
    bad = form.submit(passage="ない語句", cause="personal", reason="個人の番号でした。")
    assert bad.status == 422
    assert "どこにもありません" in bad.error_of("passage")
    page = bad.form().submit(passage=SECRET)
    assert "墨消しを申請しました。" in page.text
    assert not page.has_form(page.url)
    tell()
    assert "墨消しの申請があります" in chief.get("/inbox").main
    shown = chief.get(page.url)
    assert SECRET in shown.soup.main.find("del").text
    bad = shown.form().submit(decision="refuse")
    assert bad.error_of("reason")
    done = bad.form().submit(decision="approve")
    assert "墨消ししました。" in done.text
    seen = staff.get(paper)
    assert SECRET not in seen.text
    assert "個人情報のため墨消し）" in seen.main
    assert SECRET not in staff.get("/inbox").text
    assert SECRET not in staff.get("/guidance").text
    for page in (chief.get(PAGE), chief.get(f"{PAGE}?show=done"), admin.get(done.url)):
        assert SECRET not in page.text
    assert "個人の番号でした。" in chief.get(f"{PAGE}?show=done").main


def test_who_finds_it(visit, story):
    assert "墨消し" in visit(story["admin"]).get(f"/guidance/{story['paper']}").main
    for name in ("staff", "division"):
        visitor = visit(story[name])
        visitor.get(PAGE, status=404)
        visitor.get(f"{PAGE}/new?guidance={story['paper']}", status=404)
    visit(story["admin"]).get(f"{PAGE}/new", status=404)
    visit(story["admin"]).get(f"{PAGE}/new?guidance=999999", status=404)
    visit(story["admin"]).get(f"{PAGE}/9999", status=404)


def test_an_issue_offers_its_text_and_its_posts(visit, story, arrange):
    with arrange():
        number = make_issue(make_cast()).number
    admin = visit(story["admin"])
    link = admin.get(f"/issues/{number}").soup.main.find("a", string="墨消しを申請する")["href"]
    page = admin.get(link)
    assert "課題・照会の内容" in page.main


def test_other_papers_with_the_same_words_are_offered_and_redacted_together(visit, story, arrange):
    with arrange():
        other, third = make_issued("総行住第2号", body=BODY), make_issued("総行住第3号", body=BODY)
        keys = (str(other.id), str(third.id))
    form = visit(story["admin"]).get(f"{PAGE}/new?guidance={story['paper']}").form()
    page = form.submit(passage=SECRET, cause="personal", reason="個人の番号でした。")
    shown = visit(story["chief"]).get(page.url)
    assert "同じ語句がある、ほかの通知等" in shown.main
    assert {each["value"] for each in shown.soup.find_all(attrs={"name": "also"}) if each.has_attr("checked")} == {
        *keys
    }
    assert "墨消ししました。" in shown.form().submit(decision="approve", also=[keys[0]]).text
    staff = visit(story["staff"])
    assert SECRET not in staff.get(f"/guidance/{keys[0]}").text
    assert SECRET in staff.get(f"/guidance/{keys[1]}").text
