"""Issue at an hour: exactly as previewed, once, whoever dies meanwhile; held where something changed."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState
from portal.issuing import scheduling
from portal.issuing.models import IssuePlan
from portal.issuing.seen import pack, unpack
from portal.jobs.issuing import issue_due_guidance, tell_of_changes
from portal.notifications.models import Notification
from tests.factories.guidance import due_in, issue, make_approved, make_chief, make_drafter
from tests.factories.issuing import hour_in, plan_issue
from tests.factories.people import actor_of, make_member, organisation

RULE = AddresseeRule(include=("152226", "152048"))
LATER = timedelta(minutes=1)


def prepare(**fields):
    """An approved paper to two bodies, and the secretariat's head."""
    chief = actor_of(make_chief())
    return chief, make_approved("総行住第1号", chief, **{"addressees": RULE, **fields})


def planned(arrange, **fields) -> int:
    with arrange():
        chief, paper = prepare(**fields)
        plan_issue(chief, paper)
        return paper.id


def events(kind: str) -> int:
    return db.session.scalar(sa.select(sa.func.count(EventRecord.id)).where(EventRecord.kind == kind)) or 0


def die_after(paper: int) -> None:
    """Issue it and end before the commit."""
    with unit_of_work():
        assert scheduling.issue_planned(paper)
        raise KeyboardInterrupt


def state_of(app, guidance_id: int) -> tuple[GuidanceState, int, int]:
    """State, recipients, issues recorded."""
    with app.app_context(), unit_of_work():
        rows = sa.select(sa.func.count(Recipient.id)).where(Recipient.guidance_id == guidance_id)
        state = db.session.scalars(sa.select(Guidance.state).where(Guidance.id == guidance_id)).one()
        return state, db.session.scalar(rows) or 0, events("guidance_issued")


def test_it_goes_out_at_its_hour_and_not_before_and_only_once(arrange, app):
    paper = planned(arrange)
    with app.app_context():
        issue_due_guidance()
    assert state_of(app, paper) == (GuidanceState.SCHEDULED, 0, 0)
    with app.app_context(), clock.pretending(hour_in() + LATER):
        issue_due_guidance()
        issue_due_guidance()
    assert state_of(app, paper) == (GuidanceState.ISSUED, 2, 1)
    with app.app_context(), unit_of_work():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(IssuePlan)) == 0


def test_a_worker_killed_in_the_middle_leaves_it_planned(arrange, app):
    paper = planned(arrange)
    with app.app_context(), clock.pretending(hour_in() + LATER):
        with pytest.raises(KeyboardInterrupt):
            die_after(paper)
        db.session.close()
    assert state_of(app, paper) == (GuidanceState.SCHEDULED, 0, 0)
    with app.app_context(), clock.pretending(hour_in() + LATER):
        issue_due_guidance()
    assert state_of(app, paper) == (GuidanceState.ISSUED, 2, 1)


def test_of_two_workers_at_the_same_hour_one_issues_it(arrange, app):
    paper, barrier = planned(arrange), threading.Barrier(2)
    hour = hour_in() + LATER

    def work() -> None:
        with app.app_context(), clock.pretending(hour):
            barrier.wait(5)
            issue_due_guidance()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert state_of(app, paper) == (GuidanceState.ISSUED, 2, 1)


def test_what_changed_in_the_directory_is_told_before_and_holds_the_issue(arrange, app, tell):
    paper = planned(arrange)
    with arrange():
        organisation("152048").valid_until = hour_in().date()
        planner = db.session.get_one(IssuePlan, paper).planned_by_person_id
        drafter = db.session.get_one(Guidance, paper).drafter_person_id
    with app.app_context(), clock.pretending(hour_in() - timedelta(minutes=30)):
        tell_of_changes()
        tell_of_changes()
    with app.app_context(), unit_of_work():
        assert events("scheduled_addressees_changed") == 1  # told once for each change
    with app.app_context(), clock.pretending(hour_in() + LATER):
        issue_due_guidance()
        issue_due_guidance()
    assert state_of(app, paper) == (GuidanceState.APPROVED, 0, 0)
    tell()
    with app.app_context(), unit_of_work():
        held = db.session.scalars(sa.select(Notification).where(Notification.kind == "guidance_held")).all()
        assert {line.person_id for line in held} == {planner, drafter}
        assert held[0].facts["removed"] == 1
        assert held[0].needs_action


def test_an_hour_missed_until_the_due_date_came_near_is_held(arrange, app):
    paper = planned(arrange, reply_due_on=due_in(10))
    with app.app_context(), clock.pretending(hour_in(9)):
        issue_due_guidance()
    assert state_of(app, paper) == (GuidanceState.APPROVED, 0, 0)
    with app.app_context(), unit_of_work():
        assert (
            db.session.scalars(sa.select(EventRecord.payload).where(EventRecord.kind == "guidance_held")).one()["cause"]
            == "due"
        )


def test_the_planner_may_have_left_by_then(arrange, app):
    with arrange():
        member = make_chief()
        chief = actor_of(member)
        paper = make_approved("総行住第1号", chief, addressees=RULE)
        plan_issue(chief, paper)
        member.ends_at = clock.now() + timedelta(minutes=1)
        guidance_id = paper.id
    with app.app_context(), clock.pretending(hour_in() + LATER):
        issue_due_guidance()
    assert state_of(app, guidance_id) == (GuidanceState.ISSUED, 2, 1)


def test_hours_and_dues_are_checked(arrange):
    with arrange():
        chief, paper = prepare(reply_due_on=due_in(10))
        for wrong in (clock.now() - LATER, clock.now() + timedelta(days=500), hour_in(1, "07:00"), hour_in(11)):
            with pytest.raises(Invalid) as refused:
                plan_issue(chief, paper, wrong)
            assert refused.value.field == "issue_on"
        with pytest.raises(Invalid) as refused:
            plan_issue(chief, paper, hour_in(8))
        assert refused.value.field == "short_due_reason"
        plan_issue(chief, paper, hour_in(8, "07:00"), outside_hours=True, short_due_reason="災害対応のため")
        assert paper.state is GuidanceState.SCHEDULED


def test_who_signs_plans_changes_and_drops_it(arrange):
    with arrange():
        chief, paper = prepare()
        drafter = actor_of(make_drafter())
        with pytest.raises(Forbidden):
            plan_issue(drafter, paper)
        with pytest.raises(Conflict):
            scheduling.schedule_issue(chief, paper, issue_at=hour_in(), fingerprint="x")
        plan_issue(chief, paper)
        plan = plan_issue(chief, paper, hour_in(2))
        assert plan.issue_at == hour_in(2)
        with pytest.raises(Conflict):
            issue(chief, paper)  # what waits for its hour is not issued beside it
        with pytest.raises(Forbidden):
            scheduling.unschedule(drafter, paper)
        scheduling.unschedule(chief, paper)
        assert paper.state is GuidanceState.APPROVED
        assert issue(chief, paper) == 2
        with pytest.raises(Conflict):
            scheduling.unschedule(chief, paper)
        with pytest.raises(Conflict):
            plan_issue(chief, paper)


@pytest.mark.parametrize("cause", ["directory", "due"])
def test_the_paper_says_why_it_was_held_until_it_is_planned_anew(arrange, app, visit, cause):
    with arrange():
        member = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
        paper = make_approved("総行住第1号", actor_of(member), addressees=RULE, reply_due_on=due_in(10))
        plan_issue(actor_of(member), paper)
        address = f"/guidance/{paper.id}"
        if cause == "directory":
            organisation("152048").valid_until = hour_in().date()
    with app.app_context(), clock.pretending(hour_in(1 if cause == "directory" else 9) + LATER):
        issue_due_guidance()
    chief = visit(member)
    shown = chief.get(address).main
    assert "予約した日時に発出していません。" in shown
    assert ("減った団体1" if cause == "directory" else "回答期限が近いか過ぎているため") in shown
    assert "It was not issued at the time planned." in visit(member, locale="en").get(address).main
    with arrange():
        plan_issue(actor_of(member), db.session.get_one(Guidance, paper.id))
    assert "予約した日時に発出していません。" not in chief.get(address).main


def test_a_set_of_bodies_fits_a_page():
    ids = set(range(20, 1808)) - {77, 500}
    assert unpack(pack(ids)) == ids
    assert len(pack(ids)) < 400
    for wrong in ("", "あ", "AAAA", "eJwDAAAAAAE"):
        assert unpack(wrong) is None


def test_the_author_is_shown_what_changed_since_the_page_and_plans_on_it(arrange, visit):
    with arrange():
        member = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
        paper = make_approved("総行住第1号", actor_of(member), addressees=RULE)
        issued = make_approved("総行住第2号", actor_of(member), addressees=RULE)
        address, other = f"/guidance/{paper.id}", f"/guidance/{issued.id}"
    chief = visit(member)
    plan, now = chief.get(f"{address}/schedule"), chief.get(f"{other}/issue")
    with arrange():
        organisation("152048").valid_until = clock.now().date() - timedelta(days=3)
    for page, action in ((plan, f"{address}/schedule"), (now, f"{other}/issue")):
        changed = page.form(action).submit()
        assert changed.status == 409
        assert "減った団体 1：" in changed.main
        assert "増えた団体" not in changed.main.split("下の宛先でよければ")[0]
        done = changed.form(action).submit()
        assert done.status == 200
    assert "に発出を予約しています。" in chief.get(address).main
    assert "宛先に知らせています" in chief.get(other).main
    dropped = chief.get(f"{address}/unschedule").form(f"{address}/unschedule").submit()
    assert "決裁済に戻りました" in dropped.text
