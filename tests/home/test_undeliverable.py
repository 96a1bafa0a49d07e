"""People whom no mail reaches, shown to the liaison of their body until a mail goes through."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.dashboard.undeliverable import can_see, list_unreached
from portal.issues.states import IssueState
from portal.notifications.models import Delivery, DeliveryState
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of


def mail(person_id, state, *, days=0):
    """A mail of so many days ago that came to this."""
    taken = sa.select(Delivery.event_id).where(Delivery.person_id == person_id)
    event_id = db.session.scalars(sa.select(EventRecord.id).where(EventRecord.id.not_in(taken)).limit(1)).one()
    at = clock.now() - timedelta(days=days)
    delivery = Delivery(
        event_id=event_id, person_id=person_id, state=state, not_before_at=at, created_at=at, error="550 no such user"
    )
    db.session.add(delivery)
    db.session.flush()


def test_a_failed_mail_is_the_liaisons_task_until_one_goes_through(arrange, visit):
    with arrange():
        cast = make_cast()
        for _ in range(2):
            make_issue(cast, IssueState.CLOSED)
        staff = cast.staff.person_id
        mail(staff, DeliveryState.SENT, days=9)
        mail(staff, DeliveryState.FAILED, days=3)
        mail(staff, DeliveryState.FAILED, days=2)
        mail(cast.manager.person_id, DeliveryState.FAILED, days=40)
        mail(cast.division.person_id, DeliveryState.FAILED)
        seen = {
            name: [each.person.id for each in list_unreached(actor_of(getattr(cast, name)))]
            for name in ("liaison", "other_liaison", "secretariat", "division", "staff")
        }
        assert seen == {"liaison": [staff], "other_liaison": [], "secretariat": [staff], "division": [], "staff": []}
        assert not can_see(actor_of(cast.division))
    page = visit(cast.liaison).get("/")
    assert "550 no such user" in page.soup.select_one("section[aria-labelledby=unreached]").text
    assert "上越市" in visit(cast.liaison).get("/liaison/undeliverable").main
    with arrange():
        mail(staff, DeliveryState.SENT)
        assert list(list_unreached(actor_of(cast.liaison))) == []
    assert visit(cast.liaison).get("/").soup.select_one("section[aria-labelledby=unreached]") is None
