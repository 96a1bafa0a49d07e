"""The pages of mails that came in, and the mails that may be answered."""

import email.policy
from email import message_from_bytes

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.inbound.cutting import cut_history
from portal.issues.models import Post
from portal.issues.states import IssueState
from portal.notifications.letters import write_letter
from portal.notifications.models import Delivery
from portal.notifications.reply_addresses import reply_address
from tests.factories.issues import make_cast, make_issue
from tests.inbound.mails import mail


@pytest.fixture
def returned(arrange, address_for):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.RETURNED)
    return cast, issue, address_for(cast.staff, issue)


def test_a_mail_says_how_it_may_be_answered(arrange, returned, app):
    cast, _, address = returned
    with arrange():
        delivery = db.session.scalars(sa.select(Delivery).where(Delivery.person_id == cast.staff.person_id)).first()
        delivery.message_id = "<1@portal.example>"
        letter = message_from_bytes(write_letter(delivery).content, policy=email.policy.default)
        assert reply_address(delivery) == address
    text = letter.get_body(("plain",)).get_content()

    assert letter["Reply-To"] == address
    assert "補足" in text.splitlines()[0]
    assert "この行より上に返信を書いてください" in text
    assert "返信はできません" not in text
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    assert cut_history(f"身体20件です。\n\n{quoted}") == "身体20件です。"


def test_without_a_mailbox_a_mail_says_that_it_cannot_be_answered(arrange, app, returned):
    cast, _, _ = returned
    settings = app.config["PORTAL_SETTINGS"]
    app.config["PORTAL_SETTINGS"] = type(settings)(environment="testing", secret_key="t" * 40)
    with arrange():
        delivery = db.session.scalars(sa.select(Delivery).where(Delivery.person_id == cast.staff.person_id)).first()
        delivery.message_id = "<1@portal.example>"
        letter = message_from_bytes(write_letter(delivery).content, policy=email.policy.default)
    app.config["PORTAL_SETTINGS"] = settings

    assert letter["Reply-To"] is None
    assert "返信はできません" in letter.get_body(("plain",)).get_content()


def test_the_secretariat_looks_into_what_was_held_back_and_posts_it(arrange, returned, take, visit):
    cast, issue, address = returned
    take(mail(address, "自宅から送ります。<script>alert(1)</script>", sender="taro@home.example"))
    take(mail(address, "自動応答です。", Auto_Submitted="auto-replied", Subject="不在のお知らせ"))
    secretary = visit(cast.secretariat)

    page = secretary.get("/administration/replies")
    assert "差出人が本人のアドレスではない" in page.main
    assert "自動応答" in page.main
    links = [link["href"] for link in page.soup.main.select("table a") if "/replies/" in link["href"]]
    page = secretary.get(links[-1])
    assert "自宅から送ります。<script>" in page.main
    assert "taro@home.example" in page.main
    assert secretary.get(f"{links[-1]}/original").response.headers["Content-Disposition"].startswith("attachment")

    page = secretary.get(f"{links[-1]}/release").form().submit(note="")
    assert page.status == 422
    assert "確認した内容または理由を入力してください。" in page.error_of("note")
    page = page.form().submit(note="電話で本人に確認しました。")
    assert "投稿しました。" in page.main
    with arrange():
        assert db.session.scalars(sa.select(Post).order_by(Post.id.desc()).limit(1)).one().issue_id == issue.id
    assert "自宅から送ります。" in visit(cast.staff).get(f"/issues/{issue.number}").main

    page = secretary.get(f"{links[0]}/discard").form().submit(note="自動応答のため")
    assert "破棄しました。" in page.main
    assert "この状態の返信メールはありません。" in page.main
    assert "破棄" in secretary.get("/administration/replies?show=discarded").main
    assert secretary.get(f"{links[0]}/release", status=200).form().submit(note="やはり投稿").status == 409
