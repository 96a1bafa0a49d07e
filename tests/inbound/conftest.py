"""A portal that takes answers by mail, and a mail that may be answered."""

import dataclasses
import shutil
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from portal.core.db import db, unit_of_work
from portal.directory.models import Membership, Person
from portal.inbound.models import InboundMail
from portal.inbound.service import take_mail
from portal.issues.models import Issue
from portal.jobs.tasks import tell_event
from portal.notifications.dispatch import list_unhandled
from portal.notifications.models import Delivery, Notification
from portal.notifications.reply_addresses import reply_address
from tests.inbound.mails import SENDER


@pytest.fixture
def replying(app):
    """The application with its reply address set."""
    before = app.config["PORTAL_SETTINGS"]
    app.config["PORTAL_SETTINGS"] = dataclasses.replace(
        before, reply_address="reply@portal.example", imap_url="imap://portal:secret@127.0.0.1:1/INBOX"
    )
    shutil.rmtree(before.data_dir / "inbound", ignore_errors=True)
    yield app
    app.config["PORTAL_SETTINGS"] = before


@pytest.fixture
def address_for(replying, arrange) -> Callable[[Membership, Issue], str]:
    """Tell what happened so far and give the reply address of this person's newest mail about the issue."""

    def block(member: Membership, issue: Issue) -> str:
        with replying.app_context():
            with unit_of_work():
                waiting = list_unhandled()
            for event_id in waiting:
                tell_event(event_id)
        with arrange():
            db.session.get_one(Person, member.person_id).email = SENDER
            line = db.session.scalars(
                sa.select(Notification)
                .where(Notification.person_id == member.person_id, Notification.subject_id == issue.id)
                .order_by(Notification.id.desc())
                .limit(1)
            ).one()
            delivery = db.session.scalar(sa.select(Delivery).where(Delivery.notification_id == line.id))
            if delivery is None:  # what goes into the digest by default
                delivery = Delivery(
                    event_id=line.event_id,
                    notification_id=line.id,
                    person_id=line.person_id,
                    not_before_at=line.created_at,
                    created_at=line.created_at,
                )
                db.session.add(delivery)
                db.session.flush()
            address = reply_address(delivery)
        assert address is not None
        return address

    return block


@pytest.fixture
def take(replying, arrange) -> Callable[[bytes], InboundMail]:
    """Take a mail as the worker does: in a transaction of its own."""

    def block(content: bytes) -> InboundMail:
        with arrange():
            return take_mail(content)

    return block
