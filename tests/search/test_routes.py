"""The pages of the search, and what stands beside an issue and below the title of a new one."""

import pytest

from portal.issues import service
from portal.issues.states import IssueState
from portal.knowledge.models import QaState
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.knowledge import make_entry
from tests.factories.people import actor_of

pytestmark = pytest.mark.both_engines  # each engine searches in its own way


def test_people_search_narrow_and_are_helped(arrange, visit, follow):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING, title="紐付けの一斉点検", body="点検の<b>対象</b>です。")
        service.write_note(actor_of(cast.liaison), issue, text="内部で点検を急ぐ。")
        make_issue(cast, by=cast.other_body, title="点検の期限")
        make_issued(title="総点検の実施について")
        make_entry(QaState.PUBLISHED, question="点検の方法", answer="手順書のとおりです。")
    follow()
    secretariat, body = visit(cast.secretariat), visit(cast.staff)

    page = secretariat.get("/issues").visitor.get("/search?q=点検")
    assert page.h1 == "「点検」の検索結果"
    assert page.soup.find(id="site-search")["value"] == "点検"
    assert "4件" in page.main
    assert len(page.soup.select("main .resource-list__item")) == 4
    assert page.soup.find("mark").get_text() == "点検"
    narrowed = secretariat.get("/search?q=点検&kind=issue")
    assert "2件" in narrowed.main
    assert {link.get_text(" ", strip=True) for link in narrowed.soup.select(".search__facet")} >= {
        "課題・照会 （外す） 2"
    }
    assert "内部で" in secretariat.get("/search?q=内部で点検").main

    seen = body.get("/search?q=点検")
    assert "3件" in seen.main
    assert "点検の期限" not in seen.text
    assert "の&lt;b&gt;対象&lt;/b&gt;です" in seen.text
    assert "見つかりませんでした" in body.get("/search?q=内部で点検").main
    assert "見つかりませんでした" in body.get("/search?q=ぬるぽガッ").main
    assert "条件を外して探す" in body.get("/search?q=点検&year=1999").main
    assert "2文字以上" in body.get("/search?q=点").main
    assert "探し方" in body.get("/search?kind=x&theme=%00&year=99999&prefecture=９９&state=x&cursor=zz").main
    assert "Results for" in visit(cast.staff, locale="en").get("/search?q=点検").main
    assert "紐付けの" in visit(cast.liaison).get("/issues?view=all&words=急ぐ").main
    assert "紐付けの" not in body.get("/issues?view=all&words=急ぐ").main


def test_similar_issues_beside_and_answers_below_the_title(arrange, visit, follow):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, title="障害者手帳の番号重複")
        like = make_issue(cast, by=cast.manager, title="障害者手帳の番号重複について")
        make_entry(QaState.PUBLISHED, question="障害者手帳の番号重複があるとき", answer="記号を付けます。")
    follow()
    liaison, staff = visit(cast.liaison), visit(cast.staff)

    panel = liaison.get(f"/issues/{issue.number}").soup.select_one("[data-load]")
    part = liaison.get(panel["data-load"])
    assert "<html" not in part.text
    assert like.number in part.text
    assert like.number in liaison.get(f"/search/similar/{issue.number}").main
    assert staff.get(f"/issues/{issue.number}").soup.select_one("[data-load]") is None
    staff.get(f"/search/similar/{issue.number}", status=404)

    page = staff.get("/issues/new")
    assert page.soup.select_one("[data-suggest]")["data-suggest-for"] == page.soup.find(attrs={"name": "title"})["id"]
    assert "障害者手帳の番号重複があるとき" in staff.get("/search/answers?title=障害者手帳の番号重複").text
    assert staff.get("/search/answers?title=庁舎の換気設備").text.strip() == ""
    asked = page.form("/issues/new").submit(title="障害者手帳の番号重複", body="書きかけです。", action="find_answers")
    assert asked.status == 200
    assert "すでに回答があるかもしれません" in asked.main
    assert asked.soup.find(attrs={"name": "body"}).get_text().strip() == "書きかけです。"
    assert "下書き" not in staff.get("/issues").h1
    nothing = asked.form("/issues/new").submit(title="庁舎の換気設備", action="find_answers")
    assert "似たものはありませんでした" in nothing.main
