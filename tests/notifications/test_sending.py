"""Sending: each mail once, whatever the server does and whenever the worker dies."""

import dataclasses
import email.policy
import os
import socket
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes

import pytest
import sqlalchemy as sa

from portal.accounts.links import request_reset
from portal.core import clock
from portal.core.calendar import is_business_day, japan_date
from portal.core.db import db, unit_of_work
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.guidance.states import Nature
from portal.notifications import mailer, outbox
from portal.notifications.digests import plan_digests
from portal.notifications.models import Delivery, DeliveryState, Digest, FailureSource, MailFailure, Notification
from tests.factories.guidance import make_issued
from tests.factories.people import make_member, make_person
from tests.support.processes import PythonProcess
from tests.support.statements import recorded_statements

SENDER = """
import dataclasses, sys
from wsgi import app
from portal.core.db import unit_of_work
from portal.notifications import outbox
from portal.notifications.mailer import send_mails
from portal.notifications.models import Delivery, Digest
with app.app_context():
    model = {"delivery": Delivery, "digest": Digest}[sys.argv[1]]
    with unit_of_work():
        due = outbox.list_due(model)
    send_mails(model, due)
"""


@pytest.fixture
def mailed(arrange, tell):
    """One person of Joetsu with one mail waiting; only their mail is left."""
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued()
    tell()
    with arrange():
        db.session.execute(sa.delete(Delivery).where(Delivery.person_id != member.person_id))
    return member


@pytest.fixture
def digested(arrange, tell):
    """One person with one digest planned."""
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
    tell()
    with arrange():
        db.session.execute(sa.delete(Delivery))
        db.session.execute(sa.delete(Notification).where(Notification.person_id != member.person_id))
        plan_digests(business_morning())
    return member


def business_morning():
    """An instant on a business day after now."""
    instant = clock.now() + timedelta(days=1)
    while not is_business_day(japan_date(instant)):
        instant += timedelta(days=1)
    return instant


def state_of(model):
    row = db.session.scalars(sa.select(model)).one()
    return row.state


def test_mail_is_plain_text_first_with_every_header(mailed, sink, send):
    send()

    message = sink.messages()[0]
    raw = sink.mails[0].decode()
    assert sink.recipients == [["taro@joetsu.example"]]
    assert message["Subject"].startswith("【要対応 ")
    assert "総行住第78号 紐付け総点検の実施について" in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["References"].startswith("<thread.")
    assert "List-Unsubscribe: <http://127.0.0.1:8000/unsubscribe/" in raw
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    assert text.splitlines()[0].endswith("までに、受領し、回答してください。")
    assert "番号：総行住第78号" in text
    assert "http://127.0.0.1:8000/guidance/" in text
    assert "点検の方法" not in text
    html = message.get_body(("html",)).get_content()
    assert "<a href=" in html
    assert "<img" not in html
    assert "style" not in html


def test_title_cannot_add_a_header(arrange, tell, sink, send):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
        make_issued(title="確認\r\nBcc: thief@evil.example\r\n\r\n<script>alert(1)</script>")
    tell()
    send()

    message = next(each for each in sink.messages() if "総行住" in each["Subject"] and "発出" in each["Subject"])
    assert message["Bcc"] is None
    assert all(len(recipients) == 1 for recipients in sink.recipients)
    assert "<script>" not in message.get_body(("html",)).get_content()
    assert member.person_id


def test_who_may_no_longer_see_it_gets_no_mail(arrange, mailed, sink, send):
    with arrange():
        db.session.execute(sa.update(Membership).where(Membership.id == mailed.id).values(ends_at=clock.now()))
    send()

    with arrange():
        assert state_of(Delivery) is DeliveryState.DROPPED
    assert sink.mails == []


@pytest.mark.parametrize(
    ("point", "answer", "state"),
    [
        ("rcpt", "550 no such user", DeliveryState.FAILED),
        ("rcpt", "451 later", DeliveryState.PENDING),
        ("dot", "554 refused", DeliveryState.FAILED),
        ("dot", "452 full", DeliveryState.PENDING),
        ("mail", "421 closing", DeliveryState.PENDING),
        ("mail", "hang", DeliveryState.PENDING),
        ("mail", "cut", DeliveryState.PENDING),
        ("connect", "hang", DeliveryState.PENDING),
    ],
)
@pytest.mark.usefixtures("mailed")
def test_refusal_is_failure_or_a_later_try(arrange, sink, send, *, point, answer, state):
    sink.behave = {point: answer}
    send()

    with arrange():
        row = db.session.scalars(sa.select(Delivery)).one()
        assert row.state is state
        assert row.error
        failed = [(each.delivery_id, each.source, each.said) for each in db.session.scalars(sa.select(MailFailure))]
        assert failed == ([(row.id, FailureSource.REFUSED, answer)] if state is DeliveryState.FAILED else [])
        if state is DeliveryState.PENDING:
            assert row.not_before_at > clock.now()
        db.session.execute(sa.update(Delivery).values(not_before_at=clock.now()))
    sink.reset()
    send()

    assert len(sink.mails) == (1 if state is DeliveryState.PENDING else 0)


@pytest.mark.parametrize("how", ["hang", "cut"])
def test_mail_of_unknown_fate_goes_out_once_more_under_the_same_id_and_then_waits_for_a_person(
    arrange, mailed, sink, send, how
):
    sink.behave = {"dot": how}
    send()
    with arrange():
        row = db.session.scalars(sa.select(Delivery)).one()
        assert (row.state, row.unknown_at is not None) == (DeliveryState.PENDING, True)
        db.session.execute(sa.update(Delivery).values(not_before_at=clock.now()))
    send()
    send()

    with arrange():
        assert state_of(Delivery) is DeliveryState.UNKNOWN
    assert len({message["Message-ID"] for message in sink.messages()}) == 1
    assert len(sink.mails) == 2


@pytest.mark.parametrize("how", ["hang", "cut"])
def test_digest_of_unknown_fate_is_never_sent_again_and_its_lines_go_into_the_next(arrange, digested, sink, send, how):
    sink.behave = {"dot": how}
    send(Digest)
    sink.reset()
    send(Digest)

    with arrange():
        assert state_of(Digest) is DeliveryState.UNKNOWN
        assert plan_digests(business_morning()) == 0
        line = db.session.scalars(sa.select(Notification)).one()
        assert (line.digest_id, line.read_at) == (None, None)
    assert len(sink.mails) == 1


def test_server_that_is_away_costs_one_try_and_no_mail(app, arrange, tell, mailing, sink):
    with arrange():
        for _ in range(5):
            make_member("152226", Role.LOCAL_STAFF)
        make_issued()
    tell()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings = mailing.config["PORTAL_SETTINGS"]
    mailing.config["PORTAL_SETTINGS"] = dataclasses.replace(settings, smtp_url=f"smtp://127.0.0.1:{port}")
    with mailing.app_context():
        with unit_of_work():
            due = outbox.list_due(Delivery)
        mailer.send_mails(Delivery, due)
        assert mailer.is_paused()

    with arrange():
        left = db.session.execute(sa.select(Delivery.state, Delivery.attempts > 0)).all()
        outcomes = Counter((state, bool(was_tried)) for state, was_tried in left)
    assert outcomes == {
        (DeliveryState.PENDING, True): 1,
        (DeliveryState.PENDING, False): len(due) - 2,
        (DeliveryState.DROPPED, True): 1,  # the review of which it tells is over
    }


def test_several_workers_send_each_mail_once(arrange, tell, mailing, sink):
    with arrange():
        people = [make_member("152226", Role.LOCAL_STAFF) for _ in range(12)]
        make_issued()
    tell()

    def work() -> None:
        with mailing.app_context():
            with unit_of_work():
                due = outbox.list_due(Delivery)
            mailer.send_mails(Delivery, due)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    reached = [recipients[0] for recipients in sink.recipients]
    assert len(reached) == len(set(reached)) >= len(people)
    ids = [message["Message-ID"] for message in sink.messages()]
    assert len(ids) == len(set(ids))


def test_slow_worker_that_lost_its_claim_does_not_hand_the_mail_over(arrange, mailed, mailing, sink):
    sink.hold = "mail"
    results = []

    def work() -> None:
        with mailing.app_context():
            with unit_of_work():
                due = outbox.list_due(Delivery)
            results.append(mailer.send_mails(Delivery, due))

    worker = threading.Thread(target=work)
    worker.start()
    assert sink.reached.wait(5)
    with arrange():
        assert outbox.recover(timedelta(0)) == 1
    sink.reset()
    worker.join()

    assert sink.mails == []
    with arrange():
        assert state_of(Delivery) is DeliveryState.PENDING


@pytest.mark.parametrize("point", ["connect", "mail", "dot"])
@pytest.mark.parametrize("table", ["delivery", "digest"])
def test_killed_worker_duplicates_no_digest_and_loses_no_mail(request, app, arrange, sink, send, *, point, table):
    """SIGKILL before the server takes the mail, and after it took it but before it said so."""
    request.getfixturevalue("mailed" if table == "delivery" else "digested")
    model = Delivery if table == "delivery" else Digest
    sink.hold = point
    process = PythonProcess("-c", SENDER, table, environment=_environment(app, sink.url))
    assert sink.reached.wait(30)
    process.kill()
    process.wait()
    sink.reset()
    with arrange():
        db.session.expire_all()
        was_marked = state_of(model) is DeliveryState.MARKED
        assert was_marked == (point == "dot")
        assert outbox.recover(timedelta(0)) == 1
        db.session.execute(sa.update(model).values(not_before_at=clock.now()))
    send(model)

    with arrange():
        row = db.session.scalars(sa.select(model)).one()
        if point == "dot" and table == "digest":
            assert row.state is DeliveryState.UNKNOWN
            assert db.session.scalars(sa.select(Notification)).one().digest_id is None
        else:
            assert row.state is DeliveryState.SENT
            assert (row.unknown_at is not None) == was_marked
    assert len(sink.mails) == (2 if point == "dot" and table == "delivery" else 1)
    assert len({message["Message-ID"] for message in sink.messages()}) == 1


def test_reset_link_is_made_when_the_mail_is_written_and_works_once_sent(arrange, tell, sink, send, visit):
    with arrange():
        person = make_person(email="reset@test.example")
        make_member("152226", Role.LOCAL_STAFF, person=person)
        request_reset("reset@test.example", address="192.0.2.1")
    tell()
    send()

    message = message_from_bytes(sink.mails[0], policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    url = next(line for line in text.splitlines() if "/links/" in line)
    assert message["List-Unsubscribe"] is None
    assert visit().get(url.partition(":8000")[2]).form().values
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notification)) == 0


def test_english_reader_gets_english(arrange, tell, sink, send):
    with arrange():
        person = make_person(email="en@test.example")
        person.locale = "en"
        make_member("152226", Role.LOCAL_STAFF, person=person)
        make_issued()
    tell()
    send()

    raw = next(mail for mail, to in zip(sink.mails, sink.recipients, strict=True) if to == ["en@test.example"])
    assert '<html lang="en">' in message_from_bytes(raw, policy=email.policy.default).get_body(("html",)).get_content()


def _environment(app, url: str) -> dict[str, str]:
    settings = app.config["PORTAL_SETTINGS"]
    return {
        **os.environ,
        "PORTAL_ENV": "testing",
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_SMTP_URL": url,
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_SMTP_TIMEOUT": "15",
    }


def test_statements_grow_with_lots_and_not_with_mails(app, arrange, tell, mailing, sink):
    """What a lot needs is read once for all of it; a group's marker settles the group before, too."""
    with arrange():
        for _ in range(16):
            make_member("152226", Role.LOCAL_STAFF)
        make_issued()
    tell()
    with app.app_context():
        with unit_of_work():
            due = outbox.list_due(Delivery)
        counts = []
        for lot in (due[-4:], due[-12:-4]):
            with recorded_statements(db.engine) as sent:
                mailer.send_mails(Delivery, lot)
            counts.append(len(sent))
    assert len(sink.mails) == 12
    assert counts[1] - counts[0] == 1  # one group more
