"""Answering in the browser: the body's list, the form with and without scripts, submission, what came back."""

import json

import pytest

from portal.answering import compiling, queries, saving, submitting
from portal.campaigns import publishing
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.directory.roles import Role
from tests.factories.answering import make_whole_survey
from tests.factories.campaigns import ANSWERS, answer, entry_of, in_days, make_manager, make_publisher, make_running
from tests.factories.people import actor_of, make_member

FILLED = {
    "q_handled": "yes", "q_duty": "yes", "q_routes": "a", "q_subjects": "１，２００", "q_mislinks": "0",
    "q_contact": "福祉課 000-0000",
}  # fmt: skip


def people() -> dict:
    return {
        "manager": make_member("152226", Role.LOCAL_MANAGER, section="市民課"),
        "staff": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
        "neighbour": make_member("152048", Role.LOCAL_MANAGER),
        "prefecture": make_member("150002", Role.LOCAL_STAFF, section="市町村課"),
        "office": make_member("secretariat", Role.SECRETARIAT),
    }


def world_of(campaign: Campaign, procedure: str) -> dict:
    entry = entry_of(campaign, procedure=procedure)
    return {
        "campaign": campaign.id,
        "entry": entry.id,
        "procedure": procedure,
        "index": f"/campaigns/{campaign.id}/answers",
        "show": f"/campaigns/{campaign.id}/entries/{entry.id}",
        **people(),
    }


@pytest.fixture
def world(arrange):
    """A running inspection of 新潟県 with the people of 上越市, its prefecture and its neighbour."""
    with arrange():
        return world_of(make_running(), "child_allowance")


@pytest.fixture
def survey(arrange):
    """A running survey with every kind of question."""
    with arrange():
        return world_of(make_whole_survey(), "whole")


def campaign_of(world) -> Campaign:
    return db.session.get_one(Campaign, world["campaign"])


def entry(world) -> Entry:
    return entry_of(campaign_of(world), procedure=world["procedure"])


@pytest.fixture
def held(arrange, world):
    """``held()`` is what stands in the entry now."""

    def read():
        with arrange():
            found = db.session.get_one(Entry, world["entry"])
            return found.state, dict(found.answers)

    return read


def send(visitor, page, code, **values):
    """What the script sends as a question is left."""
    block = page.soup.find(attrs={"data-block": code})
    form = page.soup.find(attrs={"data-fill": True})
    data = {"code": code, "seen": values.pop("seen", block["data-seen"]), **values}
    response = visitor.client.post(
        form["data-field-url"], data=data, headers={"X-CSRFToken": page.soup.body["data-csrf"]}
    )
    return response.status_code, json.loads(response.get_data(as_text=True))


def test_a_body_answers_confirms_and_submits_without_scripts(visit, world):
    staff, manager = visit(world["staff"]), visit(world["manager"])
    page = staff.get(world["index"])
    assert "児童手当" in page.main
    assert "未着手" in page.main
    page = staff.get(world["show"])
    assert "提出は、団体の管理者が行います" in page.main
    assert "「この事務を行っていますか」が「はい」のときに回答してください。" in page.main
    saved = page.form(world["show"]).submit(**FILLED)
    assert "回答を保存しました" in saved.main
    assert saved.soup.find(attrs={"name": "q_subjects"})["value"] == "1,200"
    confirmed = staff.get(f"{world['show']}/confirm")
    assert "回答はそろっています" in confirmed.main
    assert not confirmed.has_form("/confirm")
    page = manager.get(f"{world['show']}/confirm")
    assert "1,200" in page.main
    done = page.form().submit()
    assert "回答を提出しました" in done.main
    assert "提出済" in done.main
    page = manager.get(world["show"])
    assert "福祉課 000-0000" in page.main
    assert page.has_form("/take-back")
    assert not staff.get(world["show"]).has_form("/take-back")
    again = page.form("/take-back").submit()
    assert "提出を取り消しました" in again.main
    assert again.soup.find(attrs={"name": "q_contact"}).get_text(strip=True) == "福祉課 000-0000"


def test_what_cannot_be_read_is_told_at_its_field_and_nothing_is_kept(visit, world, held):
    staff = visit(world["staff"])
    refused = staff.get(world["show"]).form(world["show"]).submit(**FILLED | {"q_subjects": "たくさん"})
    assert refused.status == 422
    assert "0以上の整数" in refused.error_of("q_subjects")
    assert refused.soup.find(attrs={"name": "q_contact"}).get_text(strip=True) == "福祉課 000-0000"
    assert held() == (EntryState.BLANK, {})
    refused = refused.form(world["show"]).submit(q_subjects="5", q_contact="個人番号 123456789018")
    assert refused.status == 422
    assert "個人番号" in refused.error_of("q_contact")
    assert "123456789018" not in refused.error_of("q_contact")
    assert held() == (EntryState.BLANK, {})


def test_a_number_that_only_looks_like_one_is_kept_once_confirmed(visit, world, held):
    staff = visit(world["staff"])
    asked = staff.get(world["show"]).form(world["show"]).submit(**FILLED | {"q_contact": "伝票 123456789018"})
    assert asked.status == 422
    page = asked.form(world["show"]).submit(my_number_confirmed="y")
    assert "回答を保存しました" in page.main
    assert held()[1]["contact"] == "伝票 123456789018"


def test_each_answer_is_kept_as_its_field_is_left(visit, world, held):
    staff = visit(world["staff"])
    page = staff.get(world["show"])
    status, told = send(staff, page, "handled", q_handled="yes")
    assert "入力中" in told["state"]
    assert status == 200
    assert told["version"] > 1
    assert "本人に番号の届出義務がありますか" in told["summary"]
    assert set(told["blocks"]) == {"handled"}
    assert "入力の記録" in told["blocks"]["handled"]
    status, told = send(staff, page, "subjects", q_subjects="１０")
    assert (status, held()[1]) == (200, {"handled": "yes", "subjects": 10})
    assert held()[0] is EntryState.STARTED
    status, told = send(staff, page, "subjects", q_subjects="十", seen=str(told["version"]))
    assert status == 422
    assert "0以上の整数" in told["error"]
    assert held()[1]["subjects"] == 10
    status, told = send(staff, page, "contact", q_contact="伝票 123456789018")
    assert status == 422
    assert "保存する" in told["error"]
    status, _ = send(staff, page, "subjects", q_subjects="", seen="99")
    assert (status, held()[1]) == (200, {"handled": "yes"})


def test_a_warning_asks_for_a_reason_beside_the_field(visit, survey, arrange):
    staff = visit(survey["staff"])
    page = staff.get(survey["show"])
    assert page.h1 == "庁内体制の調査"  # a body that answers as a whole answers the campaign
    assert page.soup.find(attrs={"name": "w_count"}) is None
    status, told = send(staff, page, "count", q_count="500")
    assert status == 200
    assert 'name="w_count"' in told["blocks"]["count"]
    assert "人数が多いようです" in told["blocks"]["count"]
    assert "1,000" in told["blocks"]["double"]
    status, _ = send(staff, page, "count", q_count="500", w_count="臨時職員を含むため", seen=str(told["version"]))
    assert status == 200
    with arrange():
        assert entry(survey).reasons == {"count": "臨時職員を含むため"}
    page = staff.get(survey["show"])
    page = page.form(survey["show"]).submit(w_count="")
    with arrange():
        assert entry(survey).reasons == {}


def test_two_people_on_one_form_see_each_others_answers(visit, world, held):
    one, other = visit(world["staff"]), visit(world["manager"])
    first, second = one.get(world["show"]), other.get(world["show"])
    send(one, first, "handled", q_handled="yes")
    url = second.soup.find(attrs={"data-fill": True})["data-changed-url"]
    told = json.loads(other.client.get(f"{url}?seen=1").get_data(as_text=True))
    assert set(told["blocks"]) == {"handled"}
    seen = told["version"]
    assert "blocks" not in json.loads(other.client.get(f"{url}?seen={seen}").get_data(as_text=True))
    # both answered the same question on what they first saw: the second is told, and may insist
    send(one, first, "subjects", q_subjects="10")
    status, told = send(other, second, "subjects", q_subjects="20")
    assert status == 422
    assert "先に「10件」と入力しました" in told["error"]
    status, _ = send(other, second, "subjects", q_subjects="20", seen=str(told["version"]))
    assert (status, held()[1]["subjects"]) == (200, 20)


def test_a_whole_page_sent_late_overwrites_nobody_and_may_insist(visit, world, held):
    one, other = visit(world["staff"]), visit(world["manager"])
    late = other.get(world["show"])
    one.get(world["show"]).form(world["show"]).submit(**FILLED)
    refused = late.form(world["show"]).submit(q_handled="yes", q_subjects="7", q_duty="no")
    assert refused.status == 422
    assert "先に" in refused.main
    for _ in range(2):  # each clash is told of, and sent again it stands
        refused = refused.form(world["show"]).submit()
    assert "回答を保存しました" in refused.main
    state, answers = held()
    assert (answers["subjects"], answers["duty"]) == (7, "no")
    assert answers["contact"] == "福祉課 000-0000"  # left empty on the late page: kept
    assert state is EntryState.STARTED


def test_files_tables_dates_and_reasons(visit, survey, arrange):
    staff, neighbour, office = (visit(survey[name]) for name in ("staff", "neighbour", "office"))
    csv = ("内訳.csv", "区分,件数\r\n計,26\r\n".encode("utf-8-sig"))
    page = staff.get(survey["show"]).form(survey["show"]).submit(
        **{
            "q_q1": "体制を整えた。", "q_choice": "b", "q_why": "no", "q_why__reason": "人手が足りないため",
            "q_more": ["a", "b"], "q_on-year": "R8", "q_on-month": "11", "q_on-day": "３", "q_table-0-0": "１２",
            "q_paper": [csv],
        }
    )  # fmt: skip
    assert "回答を保存しました" in page.main
    with arrange():
        answers = entry(survey).answers
    key = answers.pop("paper")[0]
    assert answers == {
        "q1": "体制を整えた。", "choice": "b", "why": "no", "why:reason": "人手が足りないため", "more": ["a", "b"],
        "on": "2026-11-03", "table": {"x": {"n": 12}},
    }  # fmt: skip
    boxes = [page.soup.find(id=f"q_on-{part}")["value"] for part in ("year", "month", "day")]
    assert boxes == ["2026", "11", "3"]  # a date that is held can be changed
    address = f"{survey['show']}/files/{key}"
    assert staff.client.get(address).status_code == 200
    assert neighbour.client.get(address).status_code == 404
    assert office.client.get(address).status_code == 404  # not submitted yet
    manager = visit(survey["manager"])
    manager.get(f"{survey['show']}/confirm").form().submit()
    assert office.client.get(address).status_code == 200
    letter = manager.get(survey["index"].replace("/answers", "/reply")).main
    assert "回答 別紙のとおり 提出年月日" in letter
    assert "団体全体" not in letter
    assert "1件のファイル" in office.get(f"{survey['show']}/history").main
    read = office.get(survey["show"])
    for text in ("令和8年11月3日", "本庁", "12", "内訳.csv", "人手が足りないため", "甲、乙"):
        assert text in read.main, text
    manager.get(survey["show"]).form("/take-back").submit()
    assert office.client.get(address).status_code == 404
    page = staff.get(survey["show"]).form(survey["show"]).submit(remove_file=f"paper:{key}")
    assert "ファイルを外しました" in page.main
    assert staff.client.get(address).status_code == 404


def test_a_refused_file_leaves_every_answer_in_its_field(visit, survey, arrange):
    staff = visit(survey["staff"])
    refused = staff.get(survey["show"]).form(survey["show"]).submit(q_q1="体制", q_paper=[("a.exe", b"MZ\x90\x00")])
    assert refused.status == 422
    assert refused.soup.find(attrs={"name": "q_q1"}).get_text(strip=True) == "体制"
    with arrange():
        assert entry(survey).answers == {}


def test_last_rounds_answers_stand_beside_the_fields_and_can_be_taken_over(visit, arrange):
    with arrange():
        first = make_running()
        answer(first, entry_of(first), subjects=900)
        second = make_running(title="二回目", again_reason="半年後の状況を確かめるため")
        second.previous_id = first.id
        world = world_of(second, "child_allowance")
    staff = visit(world["staff"])
    page = staff.get(world["show"])
    assert "前回：900" in page.main
    page = page.form(world["show"]).submit(q_contact="税務課", take_over="subjects")
    assert "前回の回答を1件引き継ぎました" in page.main
    page = page.form(world["show"]).submit(q_mislinks="3", take_over="*")
    with arrange():
        found = entry(world)
        assert found.answers == {**ANSWERS, "subjects": 900, "mislinks": 3, "contact": "税務課"}
        sources = {each.question_code: each.source.value for each in queries.list_changes(found)}
        assert (sources["subjects"], sources["routes"], sources["contact"]) == ("previous", "previous", "page")
        submitting.submit_entry(make_manager(), campaign_of(world), found)
    read = visit(world["office"]).get(world["show"])
    assert "前回と異なる回答：2件" in read.main


def test_what_came_back_stands_first_with_its_reasons(visit, world, arrange):
    with arrange():
        campaign, found = campaign_of(world), entry(world)
        answer(campaign, found, actor_of(world["manager"]))
        compiling.return_answers(
            actor_of(world["prefecture"]), campaign, found, reasons={"routes": "取得方法を確かめてください。"}
        )
    staff, manager = visit(world["staff"]), visit(world["manager"])
    page = staff.get(world["index"])
    assert page.main.index("差し戻された回答（1件）") < page.main.index("事務ごとの回答")
    assert "取得方法を確かめてください。" in page.main
    assert not manager.get(world["index"]).has_form("/answers/submit")  # nothing was changed since
    page = staff.get(world["show"])
    assert "差戻しの理由" in page.soup.find(id="block-routes").get_text()
    page.form(world["show"]).submit(q_routes="c")
    office = visit(world["office"]).get(world["show"])
    assert "差戻し前に提出された回答" in office.main
    assert "本人確認書類により確認した届出" in office.main
    assert "住基システムとの自動連携" not in office.main  # what is being changed is the body's own
    assert "住基" not in visit(world["office"]).get(f"{world['show']}/history").main
    assert "住基" in staff.get(f"{world['show']}/history").main
    done = manager.get(world["index"]).form("/answers/submit").submit()
    assert "1件の事務の回答を提出しました" in done.main
    assert "差し戻された回答" not in done.main
    assert "住基システムとの自動連携" in visit(world["office"]).get(world["show"]).main


def test_in_an_inspection_a_question_says_that_it_does_not_apply(visit, world):
    visit(world["manager"]).get(f"{world['show']}/not-applicable", status=404)


def test_nobody_else_reads_what_is_still_being_written(visit, world, arrange):
    with arrange():
        saving.save_answers(actor_of(world["staff"]), campaign_of(world), entry(world), ANSWERS)
    for name in ("prefecture", "office"):
        page = visit(world[name]).get(world["show"])
        assert "まだ提出されていません" in page.main
        assert "福祉課 000-0000" not in page.text
        assert "福祉課 000-0000" not in visit(world[name]).get(f"{world['show']}/history").text
    visit(world["neighbour"]).get(world["show"], status=404)


def test_an_answer_can_be_put_off_or_does_not_apply(visit, survey):
    staff, manager = visit(survey["staff"]), visit(survey["manager"])
    page = staff.get(f"{survey['show']}/put-off")
    assert "回答の予定日は、明日以降" in page.form().submit(
        **{"until-year": "R7", "until-month": "1", "until-day": "1", "reason": "確認中"}
    ).error_of("until-year")
    day = in_days(5)
    page = page.form().submit(
        **{"until-year": str(day.year), "until-month": str(day.month), "until-day": str(day.day), "reason": "確認中"}
    )
    assert "回答を保留としました" in page.main
    assert "確認中" in page.main
    assert "回答保留" in staff.get(survey["index"]).main
    assert not staff.get(f"{survey['show']}/not-applicable").has_form("/not-applicable")
    refused = manager.get(f"{survey['show']}/not-applicable").form().submit(reason="")
    assert refused.status == 422
    page = refused.form().submit(reason="担当する事務がないため")
    assert "該当なし" in page.main
    assert "担当する事務がないため" in visit(survey["office"]).get(survey["show"]).main


def test_a_closed_campaign_refuses_everything_and_says_so(visit, world, arrange):
    manager = visit(world["manager"])
    page, ready = manager.get(world["show"]), manager.get(f"{world['show']}/confirm")
    with arrange():
        publishing.close_campaign(make_publisher(), campaign_of(world))
    refused = page.form(world["show"]).submit(**FILLED)
    assert refused.status == 409
    assert "点検・調査が終了しています" in refused.main
    assert "福祉課 000-0000" in refused.main  # what was typed is not lost
    status, told = send(manager, page, "handled", q_handled="yes")
    assert (status, "終了" in told["error"]) == (409, True)
    assert ready.status == 200
    for address in ("/confirm", "/put-off"):
        manager.post_with_token(world["show"] + address, {}, status=409)
    for address in ("/answers/submit", "/answers/extension", "/answers/sections", "/reply/edit"):
        refused = manager.post_with_token(
            f"/campaigns/{world['campaign']}{address}",
            {"wanted_on": "2027-01-01", "reason": "x", "reply_number": "1", "entry_ids": world["entry"]},
        )
        assert refused.status in {409, 422}, address
    assert "この点検・調査は終了しました" in manager.get(world["index"]).main
    assert "この点検・調査は終了しました" in manager.get(world["show"]).main


def test_what_was_submitted_meanwhile_is_not_changed_by_a_page_left_open(visit, world, arrange):
    staff = visit(world["staff"])
    page = staff.get(world["show"])
    with arrange():
        answer(campaign_of(world), entry(world), actor_of(world["manager"]))
    refused = page.form(world["show"]).submit(**FILLED | {"q_contact": "税務課"})
    assert refused.status == 409
    assert "税務課" in refused.main
    assert send(staff, page, "contact", q_contact="税務課")[0] == 409
    url = page.soup.find(attrs={"data-fill": True})["data-changed-url"]
    assert json.loads(staff.client.get(f"{url}?seen=1").get_data(as_text=True))["is_open"] is False


def test_a_double_submission_is_one(visit, world, arrange):
    manager = visit(world["manager"])
    with arrange():
        saving.save_answers(actor_of(world["manager"]), campaign_of(world), entry(world), ANSWERS)
    page = manager.get(f"{world['show']}/confirm")
    assert "回答を提出しました" in page.form().submit().main
    assert page.form().submit().status == 200
    with arrange():
        assert entry(world).state is EntryState.SUBMITTED


def test_the_official_reply_names_what_was_asked_and_by_whom_it_is_signed(visit, world, arrange):
    manager = visit(world["manager"])
    with arrange():
        campaign_of(world).requested_on = in_days(0)
        answer(campaign_of(world), entry(world), actor_of(world["manager"]))
    refused = manager.get(f"/campaigns/{world['campaign']}/reply/edit").form().submit(published_url="example")
    assert refused.status == 422
    day = in_days(1)
    page = refused.form().submit(
        **{
            "reply_number": "上市第1024号", "published_url": "https://www.example.lg.jp/",
            "reply_on-year": str(day.year), "reply_on-month": str(day.month), "reply_on-day": str(day.day),
        }
    )  # fmt: skip
    assert "上市第1024号" in page.main
    letter = manager.get(f"/campaigns/{world['campaign']}/reply").main
    for text in (
        "上市第1024号", "総務省住民制度課長 殿", "上越市長", "マイナンバー紐付け総点検について（回答）",
        "付け総行住第99号で照会のあった標記の件について、下記のとおり回答します。", "児童手当", "福祉課 000-0000",
    ):  # fmt: skip
        assert text in letter.replace("　", " "), text
    visit(world["office"]).get(f"/campaigns/{world['campaign']}/reply", status=404)


def test_a_body_of_many_procedures_stays_within_the_statements(visit, world, arrange):
    """Its list and its form read no more for twenty procedures than for one."""
    with arrange():
        campaign, manager = campaign_of(world), actor_of(world["manager"])
        for code in ("vaccination", "household", "care_insurance", "resident_tax"):
            answer(campaign, entry_of(campaign, procedure=code), manager)
            compiling.return_answers(
                actor_of(world["office"]), campaign, entry_of(campaign, procedure=code), reasons={"": "再確認"}
            )
    manager = visit(world["manager"])
    assert len(manager.get(world["index"]).statements) <= 13
    assert len(manager.get(world["show"]).statements) <= 15


def test_yes_and_no_are_read_in_english(visit, world):
    staff = visit(world["staff"])
    send(staff, staff.get(world["show"]), "handled", q_handled="yes")
    staff.post_with_token("/language", {"locale": "en"})
    page = staff.get(f"{world['show']}/history")
    assert "Yes" in page.soup.find("table").get_text()
    assert "はい" not in page.main
