"""A paper sent on to colleagues of the same body: told to them alone, with who sent it; nobody outside sees it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.audit.queries import RecordFilter, list_entries
from portal.circulation import passing
from portal.circulation.waiting import Inside, find_inside
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.guidance.models import Guidance
from portal.guidance.records import find_own_recipient
from portal.issuing.recalling import begin_recall
from portal.notifications.models import Delivery, Notification
from portal.notifications.rights import visible_lines, who_may_see
from portal.proof.facts import event_facts, mail_facts
from tests.factories.guidance import make_chief, make_issued
from tests.factories.people import actor_of, make_member, make_section

NOTE = "係内で目を通してください。"


@pytest.fixture
def world(arrange):
    """A paper, a city with three people in two sections, and people elsewhere."""
    with arrange():
        return {
            "paper": make_issued().id,
            "citizens": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            "welfare": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
            "second": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
            "elsewhere": make_member("152021", Role.LOCAL_STAFF, section="福祉課"),
            "prefecture": make_member("150002", Role.LOCAL_MANAGER),
            "chief": make_chief(),
        }


def send(world, **given):
    actor = actor_of(world["citizens"])
    guidance = db.session.get_one(Guidance, world["paper"])
    return passing.pass_paper(actor, guidance, find_own_recipient(actor, guidance), **given)


def lines():
    return db.session.scalars(sa.select(Notification).where(Notification.kind == "paper_passed")).all()


def test_colleague_and_section_find_it_in_the_inbox_with_who_sent_it_and_get_mail_at_once(arrange, world, tell):
    with arrange():
        send(world, membership_ids=[world["welfare"].id], note=NOTE)
    tell()
    with arrange():
        line = lines()[0]
        assert [each.person_id for each in lines()] == [world["welfare"].person_id]
        assert "市民課" in line.facts["passed_by"]
        assert NOTE not in str(line.facts)
        mailed = db.session.scalars(sa.select(Delivery.person_id).where(Delivery.notification_id == line.id)).all()
        assert mailed == [world["welfare"].person_id]
        send(world, section_ids=[make_section("152226", "福祉課").id])
    tell()
    with arrange():
        told = [each.person_id for each in lines()]
        assert sorted(told) == sorted([world["welfare"].person_id] * 2 + [world["second"].person_id])


def test_the_record_holds_no_text_and_the_proof_nothing_of_it(arrange, world, tell):
    with arrange():
        send(world, membership_ids=[world["welfare"].id], note=NOTE)
    tell()
    with arrange():
        record = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "paper_passed")).one()
        assert NOTE not in str(record.payload)
        assert record.payload["to_membership_id"] == world["welfare"].id
        subject = ("guidance", world["paper"])
        assert "paper_passed" not in str(event_facts(*subject)) + str(mail_facts(*subject))
        manager = actor_of(make_member("152226", Role.LOCAL_MANAGER))
        chosen = RecordFilter(kind="paper_passed")
        assert len(list_entries(manager, chosen, None).items) == 1
        assert not list_entries(actor_of(make_member("152021", Role.LOCAL_MANAGER)), chosen, None).items


@pytest.mark.parametrize("outside", ["elsewhere", "prefecture", "chief"])
def test_nobody_outside_the_body_may_be_sent_it_or_see_that_it_was(arrange, world, tell, outside):
    with arrange():
        with pytest.raises(Invalid) as refused:
            send(world, membership_ids=[world[outside].id])
        assert refused.value.field == "membership_ids"
        send(world, membership_ids=[world["welfare"].id])
    tell()
    with arrange():
        line = lines()[0]
        stranger = actor_of(world[outside])
        assert visible_lines([stranger], [line]) == set()
        assert who_may_see(line, {stranger.person_id}) == set()
        guidance = db.session.get_one(Guidance, world["paper"])
        own = find_own_recipient(actor_of(world["citizens"]), guidance)
        assert find_inside(stranger, guidance, own) == Inside()
        with pytest.raises(Forbidden):
            passing.pass_paper(stranger, guidance, own, membership_ids=[world["welfare"].id])


def test_whoever_has_left_is_refused_and_sees_it_no_more(arrange, world, tell):
    with arrange():
        send(world, membership_ids=[world["welfare"].id])
    tell()
    with arrange():
        db.session.get_one(Membership, world["welfare"].id).ends_at = clock.now() - timedelta(minutes=1)
    with arrange():
        assert who_may_see(lines()[0], {world["welfare"].person_id}) == set()
        with pytest.raises(Invalid):
            send(world, membership_ids=[world["welfare"].id])


def test_a_recalled_paper_is_sent_on_to_nobody(arrange, world, tell):
    with arrange():
        send(world, membership_ids=[world["welfare"].id])
        chief, guidance = actor_of(world["chief"]), db.session.get_one(Guidance, world["paper"])
        begin_recall(chief, guidance, reason="宛先を誤りました。")
        with pytest.raises(Forbidden):
            send(world, membership_ids=[world["second"].id])
    tell()
    with arrange():
        assert lines() == []


def test_the_page_sends_it_names_who_sent_it_and_marks_the_line_read(visit, world, tell, arrange):
    paper = f"/guidance/{world['paper']}"
    sender = visit(world["citizens"])
    assert "庁内の方に知らせる" in sender.get(paper).main
    form = sender.get(f"{paper}/pass").form(f"{paper}/pass")
    empty = form.submit(note=NOTE)
    assert empty.status == 422
    assert "送る相手を" in empty.error_of("membership_ids")
    assert NOTE in empty.main
    page = empty.form(f"{paper}/pass").submit(membership_ids=[str(world["welfare"].id)])
    assert "に送りました。" in page.text
    tell()
    reader = visit(world["welfare"])
    assert "庁内の方から通知等が送られました" in reader.get("/inbox").main
    assert NOTE in reader.get(paper).main
    with arrange():
        assert lines()[0].read_at is not None
    for name in ("elsewhere", "prefecture", "chief"):
        assert NOTE not in visit(world[name]).get(paper).main
    visit(world["chief"]).get(f"{paper}/pass", status=404)


def test_a_number_that_may_be_personal_is_refused_without_repeating_it(visit, world):
    paper = f"/guidance/{world['paper']}"
    form = visit(world["citizens"]).get(f"{paper}/pass").form(f"{paper}/pass")
    page = form.submit(note="マイナンバー 123456789018", membership_ids=[str(world["welfare"].id)])
    assert page.status == 422
    assert page.error_of("note") != ""
