"""The targets on the pages: set by an administrator, shown to the body, stopped and resumed."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.escalation.models import Escalation
from portal.escalation.steps import Step
from portal.issues import service
from portal.issues.models import Issue, IssueClock
from portal.issues.states import IssueState
from portal.targets.queries import get_rules
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of


@pytest.fixture
def cast(arrange):
    with arrange():
        return make_cast()


def test_administrator_sets_targets_and_lists_a_closed_day(visit, arrange, cast):
    admin, day = visit(cast.admin), add_business_days(japan_date(clock.now()), 30)
    page = admin.get("/administration/targets/edit").form("/administration/targets/edit").submit(answered_days="100")
    assert page.status == 422
    assert "1から60までの数字を入力してください。" in page.main
    page = admin.get("/administration/targets/edit").form("/administration/targets/edit").submit(answered_days="１２")
    assert "12営業日" in page.main
    page = admin.get("/administration/closed-days/new").form("/administration/closed-days/new")
    page = page.submit(**{"closed_on": day.isoformat(), "reason": "臨時の休日"})
    assert "臨時の休日" in page.main
    with arrange():
        rules = get_rules()
    assert rules.targets.answered_days == 12
    assert day in rules.closures
    record = admin.get("/audit?kind=targets_set").main
    assert "目標の変更" in record
    assert "閉庁日を取り消しました" in page.form("/remove").submit().text
    assert "目標を変更する" not in visit(cast.auditor).get("/administration/targets").main


def test_everyone_sees_how_the_targets_stand_and_why_a_clock_was_stopped(visit, arrange, cast):
    with arrange():
        issue = make_issue(cast, IssueState.ASSIGNED)
        late = make_issue(cast, IssueState.ASSIGNED, title="遅れているもの")
        row = db.session.get_one(IssueClock, late.id)
        row.answered_due_on = db.session.get_one(Issue, late.id).due_on = add_business_days(japan_date(clock.now()), -3)
        db.session.add(
            Escalation(issue_id=late.id, step=Step.ANSWERED_MISSED, round=1, raised_at=clock.now(), bodies=None)
        )
    staff, division = visit(cast.staff), visit(cast.division)
    address, until = f"/issues/{issue.number}", japan_date(clock.now()) + timedelta(days=5)
    page = staff.get(f"/issues/{late.number}").main
    assert "目標超過" in page
    assert "営業日超過" in page
    assert "所属長に知らせました" not in page
    assert "所属長に知らせました" in division.get(f"/issues/{late.number}").main
    assert "回答：目標超過" in staff.get("/issues").main

    form = division.get(f"{address}/stop-clock").form(f"{address}/stop-clock")
    page = form.submit(reason="法改正の施行を待っています。", expected_on=until.isoformat())
    assert "時計を止めました" in page.text
    page = staff.get(address).main
    assert "法改正の施行を待っています。" in page
    assert "時計停止中" in page
    assert "時計を再開する" not in page
    assert "時計を再開しました" in division.get(address).form("/resume-clock").submit().text
    assert "時計を止めています" not in staff.get(address).main


def test_answers_within_the_target_are_cut_and_shown_by_division(visit, arrange, cast):
    with arrange():
        for _ in range(2):
            make_issue(cast, IssueState.ANSWERED)
        late = make_issue(cast, IssueState.ASSIGNED)
        db.session.get_one(IssueClock, late.id).answered_due_on = japan_date(clock.now()) - timedelta(days=1)
        service.answer_officially(actor_of(cast.division_head), late, text="次のとおりです。")
    page = visit(cast.executive).get("/").main
    assert "66.6%" in page
    assert "マイナンバー制度支援室" in page
    assert "66.6%" in visit(cast.chief).get("/").main
    assert "66.6%" not in visit(cast.manager).get("/").main
