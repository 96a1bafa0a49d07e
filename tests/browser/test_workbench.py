"""The queue under the fingers: keys, the issue beside the list, the switch that turns the keys off."""

from tests.browser.conftest import serious_findings


def test_the_queue_is_worked_by_keys(person):
    liaison = person("liaison15@mic.example", width=1440)
    page = liaison.go("/issues")
    rows = page.locator("tr[data-row]")
    assert rows.count() >= 3
    second = rows.nth(1).get_attribute("data-number")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('tr').dataset.number") == second
    page.keyboard.press("x")
    assert page.locator("input[name=issue]:checked").evaluate_all("all => all.map(box => box.value)") == [second]
    assert page.locator("[data-selected-count]").inner_text() == "1件を選択"
    page.keyboard.press("o")
    page.wait_for_selector(f"[data-pane-of='{second}']")
    assert page.url.endswith(f"open={second}")
    assert serious_findings(page) == []
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_visible()
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_selector("[data-pane-of]", state="detached")
    page.go_forward()
    page.wait_for_selector(f"[data-pane-of='{second}']")

    page.fill("main [name=words]", "jjx?")
    assert page.locator("#keys-help").is_hidden()
    page.locator("[data-keys-switch]").click()
    page.reload()
    page.wait_for_selector(f"[data-pane-of='{second}']")
    page.locator("main h1").click()
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_hidden()
    assert page.locator("[data-keys-switch]").get_attribute("aria-checked") == "false"


def test_on_a_narrow_screen_a_row_is_a_link(person):
    liaison = person("liaison15@mic.example", width=390)
    page = liaison.go("/issues")
    number = page.locator("tr[data-row]").first.get_attribute("data-number")
    page.locator("[data-row-link]").first.click()
    page.wait_for_url(f"**/issues/{number}")
