"""Campaigns on the home pages: what each role is asked to do, in its order, within the page's budget."""

from datetime import timedelta

from portal.answering import compiling, extending, submitting
from portal.campaigns import publishing
from portal.campaigns.states import CampaignKind
from portal.core.db import db
from portal.dashboard.campaign_tasks import CampaignAction, list_campaign_steps
from portal.dashboard.campaigns import find_inspection, list_running
from portal.directory.roles import Role
from portal.inspections.snapshots import enter_snapshot
from portal.inspections.states import LeakState
from tests.factories import inspections
from tests.factories.campaigns import (
    answer,
    entry_of,
    in_days,
    make_author,
    make_campaign,
    make_manager,
    make_running,
    participation_of,
)
from tests.factories.people import actor_of, make_liaison, make_member
from tests.factories.reporting import make_ready, make_report
from tests.home.test_routes import JOETSU, ROLES, member_of, put_many

PREFECTURE, NEIGHBOUR = "150002", "152048"


def steps_of(member) -> list[tuple[CampaignAction, int]]:
    return [(each.action, each.count) for each in list_campaign_steps(actor_of(member))]


def make_busy():
    """A survey, an inspection with a leak, and a draft in review: something for every role."""
    campaign = make_running()
    manager = make_manager(JOETSU)
    answer(campaign, entry_of(campaign), manager)
    compiling.return_answers(
        actor_of(make_member(PREFECTURE, Role.LOCAL_STAFF)), campaign, entry_of(campaign), reasons={"": "再確認"}
    )
    answer(campaign, entry_of(campaign, NEIGHBOUR))
    extending.ask_extension(manager, campaign, participation_of(campaign), wanted_on=in_days(30), reason="集計のため")
    running = inspections.make_inspection((JOETSU, NEIGHBOUR), title="点検中")
    entry = inspections.entry_of(running)
    enter_snapshot(manager, entry, inspections.found(leak=LeakState.INVESTIGATING), inspections.day(20))
    author = make_author()
    publishing.ask_review(author, make_campaign(author, title="確認を待つ点検", again_reason="2回目"))
    return campaign, running


def test_home_keeps_its_budget_for_every_role_with_campaigns(visit, arrange):
    with arrange():
        put_many(make_member(JOETSU, Role.LOCAL_STAFF))
        make_busy()
        members = [member_of(code, role) for code, role in ROLES]
    for member in members:
        assert visit(member, "en").get("/", budget=15).h1


def test_a_body_sees_what_came_back_and_what_it_has_not_answered(visit, arrange):
    with arrange():
        make_busy()
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        found = dict(steps_of(member))
        assert found[CampaignAction.CORRECT] == 1
        assert found[CampaignAction.ANSWER] > 5
        assert found[CampaignAction.REPORT] == 1  # the figures are twenty days old
    page = visit(member).get("/")
    assert "差戻しを直す" in page.main
    assert "進捗を登録する" in page.main
    assert "マイナンバー紐付け総点検" in page.main


def test_fresh_figures_and_a_kept_reply_number_ask_for_nothing(arrange):
    with arrange():
        running = inspections.make_inspection((JOETSU,), document_number="総行住第98号")
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        assert steps_of(member) == [(CampaignAction.REPORT, 1), (CampaignAction.NUMBER, 0)]
        entry = inspections.entry_of(running)
        enter_snapshot(make_manager(JOETSU), entry, inspections.figures(), inspections.day(3))
        entry.participation.reply_number = "上市第1号"
        db.session.flush()
        assert steps_of(member) == []


def test_what_is_put_off_or_has_ended_is_not_asked_for(arrange):
    with arrange():
        survey = make_running(CampaignKind.SURVEY)
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        assert steps_of(member) == [(CampaignAction.ANSWER, 1)]
        submitting.put_off(
            make_manager(JOETSU), survey, entry_of(survey, procedure="whole"), until=in_days(3), reason="確認中"
        )
        assert steps_of(member) == []
        publishing.close_campaign(make_author(), survey)
        assert steps_of(make_member(NEIGHBOUR, Role.LOCAL_STAFF)) == []


def test_a_prefecture_compiles_and_sees_the_silent(arrange):
    with arrange():
        campaign, _ = make_busy()
        member = make_member(PREFECTURE, Role.LOCAL_STAFF)
        assert (CampaignAction.COMPILE, 1) in steps_of(member)
        assert CampaignAction.CALL not in dict(steps_of(member))
        campaign.survey_due_on = in_days(-1)
        db.session.flush()
        assert dict(steps_of(member))[CampaignAction.CALL] == 30  # the municipalities; the prefecture is no other
        assert CampaignAction.COMPILE not in dict(steps_of(make_member("130001", Role.LOCAL_STAFF)))


def test_a_liaison_sees_silent_bodies_and_leaks_of_the_own_posts(visit, arrange):
    with arrange():
        campaign, _ = make_busy()
        campaign.survey_due_on = in_days(-1)
        db.session.flush()
        liaison, other = make_liaison(PREFECTURE), make_liaison("130001")
        found = list_campaign_steps(actor_of(liaison))
        assert {each.action for each in found} == {CampaignAction.CALL, CampaignAction.LOOK_INTO}
        assert any(each.is_leak for each in found)
        assert steps_of(other) == []
    page = visit(liaison).get("/")
    assert "漏えい・紐付け誤りを確かめる" in page.main


def test_headquarters_decide_on_drafts_and_extensions(arrange):
    with arrange():
        make_busy()
        approver = make_member("secretariat", Role.SECRETARIAT, is_approver=True)
        clerk = make_member("secretariat", Role.SECRETARIAT)
        other = make_member("zaisei", Role.DIVISION)
        assert steps_of(approver) == [(CampaignAction.DECIDE_EXTENSIONS, 1), (CampaignAction.PUBLISH, 0)]
        assert steps_of(clerk) == [(CampaignAction.DECIDE_EXTENSIONS, 1)]
        assert steps_of(other) == []


def test_whoever_publishes_is_told_of_reports_that_others_wrote(visit, arrange):
    with arrange():
        campaign = inspections.make_inspection((JOETSU,), title="点検中")
        make_report(campaign)
        make_ready(campaign)
        approver = make_member("secretariat", Role.SECRETARIAT, is_approver=True)
        assert steps_of(approver) == [(CampaignAction.PUBLISH_REPORTS, 1)]
        assert steps_of(make_member("secretariat", Role.SECRETARIAT)) == []
    page = visit(approver).get("/")
    assert "報告の案 1件" in page.main
    assert page.soup.find("a", string="報告を確認して公表する")["href"].endswith("/reports")


def test_figures_of_what_runs(visit, arrange):
    with arrange():
        make_busy()
        make_running(CampaignKind.SURVEY, is_drill=True, title="訓練の調査", again_reason="訓練")
        secretariat, association = (
            make_member("secretariat", Role.SECRETARIAT),
            make_member("chijikai", Role.ASSOCIATION),
        )
        running = {each.campaign.title: each for each in list_running(actor_of(secretariat), with_alarms=True)}
        assert set(running) == {"マイナンバー紐付け総点検", "点検中"}
        assert (running["点検中"].leaks, running["点検中"].mislinks) == (1, 1)
        assert running["点検中"].share == 100
    assert "実施中の点検・調査" in visit(secretariat).get("/").main
    page = visit(association).get("/").main
    assert "実施中の点検・調査" in page
    assert "漏えい" not in page


def test_executives_see_the_stage_of_the_newest_inspection(visit, arrange):
    with arrange():
        _, running = make_busy()
        executive = make_member("hq", Role.EXECUTIVE)
        running.published_at += timedelta(hours=1)
        db.session.flush()
        found = find_inspection(actor_of(executive))
        assert found.campaign.id == running.id
        assert sum(found.stages.values()) == 2
    page = visit(executive).get("/")
    assert "点検の段階" in page.main
    assert "未報告" in page.main
