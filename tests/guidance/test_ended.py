"""Papers that were replaced, abolished or recalled ask nothing of anybody, wherever they are still shown."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.dashboard.queries import get_home
from portal.directory.roles import Role
from portal.forwarding import service as forwarding
from portal.guidance import receiving, service
from portal.guidance.models import Guidance
from portal.guidance.records import find_own_recipient
from portal.guidance.states import GuidanceState, ResponseState
from portal.issuing.recalling import begin_recall, conclude_recall
from portal.notifications.dues import list_dues
from portal.notifications.models import Delivery, DeliveryState
from portal.notifications.queries import InboxView, list_inbox
from portal.notifications.sending_progress import stop_mails
from tests.factories.circulation import send_to
from tests.factories.guidance import due_in, make_chief, make_drafter, make_issued, make_review
from tests.factories.people import actor_of, make_member
from tests.factories.revisions import issue_draft, make_next_edition
from tests.notifications.conftest import mailing, send, sink, tell

__all__ = ["mailing", "send", "sink", "tell"]
BODIES = AddresseeRule(include=("152226", "150002"))
ENDS = ("superseded", "abolished", "recalled")


def end(guidance_id: int, how: str) -> None:
    chief, paper = actor_of(make_chief()), db.session.get_one(Guidance, guidance_id)
    if how == "superseded":
        issue_draft(make_next_edition(paper), "総行住第79号")
    elif how == "abolished":
        service.abolish_guidance(chief, paper, reason="役目を終えました。")
    else:
        recall = begin_recall(chief, paper, reason="宛先を誤りました。")
        conclude_recall(chief, recall, stop_mails(guidance_id))
    assert paper.state is GuidanceState(how)


@pytest.fixture
def city(arrange):
    with arrange():
        return make_member("152226", Role.LOCAL_STAFF, section="市民課")


@pytest.fixture
def prefecture(arrange):
    with arrange():
        return make_member("150002", Role.LOCAL_STAFF, section="市町村課")


@pytest.fixture
def paper(arrange, city, prefecture):
    """A request due in two days, with the prefecture's note and its due date."""
    with arrange():
        found = make_issued(addressees=BODIES, reply_due_on=due_in(5))
        actor = actor_of(prefecture)
        own = find_own_recipient(actor, found)
        forwarding.forward_guidance(actor, found, own, note="県分は別に照会します。", due_on=due_in(4))
        return found.id


@pytest.mark.parametrize("how", ENDS)
def test_pages_ask_nothing_and_count_no_days(visit, arrange, paper, city, prefecture, *, how):
    with arrange():
        send_to(actor_of(city), db.session.get_one(Guidance, paper), "市民課", due_on=due_in(3))
    assert "未受領" in visit(city).get("/guidance").main
    assert "未受領" in visit(prefecture).get(f"/guidance/{paper}/recipients").main
    with arrange():
        end(paper, how)
    row = next(
        each for each in visit(city).get("/guidance").soup.select("tbody tr") if "総行住第78号" in each.get_text()
    )
    assert "未受領" not in row.get_text()
    assert [cell.get_text(strip=True) for cell in row.find_all("td")][4:] == ["—", "—"]
    for address in (f"/guidance/{paper}", "/guidance/parts?show=done", f"/guidance/{paper}/parts"):
        page = visit(city).get(address)
        assert "紐付け総点検の実施について" in page.main, address
        assert not page.soup.select("main .due"), address
        assert "未受領" not in page.main, address
    assert "総行住第78号" not in visit(city).get("/guidance?waiting=unreceived").main
    bodies = visit(prefecture).get(f"/guidance/{paper}/recipients")
    assert "未受領" not in "".join(chip.get_text() for chip in bodies.soup.select("main table .chip"))
    news = [each.get_text(" ", strip=True) for each in visit(prefecture).get("/").soup.select("main .resource-list li")]
    [told] = [each for each in news if "総行住第78号" in each]
    assert GuidanceState(how).ja in told
    assert "受領" not in told
    with arrange():
        assert paper not in [each.guidance.id for each in get_home(actor_of(prefecture)).area]


@pytest.mark.parametrize("how", ENDS)
def test_a_line_about_it_is_no_task_any_more(arrange, tell, paper, city, how):
    tell()
    with arrange():
        actor = actor_of(city)
        assert [line.needs_action for line in list_inbox(actor, InboxView.ACTION)]
        assert list_dues(actor.person_id, japan_date(clock.now()) + timedelta(days=5), since=due_in(5))
        end(paper, how)
        assert not list_inbox(actor, InboxView.ACTION).items
        lines = list_inbox(actor).items
        assert lines
        assert not any(line.needs_action or line.due_on for line in lines)
        assert not list_dues(actor.person_id, japan_date(clock.now()) + timedelta(days=5), since=due_in(5))


def test_a_line_about_an_issue_asks_nothing_once_the_body_received_and_answered(arrange, tell, paper, city, prefecture):
    tell()
    with arrange():
        actor, issued = actor_of(city), db.session.get_one(Guidance, paper)
        receiving.respond_to_guidance(actor, issued, state=ResponseState.REPLIED, text="回答")
        assert list_inbox(actor, InboxView.ACTION).items  # not received yet
        receiving.receive_guidance(actor, issued, section_name="市民課")
        assert not list_inbox(actor, InboxView.ACTION).items
        assert not any(line.needs_action or line.due_on for line in list_inbox(actor).items)
        assert list_inbox(actor_of(prefecture), InboxView.ACTION).items


def test_a_paper_from_before_the_portal_is_due_for_nobody(arrange, paper, city):
    with arrange():
        person_id = actor_of(city).person_id
        day = japan_date(clock.now()) + timedelta(days=5)
        assert list_dues(person_id, day, since=day)
        db.session.get_one(Guidance, paper).taken_over_at = clock.now()
        db.session.flush()
        assert not list_dues(person_id, day, since=day)


@pytest.mark.parametrize("how", ENDS)
def test_a_mail_that_asks_in_vain_is_not_sent(arrange, tell, send, sink, *, paper, how):
    tell()
    with arrange():
        waiting = set(db.session.scalars(sa.select(Delivery.state)))
        end(paper, how)
    assert waiting == {DeliveryState.PENDING}
    send()
    assert not [mail["Subject"] for mail in sink.messages() if "要対応" in mail["Subject"]]
    with arrange():
        assert DeliveryState.DROPPED in set(db.session.scalars(sa.select(Delivery.state)))


def test_what_a_review_asked_is_asked_no_more_once_it_is_over(arrange, tell):
    with arrange():
        drafter, chief = actor_of(make_drafter()), actor_of(make_chief())
        paper_id = make_review(drafter).id
    tell()
    with arrange():
        assert [line.needs_action for line in list_inbox(chief, InboxView.ACTION)] == [True]
        service.return_to_draft(chief, db.session.get_one(Guidance, paper_id), reason="期限を延ばすこと")
    tell()
    with arrange():
        assert list_inbox(chief, InboxView.ACTION).items == []
        assert len(list_inbox(drafter, InboxView.ACTION).items) == 1
        service.send_for_review(drafter, db.session.get_one(Guidance, paper_id))
    tell()
    with arrange():
        assert list_inbox(drafter, InboxView.ACTION).items == []
        service.approve_guidance(chief, db.session.get_one(Guidance, paper_id), document_number="総行住第78号")
    with arrange():
        assert list_inbox(chief, InboxView.ACTION).items == []
