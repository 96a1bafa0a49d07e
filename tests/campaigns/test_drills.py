"""Drills: every page about one says so, and nothing outside of them counts or alarms."""

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.core.db import db
from portal.dashboard.campaigns import list_area_parts, list_running
from portal.decisions import policy as decisions_policy
from portal.directory.roles import Role
from portal.inspections import policy as inspections_policy
from portal.inspections.snapshots import enter_snapshot
from portal.inspections.states import LeakState
from portal.jobs.tasks import tell_event
from portal.liaison.day_sheet import get_day_sheet
from portal.notifications.dispatch import list_unhandled
from portal.notifications.models import Notification
from portal.reporting.reports import ReportTexts, edit_report
from tests.factories.campaigns import answer, entry_of, make_author, make_running
from tests.factories.inspections import day, figures
from tests.factories.people import actor_of, make_liaison, make_member, organisation
from tests.factories.reporting import make_report

BODY = "152226"
OF_HEADQUARTERS = (
    "", "bodies", "extensions", "decisions", "targets", "progress", "figures", "reports", "reports/new", "reports/1",
    "reports/1/edit", "reports/1/check", "late", "publications", "reminders", "proof", "extend", "close", "preview",
    "entries/{entry}", "entries/{entry}/decision", "entries/{entry}/progress", "entries/{entry}/history",
)  # fmt: skip
OF_BODIES = (
    "", "answers", "answers/extension", "answers/sections", "reply/edit", "workbook", "progress", "targets",
    "decisions", "entries/{entry}", "entries/{entry}/decision", "entries/{entry}/progress", "figures",
)  # fmt: skip


@pytest.fixture
def drill(arrange):
    """A running drill with an answer, a leak that was made up and a report."""
    with arrange():
        campaign = make_running(is_drill=True)
        people = {
            "office": make_member("juumin", Role.DIVISION),
            "manager": make_member(BODY, Role.LOCAL_MANAGER),
            "prefecture": make_member("150002", Role.LOCAL_STAFF),
            "liaison": make_liaison("150002"),
            "secretariat": make_member("secretariat", Role.SECRETARIAT),
            "executive": make_member("hq", Role.EXECUTIVE),
        }
        entry = answer(campaign, entry_of(campaign), routes=["b"])
        found = {"mislinks": 2, "causes": {"input": 2}, "confirmed": 2, "mismatched": 2}
        manager = actor_of(people["manager"])
        enter_snapshot(manager, entry, figures(**found, leak=LeakState.INVESTIGATING), day())
        make_report(campaign)
        return {"id": campaign.id, "entry": entry.id, **people}


def of(drill) -> Campaign:
    return db.session.get_one(Campaign, drill["id"])


def test_every_page_about_a_drill_says_so(visit, drill):
    office, manager = visit(drill["office"]), visit(drill["manager"])
    pages = [(office, each) for each in OF_HEADQUARTERS] + [(manager, each) for each in OF_BODIES]
    for visitor, path in pages:
        page = visitor.get(f"/campaigns/{drill['id']}/{path.format(**drill)}".rstrip("/"), budget=20)
        assert len(page.soup.select(".drill-stripe")) == 1, path


def test_titles_of_a_drill_are_marked_where_others_stand_beside(visit, drill, arrange):
    assert "訓練" in visit(drill["office"]).get("/campaigns").main
    assert "【訓練】マイナンバー紐付け総点検" in visit(drill["manager"]).get("/").main
    assert "【訓練】" in visit(drill["office"]).get(f"/campaigns/{drill['id']}/reports").main
    with arrange():
        report = make_report(of(drill))
        edit_report(make_author(), of(drill), report, ReportTexts(title="中間報告"))
        assert report.title == "【訓練】中間報告"
        edit_report(make_author(), of(drill), report, ReportTexts(title=report.title))
        assert report.title == "【訓練】中間報告"


def test_no_figure_and_no_list_of_calls_counts_a_drill(drill, arrange):
    with arrange():
        for name in ("secretariat", "executive", "liaison"):
            actor = actor_of(drill[name])
            assert list_running(actor, with_alarms=True) == []
            assert list_area_parts(actor) == []
        assert get_day_sheet([organisation("150002")]).items == []


def test_what_a_drill_makes_up_alarms_nobody_but_its_office(app, drill, arrange):
    with arrange():
        waiting = list_unhandled()
    with app.app_context():
        for event_id in waiting:
            tell_event(event_id)
    with arrange():
        lines = db.session.scalars(
            sa.select(Notification).where(Notification.kind.in_(("leak_reported", "mislink_reported")))
        ).all()
        told = {line.person_id for line in lines}
        assert drill["office"].person_id in told
        assert not told & {drill["liaison"].person_id, drill["secretariat"].person_id}
        assert not any(line.is_urgent for line in lines)
        assert all(line.facts["title"].startswith("【訓練】") for line in lines)


def test_a_drill_opens_no_issue_and_no_paper(visit, drill, arrange):
    with arrange():
        manager, office = actor_of(drill["manager"]), actor_of(drill["office"])
        entry = entry_of(of(drill))
        assert not inspections_policy.can_raise_issue(manager, of(drill), entry)
        assert not decisions_policy.can_publish_targets(office, of(drill))
    targets = visit(drill["office"]).get(f"/campaigns/{drill['id']}/targets")
    assert not targets.has_form("/targets/paper")
    assert visit(drill["office"]).post_with_token(f"/campaigns/{drill['id']}/targets/paper").status == 403
    page = visit(drill["manager"]).get(f"/campaigns/{drill['id']}/entries/{drill['entry']}/progress")
    assert "課題・照会として報告する" not in page.main
