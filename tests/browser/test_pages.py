"""Every main page for every role: no serious finding of axe, no sideways scroll, nothing red in the console."""

import re

import pytest

from tests.attachments.samples import workbook
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


def test_a_draft_is_saved_after_its_print_was_looked_at(person):
    someone = person("mynumber-head@mic.example")
    page = someone.go("/guidance/new?kind=office_memo")
    someone.fill("title", "印刷の形を見てから保存する通知")
    with page.context.expect_page() as opened:
        page.click("text=印刷の形で確認")
    opened.value.close()
    page.click("text=下書きを保存する")
    page.wait_for_url(re.compile(r"/guidance/\d+$"))


def test_a_file_is_taken_out_twice(person):
    page = person("chief@mic.example").go("/guidance/1/recipients")
    for _ in range(2):
        with page.expect_download() as got:
            page.click("text=この一覧をExcelで取り出す")
        assert got.value.suggested_filename.endswith(".xlsx")


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


def test_the_longest_circulation_sheet_is_one_page_too(person, tmp_path):
    someone = person("mynumber@mic.example")
    page = someone.go("/guidance/new")
    page.fill("[name=title]", "様式の多い調査の実施について（依頼）" * 5)
    long = {"required_action": 300, "difference": 300, "concerned_sections": 200, "contact": 500}
    for name, length in long.items():
        page.fill(f"[name={name}]", "点検の対象となる事務の一覧を確認し、" * (length // 18))
    names = [f"様式{number}_個別データの点検結果の集計表（令和8年度版）.xlsx" for number in range(1, 11)]
    for name in names:
        (tmp_path / name).write_bytes(workbook(*(f"第{sheet}表 集計" for sheet in range(1, 12))))
    page.set_input_files("[name=files]", [tmp_path / name for name in names])
    page.get_by_role("button", name="下書きを保存する").click()
    page.wait_for_url(re.compile(r"/guidance/\d+$"))
    someone.go(re.search(r"/guidance/\d+", page.url).group(0) + "/circulation")
    assert "第6表 集計ほか5シート" in page.inner_text("main")
    assert "ほか2件" in page.inner_text("main")
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4"))) == 1
