"""Every main page for every role: no serious finding of axe, no sideways scroll, nothing red in the console."""

import re

import pytest

from tests.browser.conftest import serious_findings

PAGES = {
    "152226@lg.example": ["/", "/issues", "/issues/new", "/guidance", "/qa", "/directory/152226", "/inbox", "/profile"],
    "150002@lg.example": ["/", "/issues"],
    "liaison15@mic.example": ["/", "/issues", "/guidance"],
    "mynumber-head@mic.example": ["/", "/issues", "/guidance/new"],
    "chief@mic.example": ["/", "/guidance", "/administration", "/administration/deliveries"],
    "admin@mic.example": ["/administration", "/audit"],
    "executive@mic.example": ["/"],
    "digital@ministry.example": ["/", "/issues"],
    "chijikai@assoc.example": ["/", "/guidance"],
    "auditor@mic.example": ["/", "/audit"],
}


@pytest.mark.parametrize("email", PAGES)
def test_pages_are_sound(person, email):
    someone = person(email)
    for path in PAGES[email]:
        page = someone.go(path)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert serious_findings(page) == [], f"{path} at {width}"
            sideways = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert sideways <= 1, f"{path} scrolls sideways by {sideways} px at {width}"


def test_the_first_page_is_sound_for_nobody(chromium, running_portal):
    context = chromium.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(running_portal.url)
    assert "サインイン" in page.title()
    assert serious_findings(page) == []
    context.close()


def test_without_javascript_an_issue_is_submitted(person):
    someone = person("151009@lg.example", javascript=False)
    someone.go("/issues/new")
    someone.fill("theme_id", "マイナンバーカード普及促進")
    someone.fill("title", "窓口の予約が取れない")
    someone.fill("body", "予約が2か月先まで埋まっています。")
    someone.fill("leak", "no")
    someone.page.click("button[name=action][value=submit]")
    assert re.search(r"/issues/R\d+-C-\d{6}$", someone.page.url)


def test_english_pages_are_english(person):
    someone = person("liaison15@mic.example")
    someone.page.click("button:has-text('English')")
    someone.page.wait_for_load_state()
    for path in ("/", "/issues", "/guidance", "/qa", "/directory", "/inbox", "/notifications/preferences", "/profile"):
        page = someone.go(path)
        assert page.get_attribute("html", "lang") == "en"
        names = page.locator("h1, h2, label, button, caption, th, nav[aria-label] a").all_inner_texts()
        japanese = [name for name in names if re.search(r"[ぁ-んァ-ヶ]", name) and "日本語" not in name]
        assert japanese == [], path


def test_the_circulation_sheet_is_one_page(person):
    someone = person("152226@lg.example")
    someone.go("/guidance")
    href = someone.page.locator("main a[href^='/guidance/']").filter(has_text="について").first.get_attribute("href")
    someone.go(re.match(r"/guidance/\d+", href).group(0) + "/circulation")
    pdf = someone.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
