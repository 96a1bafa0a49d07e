"""The mail catcher keeps what a real SMTP conversation gives it, and its page shows it decoded."""

import smtplib
import socket
from email.message import EmailMessage

import pytest

from portal.development.mail_catcher import find_mail, list_mails, mailbox_of, start


@pytest.fixture
def catcher(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = start(tmp_path, port)
    yield tmp_path, port
    controller.stop()


def _send(port, recipient, subject, text, charset="utf-8"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "portal@portal.example", recipient, subject
    message.set_content(text, charset=charset)
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.send_message(message)


def test_a_sent_mail_is_kept_and_read(catcher):
    folder, port = catcher

    _send(port, "a@lg.example", "【要対応 11/30】回答のお願い", "本文です。\n")

    mail, = list_mails(folder)
    assert (mail.recipient, mail.subject, mail.text) == ("a@lg.example", "【要対応 11/30】回答のお願い", "本文です。\n")
    assert find_mail(folder, mail.key) == mail
    assert find_mail(folder, "../secret_key") is None


def test_old_japanese_mail_is_decoded(catcher):
    folder, port = catcher

    _send(port, "a@lg.example", "件名", "半角と全角の本文です。\n", charset="iso-2022-jp")

    assert list_mails(folder)[0].text == "半角と全角の本文です。\n"


def test_mails_are_listed_newest_first_by_recipient_and_page(catcher):
    folder, port = catcher
    for number in range(4):
        _send(port, f"person{number % 2}@lg.example", f"件名{number}", "本文\n")

    assert [mail.subject for mail in list_mails(folder, recipient="person1")] == ["件名3", "件名1"]
    first = list_mails(folder, size=1)[:1]
    assert [mail.subject for mail in list_mails(folder, before=first[0].key)] == ["件名2", "件名1", "件名0"]


def test_the_page_shows_the_mail(catcher, visit, prepared_app):
    folder, port = catcher
    _send(port, "a@lg.example", "<b>件名</b>", "<script>alert(1)</script>\n")
    target = mailbox_of(prepared_app.config["PORTAL_SETTINGS"].data_dir)
    target.mkdir(exist_ok=True)
    for kept in folder.glob("*.eml"):
        (target / kept.name).write_bytes(kept.read_bytes())
    browser = visit()

    page = browser.get("/development/mailbox")
    link = page.soup.main.find("a", string="<b>件名</b>")
    shown = browser.get(link["href"])

    assert "<script>alert" not in shown.text
    assert "<script>alert(1)</script>" in shown.main
