"""Campaigns under the fingers: answers kept as their fields are left, conditions that show and hide, the designer."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serious_findings

MANAGER, STAFF, OFFICE = "152226@lg.example", "152226-staff@lg.example", "juumin@mic.example"
DRILL = "紐付け点検の入力訓練"


def _open(someone, procedure: str) -> str:
    """The address of the form of a procedure of the drill, opened."""
    someone.go("/campaigns")
    found = someone.page.locator("main a").filter(has_text=DRILL).first.get_attribute("href")
    someone.go(f"{found}/answers")
    address = someone.page.locator("main a").filter(has_text=procedure).first.get_attribute("href")
    someone.go(address)
    return address


def _wait_until_kept(page) -> None:
    expect(page.locator("[data-save-state]")).to_have_text(re.compile(r"\d+:\d+ 保存"))


def _handle(page) -> None:
    for answer in ("no", "yes"):
        page.check(f"[name=q_handled][value={answer}]")
        expect(page.locator(f"[data-block=handled][data-seen] [value={answer}]")).to_be_checked()
    _wait_until_kept(page)


def _leave(page) -> None:
    page.locator("main h1").click()


def _count_loads(page) -> list:
    loads: list = []
    page.on("domcontentloaded", lambda _: loads.append(1))
    return loads


def test_an_answer_is_kept_when_its_field_is_left(person):
    staff = person(STAFF)
    _open(staff, "児童手当")
    page, loads = staff.page, _count_loads(staff.page)
    _handle(page)  # a choice is kept at once
    assert "／6（" in page.locator("[data-summary]").inner_text()
    page.fill("[name=q_subjects]", "１２３４")
    _leave(page)
    expect(page.locator("[name=q_subjects]")).to_have_value("1,234")
    assert "入力の記録" in page.locator("[data-block=subjects]").inner_text()
    page.fill("[name=q_mislinks]", "いくつか")
    staff.expected_status = 422
    _leave(page)
    page.wait_for_selector("[data-block=mislinks] [data-block-error]:not([hidden])")
    assert page.locator("[data-save-state]").inner_text() == "保存していない設問があります。"
    assert page.input_value("[name=q_mislinks]") == "いくつか"
    staff.expected_status = 200
    page.fill("[name=q_mislinks]", "0")
    _leave(page)
    _wait_until_kept(page)
    assert loads == []
    assert serious_findings(page) == []
    page.reload()
    assert page.input_value("[name=q_subjects]") == "1,234"
    assert page.is_checked("[name=q_handled][value=yes]")


def test_what_cannot_be_sent_stays_and_is_sent_later(person):
    staff = person(STAFF)
    _open(staff, "介護保険")
    page = staff.page
    page.route("**/field", lambda route: route.abort("aborted"))
    page.check("[name=q_handled][value=no]")
    page.check("[name=q_handled][value=yes]")
    expect(page.locator("[data-save-state]")).to_contain_text("保存できませんでした")
    page.unroute("**/field")
    page.get_by_role("button", name="保存する", exact=True).last.click()
    page.wait_for_load_state()
    assert page.is_checked("[name=q_handled][value=yes]")


def test_an_answer_given_while_the_one_before_is_on_its_way_stands(person):
    staff = person(STAFF)
    _open(staff, "生活保護")
    page = staff.page
    page.evaluate(
        "() => { const send = window.fetch, later = () => new Promise((done) => setTimeout(done, 1000));"
        " window.fetch = async (...sent) => { await later(); return send(...sent); }; }"
    )
    page.check("[name=q_handled][value=no]")
    page.check("[name=q_handled][value=yes]")
    page.fill("[name=q_subjects]", "12")  # the reader has gone on before the first of the two answers has arrived
    _leave(page)
    expect(page.locator("[name=q_subjects]")).to_have_value("12")
    expect(page.locator("[data-block=subjects] details li").first).to_contain_text("画面", timeout=15_000)
    assert page.is_checked("[name=q_handled][value=yes]")
    page.reload()
    assert page.is_checked("[name=q_handled][value=yes]")
    assert page.input_value("[name=q_subjects]") == "12"


def test_two_people_see_each_other_and_a_clash_is_told(person):
    staff, manager = person(STAFF), person(MANAGER)
    address = _open(staff, "予防接種")
    _handle(staff.page)
    manager.go(address)
    loads = _count_loads(manager.page)
    manager.page.fill("[name=q_contact]", "税務課 000-2222")
    contact = f"市民課 {time.time_ns()}"
    for name, value in (("contact", contact), ("subjects", "11"), ("subjects", "10")):
        staff.page.fill(f"[name=q_{name}]", value)
        _leave(staff.page)
        expect(staff.page.locator(f"[data-block={name}] details li").first).to_contain_text("画面")
        _wait_until_kept(staff.page)

    # what a colleague entered appears where nothing is being typed
    manager.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(manager.page.locator("[name=q_subjects]")).to_have_value("10")
    assert manager.page.input_value("[name=q_contact]") == "税務課 000-2222"

    # the same question answered otherwise: the second is told, keeps what was typed, and may insist
    manager.expected_status = 422
    _leave(manager.page)
    error = manager.page.locator("[data-block=contact] [data-block-error]")
    error.wait_for(state="visible")
    assert contact in error.inner_text()
    assert manager.page.input_value("[name=q_contact]") == "税務課 000-2222"
    manager.expected_status = 200
    manager.page.fill("[name=q_contact]", "税務課 000-3333")
    _leave(manager.page)
    _wait_until_kept(manager.page)
    assert error.is_hidden()
    assert loads == []
    staff.page.reload()
    assert staff.page.input_value("[name=q_contact]") == "税務課 000-3333"


def test_what_is_refused_is_tied_to_its_field_until_it_is_mended(person):
    staff = person(STAFF)
    _open(staff, "介護保険")
    page = staff.page
    _handle(page)
    field = page.locator("[name=q_subjects]")
    field.fill("多数")
    _leave(page)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("0以上の整数"))
    field.fill("12")
    _leave(page)
    expect(field).not_to_have_attribute("aria-invalid", "true")
    staff.troubles.clear()  # the refusal
    assert serious_findings(page) == []


def test_questions_appear_as_they_are_asked(person):
    staff = person(STAFF)
    _open(staff, "母子保健")
    page = staff.page
    asked = page.locator("[data-question]:visible")
    assert page.locator("[data-condition]:visible").count() == 0
    page.check("[name=q_handled][value=no]")
    page.locator("[data-question=routes]").wait_for(state="hidden")
    few = asked.count()
    page.check("[name=q_handled][value=yes]")
    page.locator("[name=q_routes][value=d]").check()
    page.locator("[data-question=attributes]").wait_for(state="visible")
    assert asked.count() > few
    heading = page.get_by_role("heading", name="J-LIS照会")
    assert heading.is_visible()
    page.locator("[name=q_routes][value=d]").uncheck()
    page.locator("[data-question=attributes]").wait_for(state="hidden")
    assert heading.is_hidden()


def test_without_javascript_all_questions_stand_with_their_conditions(person):
    staff = person(STAFF, javascript=False)
    _open(staff, "生活保護")
    assert staff.page.locator("[data-question]:visible").count() == staff.page.locator("[data-question]").count()
    assert staff.page.locator("[data-condition]:visible").count() > 0
    staff.page.check("[name=q_handled][value=yes]")
    staff.page.get_by_role("button", name="保存する", exact=True).last.click()
    assert staff.page.is_checked("[name=q_handled][value=yes]")


@pytest.fixture
def designer(person):
    """Somebody who adds the first question of a new survey."""
    office = person(OFFICE)
    office.go("/campaigns/new?kind=survey")
    office.fill("title", "設計の試し")
    office.send()
    address = re.search(r"/campaigns/\d+", office.page.url).group(0)
    office.go(f"{address}/questions/new")
    return office


def test_the_designer_shows_what_a_kind_has(designer):
    page = designer.page
    assert page.locator("[name=options]").is_hidden()
    for kind, shown, gone in (
        ("single", "options", "rows"),
        ("table", "columns", "options"),
        ("number", "unit", "formula"),
        ("calculated", "formula", "columns"),
        ("yes_no", "asks_reason_for", "unit"),
    ):
        page.check(f"[name=kind][value={kind}]")
        assert page.locator(f"[name={shown}]").is_visible(), kind
        assert page.locator(f"[name={gone}]").is_hidden(), kind
    page.check("[name=kind][value=single]")
    page.fill("[name=label]", "受付の方法")
    page.fill("[name=options]", "窓口\n郵送\n電子申請")
    page.get_by_role("button", name="保存して次の設問を加える").click()
    page.wait_for_load_state()

    # a condition offers the choices of its question, and no more ways to compare than fit
    page.get_by_text("条件を付ける").click()
    assert page.locator("[name=when1_how]").is_hidden()
    page.locator("[name=when1_code]").select_option(index=page.locator("[name=when1_code] option").count() - 1)
    assert page.locator("[name=when1_how]").is_visible()
    assert page.locator("[name=when1_value]").is_hidden()
    choices = page.get_by_label("条件1：値")
    assert choices.locator("option").all_inner_texts() == ["選択してください", "窓口", "郵送", "電子申請"]
    choices.select_option(label="郵送")
    assert page.locator("[name=when2_code]").is_visible()
    assert page.locator("[name=when3_code]").is_hidden()
    assert serious_findings(page) == []
    page.fill("[name=label]", "郵送の件数")
    page.check("[name=kind][value=number]")
    page.get_by_role("button", name="保存する", exact=True).click()
    page.wait_for_load_state()
    assert "「受付の方法」が「郵送」のとき" in designer.main

    page.locator("main a").filter(has_text="郵送の件数").first.click()
    assert page.get_by_label("条件1：値").evaluate("element => element.value") == "郵送"
    page.locator("[name=when1_how]").select_option("filled")
    assert page.get_by_label("条件1：値").count() == 0 or page.get_by_label("条件1：値").first.is_hidden()


def test_what_hangs_on_a_calculated_answer_or_a_typed_number_is_shown(designer):
    page = designer.page
    new = re.search(r"/campaigns/.*", page.url).group(0)
    for label, kind, formula, condition in (
        ("件数", "number", "", None),
        ("倍", "calculated", "q1 * 2", None),
        ("多い理由", "text", "", ("q2", "at_least", "10")),
        ("ちょうどの理由", "text", "", ("q1", "is", "1200")),
    ):
        designer.go(new)
        page.fill("[name=label]", label)
        page.check(f"[name=kind][value={kind}]")
        if formula:
            page.fill("[name=formula]", formula)
        if condition:
            page.get_by_text("条件を付ける").click()
            page.select_option("[name=when1_code]", condition[0])
            page.select_option("[name=when1_how]", condition[1])
            page.fill("[name=when1_value]", condition[2])
        page.get_by_role("button", name="保存する", exact=True).click()
        page.wait_for_load_state()
    designer.go(new.replace("questions/new", "preview"))
    assert page.locator("[data-question=q3]").is_hidden()
    page.fill("[name=q_q1]", "1,200")
    page.locator("[data-question=q4]").wait_for(state="visible")
    page.get_by_role("button", name="試してみる").click()
    page.wait_for_load_state()
    assert page.locator("[data-question=q3]").is_visible()


def test_a_light_survey_asks_for_choices_where_there_are_some(person):
    office = person(OFFICE)
    page = office.go("/campaigns/new/survey")
    row = page.locator("[data-light]").first
    assert row.locator("[data-options]").is_hidden()
    row.locator("select").select_option("single")
    assert row.locator("[data-options]").is_visible()
    row.locator("select").select_option("text")
    assert row.locator("[data-options]").is_hidden()
