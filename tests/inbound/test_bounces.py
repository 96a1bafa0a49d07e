"""A mail that comes back is tied to its reader and delivery; what failed for good makes a task of the liaison."""

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.events import EventRecord
from portal.dashboard.undeliverable import list_unreached
from portal.inbound.bounces import read_report
from portal.inbound.states import HeldReason, MailState
from portal.issues.states import IssueState
from portal.notifications.models import Delivery, DeliveryState, Digest, MailFailure
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of
from tests.inbound.mails import SENDER

OURS = "<0f0f0f@portal.example>"


def report(
    message_id: str = OURS,
    *,
    to: str = SENDER,
    action: str = "failed",
    status: str = "5.1.1",
    headers_only: bool = False,
    diagnostic: str = "smtp; 550 5.1.1 <taro@joetsu.example>: User unknown",
) -> bytes:
    """A report as Postfix writes it."""
    original = "\r\n".join(
        [
            "From: portal@portal.example",
            f"To: {to}",
            "Subject: =?utf-8?b?6YCa55+l?=",
            f"Message-ID: {message_id}",
            "",
            *([] if headers_only else ["本文です。"]),
        ]
    )
    return "\r\n".join(
        [
            "Return-Path: <>",
            "From: MAILER-DAEMON@relay.example (Mail Delivery System)",
            "To: portal@portal.example",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            "Message-ID: <bounce@relay.example>",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "I'm sorry to have to inform you that your message could not be delivered.",
            "",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; relay.example",
            "Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0900 (JST)",
            "",
            f"Final-Recipient: rfc822; {to}",
            f"Action: {action}",
            f"Status: {status}",
            "Remote-MTA: dns; mx.joetsu.example",
            f"Diagnostic-Code: {diagnostic}",
            "",
            "--b",
            f"Content-Type: {'text/rfc822-headers' if headers_only else 'message/rfc822'}",
            "",
            original,
            "",
            "--b--",
            "",
        ]
    ).encode()


@pytest.fixture
def sent(arrange, address_for):
    """A mail that went out to a member of staff, and its reader's place."""
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.RETURNED)
    address_for(cast.staff, issue)
    with arrange():
        delivery = db.session.scalars(sa.select(Delivery).where(Delivery.person_id == cast.staff.person_id)).first()
        delivery.message_id, delivery.state, delivery.sent_at = OURS, DeliveryState.SENT, clock.now()
    return cast, delivery.id


def unreached(member):
    return [each.person.id for each in list_unreached(actor_of(member))]


def failures():
    return db.session.scalars(sa.select(MailFailure)).all()


@pytest.mark.parametrize("headers_only", [False, True])
def test_what_failed_for_good_is_tied_to_its_delivery_and_the_liaisons_task(arrange, sent, take, headers_only):
    cast, delivery_id = sent
    content = report(headers_only=headers_only)
    mail = take(content)
    again = take(content)

    assert (mail.id, mail.state, mail.reason) == (again.id, MailState.RETURNED, HeldReason.BOUNCE)
    assert (mail.delivery_id, mail.person_id) == (delivery_id, cast.staff.person_id)
    with arrange():
        found = failures()
        assert [(each.delivery_id, each.address, each.status) for each in found] == [(delivery_id, SENDER, "5.1.1")]
        assert found[0].said == "550 5.1.1 <taro@joetsu.example>: User unknown"
        assert unreached(cast.liaison) == [cast.staff.person_id]
        assert unreached(cast.other_liaison) == []
        record = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "mail_returned")).one()
        assert record.payload["is_for_good"] is True
        assert "User unknown" not in str(record.payload)


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("failed", "4.4.7"), ("failed", "5.2.2"), ("failed", "5.3.4"), ("delivered", "2.0.0")],
)
def test_what_is_of_the_moment_is_noted_and_no_task(arrange, sent, take, action, status):
    cast, delivery_id = sent
    mail = take(report(action=action, status=status))
    assert (mail.state, mail.delivery_id) == (MailState.RETURNED, delivery_id)
    with arrange():
        assert failures() == []
        assert unreached(cast.liaison) == []


def test_whoever_does_not_know_the_message_id_makes_nobody_unreachable(arrange, sent, take):
    cast, _ = sent
    mail = take(report("<made-up@portal.example>"))
    assert (mail.state, mail.reason, mail.person_id) == (MailState.HELD, HeldReason.BOUNCE, None)
    with arrange():
        assert failures() == []
        assert unreached(cast.liaison) == []


def test_a_report_about_an_address_that_was_changed_meanwhile_is_no_task(arrange, sent, take):
    cast, delivery_id = sent
    mail = take(report(to="former@joetsu.example"))
    assert mail.delivery_id == delivery_id
    with arrange():
        assert [each.address for each in failures()] == ["former@joetsu.example"]
        assert unreached(cast.liaison) == []


def test_a_digest_that_comes_back_counts_too(arrange, sent, take):
    cast, _ = sent
    with arrange():
        now = clock.now()
        db.session.add(
            Digest(
                person_id=cast.staff.person_id,
                digest_on=japan_date(now),
                message_id="<digest@portal.example>",
                state=DeliveryState.SENT,
                as_of_at=now,
                not_before_at=now,
                created_at=now,
                sent_at=now,
            )
        )
    mail = take(report("<digest@portal.example>"))
    assert (mail.state, mail.delivery_id, mail.person_id) == (MailState.RETURNED, None, cast.staff.person_id)
    with arrange():
        assert unreached(cast.liaison) == [cast.staff.person_id]


def test_a_report_that_is_cut_off_or_names_no_mail_is_held_back(sent, take):
    content = report()
    cut = content[: content.index(b"--b\r\nContent-Type: message/rfc822")]
    assert read_report(cut) is None
    assert take(cut).state is MailState.HELD


def test_garbage_is_no_report():
    for content in (
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
    ):
        assert read_report(content) is None


def test_the_page_shows_to_whom_it_was_and_offers_nothing_to_decide(sent, take, visit):
    cast, _ = sent
    mail = take(report())
    page = visit(cast.secretariat).get(f"/administration/replies/{mail.id}", status=200)
    assert "配信の知らせ" in page.main
    assert "破棄する" not in page.main
