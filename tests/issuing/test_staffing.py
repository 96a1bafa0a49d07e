"""Whom a paper reaches in a body, and what the body was asked already."""

from datetime import timedelta

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db
from portal.directory.models import Duty, Membership
from portal.directory.roles import Role
from portal.guidance.models import Recipient
from portal.guidance.states import Nature, ResponseState
from portal.issuing.asking import find_asking, likeness
from portal.issuing.staffing import count_staffing, list_staffing
from portal.issuing.states import Staffing
from portal.notifications.models import Notification
from tests.factories.absences import make_absence
from tests.factories.guidance import due_in, make_approved, make_draft, make_drafter, make_issued
from tests.factories.people import actor_of, make_member, make_section
from tests.factories.revisions import make_next_edition

BODIES = ("152226", "152048", "152021", "151009")


def worker(code: str, *duties: str, section: str = "市民課") -> Membership:
    member = make_member(code, Role.LOCAL_STAFF, section=section)
    db.session.refresh(member, ["duties"])
    member.duties = list(db.session.scalars(sa.select(Duty).where(Duty.code.in_(duties))))
    db.session.flush()
    return member


def bodies() -> dict[str, Membership]:
    """One with the duty, one with a general desk alone, one with neither, one with nobody."""
    make_section("152048", "総務課").is_general_desk = True
    members = {
        "duty": worker("152226", "resident"),
        "other": worker("152226", "tax"),
        "desk": worker("152048", "tax", section="総務課"),
        "beside": worker("152048", "tax"),
        "any": worker("152021", "tax"),
    }
    db.session.flush()
    return members


def test_a_paper_reaches_the_duty_else_the_desk_else_everybody(arrange):
    with arrange():
        members = bodies()
        rule = AddresseeRule(include=BODIES, duties=("resident", "card"))
        desks = {desk.body.code: desk for desk in list_staffing(rule)}

        assert count_staffing(rule) == dict.fromkeys(set(Staffing) - {Staffing.ALL}, 1)
        assert [member.id for member in desks["152226"].members] == [members["duty"].id]
        assert [member.id for member in desks["152048"].members] == [members["desk"].id]
        assert [member.id for member in desks["152021"].members] == [members["any"].id]
        assert desks["151009"].staffing is Staffing.NOBODY
        assert [desk.body.code for desk in list_staffing(rule, only=Staffing.DESK)] == ["152048"]
        assert count_staffing(AddresseeRule(include=BODIES)) == {Staffing.ALL: 3, Staffing.NOBODY: 1}


def test_whoever_is_away_counts_only_while_somebody_stands_in(arrange):
    with arrange():
        alone = worker("152226", "resident")
        make_absence(alone)
        rule = AddresseeRule(include=("152226",), duties=("resident",))

        assert count_staffing(rule) == {Staffing.NOBODY: 1}
        worker("152226", "resident")
        assert count_staffing(rule) == {Staffing.DUTY: 1}


def test_the_issue_is_told_to_those_whom_the_page_named(arrange, app, tell):
    with arrange():
        members = bodies()
        make_issued(addressees=AddresseeRule(include=BODIES, duties=("resident",)))
    tell()
    with app.app_context():
        told = set(db.session.scalars(sa.select(Notification.person_id).where(Notification.kind == "guidance_issued")))
        expected = {members[name].person_id for name in ("duty", "desk", "any")}
        assert told & {member.person_id for member in members.values()} == expected


def test_what_was_asked_within_a_year_and_what_is_open_is_counted_for_the_same_bodies(arrange):
    with arrange():
        rule, some = AddresseeRule(include=BODIES), AddresseeRule(include=("152226",), duties=("tax",))
        with clock.pretending(clock.now() - timedelta(days=400)):
            make_issued("総行住第1号", title="窓口の処理件数の調査について", addressees=rule)
        with clock.pretending(clock.now() - timedelta(days=200)):
            same = make_issued("総行住第2号", title="窓口の処理件数の調査について（令和8年度）", addressees=rule)
        make_issued("総行住第3号", title="別の県への依頼について", addressees=AddresseeRule(include=("131016",)))
        make_issued("総行住第4号", title="課税台帳の整備状況について", addressees=some)
        informed = {"nature": Nature.INFORMATION, "reply_due_on": None}
        make_issued("総行住第5号", title="窓口の処理件数について", addressees=rule, **informed)
        answered = db.session.scalars(
            sa.select(Recipient).where(Recipient.guidance_id == same.id, Recipient.organisation_code == "152226")
        ).one()
        answered.response = ResponseState.REPLIED
        db.session.flush()
        drafter = actor_of(make_drafter())
        asking = find_asking(drafter, make_draft(drafter, title="窓口の処理件数の調査について", addressees=rule))
        for_tax = AddresseeRule(include=BODIES, duties=("resident",))
        other = find_asking(drafter, make_draft(drafter, title="全く違う照会", addressees=for_tax))

        assert [(each.document_number, each.shared, each.still_open) for each in asking.same] == [("総行住第2号", 4, 3)]
        assert {each.document_number: each.still_open for each in asking.load} == {"総行住第2号": 3, "総行住第4号": 1}
        assert (asking.total, asking.most) == (2, 1)
        assert other.same == []
        assert [each.document_number for each in other.load] == ["総行住第2号"]  # 税務 is no matter of 住民基本台帳


def test_what_a_new_edition_replaces_is_no_second_request(arrange):
    with arrange():
        bodies()
        old = make_issued("総行住第1号", title="処理件数の調査について", addressees=AddresseeRule(include=BODIES))
        edition = make_next_edition(old, keeps_due=True)
        asking = find_asking(actor_of(make_drafter()), edition)
        assert (asking.same, asking.load, asking.total) == ([], [], 0)


def test_titles_are_alike_by_their_pairs_of_characters():
    assert likeness("窓口の処理件数の調査について", "窓口における処理件数の調査について") > 0.7
    assert likeness("窓口の処理件数の調査について", "被災者台帳の整備について") < 0.5
    assert likeness("", "") == 0.0


def test_the_page_of_the_issue_says_it_all(arrange, visit):
    with arrange():
        bodies()
        with clock.pretending(clock.now() - timedelta(days=100)):
            make_issued("総行住第1号", title="処理件数の調査について", addressees=AddresseeRule(include=BODIES))
        chief = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
        rule = AddresseeRule(include=BODIES, duties=("resident",))
        paper = make_approved("総行住第2号", actor_of(chief), title="処理件数の調査について（再）", addressees=rule)
        address = f"/guidance/{paper.id}"
    page = visit(chief).get(f"{address}/issue")
    assert "受け取る人がいない団体が1団体あります。" in page.main
    assert "担当区分をもつ人がいない団体が2団体あります。" in page.main
    assert "この1年以内に似た依頼をしています。" in page.main
    assert "回答待ちの依頼：1件（最も多い団体で1件）" in page.main
    assert "見附市" not in visit(chief).get(f"{address}/addressees/staffing?way=nobody").main
    assert "市民課" in visit(chief).get(f"{address}/addressees/staffing").main


def test_the_drafter_reads_it_before_the_review(arrange, visit):
    with arrange():
        bodies()
        rule, drafter = AddresseeRule(include=BODIES), make_drafter()
        make_issued("総行住第1号", title="処理件数の調査について", addressees=rule)
        paper = make_draft(
            actor_of(drafter), title="処理件数の調査について（再）", addressees=rule, reply_due_on=due_in(2)
        )
        address = f"/guidance/{paper.id}/send-for-review"
    page = visit(drafter).get(address)
    assert "受け取る人がいない団体が1団体あります。" in page.main
    assert "この1年以内に似た依頼をしています。" in page.main
    assert "回答期限まで3営業日ありません。" in page.main
