"""People whom no mail reaches, shown to the liaison of their body until a mail goes through or the address is new."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.dashboard.undeliverable import can_see, list_unreached
from portal.directory.models import Person
from portal.directory.service import change_person
from portal.issues.states import IssueState
from portal.notifications.failures import record_failure
from portal.notifications.models import Delivery, DeliveryState, FailureSource, MailFailure
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of


def mail(person_id, state, *, days=0, source=FailureSource.REFUSED):
    """A mail of so many days ago that came to this."""
    taken = sa.select(Delivery.event_id).where(Delivery.person_id == person_id)
    event_id = db.session.scalars(sa.select(EventRecord.id).where(EventRecord.id.not_in(taken)).limit(1)).one()
    at = clock.now() - timedelta(days=days)
    is_failed = state is DeliveryState.FAILED
    is_sent = not is_failed or source is FailureSource.RETURNED
    delivery = Delivery(
        event_id=event_id,
        person_id=person_id,
        state=DeliveryState.SENT if is_sent else state,
        not_before_at=at,
        created_at=at,
        sent_at=at if is_sent else None,
    )
    db.session.add(delivery)
    db.session.flush()
    if is_failed:
        address = db.session.get_one(Person, person_id).email
        record_failure(delivery, address=address, source=source, said="550 no such user", status="5.1.1")
        kept = db.session.scalars(sa.select(MailFailure).where(MailFailure.delivery_id == delivery.id)).one()
        kept.occurred_at = at + timedelta(minutes=1)
        db.session.flush()


def make_places(count=4):
    """Everybody, and events about which they may be mailed."""
    cast = make_cast()
    for _ in range(count):
        make_issue(cast, IssueState.CLOSED)
    return cast


def names_of(member):
    return [each.person.id for each in list_unreached(actor_of(member))]


def test_a_failed_mail_is_the_liaisons_task_until_one_goes_through(arrange, visit):
    with arrange():
        cast = make_places()
        staff = cast.staff.person_id
        mail(staff, DeliveryState.SENT, days=9)
        mail(staff, DeliveryState.FAILED, days=3)
        mail(staff, DeliveryState.FAILED, days=2)
        mail(cast.manager.person_id, DeliveryState.FAILED, days=40)
        mail(cast.division.person_id, DeliveryState.FAILED)
        seen = {
            name: names_of(getattr(cast, name))
            for name in ("liaison", "other_liaison", "secretariat", "division", "staff")
        }
        assert seen == {"liaison": [staff], "other_liaison": [], "secretariat": [staff], "division": [], "staff": []}
        assert not can_see(actor_of(cast.division))
    page = visit(cast.liaison).get("/")
    assert "550 no such user" in page.soup.select_one("section[aria-labelledby=unreached]").text
    assert "上越市" in visit(cast.liaison).get("/liaison/undeliverable").main
    with arrange():
        mail(staff, DeliveryState.SENT)
        assert names_of(cast.liaison) == []
    assert visit(cast.liaison).get("/").soup.select_one("section[aria-labelledby=unreached]") is None


def test_a_new_address_leaves_the_list_at_once(arrange, visit):
    with arrange():
        cast = make_places()
        mail(cast.staff.person_id, DeliveryState.FAILED)
        assert names_of(cast.liaison) == [cast.staff.person_id]
    with arrange():
        person = db.session.get_one(Person, cast.staff.person_id)
        change_person(
            actor_of(cast.admin),
            person,
            email="new.address@joetsu.example",
            name=person.name,
            kana=person.kana,
            phone=person.phone or "",
            version=person.version,
        )
        assert names_of(cast.liaison) == []
    assert visit(cast.liaison).get("/").soup.select_one("section[aria-labelledby=unreached]") is None


def test_a_returned_mail_is_settled_by_one_that_has_not_come_back_within_a_day(arrange):
    with arrange():
        cast = make_places()
        staff = cast.staff.person_id
        mail(staff, DeliveryState.FAILED, days=3, source=FailureSource.RETURNED)
        mail(staff, DeliveryState.SENT)
        assert names_of(cast.liaison) == [staff]
        mail(staff, DeliveryState.SENT, days=1.1)
        assert names_of(cast.liaison) == []
        mail(staff, DeliveryState.FAILED, days=0.5, source=FailureSource.RETURNED)
        assert names_of(cast.liaison) == [staff]
