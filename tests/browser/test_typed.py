"""What is typed into the form of a paper, kept by the script of the page before it is saved."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import serious_findings

WRITER = "mynumber@mic.example"
KEPT = re.compile(r"入力中の内容を一時保存しました（\d\d:\d\d）")
OFFER = "保存していない入力が残っています"


def _begin(someone, title: str) -> str:
    """The address of the form of a new draft."""
    someone.go("/guidance/new?kind=office_memo")
    someone.fill("title", title)
    someone.page.click("text=下書きを保存する")
    someone.page.wait_for_url(re.compile(r"/guidance/\d+$"))
    return re.search(r"/guidance/\d+", someone.page.url).group(0) + "/edit"


def test_a_pause_keeps_what_was_typed_and_it_comes_back(person):
    someone = person(WRITER)
    address = _begin(someone, "一時保存の通知")
    page = someone.go(address)
    page.fill("[name=body]", "書きかけの本文")
    state = page.locator("[data-save-state]")
    expect(state).to_have_text(KEPT, timeout=10000)
    assert state.get_attribute("role") == "status"
    someone.context.close()  # the browser dies

    again = person(WRITER)
    page = again.go(address)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert serious_findings(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 1
    assert OFFER in again.main
    page.fill("[name=body]", "別に書き始めた本文")
    page.evaluate("() => dispatchEvent(new Event('pagehide'))")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("text=入力を戻す")
    page.wait_for_url(re.compile("typed=yes"))
    assert page.input_value("[name=body]") == "書きかけの本文"
    page.click("text=下書きを保存する")
    page.wait_for_url(re.compile(r"/guidance/\d+$"))
    again.go(address)
    assert OFFER not in again.main


def test_what_was_typed_is_kept_when_the_page_is_left(person):
    someone = person(WRITER)
    address = _begin(someone, "離れる前の通知")
    page = someone.go(address)
    page.fill("[name=body]", "離れる前の本文")
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_response(lambda answer: answer.url.endswith("/typed")) as kept:
        page.evaluate("() => dispatchEvent(new Event('pagehide'))")
    assert kept.value.status == 200
    someone.go(address)
    assert OFFER in someone.main
    page.locator("button", has_text="破棄する").click()
    page.locator("dialog[open] button, [role=alertdialog] button").filter(has_text="破棄する").click()
    page.wait_for_load_state()
    assert OFFER not in someone.main


def test_what_cannot_be_kept_is_said_and_typing_goes_on(person):
    someone = person(WRITER)
    address = _begin(someone, "番号のある通知")
    page = someone.go(address)
    someone.expected_status = 422
    page.fill("[name=body]", "番号は123456789018です。")
    expect(page.locator("[data-save-state]")).to_contain_text("一時保存していません", timeout=10000)
    someone.expected_status = 200
    page.context.set_offline(True)
    page.fill("[name=body]", "番号のない本文")
    expect(page.locator("[data-save-state]")).to_contain_text("一時保存できませんでした", timeout=10000)
    someone.troubles.clear()
    page.context.set_offline(False)
    page.type("[name=body]", "。")
    expect(page.locator("[data-save-state]")).to_have_text(KEPT, timeout=10000)
