"""Handover packs: what is in them, who opens which, and the note for whoever comes next."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.dashboard.handover import get_pack
from portal.directory import handover
from portal.directory.models import LiaisonAssignment
from portal.directory.roles import AssignmentRank, Role
from portal.issues.states import IssueState
from portal.liaison.content import PromiseContent
from portal.workbench.filters import save_filter
from portal.workbench.states import Sharing
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.liaison import in_days, make_note
from tests.factories.people import actor_of, make_member, organisation


def test_a_liaison_leaves_notes_and_the_successor_reads_them(arrange, visit):
    with arrange():
        cast = make_cast()
        numbers = [make_issue(cast, state).number for state in (IssueState.SUBMITTED, IssueState.CONSULTING)]
        make_issued()
        successor = cast.other_liaison
        db.session.add(
            LiaisonAssignment(
                membership_id=successor.id,
                post_id=organisation("150002").id,
                rank=AssignmentRank.DEPUTY,
                starts_at=clock.now() + timedelta(days=30),
            )
        )
    browser = visit(cast.liaison)
    assert "新潟県" in browser.get("/handover").main
    page = browser.get("/handover/posts/150002")
    assert all(number in page.main for number in numbers)
    assert "回答を待っている府省照会" in page.main
    assert "紐付け総点検の実施について" in page.main
    assert page.form().submit(text="").status == 422
    assert "市長会は毎月10日" in page.form().submit(text="**市長会は毎月10日**に連絡。").main
    read = visit(successor).get("/handover/posts/150002")
    assert "市長会は毎月10日" in read.main
    assert not any(number in read.main for number in numbers)
    visit(cast.division).get("/handover/posts/150002", status=404)
    visit(cast.staff).get("/handover")
    page = visit(cast.staff).get(f"/handover/offices/152226?section={cast.staff.section_id}")
    assert numbers[0] in page.main
    assert "見解" not in page.main
    assert "回答を待っている府省照会" not in page.main
    assert "これからの担当者" in visit(cast.chief).get("/handover/posts/150002").main


def test_pack_of_a_post_holds_promises_records_and_shared_conditions(arrange, visit):
    with arrange():
        cast = make_cast()
        liaison, today = actor_of(cast.liaison), japan_date(clock.now())
        note = make_note(cast.liaison, cast.manager, promise=PromiseContent(text="様式の例を送る", due_on=in_days(3)))
        team = (Sharing.POST, organisation("150002").id)
        shared = save_filter(liaison, name="急ぎのもの", condition={"urgency": ["urgent"]}, team=team)
        save_filter(liaison, name="自分のもの", condition={"view": ["all"]})
        pack = get_pack(liaison, handover.get_liaison_post(liaison, "150002"))
        assert [(row.text, row.due_on) for row in pack.promises] == [("様式の例を送る", today + timedelta(days=3))]
        assert [row.id for row in pack.records] == [note.id]
        assert [row.id for row in pack.filters] == [shared.id]
        assert not get_pack(actor_of(cast.manager), handover.get_office(actor_of(cast.manager), "152226")).promises
    page = visit(cast.liaison).get("/handover/posts/150002").main
    assert all(words in page for words in ("様式の例を送る", "急ぎのもの", "最近の連絡"))


def test_who_opens_which(arrange):
    with arrange():
        cast = make_cast()
        staff, manager, ministry = actor_of(cast.staff), actor_of(cast.manager), actor_of(cast.ministry)
        section, other = cast.staff.section_id, make_member("152226", Role.LOCAL_STAFF, section="税務課")
        assert handover.get_office(staff, "152226", section_id=section)
        assert handover.get_office(manager, "152226", section_id=other.section_id)
        assert handover.get_place(manager, cast.staff.id)
        assert handover.get_place(staff, cast.staff.id)
        assert handover.get_place(actor_of(cast.secretariat), cast.liaison.id)
        assert handover.get_office(ministry, "digital")
        for refused in (
            lambda: handover.get_office(staff, "152226"),
            lambda: handover.get_office(staff, "152226", section_id=other.section_id),
            lambda: handover.get_office(actor_of(cast.other_body), "152226", section_id=section),
            lambda: handover.get_office(manager, "152226", section_id=cast.prefecture.section_id),
            lambda: handover.get_place(staff, other.id),
            lambda: handover.get_place(actor_of(cast.liaison), cast.staff.id),
            lambda: handover.get_liaison_post(actor_of(cast.other_liaison), "150002"),
            lambda: handover.get_liaison_post(actor_of(cast.liaison), "152226"),
            lambda: handover.get_office(ministry, "mhlw"),
        ):
            with pytest.raises(NotFound):
                refused()


def test_pack_of_a_body_and_of_a_place(arrange):
    with arrange():
        cast = make_cast()
        issue, draft = make_issue(cast), make_issue(cast, IssueState.DRAFT)
        make_issued()
        manager = actor_of(cast.manager)
        pack = get_pack(manager, handover.get_office(manager, "152226"))
        assert [row.id for row in pack.issues] == [issue.id]
        assert [(row.unreceived, row.unanswered) for row in pack.guidance] == [(1, 1)]
        assert {row.id for row in pack.contacts} == {cast.liaison.id, cast.deputy.id}
        place = get_pack(manager, handover.get_place(manager, cast.staff.id))
        assert [row.id for row in place.drafts] == [draft.id]
        ministry = actor_of(cast.ministry)
        make_issue(cast, IssueState.CONSULTING)
        assert len(get_pack(ministry, handover.get_office(ministry, "digital")).consultations) == 1
        with pytest.raises(Invalid):
            handover.write_note(manager, pack.of, text="あ" * 5001)
