"""The queue as a workbench, over HTTP and without JavaScript."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.issues import service as issues
from portal.issues.models import Issue
from portal.issues.states import IssueState
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.people import actor_of


@pytest.fixture
def cast(arrange) -> Cast:
    with arrange():
        return make_cast()


def _states(arrange) -> list[str]:
    with arrange():
        return [state.value for state in db.session.scalars(sa.select(Issue.state).order_by(Issue.number))]


def test_a_liaison_chooses_several_and_triages_and_routes_them(visit, cast, arrange):
    with arrange():
        numbers = [make_issue(cast).number for _ in range(2)]
        done = make_issue(cast, IssueState.ASSIGNED).number
    liaison = visit(cast.liaison)
    queue = liaison.get("/issues")
    rows = queue.soup.select("tr[data-row]")
    assert [row["data-number"] for row in rows][:2] == numbers
    assert rows[0]["data-steps"] == "triage return note"
    assert {"triage", "bundle", "reply"} <= {option["value"] for option in queue.soup.select("#bulk-action option")}

    page = liaison.get(
        f"/issues/chosen?action=triage&issue={numbers[0]}&issue={numbers[1]}&issue={done}&issue=R8-L-999999"
    )
    assert "選んだ3件のうち、2件に行います" in page.main
    assert "いまの状態では行えません。" in page.main
    page = page.form().submit()
    assert "2件を処理しました" in page.main
    page = liaison.get(f"/issues/chosen?action=route&issue={numbers[0]}&issue={numbers[1]}&next=/issues?view=all")
    assert "マイナンバー制度支援室" in page.main
    page = page.form()
    with arrange():
        issues.propose_decline(actor_of(cast.deputy), *_one(numbers[1]), desk="県", reason="所管外です。")
    page = page.submit()
    assert "1件を処理しました" in page.main
    assert f"1件は処理しませんでした：{numbers[1]}" in page.main
    assert _states(arrange) == ["assigned", "triaged", "assigned"]


def _one(number) -> list[Issue]:
    return [db.session.scalars(sa.select(Issue).where(Issue.number == number)).one()]


def test_one_reason_for_all_is_asked_for_and_nothing_typed_is_lost(visit, cast, arrange):
    with arrange():
        number = make_issue(cast).number
    page = visit(cast.liaison).get(f"/issues/chosen?action=return&issue={number}")
    assert "それぞれの団体" in page.main
    refused = page.form().submit(text="個人番号 123456789018")
    assert refused.status == 422
    assert refused.error_of("text")
    assert "補足依頼" in refused.form().submit(text="内訳を教えてください。", next=f"/issues/{number}").main
    assert "選んでから" in visit(cast.liaison).get("/issues/chosen?action=note", follow=True).main
    assert visit(cast.staff).get(f"/issues/chosen?action=note&issue={number}", status=404)
    location = visit(cast.liaison).get(f"/issues/chosen?action=bundle&issue={number}", status=302).location
    assert location == f"/issues/bundle?issue={number}"


def test_the_pane_is_the_issues_page_and_its_steps_lead_back(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
        number = issue.number
        issues.post_reply(actor_of(cast.staff), issue, text="追記します。")
    liaison = visit(cast.liaison)
    assert liaison.get(f"/issues?open={number}").soup.select_one("[data-workbench]")["data-open"] == number
    assert liaison.get("/issues?open=%22evil").soup.select_one("[data-workbench]")["data-open"] == ""
    assert liaison.get("/issues").soup.select_one("tr.is-unread") is not None
    pane = liaison.get(f"/issues/{number}/pane")
    assert pane.soup.h1 is None
    assert pane.soup.h2.get_text(strip=True) == "手帳番号の重複について"
    assert "追記します。" in pane.text
    assert "仕分けする" in pane.text
    assert liaison.get("/issues").soup.select_one("tr.is-unread") is None

    back = f"/issues?open={number}"
    assert liaison.get(f"/issues/{number}/triage?next={back}").form().submit(follow=False).location == back
    away = liaison.get(f"/issues/{number}/note?next=//evil.example").form().submit(text="確認済み。", follow=False)
    assert away.location == f"/issues/{number}"
    assert visit(cast.staff).get(f"/issues/{number}/pane").text.count("内部メモ") == 0


def test_who_is_in_charge_stands_in_the_row_and_on_the_page(visit, cast, arrange):
    with arrange():
        number = make_issue(cast).number
        name, deputy_name = actor_of(cast.liaison).person_name, actor_of(cast.deputy).person_name
    liaison, deputy = visit(cast.liaison), visit(cast.deputy)
    mine, theirs = liaison.get(f"/issues/{number}"), deputy.get(f"/issues/{number}")
    assert "担当になりました" in mine.form(f"/issues/{number}/claim").submit().main
    late = theirs.form(f"/issues/{number}/claim").submit()
    assert late.status == 409
    assert f"{name}さんが先に担当になりました。" in late.main
    assert f"担当：{name}" in deputy.get("/issues").main
    assert number in liaison.get("/issues?flags=claimed").main
    assert number not in deputy.get("/issues?flags=claimed").main
    page = liaison.get(f"/issues/{number}/hand-over")
    assert page.form().submit().status == 422
    assert f"{deputy_name}さんに引き継ぎました" in page.form().submit(membership_id=cast.deputy.id).main
    assert "担当を外しました" in deputy.get(f"/issues/{number}").form(f"/issues/{number}/release").submit().main
    for outsider in (cast.staff, cast.manager):
        assert "担当者" not in visit(outsider).get(f"/issues/{number}").main


def test_a_condition_is_kept_shared_and_opens_the_queue(visit, cast, arrange):
    with arrange():
        make_issue(cast)
    liaison, deputy = visit(cast.liaison), visit(cast.deputy)
    link = next(
        a["href"]
        for a in liaison.get("/issues?urgency=urgent&flags=unread").soup.select("a.menu__item")
        if "filters/new" in a["href"]
    )
    page = liaison.get(link)
    assert "緊急度：緊急、条件：未読" in page.main
    sharing = page.soup.select("[name=sharing]")[1]["value"]
    assert page.form().submit(name="").status == 422
    page.form().submit(name="県の緊急", sharing=sharing, is_default="y")
    assert liaison.get("/issues", status=302).location == "/issues?urgency=urgent&flags=unread"
    assert "条件に合う" in liaison.get("/issues?urgency=urgent&flags=unread").main
    assert "県の緊急" in deputy.get("/issues").main
    assert "県の緊急" not in visit(cast.prefecture).get("/issues").main

    page = deputy.get("/issues/filters")
    assert "新潟県の担当リエゾン" in page.main
    assert not page.has_form("/delete")
    page = page.form("/default").submit()
    assert deputy.get("/issues", status=302)
    page.form("/default").submit()
    assert deputy.get("/issues")
    page = liaison.get("/issues/filters")
    renamed = liaison.get(page.soup.select_one("a[href$=rename]")["href"]).form().submit(name="県の緊急（新）")
    assert "県の緊急（新）" in renamed.main
    assert "保存した条件はありません" in renamed.form("/delete").submit().main


def test_the_queue_reads_in_english_and_as_a_body(visit, cast, arrange):
    with arrange():
        number = make_issue(cast).number
    page = visit(cast.liaison, locale="en").get("/issues?view=all&sort=priority")
    assert "Saved conditions" in page.main
    page = visit(cast.staff).get("/issues?view=all")
    assert number in page.main
    assert [option["value"] for option in page.soup.select("#bulk-action option")] == ["follow", "unfollow", "read"]
    assert "自分が担当" not in page.main
