"""The page on which the office sees how the mails about its paper went out."""

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Person
from portal.directory.roles import Role
from portal.notifications.failures import record_failure
from portal.notifications.models import Delivery, DeliveryState, FailureSource
from tests.factories.guidance import make_drafter, make_issued
from tests.factories.people import make_member


@pytest.fixture
def returned(arrange):
    """A paper of which one mail was taken and came back; since then the reader has another address."""
    with arrange():
        paper = make_issued(addressees=AddresseeRule(include=("152226",)))
        reader = db.session.get_one(Person, make_member("152226", Role.LOCAL_STAFF, section="市民課").person_id)
        now = clock.now()
        mail = Delivery(
            event_id=db.session.scalars(sa.select(EventRecord.id).where(EventRecord.kind == "guidance_issued")).one(),
            person_id=reader.id,
            state=DeliveryState.SENT,
            not_before_at=now,
            created_at=now,
            sent_at=now,
        )
        db.session.add(mail)
        db.session.flush()
        said = "550 5.1.1 User unknown"
        record_failure(mail, address="old@joetsu.example", source=FailureSource.RETURNED, said=said, status="5.1.1")
        reader.email = "new@joetsu.example"
        return paper.id


def test_a_mail_that_came_back_is_no_mail_that_arrived(returned, arrange, visit):
    with arrange():
        drafter = make_drafter()
    office = visit(drafter)
    assert "うち返送された1通" in office.get(f"/guidance/{returned}").main
    page = office.get(f"/guidance/{returned}/sending")
    (row,) = page.soup.select("tbody tr")
    for said in ("上越市", "old@joetsu.example", "返送された", "User unknown"):
        assert said in row.get_text()
    assert "new@joetsu.example" not in page.main
