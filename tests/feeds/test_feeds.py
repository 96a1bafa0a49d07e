"""A person's feed: what their inbox shows, behind an address that only they know and may change."""

import xml.etree.ElementTree as ET

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.feeds import service
from portal.feeds.models import FeedKey
from tests.factories.guidance import make_issued
from tests.factories.people import actor_of, make_member
from tests.notifications.conftest import tell

__all__ = ["tell"]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def reader(arrange, tell):
    """An official who was told of a paper whose title holds what XML must escape."""
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        make_issued(addressees=AddresseeRule(include=("152226",)), title="<点検> & 報告について")
    tell()
    return member


def test_the_feed_holds_what_the_inbox_shows(arrange, visit, reader):
    page = visit(reader).get("/notifications/feed").form("/notifications/feed/open").submit()
    address = page.soup.find("code").get_text()
    path = address[address.index("/feed/") :]
    got = visit(None).get(path).response
    assert got.mimetype == "application/atom+xml"
    assert "private" in got.headers["Cache-Control"]
    feed = ET.fromstring(got.data)  # noqa: S314 - our own output
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert len(titles) == 1
    assert "<点検> & 報告について" in titles[0]
    assert "点検の結果を報告" not in got.text  # no text of the paper
    link = feed.find(f"{ATOM}entry/{ATOM}link").get("href")
    assert link.startswith("http")
    again = visit(reader).get("/notifications/feed")
    assert address not in again.text


def test_a_reader_that_has_the_feed_already_gets_no_copy(arrange, visit, tell, reader):
    with arrange():
        address = f"/feed/{service.open_feed(actor_of(reader))}.atom"
    first = visit(None).get(address).response
    known = {"If-None-Match": first.headers["ETag"]}
    again = visit(None).client.get(address, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"
    assert visit(None).client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200
    with arrange():
        make_issued("総行住第79号", addressees=AddresseeRule(include=("152226",)))
    tell()
    newer = visit(None).client.get(address, headers=known)
    assert newer.status_code == 200
    assert newer.headers["ETag"] != first.headers["ETag"]


def test_only_the_digest_is_kept_and_a_new_address_ends_the_old_one(arrange, reader):
    with arrange():
        actor = actor_of(reader)
        first = service.open_feed(actor)
        assert first not in {db.session.get_one(FeedKey, actor.person_id).digest}
        feed = service.read_feed(first)
        assert feed.person.id == actor.person_id
        assert len(feed.lines) == 1
        second = service.open_feed(actor)
        with pytest.raises(NotFound):
            service.read_feed(first)
        assert service.read_feed(second).person.id == actor.person_id
        service.close_feed(actor)
        with pytest.raises(NotFound):
            service.read_feed(second)


def test_a_feed_ends_with_the_last_membership(arrange, visit, reader):
    with arrange():
        secret = service.open_feed(actor_of(reader))
        db.session.execute(
            sa.update(Membership).where(Membership.person_id == reader.person_id).values(ends_at=clock.now())
        )
    visit(None).get(f"/feed/{secret}.atom", status=404)
    visit(None).get("/feed/unknown.atom", status=404)
