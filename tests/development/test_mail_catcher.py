"""The mail catcher keeps what a real SMTP conversation gives it, and its page shows it decoded."""

import smtplib
import socket
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest

from portal.config import Settings
from portal.development.mail_catcher import find_mail, list_mails, mailbox_of, start


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def catcher(tmp_path):
    port = _free_port()
    controller = start(tmp_path, port)
    yield tmp_path, port
    controller.stop()


def _message(recipient="a@lg.example", subject="件名", text="本文です。\n", charset="utf-8"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "portal@portal.example", recipient, subject
    if text:
        message.set_content(text, charset=charset)
    return message


def _send(port, message, **envelope):
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.send_message(message, **envelope)


def test_a_sent_mail_is_kept_and_read(catcher):
    folder, port = catcher

    _send(port, _message(subject="【要対応 11/30】回答のお願い"))

    (mail,) = list_mails(folder)
    assert (mail.recipient, mail.subject, mail.text) == ("a@lg.example", "【要対応 11/30】回答のお願い", "本文です。\n")
    assert find_mail(folder, mail.key) == mail


def test_the_recipient_is_that_of_the_conversation(catcher):
    folder, port = catcher

    _send(port, _message(recipient="shown@lg.example"), to_addrs=["real@lg.example"])

    assert list_mails(folder)[0].recipient == "real@lg.example"


@pytest.mark.parametrize("key", ["../secret_key", "", "20261123T000000000000-00000000", "."])
def test_what_is_no_caught_mail_is_not_found(catcher, key):
    folder, _ = catcher
    (folder.parent / "secret_key.eml").write_text("secret", encoding="ascii")

    assert find_mail(folder, key) is None


def test_other_files_in_the_folder_are_left_out(catcher):
    folder, _ = catcher
    (folder / "notes.eml").write_text("Subject: mine\n\ntext", encoding="ascii")

    assert list_mails(folder) == []


def test_old_japanese_mail_is_decoded(catcher):
    folder, port = catcher

    _send(port, _message(text="半角と全角の本文です。\n", charset="iso-2022-jp"))

    assert list_mails(folder)[0].text == "半角と全角の本文です。\n"


def test_an_unknown_charset_and_broken_bytes_are_shown_as_far_as_can_be(catcher):
    folder, port = catcher
    head = b"From: a@x.example\r\nTo: b@x.example\r\nContent-Type: text/plain; charset="
    for charset in (b"x-martian", b"utf-8"):
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
            server.sendmail("a@x.example", ["b@x.example"], head + charset + b"\r\n\r\nabc \xff\r\n")

    assert [mail.text for mail in list_mails(folder)] == ["abc �\n", "abc �\n"]


def test_the_html_part_and_the_names_of_files_are_kept_apart(catcher):
    folder, port = catcher
    message = _message()
    message.add_alternative("<p>本文です。</p>\n", subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="通知.pdf")

    _send(port, message)

    (mail,) = list_mails(folder)
    assert (mail.text, mail.html, mail.attachments) == ("本文です。\n", "<p>本文です。</p>\n", ["通知.pdf"])


def test_mails_are_listed_newest_first_by_recipient_and_page(catcher):
    folder, port = catcher
    for number in range(4):
        _send(port, _message(recipient=f"person{number % 2}@lg.example", subject=f"件名{number}"))

    assert [mail.subject for mail in list_mails(folder, recipient=" Person1")] == ["件名3", "件名1"]
    first = list_mails(folder, size=1)[:1]
    assert [mail.subject for mail in list_mails(folder, before=first[0].key)] == ["件名2", "件名1", "件名0"]


@pytest.fixture
def mailbox(prepared_app):
    """The mailbox of the application, empty."""
    folder = mailbox_of(prepared_app.config["PORTAL_SETTINGS"].data_dir)
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


def _keep(folder, number, message):
    content = b"X-Envelope-To: " + message["To"].encode() + b"\r\n" + message.as_bytes()
    (folder / f"20261123T00000000{number:04}-0123abcd.eml").write_bytes(content)


def test_an_empty_mailbox_says_so(visit, mailbox):
    assert "メールはまだありません。" in visit().get("/development/mailbox").main


def test_the_page_shows_the_mail_and_runs_nothing_of_it(visit, mailbox):
    message = _message(subject="<b>件名</b>", text="<script>alert(1)</script>\n")
    message.add_alternative("<img src=x onerror=alert(2)>", subtype="html")
    _keep(mailbox, 1, message)
    browser = visit()

    link = browser.get("/development/mailbox").soup.main.find("a", string="<b>件名</b>")
    shown = browser.get(link["href"])

    assert "<script>alert" not in shown.text
    assert "<img" not in shown.text
    assert "<script>alert(1)</script>" in shown.main
    assert "<img src=x onerror=alert(2)>" in shown.main


def test_the_list_has_pages_and_keeps_the_filter(visit, mailbox):
    for number in range(53):
        _keep(mailbox, number, _message(recipient=f"person{number % 2}@lg.example", subject=f"件名{number}。"))
    _keep(mailbox, 99, _message(recipient="other@lg.example"))
    browser = visit()

    first = browser.get("/development/mailbox?recipient=person")
    second = browser.get(first.soup.find("a", rel="next")["href"])

    assert "件名52。" in first.main
    assert "other@lg.example" not in first.main
    assert "件名2。" in second.main
    assert "件名3。" not in second.main
    assert "条件に合うメールはありません。" in browser.get("/development/mailbox?recipient=nobody").main


def test_an_unknown_mail_is_not_found(visit, mailbox):
    assert visit().get("/development/mailbox/20261123T000000000000-00000000", status=404).status == 404


def test_there_is_no_mailbox_in_production(tmp_path):
    from portal.app import create_app

    app = create_app(
        Settings(environment="production", secret_key="t" * 40, data_dir=tmp_path, base_url="https://portal.example")
    )

    assert "mailbox.index" not in app.view_functions


def test_the_catcher_runs_by_itself_and_refuses_a_port_in_use(tmp_path):
    port = _free_port()
    command = [sys.executable, "-m", "portal.development.mail_catcher", str(tmp_path), str(port)]
    running = subprocess.Popen(command)
    try:
        for _ in range(100):
            try:
                _send(port, _message())
                break
            except OSError:
                time.sleep(0.1)
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    finally:
        running.terminate()
        running.wait(10)

    assert len(list_mails(tmp_path)) == 1
    assert second.returncode == 1
    assert str(port) in second.stderr
    assert "Traceback" not in second.stderr
