"""A person who is transferred between the issue and the receipt: the paper stays with the body and its section."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.guidance.models import Receipt, Recipient
from portal.notifications.models import Notification
from portal.notifications.rights import who_may_see
from tests.factories.guidance import make_issued
from tests.factories.people import make_member
from tests.notifications.conftest import tell

__all__ = ["tell"]


@pytest.fixture
def world(arrange, tell):
    """A paper that was told to an official, who is then transferred to a body that it was not addressed to."""
    with arrange():
        leaver = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        paper = make_issued().id
    tell()
    with arrange():
        now = clock.now()
        db.session.get_one(Membership, leaver.id).ends_at = now - timedelta(seconds=1)
        elsewhere = make_member("011002", Role.LOCAL_STAFF, section="市民課")
        elsewhere.person_id = leaver.person_id
        db.session.flush()
        follower = make_member("152226", Role.LOCAL_STAFF, section="市民課")
    return {"paper": paper, "leaver": leaver, "elsewhere": elsewhere, "follower": follower}


def test_the_body_has_yet_to_receive_it_and_whoever_came_does(arrange, visit, world):
    address = f"/guidance/{world['paper']}"
    follower = visit(world["follower"])
    assert "紐付け総点検の実施について" in follower.get("/guidance/desk?tray=receive").main
    page = follower.get(f"{address}/receive").form().submit(section_name="市民課", receipt_number="上市第1024号")
    assert "市民課で受領しました。" in page.text
    with arrange():
        receipt = db.session.scalars(sa.select(Receipt)).one()
        assert receipt.received_by_person_id == world["follower"].person_id
        assert (receipt.section_name, receipt.receipt_number) == ("市民課", "上市第1024号")


def test_whoever_left_sees_and_receives_it_no_more_and_is_not_told_again(arrange, visit, world):
    address = f"/guidance/{world['paper']}"
    gone = visit(world["elsewhere"])
    gone.get(address, status=404)
    gone.get(f"{address}/receive", status=404)
    assert "紐付け総点検の実施について" not in gone.get("/inbox").main
    with arrange():
        line = db.session.scalars(
            sa.select(Notification).where(Notification.person_id == world["leaver"].person_id)
        ).one()
        assert who_may_see(line, {line.person_id}) == set()
        assert (
            db.session.scalars(sa.select(Recipient.received_at).where(Recipient.received_at.is_not(None))).all() == []
        )


def test_a_receipt_stays_when_its_receiver_leaves(arrange, visit, world):
    address = f"/guidance/{world['paper']}"
    visit(world["follower"]).get(f"{address}/receive").form().submit(section_name="市民課", receipt_number="上市第1号")
    with arrange():
        db.session.get_one(Membership, world["follower"].id).ends_at = clock.now()
        last = make_member("152226", Role.LOCAL_MANAGER)
    page = visit(last).get(address)
    assert "上市第1号" in page.main
    assert "市民課" in page.main
