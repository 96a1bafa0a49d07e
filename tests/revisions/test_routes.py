"""Corrections and editions in the browser: from the office's draft to what a body reads."""

import pytest

from portal.addressing.rule import AddresseeRule
from portal.core.db import db
from portal.directory.roles import Role
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceKind
from portal.revisions.correcting import ErratumContent
from tests.factories.guidance import make_chief, make_drafter, make_issued
from tests.factories.people import make_member
from tests.factories.revisions import issue_correction, issue_draft, make_correction, make_next_edition

BOTH = AddresseeRule(include=("152226", "152048"))


@pytest.fixture
def story(arrange):
    """An issued paper, its office, the secretariat's head and an official of a body."""
    with arrange():
        return {
            "paper": make_issued("総行住第1号", addressees=BOTH).id,
            "drafter": make_drafter(),
            "chief": make_chief(),
            "official": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
        }


def test_a_correction_goes_from_the_office_to_the_bodies(visit, story):
    address = f"/guidance/{story['paper']}"
    office, chief, official = visit(story["drafter"]), visit(story["chief"]), visit(story["official"])

    form = office.get(f"{address}/corrections/new").form(f"{address}/corrections/new")
    bad = form.submit(reason="字句の誤り", **{"places-0": "記の2", "wrongs-0": "同じ", "rights-0": "同じ"})
    assert bad.status == 422
    assert "1行目：誤と正が同じです。" in bad.main
    more = bad.form(f"{address}/corrections/new").submit(more="1")
    assert 'name="places-7"' in more.text
    assert "記の2" in more.text  # nothing typed is lost
    typed = {"places-0": "記の2", "wrongs-0": "点検の方法", "rights-0": "点検の手順"}
    page = more.form(f"{address}/corrections/new").submit(asks_receipt="y", **typed)
    assert "訂正を起案しました。" in page.text
    assert "訂正" not in official.get(address).main

    first = f"{address}/corrections/1"
    page = page.form(f"{first}/send").submit()
    assert "決裁者に回しました。" in page.text
    asked = chief.get("/").soup.main.find("div", "resource-list__action").a
    assert (asked.get_text(strip=True), asked["href"]) == ("訂正を決裁する", first)
    page = chief.get(f"{first}/return").form(f"{first}/return").submit(reason="受領は求めないこと")
    assert "訂正を差し戻しました。" in page.text
    page = office.get(f"{first}/edit").form(f"{first}/edit").submit()
    assert "受領は求めないこと" in page.main
    page.form(f"{first}/send").submit()
    page = chief.get(f"{first}/issue").form(f"{first}/issue").submit()
    assert "第1回の訂正を2団体に発出しました。" in page.text

    seen = official.get(address)
    assert "第1回訂正" in seen.main
    assert "<del>点検の方法</del><ins>点検の手順</ins>" in seen.text
    assert official.get(first).status == 200


def test_what_will_not_be_marked_in_the_text_is_said_before_a_correction_goes_out(arrange, visit, story):
    address = f"/guidance/{story['paper']}"
    office, chief, official = visit(story["drafter"]), visit(story["chief"]), visit(story["official"])
    form = office.get(f"{address}/corrections/new").form(f"{address}/corrections/new")
    typed = {"places-0": "記の2", "wrongs-0": "点検の方法", "rights-0": "点検の手順"}
    misread = {"places-1": "記の1", "wrongs-1": "点検の対称", "rights-1": "点検の範囲"}
    page = form.submit(reason="字句の誤り", **typed, **misread)
    warning = "次の行は正誤表だけに示され"
    assert warning in page.main
    assert "記の1：「点検の対称」を「点検の範囲」に" in page.main
    assert "記の2：「点検の方法」" not in page.main
    page.form(f"{address}/corrections/1/send").submit()
    assert warning in chief.get(f"{address}/corrections/1/issue").main
    chief.get(f"{address}/corrections/1/issue").form(f"{address}/corrections/1/issue").submit()

    seen = official.get(address).main
    assert "本文の中で見つかった箇所だけを示しています" in seen
    assert warning not in official.get(f"{address}/corrections/1").main


def test_what_was_taken_back_names_what_holds_again(arrange, visit, story):
    with arrange():
        new_id = issue_draft(make_next_edition(db.session.get_one(Guidance, story["paper"])), "総行住第2号").id
    official, chief = visit(story["official"]), visit(story["chief"])
    address = f"/guidance/{new_id}"
    assert "代わるものです" in official.get(address).main
    chief.get(f"{address}/recall").form(f"{address}/recall").submit(reason="宛先を誤りました。")

    seen = official.get(address).main
    assert "次のものがいまも有効です" in seen
    assert "総行住第1号" in seen
    assert "代わるものです" not in seen
    assert "誤発出" in chief.get("/guidance/numbers").main


def test_two_who_change_a_correction_at_once_lose_nothing(arrange, visit, story):
    with arrange():
        make_correction(db.session.get_one(Guidance, story["paper"]))
    address = f"/guidance/{story['paper']}/corrections/1/edit"
    office = visit(story["drafter"])
    first, second = (office.get(address).form(address) for _ in range(2))
    assert first.submit(reason="字句の誤りのため").status == 200
    refused = second.submit(**{"rights-0": "点検の要領", "places-1": "記の3", "wrongs-1": "誤", "rights-1": "正"})
    assert refused.status == 409
    kept = {label.get_text() for label in refused.soup.main("label")}
    assert kept == {f"入力した内容（{name}）" for name in ("訂正の理由", "正 1", "箇所 2", "誤 2", "正 2")}


def test_an_edition_of_what_was_abolished_meanwhile_says_so_on_both_sides(arrange, visit, story):
    with arrange():
        new = make_next_edition(db.session.get_one(Guidance, story["paper"]))
        new_id = new.id
    office, official, chief = visit(story["drafter"]), visit(story["official"]), visit(story["chief"])
    first, second = f"/guidance/{story['paper']}", f"/guidance/{new_id}"
    assert "発出すると、次のものは旧版になります" in office.get(second).main
    chief.get(f"{first}/abolish").form(f"{first}/abolish").submit(reason="役目を終えたため")

    coming = office.get(second).main
    assert "発出すると、次のものは旧版になります" not in coming
    assert "次のものは、既に効力がありません" in coming
    with arrange():
        issue_draft(db.session.get_one(Guidance, new_id), "総行住第2号")
    ended = official.get(first).main
    assert "廃止されました" in ended
    assert "後継：" in ended
    assert "総行住第2号" in ended


def test_a_correction_of_what_was_taken_back_asks_for_no_receipt(arrange, visit, story):
    with arrange():
        issue_correction(db.session.get_one(Guidance, story["paper"]), asks_receipt=True)
    official, chief = visit(story["official"]), visit(story["chief"])
    address = f"/guidance/{story['paper']}"
    assert "あらためて受領してください。" in official.get(address, budget=16).main
    chief.get(f"{address}/recall").form(f"{address}/recall").submit(reason="宛先を誤りました。")

    seen = official.get(address, budget=16).main
    assert "第1回訂正" in seen
    assert "あらためて受領してください。" not in seen


def test_the_office_sees_the_next_edition_under_way_and_a_body_does_not(visit, story):
    address = f"/guidance/{story['paper']}"
    office, official = visit(story["drafter"]), visit(story["official"])
    page = office.get(f"{address}/new-edition").form(f"{address}/new-edition").submit()
    assert "第2版の起案を始めました。" in page.text
    edit = page.form()
    page = edit.submit(body="## 記\n\n1. 点検の対象\n2. 点検の手順", difference="2の字句を改めた。")
    assert "旧版からの変更点" in page.main
    assert office.get(address).main.count("準備中の後継") == 1
    assert "準備中" not in official.get(address).main


def test_what_of_the_corrections_is_left_to_do_by_hand_is_said_before_a_new_edition(arrange, visit, story):
    with arrange():
        paper = db.session.get_one(Guidance, story["paper"])
        issue_correction(paper, ErratumContent(place="別添の表", wrong="ない語", right="ある語"))
    page = visit(story["drafter"]).get(f"/guidance/{story['paper']}/new-edition")
    assert "これまでの訂正（1回）は、起案の本文とファイルに反映します。" in page.main
    assert "別添の表：「ない語」を「ある語」に" in page.main


def test_what_a_body_reads_of_a_new_edition(arrange, visit, story):
    with arrange():
        new = make_next_edition(db.session.get_one(Guidance, story["paper"]))
        new.body = "## 記\n\n1. 点検の対象\n2. 点検の手順"
        new_id = issue_draft(new, "総行住第2号").id
    official = visit(story["official"])
    old_page = official.get(f"/guidance/{story['paper']}")
    assert "旧版です" in old_page.main
    assert "受領する" not in old_page.main
    page = official.get(f"/guidance/{new_id}/changes")
    assert "貴団体が受け取った第1版" in page.main
    assert "手順" in page.main
    official.get(f"/guidance/{story['paper']}/changes", status=404)


def test_papers_are_joined_on_a_page(arrange, visit, story):
    with arrange():
        make_issued("総行住第5号", addressees=BOTH)
        memo = make_issued(None, kind=GuidanceKind.OFFICE_MEMO, title="総点検の進め方", addressees=BOTH).id
    office = visit(story["drafter"])
    address = f"/guidance/{story['paper']}"
    draft = office.get(f"{address}/new-edition").form(f"{address}/new-edition").submit()
    joining = draft.url.replace("/edit", "/joining")
    bad = office.get(joining).form(joining).submit(absorbed="総行住第99号")
    assert bad.status == 422
    assert "効力のある通知等が見つかりません。" in bad.main
    page = bad.form(joining).submit(absorbed="総行住第５号")
    assert "統合の対象に加えました。" in page.text
    assert "総行住第5号" in page.main
    choices = [
        each["value"] for each in page.soup.find("select", {"name": "chosen"}).find_all("option") if each["value"]
    ]
    assert choices == [str(memo)]  # one without a number is chosen from the list
    page = page.form(joining).submit(chosen=choices[0])
    assert "総点検の進め方" in page.main


def test_a_paper_with_corrections_keeps_to_its_statements(arrange, visit, story):
    with arrange():
        paper = db.session.get_one(Guidance, story["paper"])
        for _ in range(3):
            issue_correction(paper)
    for who in ("official", "drafter", "chief"):
        page = visit(story[who]).get(f"/guidance/{story['paper']}")  # every page counts its statements
        assert page.main.count("正誤表") >= 3
