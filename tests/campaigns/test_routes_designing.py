"""Campaigns begun, edited, addressed, and their procedures, on pages."""

import sqlalchemy as sa
import time_machine

from portal.campaigns.content import title_of_next_round
from portal.campaigns.models import Campaign, Procedure
from portal.campaigns.queries import list_procedures, list_questions
from portal.core.db import db
from tests.factories.campaigns import in_days, make_campaign, make_running, make_survey


def on(name: str, when) -> dict[str, str]:
    return {f"{name}-year": f"R{when.year - 2018}", f"{name}-month": str(when.month), f"{name}-day": str(when.day)}


def newest() -> Campaign:
    return db.session.scalars(sa.select(Campaign).order_by(Campaign.id.desc()).limit(1)).one()


def test_an_inspection_begins_from_its_template(office, arrange):
    page = office.get("/campaigns/new")
    assert "20の事務" in page.main
    assert page.soup.find(attrs={"name": "rule"}).find("option", selected=True)["value"] == "digital-2023-08"
    refused = page.form("/campaigns/new").submit(title="", purpose="確かめる")
    assert refused.status == 422
    assert refused.soup.find(attrs={"name": "purpose"}).get_text().strip() == "確かめる"
    dates = {**on("survey_due_on", in_days(40)), **on("interim_on", in_days(30))}
    refused = refused.form("/campaigns/new").submit(title="総点検", **dates)
    assert "回答期限、中間報告、最終報告の順" in refused.main
    done = refused.form("/campaigns/new").submit(**on("survey_due_on", in_days(20)), contact="総点検担当")
    assert "下書きをつくりました" in done.main
    assert "公開までに直すところ" not in done.main
    with arrange():
        assert len(list_procedures(newest())) == 20


def test_a_second_round_takes_over_everything_but_what_belonged_to_its_time(office, arrange):
    with arrange():
        first = make_running()
        asked = [each.code for each in list_questions(first)]
    page = office.get(f"/campaigns/new?previous={first.id}")
    assert "前回の事務、設問、確認と対象の団体を引き継ぎます" in page.main
    assert page.soup.find(attrs={"name": "title"})["value"] == "マイナンバー紐付け総点検（第2回）"
    assert page.soup.find(attrs={"name": "survey_due_on-year"})["value"] == ""
    done = page.form("/campaigns/new").submit(title="第2回")
    assert "前回 マイナンバー紐付け総点検" in done.main
    with arrange():
        assert [each.code for each in list_questions(newest())] == asked
        assert newest().addressees["prefectures"] == ["15"]


def test_each_round_has_the_next_number():
    assert title_of_next_round("総点検（第9回）") == "総点検（第10回）"
    assert title_of_next_round("第2回総点検（試行）") == "第2回総点検（試行）（第2回）"
    assert len(title_of_next_round("長" * 200)) == 200


def test_an_edit_over_somebody_elses_is_refused_and_keeps_what_was_typed(office, visit, members, arrange):
    with arrange():
        draft = make_campaign()
    path = f"/campaigns/{draft.id}/edit"
    mine, theirs = office.get(path), visit(members["colleague"]).get(path)
    assert "保存しました" in theirs.form(path).submit(title="同僚の件名").main
    stale = mine.form(path).submit(purpose="消えてはならない文")
    assert stale.status == 409
    assert "消えてはならない文" in stale.text
    with arrange():
        assert newest().title == "同僚の件名"
    again = office.get(path).form(path).submit(contact="番号は 123456789018 マイナンバー")
    assert again.status == 422
    assert "123456789018" not in again.error_of("contact")


def test_another_division_and_bodies_find_no_way_to_edit(visit, members, arrange):
    with arrange():
        draft = make_campaign()
        running = make_running(again_reason="定例のため")
    visit(members["other"]).get(f"/campaigns/{draft.id}/edit", status=403)
    visit(members["manager"]).get("/campaigns/new", status=404)
    visit(members["office"]).get(f"/campaigns/{running.id}/edit", status=403)
    refused = visit(members["office"]).post_with_token(f"/campaigns/{running.id}/procedures/new", {"name": "追加"})
    assert refused.status == 403


def test_addressees_are_counted_and_listed_before_they_are_kept(office, arrange):
    with arrange():
        draft = make_survey()
    path = f"/campaigns/{draft.id}/addressees"
    page = office.get(path)
    assert "31団体" in page.main
    assert "全国知事会" not in page.main
    tried = office.get(f"{path}?tried=1&kinds=town&kinds=village&prefectures=15")
    assert "まだ保存していない条件の結果です" in tried.main
    assert "10団体" in tried.main
    assert office.get(f"{path}/left-out?tried=1&kinds=town&prefectures=15").main
    with arrange():
        assert len(newest().addressees["kinds"]) == 6
    stale = office.get(f"{path}?tried=1&kinds=town")
    kept = tried.form(path).submit()
    assert "対象の団体を決めました" in kept.main
    assert stale.form(path).submit().status == 409
    with arrange():
        assert newest().addressees["kinds"] == ["town", "village"]
    wrong = office.get(f"{path}?tried=1&kinds=town&include=999999")
    assert "999999" in wrong.main
    assert "条件に誤りがあります" in wrong.main


def test_procedures_are_added_changed_ordered_and_taken_out(office, arrange):
    with arrange():
        draft = make_survey()
    path = f"/campaigns/{draft.id}/procedures"
    assert "団体全体" in office.get(path).main
    new = f"{path}/new"
    assert office.get(new).form(new).submit(name="").status == 422
    page = office.get(new).form(new).submit(name="児童手当", kinds=["town", "village"], includes_core_cities="y")
    assert "児童手当 p1" in page.main
    assert "町・村、中核市" in page.main.replace("町、村、", "町・村、")
    assert " 10 " in page.main
    with arrange():
        keys = {each.name: each.id for each in list_procedures(newest())}
    page = page.form(f"{path}/{keys['児童手当']}/move").submit()
    assert page.main.index("児童手当") < page.main.index("団体全体")
    edit = f"{path}/{keys['団体全体']}/edit"
    first, second = office.get(edit), office.get(edit)
    assert first.form(edit).submit(name="本庁").status == 200
    assert second.form(edit).submit(name="支所").status == 409
    taken = office.get(edit).form(edit).submit(code="p1")
    assert "既に使われています" in taken.error_of("code")
    page = office.get(path).form(f"{path}/{keys['団体全体']}/remove").submit()
    assert "「本庁」を削除しました" in page.main
    with arrange():
        assert db.session.scalars(sa.select(Procedure.name).where(Procedure.campaign_id == draft.id)).all() == [
            "児童手当"
        ]


def test_a_light_survey_is_made_on_one_page(office, visit, members, arrange):
    path = "/campaigns/new/survey"
    page = office.get(path)
    assert page.soup.find(id="label_2") is not None
    more = page.form(path).submit(title="標準化の調査", label_0="移行の時期", more="1")
    assert more.status == 200
    assert more.soup.find(attrs={"name": "title"})["value"] == "標準化の調査"
    assert more.soup.find(attrs={"name": "label_0"})["value"] == "移行の時期"
    assert more.soup.find(id="label_5") is not None
    values = {"purpose": "時期を知る", "kind_1": "single", "label_1": "方式", "options_1": "クラウド"}
    refused = more.form(path).submit(**values)
    assert "2つ以上" in refused.error_of("options_1")
    asked = refused.form(path).submit(options_1="クラウド\n自庁")
    assert "47団体" in asked.main
    assert "2問" in asked.main
    done = asked.form().submit()
    assert "公開の確認を依頼しました" in done.main
    chief = visit(members["chief"])
    published = chief.get(done.url + "/publish").form().submit()
    assert "公開しました" in published.main
    assert "0／47" in published.main
    with arrange():
        second = [each.options for each in list_questions(newest())][1]
        assert second == [["o1", "クラウド"], ["o2", "自庁"]]


def test_a_light_survey_says_which_answers_may_be_left_out(office, arrange):
    path = "/campaigns/new/survey"
    page = office.get(path)
    values = {"title": "調査", "purpose": "知る", "label_0": "台数", "label_1": "御意見"}
    asked = page.form(path).submit(**values, is_required_1=None)
    assert "御意見 文章、任意" in asked.main
    with arrange():
        assert [each.is_required for each in list_questions(newest())] == [True, False]


def test_a_light_survey_is_due_in_two_weeks_on_a_business_day(members, visit):
    with time_machine.travel("2026-12-20T03:00:00Z", tick=True):
        page = visit(members["office"]).get("/campaigns/new/survey")
        due = [page.soup.find(id=f"survey_due_on-{part}")["value"] for part in ("year", "month", "day")]
    assert due == ["2027", "1", "4"]  # 3 January is a Sunday


def test_an_empty_survey_begins_with_nothing_that_its_author_did_not_write(office):
    page = office.get("/campaigns/new?kind=survey")
    assert "住民制度課" in page.soup.find(id="contact").get_text()
    chosen = page.soup.find(id="theme_id").find("option", selected=True)
    assert "その他" in chosen.get_text()
    draft = page.form("/campaigns/new").submit(title="調査")
    assert "設問を登録してください" in draft.main


def test_a_light_survey_asks_for_no_my_number(office):
    path = "/campaigns/new/survey"
    values = {"title": "調査", "purpose": "知る", "label_0": "個人番号を記入してください。"}
    refused = office.get(path).form(path).submit(**values)
    assert "個人番号" in refused.error_of("label_0")
    nothing = office.get(path).form(path).submit(title="調査", purpose="知る")
    assert "1つ以上" in nothing.error_of("label_0")
