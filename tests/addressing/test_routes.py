"""The page of addressees in a browser without JavaScript."""

from urllib.parse import urlencode

from portal.addressing.service import keep_list
from portal.core.db import db
from portal.guidance.models import Guidance
from tests.factories.guidance import make_draft, make_drafter, make_issued
from tests.factories.people import actor_of


def link(page, text):
    """Where the first link with this text leads."""
    return next(a["href"] for a in page.soup.main.find_all("a") if text in a.get_text())


def test_a_rule_is_tried_then_kept_and_survives_the_editing_of_the_text(arrange, visit):
    with arrange():
        member = make_drafter()
        drafter = actor_of(member)
        issued = make_issued(title="総点検の実施について（第1回）")
        draft = make_draft(drafter, title="総点検の実施について（第2回）")
        kept = keep_list(drafter, None, name="先行団体", codes="131016")
        address = f"/guidance/{draft.id}/addressees"
    browser = visit(member)
    assert "前回と同じ宛先です。" in browser.get(address).main

    chosen = {
        "tried": "1",
        "kinds": "city",
        "prefectures": "15",
        "unanswered": issued.id,
        "lists": kept.id,
        "include": "131032",
        "exclude": "152226",
        "duties": "resident",
    }
    tried = browser.get(f"{address}?{urlencode(chosen)}")
    assert "まだ保存していない条件の結果です。" in tried.main
    assert "32団体" in tried.main
    assert "個別に除いた団体 1" in tried.main
    assert "減った団体1" in tried.main
    assert "選んだ都道府県の区域の外" in browser.get(link(tried, "団体ごとの理由を見る")).main
    assert "上越市" in browser.get(link(tried, "前回から増えた団体")).main

    page = tried.form(address).submit()
    assert "宛先を決めました。" in page.text
    edit = f"/guidance/{draft.id}/edit"
    visit(member).get(edit).form(edit).submit(title="改めた件名")
    with arrange():
        stored = db.session.get_one(Guidance, draft.id).addressees
        assert stored["lists"] == [kept.id]
        assert stored["duties"] == ["resident"]
        assert stored["unanswered"] == [issued.id]
        assert stored["exclude"] == ["152226"]
    assert "名簿にありません" in browser.get(f"{address}?tried=1&include=999999").main


def test_an_office_keeps_its_lists(arrange, visit):
    with arrange():
        member = make_drafter()
    page = visit(member).get("/guidance/lists/new").form("/guidance/lists/new").submit(name="先行団体", codes="15222")
    assert page.status == 422
    page = page.form("/guidance/lists/new").submit(codes="152226 131016")
    assert "上越市" in page.main
    page = visit(member).get(link(page, "変更する"))
    page = page.form().submit(name="先行市", codes="152226")
    assert "先行市" in visit(member).get("/guidance/lists").main
    page = visit(member).get(link(page, "削除する"))
    assert "まだありません" in page.form().submit().main
