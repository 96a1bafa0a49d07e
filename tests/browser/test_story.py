"""The story of the portal in a real browser: an issue goes up, guidance comes down, the digest goes out."""

import re

import pytest

from tests.browser.conftest import serious_findings

STAFF, LIAISON = "152226-staff@lg.example", "liaison15@mic.example"
TITLE = "手帳番号が重複して登録されている"


@pytest.fixture
def attachment(tmp_path):
    path = tmp_path / "件数の内訳.csv"
    path.write_text("区分,件数\r\n身体,20\r\n療育,6\r\n", encoding="utf-8-sig")
    return str(path)


def test_an_issue_goes_up_and_guidance_comes_down(person, running_portal, attachment):
    staff, liaison = person(STAFF), person(LIAISON)
    number = _submit(staff, attachment)
    _hear_and_route(staff, liaison, number)
    _answer(staff, person, running_portal, number)
    _digest(running_portal)
    _issue_guidance(person, staff, running_portal, number)


def _submit(staff, attachment) -> str:
    staff.go("/issues/new")
    for name, value in {
        "theme_id": "マイナンバー紐付け総点検", "title": TITLE, "attachments": attachment,
    }.items():
        staff._fill(name, value)
    staff.page.click("button[name=action][value=save]")
    staff.page.wait_for_load_state()
    draft = staff.page.url
    staff.go("/")
    staff.page.goto(draft)
    assert staff.page.input_value("[name=title]") == TITLE
    option = staff.page.locator("[name=sub_topic_id] option", has_text="障害者手帳").first.get_attribute("value")
    staff.page.select_option("[name=sub_topic_id]", value=option)
    staff._fill("body", "同じ番号の手帳が**26件**見つかりました。")
    staff._fill("leak", "no")
    staff.page.click("button[name=action][value=submit]")
    staff.page.wait_for_url(re.compile(r"/issues/R\d+-L-\d{6}$"))
    assert serious_findings(staff.page) == []
    assert "件数の内訳.csv" in staff.main
    return staff.page.url.rsplit("/", 1)[1]


def _hear_and_route(staff, liaison, number) -> None:
    liaison.go("/issues")
    assert number in liaison.main
    liaison.send(f"/issues/{number}/note", text="県内のほかの市からも相談があります。")
    assert "県内のほかの市からも相談があります。" in liaison.main
    liaison.send(f"/issues/{number}/return", reason="内訳を教えてください。")
    staff.go(f"/issues/{number}")
    assert "内訳を教えてください。" in staff.main
    assert "県内のほかの市" not in staff.page.content()
    staff.send(f"/issues/{number}/resubmit", text="身体20件、療育6件です。")
    liaison.send(f"/issues/{number}/triage")
    liaison.send(f"/issues/{number}/route")
    assert "マイナンバー制度支援室" in liaison.main


def _answer(staff, person, running_portal, number) -> None:
    member, head = person("mynumber@mic.example"), person("mynumber-head@mic.example")
    ministry = person("digital@ministry.example")
    member.send(f"/issues/{number}/accept")
    member.go(f"/issues/{number}/provisional-answer")
    for part, value in {"year": "2030", "month": "1", "day": "10"}.items():
        member.page.fill(f"[name='promised_on-{part}']", value)
    member.send(text="確認しています。")
    member.send(f"/issues/{number}/consult", ministry_id="デジタル庁", question="登録できる桁数を教えてください。")
    ministry.go(f"/issues/{number}")
    reply = ministry.page.locator("main a[href$='/reply'][href*='/consultations/']").first.get_attribute("href")
    ministry.send(reply, text="記号を含めて12文字まで登録できます。")
    head.send(f"/issues/{number}/answer", text="番号の前に発行元の記号を付けて登録してください。")
    staff.go(f"/issues/{number}")
    assert "正式回答" in staff.main
    assert "12文字まで" not in staff.page.content()
    mail = running_portal.wait_for_mail(STAFF, number)
    assert "番号の前に" not in mail.text
    assert dict(mail.headers)["Auto-Submitted"] == "auto-generated"
    staff.send(f"/issues/{number}/close")
    staff.send(f"/issues/{number}/reopen", reason="別の手帳でも見つかりました。")
    assert "回答を準備しています" in staff.main


def _issue_guidance(person, staff, running_portal, number) -> None:
    member, chief = person("mynumber@mic.example"), person("chief@mic.example")
    member.go(f"/guidance/new?issue={number}")
    page = member.page
    page.locator("main [name=kind][value=notice], main select[name=kind]").first.evaluate(
        "e => { if (e.tagName === 'SELECT') { e.value = 'notice' } else { e.click() } }")
    for name, value in {
        "title": "手帳番号の登録方法について（通知）", "addressee_line": "各都道府県・市区町村担当部（局）長 殿",
        "body": "手帳番号の登録方法を定めました。\n\n記\n\n1. 番号の前に発行元の記号を付けてください。",
        "contact": "マイナンバー制度支援室 電話 03-0000-5000", "required_action": "登録方法を確認する",
    }.items():
        member._fill(name, value)
    for box in page.locator("main input[name=kinds]").all():
        value = box.get_attribute("value")
        if value not in {"association", "ministry"}:
            box.check()
        else:
            box.uncheck()
    member.send()
    page.wait_for_url(re.compile(r"/guidance/\d+$"))
    address = re.sub(r"^https?://[^/]+", "", page.url)
    member.send(f"{address}/send-for-review")
    assert member.go(f"{address}/approve").title().startswith("ページが見つかりません")
    chief.send(f"{address}/approve", document_number="総行マ第901号")
    chief.go(f"{address}/issue")
    assert "1,788" in chief.main
    chief.send()
    assert "1,788団体に発出しました" in chief.main
    assert serious_findings(chief.page) == []
    staff.go(address)
    assert "総行マ第901号" in staff.main
    staff.send(f"{address}/receive", receipt_number="上市第12号")
    assert "上市第12号" in staff.main
    chief.go(f"{address}/recipients?prefecture=15&fact=received")
    assert "上越市" in chief.main
    assert serious_findings(chief.page) == []
    staff.go("/inbox")
    assert "手帳番号の登録方法について" in staff.main


def _digest(running_portal) -> None:
    """Each who has something to read gets one, and a second run sends none."""
    running_portal.command("digest", "--at", "2026-11-24T08:30+09:00")
    digests = [mail for mail in running_portal.mails_to("") if mail.subject.startswith("【まとめ")]
    recipients = [mail.recipient for mail in digests]
    assert recipients
    assert len(recipients) == len(set(recipients))
    running_portal.command("digest", "--at", "2026-11-24T08:30+09:00")
    again = [mail for mail in running_portal.mails_to("") if mail.subject.startswith("【まとめ")]
    assert len(again) == len(digests)
