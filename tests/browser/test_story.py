"""The story of the portal in a real browser: an issue goes up, guidance comes down, the digest goes out."""

import re
import time

import pytest

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from tests.browser.conftest import serious_findings

STAFF, LIAISON, MEMBER = "152226-staff@lg.example", "liaison15@mic.example", "mynumber@mic.example"
HEAD, MINISTRY, CHIEF = "mynumber-head@mic.example", "digital@ministry.example", "chief@mic.example"
TITLE, PAPER = "手帳番号が重複して登録されている", "手帳番号の登録方法について（通知）"
FILE = "件数の内訳.csv"
NOTE, QUESTION, DETAILS = "県内のほかの市からも相談があります。", "内訳を教えてください。", "身体20件、療育6件です。"
CONSULTED, MATERIAL = "登録できる桁数を教えてください。", "記号を含めて12文字まで登録できます。"
PROVISIONAL, ANSWER = "仕様を確認しています。", "番号の前に発行元の記号を付けて登録してください。"


@pytest.fixture
def attachment(tmp_path):
    path = tmp_path / FILE
    path.write_text("区分,件数\r\n身体,20\r\n療育,6\r\n", encoding="utf-8-sig")
    return str(path)


def test_an_issue_goes_up_and_guidance_comes_down(person, running_portal, attachment):
    staff, liaison, member = person(STAFF), person(LIAISON), person(MEMBER)
    number = _submit(staff, attachment)
    _hear_and_route(staff, liaison, number)
    _consult(member, person(MINISTRY), staff, number)
    _answer_and_close(person(HEAD), staff, number)
    for someone in (staff, liaison, member, person(MINISTRY)):
        _wait_for_line(someone, number)
    _check_mails(running_portal, number)
    _digest(running_portal)
    address = _draft(member, number)
    _approve_and_issue(member, person(CHIEF), address)
    _receive(staff, person(CHIEF), address)
    _wait_for_line(staff, PAPER)


def test_an_answered_issue_is_reopened_with_a_reason(person):
    staff = person("151009@lg.example")
    number = staff.first("/issues?view=all&state=answered", r"/issues/R\d+-[A-Z]-\d{6}")
    staff.send(f"{number}/reopen", reason="別の窓口でも同じことが起きました。")
    assert "回答を準備しています" in staff.main
    assert "別の窓口でも同じことが起きました。" in staff.main


def _submit(staff, attachment) -> str:
    """A draft with a file is saved, found again and submitted; it gets a number and an owner at once."""
    staff.go("/issues/new")
    staff.fill("theme_id", "マイナンバー紐付け総点検")
    staff.fill("title", TITLE)
    staff.fill("attachments", attachment)
    staff.press("save")
    staff.go(staff.first("/issues", r"/issues/drafts/\d+"))
    assert staff.page.input_value("[name=title]") == TITLE
    assert FILE in staff.main
    option = staff.page.locator("[name=sub_topic_id] option", has_text="障害者手帳").first.get_attribute("value")
    staff.page.select_option("[name=sub_topic_id]", value=option)
    staff.fill("body", "同じ番号の手帳が**26件**見つかりました。")
    staff.fill("leak", "no")
    assert serious_findings(staff.page) == []
    staff.press("submit")
    staff.page.wait_for_url(re.compile(r"/issues/R\d+-L-\d{6}$"))
    assert serious_findings(staff.page) == []
    assert "リエゾン（新潟県担当）" in staff.main
    return staff.page.url.rsplit("/", 1)[1]


def _hear_and_route(staff, liaison, number) -> None:
    """The liaison finds it in the queue, notes what only headquarters may read, asks back, triages and routes."""
    assert number in liaison.go("/issues").locator("main table").inner_text()
    liaison.send(f"/issues/{number}/note", text=NOTE)
    assert NOTE in liaison.main
    file = liaison.first(f"/issues/{number}", rf"/issues/{number}/attachments/\d+")
    assert "療育,6" in liaison.page.request.get(liaison.portal.url + file).text()
    liaison.send(f"/issues/{number}/return", reason=QUESTION)
    staff.go(f"/issues/{number}")
    assert QUESTION in staff.main
    assert NOTE not in staff.page.content()
    staff.send(f"/issues/{number}/resubmit", text=DETAILS)
    assert DETAILS in liaison.go(f"/issues/{number}").locator("main").inner_text()
    liaison.send(f"/issues/{number}/triage")
    liaison.send(f"/issues/{number}/route")
    assert "マイナンバー制度支援室" in liaison.main


def _consult(member, ministry, staff, number) -> None:
    """The division accepts, promises a date and asks a ministry, whose reply the body never sees."""
    member.send(f"/issues/{number}/accept")
    promised = add_business_days(japan_date(clock.now()), 5)
    member.go(f"/issues/{number}/provisional-answer")
    for part in ("year", "month", "day"):
        member.page.fill(f"[name='promised_on-{part}']", str(getattr(promised, part)))
    member.send(text=PROVISIONAL)
    member.send(f"/issues/{number}/consult", ministry_ids="デジタル庁", question=CONSULTED)
    ministry.send(ministry.first(f"/issues/{number}", r".*/consultations/\d+/reply"), text=MATERIAL)
    assert NOTE not in ministry.page.content()
    assert MATERIAL in member.go(f"/issues/{number}").locator("main").inner_text()
    staff.go(f"/issues/{number}")
    assert PROVISIONAL in staff.main
    assert "暫定回答" in staff.main
    for hidden in (NOTE, CONSULTED, MATERIAL):
        assert hidden not in staff.page.content()


def _answer_and_close(head, staff, number) -> None:
    head.send(f"/issues/{number}/answer", text=ANSWER)
    staff.go(f"/issues/{number}")
    answer = staff.page.locator(".post--official")
    assert ANSWER in answer.inner_text()
    assert answer.locator(".badge--official").inner_text() == "正式回答"
    assert serious_findings(staff.page) == []
    staff.send(f"/issues/{number}/close")
    assert "完了" in staff.page.locator(".page-header").inner_text()


def _draft(member, number) -> str:
    """The division drafts a notice from the issue and sends it for review, but cannot approve it."""
    member.go(f"/guidance/new?issue={number}")
    member.fill("kind", "通知")
    for name, value in {
        "title": PAPER,
        "addressee_line": "各都道府県・市区町村担当部（局）長 殿",
        "body": "手帳番号の登録方法を定めました。\n\n記\n\n1. 番号の前に発行元の記号を付けてください。",
        "contact": "マイナンバー制度支援室 電話 03-0000-5000",
        "required_action": "登録方法を確認する",
        "concerned_sections": "障害福祉担当課",
        "difference": "新規",
    }.items():
        member.fill(name, value)
    for box in member.page.locator("main input[name=kinds]").all():
        box.set_checked(box.get_attribute("value") not in {"association", "ministry"})
    member.send()
    member.page.wait_for_url(re.compile(r"/guidance/\d+$"))
    address = member.page.url.removeprefix(member.portal.url)
    assert number in member.main
    member.send(f"{address}/send-for-review")
    member.go(f"{address}/approve", status=404)
    return address


def _approve_and_issue(member, chief, address) -> None:
    """The secretariat's head approves and numbers it; it goes to all prefectures and municipalities."""
    _wait_for_line(chief, PAPER)
    chief.send(f"{address}/approve", document_number="総行マ第901号")
    assert "1,788" in chief.go(f"{address}/issue").locator("main").inner_text()
    chief.send()
    assert "1,788団体に発出しました" in chief.main
    assert serious_findings(chief.page) == []
    assert "総行マ第901号" in member.go(address).locator("main").inner_text()


def _receive(staff, chief, address) -> None:
    """The official opens it and receives it for the section; headquarters sees how many and who, by prefecture."""
    staff.go(address)
    assert "総行マ第901号" in staff.main
    staff.send(f"{address}/receive", receipt_number="上市第12号")
    assert "上市第12号" in staff.main
    figures = re.sub(r"\s", "", chief.go(address).locator(".status-bar").inner_text())
    assert "到達1,788／1,788" in figures
    assert "閲覧1／1,788受領1／1,788対応0／1,788" in figures
    chief.go(f"{address}/recipients?prefecture=15&fact=received")
    bodies = chief.page.get_by_role("table", name="団体別の状況")
    assert bodies.locator("tbody tr").count() == 1
    assert "上市第12号" in bodies.inner_text()
    prefectures = chief.page.get_by_role("table", name="都道府県別の状況")
    assert prefectures.locator("tr", has_text="新潟県").locator("td").all_inner_texts()[-2:] == ["1", "0"]
    assert serious_findings(chief.page) == []


def _wait_for_line(someone, words) -> None:
    """The worker tells people in the background."""
    deadline = time.monotonic() + 30
    while words not in someone.go("/inbox").locator("main").inner_text():
        assert time.monotonic() < deadline, f"nothing of {words} in the inbox"
        time.sleep(0.3)


def _check_mails(running_portal, number) -> None:
    """One recipient each, a Japanese subject, headers of a machine's mail, and no word of what was written."""
    running_portal.wait_for_mail(LIAISON, number)
    running_portal.wait_for_mail(MINISTRY, number)
    answered = running_portal.wait_for_mail(STAFF, number)
    assert f"/issues/{number}" in answered.text
    for mail in running_portal.mails_to(""):
        headers = dict(mail.headers)
        assert re.fullmatch(r"[\w.-]+@[\w.]+", mail.recipient)
        assert headers["To"].count("@") == 1
        assert headers["Auto-Submitted"] == "auto-generated"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.match(r"【(要対応|緊急|参考|まとめ).*】.*[ぁ-んァ-ヶ一-龠]", mail.subject), mail.subject
        for secret in (NOTE, QUESTION, DETAILS, CONSULTED, MATERIAL, PROVISIONAL, ANSWER):
            assert secret not in mail.text + mail.html


def _digest(running_portal) -> None:
    """Each who has something to read gets one mail; a second run sends none.

    In some months nobody is reminded of the demonstration's dues any more, so that it is tens of mails, not thousands.
    """
    morning = f"{add_business_days(japan_date(clock.now()), 60)}T08:30+09:00"
    running_portal.command("digest", "--at", morning)
    digests = _digests(running_portal)
    recipients = [mail.recipient for mail in digests]
    assert HEAD in recipients
    assert len(set(recipients)) == len(recipients)
    assert all("@" in recipient and "," not in recipient for recipient in recipients)
    running_portal.command("digest", "--at", morning)
    assert len(_digests(running_portal)) == len(digests)


def _digests(running_portal) -> list:
    return [mail for mail in running_portal.mails_to("") if mail.subject.startswith("【まとめ")]
