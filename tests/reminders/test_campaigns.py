"""Reminders of campaigns: each step once for each silent body, nobody after an answer, by hand once a day."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.answering import submitting
from portal.campaigns import publishing
from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignKind
from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days, japan_date
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.roles import Role
from portal.jobs.reminders import send_reminders
from portal.liaison.day_sheet import get_day_sheet
from portal.liaison.states import ReasonKind
from portal.notifications.ended import list_in_vain
from portal.notifications.models import Notification
from portal.reminders import campaign_queries as queries
from portal.reminders import campaign_service as service
from portal.reminders.models import CampaignReminder, CampaignReminderBatch
from portal.reminders.states import DEFAULT_DAYS, ReminderStep
from tests.factories.campaigns import entry_of, make_author, make_manager, make_running, participation_of
from tests.factories.people import actor_of, make_liaison, make_member, organisation

BODY, NEIGHBOUR, PREFECTURE = "152226", "152021", "150002"
AREA = AddresseeRule(include=(PREFECTURE, BODY, NEIGHBOUR))
DUE = add_business_days(japan_date(clock.now()), 10)


@pytest.fixture
def survey(arrange):
    """The id of a survey of a prefecture and two of its cities, due in ten business days."""
    with arrange():
        return make_running(CampaignKind.SURVEY, addressees=AREA, survey_due_on=DUE, final_on=None, interim_on=None).id


def of(campaign_id: int) -> Campaign:
    return db.session.get_one(Campaign, campaign_id)


def at(days: int) -> datetime:
    """Nine in the morning, so many business days after the due date."""
    return datetime.combine(add_business_days(DUE, days), time(9), JAPAN)


def run(app, *days: int) -> None:
    for moment in [at(each) for each in days]:
        with clock.pretending(moment), app.app_context():
            send_reminders()


def reply(campaign: Campaign, code: str) -> None:
    """The body answers in full."""
    submitting.declare_not_applicable(
        make_manager(code), campaign, entry_of(campaign, code, "whole"), reason="該当する事務がないため"
    )


def sent() -> list[tuple[ReminderStep, int]]:
    rows = db.session.execute(
        sa.select(CampaignReminderBatch.step, CampaignReminderBatch.count).order_by(CampaignReminderBatch.id)
    )
    return [(step, count) for step, count in rows]


def test_the_steps_are_taken_in_their_order_and_each_once(app, arrange, survey):
    run(app, -3, -2, -2, 0, 1, 2, 3, 5, 6)
    with arrange():
        assert sent() == [(step, 2 if step is ReminderStep.PREFECTURE else 3) for step in DEFAULT_DAYS]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CampaignReminder)) == 11


def test_whoever_answered_or_put_off_is_not_reminded_any_more(app, arrange, survey):
    with arrange():
        reply(of(survey), BODY)
        until = add_business_days(DUE, 2)
        submitting.put_off(
            make_manager(NEIGHBOUR), of(survey), entry_of(of(survey), NEIGHBOUR, "whole"), until=until, reason="確認中"
        )
    run(app, 1)
    with arrange():
        assert sent() == [(ReminderStep.HEAD, 1)]
    run(app, 3)  # the day that the neighbour named has passed
    with arrange():
        assert sent()[1:] == [(ReminderStep.PREFECTURE, 1)]  # the prefecture itself has none above it


def test_an_answer_between_reminder_and_mail_ends_it(app, arrange, survey, tell):
    with arrange():
        member, other = make_member(BODY, Role.LOCAL_STAFF), make_member(NEIGHBOUR, Role.LOCAL_STAFF).person_id
    run(app, -2)
    with arrange():
        reply(of(survey), BODY)
    tell()
    with arrange():
        told = set(
            db.session.scalars(sa.select(Notification.person_id).where(Notification.kind == "campaign_bodies_reminded"))
        )
        assert other in told
        assert member.person_id not in told


def test_an_answer_after_the_reminder_was_told_asks_nothing_more(app, arrange, survey, tell):
    with arrange():
        member, other = make_member(BODY, Role.LOCAL_STAFF), make_member(NEIGHBOUR, Role.LOCAL_STAFF)
    run(app, -2)
    tell()
    with arrange():
        lines = {
            line.person_id: line.id
            for line in db.session.scalars(
                sa.select(Notification).where(Notification.kind == "campaign_bodies_reminded")
            )
        }
        assert {member.person_id, other.person_id} <= set(lines)
        assert list_in_vain(lines.values()) == set()
        reply(of(survey), BODY)
        assert list_in_vain(lines.values()) == {lines[member.person_id]}


def test_each_step_reaches_its_own_people(app, arrange, survey, tell):
    with arrange():
        people = {
            "staff": make_member(BODY, Role.LOCAL_STAFF, section="市民課").person_id,
            "manager": make_member(BODY, Role.LOCAL_MANAGER, section="総務課").person_id,
            "prefecture": make_member(PREFECTURE, Role.LOCAL_STAFF, section="市町村課").person_id,
            "liaison": make_liaison(PREFECTURE).person_id,
            "other liaison": make_liaison("130001").person_id,
        }
    run(app, *DEFAULT_DAYS.values())
    tell()
    with arrange():
        told = {
            (row.facts["step"], row.facts["reason"], row.person_id): row
            for row in db.session.scalars(
                sa.select(Notification).where(Notification.kind == "campaign_bodies_reminded")
            )
        }
        assert told["contact", "recipient", people["staff"]].due_on == DUE
        assert ("head", "head", people["manager"]) in told
        assert ("head", "head", people["staff"]) not in told
        assert told["prefecture", "area_silent", people["prefecture"]].facts["count"] == 2
        assert ("liaison", "liaison", people["liaison"]) in told
        assert not any(person == people["other liaison"] for _, _, person in told)


def test_an_extended_body_is_counted_from_its_own_date(app, arrange, survey):
    with arrange():
        participation_of(of(survey)).due_on = add_business_days(DUE, 10)
    run(app, 1)
    with arrange():
        assert sent() == [(ReminderStep.HEAD, 2)]


def test_a_drill_bothers_nobody_but_the_bodies(app, arrange):
    with arrange():
        make_running(CampaignKind.SURVEY, addressees=AREA, survey_due_on=DUE, is_drill=True)
    run(app, *DEFAULT_DAYS.values())
    with arrange():
        assert sent() == [(ReminderStep.CONTACT, 3), (ReminderStep.HEAD, 3)]


def test_nobody_is_reminded_of_what_has_ended(app, arrange, survey):
    with arrange():
        publishing.close_campaign(make_author(), of(survey))
    run(app, 1)
    with arrange():
        assert sent() == []


def test_the_office_reminds_chosen_bodies_once_a_day(arrange, survey):
    with arrange():
        author, chosen = make_author(), participation_of(of(survey)).id
        reply(of(survey), NEIGHBOUR)
        with pytest.raises(Invalid):
            service.remind_bodies(author, of(survey), [])
        with pytest.raises(Conflict):  # has answered
            service.remind_bodies(author, of(survey), [participation_of(of(survey), NEIGHBOUR).id])
        assert service.remind_bodies(author, of(survey), [chosen]) == 1
        with pytest.raises(Conflict):
            service.remind_bodies(author, of(survey), [chosen])
        assert service.remind_bodies(author, of(survey)) == 1  # the prefecture, which was not chosen
        with clock.pretending(clock.now() + timedelta(days=1)):
            assert service.remind_bodies(author, of(survey)) == 2
        for stranger in (make_member(BODY, Role.LOCAL_MANAGER), make_member("zaisei", Role.DIVISION)):
            with pytest.raises(Forbidden):
                service.remind_bodies(actor_of(stranger), of(survey))


def test_a_second_worker_finds_nothing_to_do(app, arrange, survey):
    with clock.pretending(at(1)), app.app_context():
        with unit_of_work():
            [due] = queries.list_due_campaign_steps()
        counts = []
        for _ in range(2):
            with unit_of_work():
                counts.append(service.take_campaign_step(due))
    assert counts == [3, 0]
    with arrange():
        assert sent() == [(ReminderStep.HEAD, 3)]


def test_the_page_says_what_comes_and_reminds(arrange, visit, survey):
    with arrange():
        office, official = make_member("juumin", Role.DIVISION), make_member(BODY, Role.LOCAL_MANAGER)
        other = make_member("zaisei", Role.DIVISION)
    address = f"/campaigns/{survey}/reminders"
    page = visit(office).get(address)
    assert "未回答の事務がある団体 3団体" in page.main
    assert page.soup.select_one(".site-nav__link[aria-current]").get_text() == "点検・調査"
    page = page.form("/remind").submit()
    assert "未回答の3団体に督促を送ります。" in page.text
    assert "住民制度課" in page.main
    assert "本日の督促は送信済みです。" in page.main
    assert "いま督促を送る" not in page.main
    with clock.pretending(clock.now() + timedelta(days=1)):
        assert "未回答の3団体に、いま督促を送る" in visit(office).get(address).main
    visit(other).get(address, status=404)
    visit(official).get(address, status=404)


def test_the_page_says_what_becomes_of_each_step(app, arrange, visit, survey):
    with arrange():
        office = make_member("juumin", Role.DIVISION)
    run(app, -2)
    with clock.pretending(at(2)):
        page = visit(office).get(f"/campaigns/{survey}/reminders")
    rows = [[cell.get_text(strip=True) for cell in row("td")] for row in page.soup.find("tbody")("tr")]
    assert [(row[2], row[3]) for row in rows] == [
        ("送信済", "—"),
        ("次の開庁日の朝に送信", "3"),
        ("これから送信", "2"),
        ("これから送信", "3"),
    ]
    with clock.pretending(at(16)):
        page = visit(office).get(f"/campaigns/{survey}/reminders")
    assert page.main.count("日を過ぎました") == 3


def test_the_page_says_how_the_mails_of_the_start_went_out(arrange, visit, survey, tell):
    with arrange():
        office = make_member("juumin", Role.DIVISION)
        make_member(BODY, Role.LOCAL_MANAGER)
    page = visit(office).get(f"/campaigns/{survey}/reminders")
    assert "宛先に知らせています" in page.main
    tell()
    page = visit(office).get(f"/campaigns/{survey}/reminders")
    assert "宛先に知らせています" not in page.main
    assert "待ち 1" in page.soup.find("section", {"aria-labelledby": "mails-head"}).get_text(" ", strip=True)


def test_silent_bodies_stand_on_the_day_sheet(arrange, survey):
    with arrange():
        reply(of(survey), NEIGHBOUR)
        post = organisation(PREFECTURE)
        with clock.pretending(at(1)):
            lines = get_day_sheet([post]).items
        found = {line.body.code: [(each.kind, each.due_on) for each in line.reasons] for line in lines}
        assert found == {PREFECTURE: [(ReasonKind.SURVEY, DUE)], BODY: [(ReasonKind.SURVEY, DUE)]}


def test_the_office_changes_the_steps_of_a_campaign_and_leaves_some_out(visit, app, arrange, survey, tell):
    with arrange():
        member, liaison = make_member("juumin", Role.DIVISION), make_liaison(PREFECTURE)
    office = visit(member)
    page, opened_too = (office.get(f"/campaigns/{survey}/reminders") for _ in range(2))
    wrong = page.form("/reminders").submit(contact="-2", head="5", prefecture="3", liaison="4")
    assert "前の段階より後の日" in wrong.error_of("prefecture")
    far = page.form("/reminders").submit(contact="-99")
    assert far.error_of("contact")
    done = page.form("/reminders").submit(contact="0", head="", prefecture="", liaison="2")
    assert "督促の予定を変更しました" in done.main
    assert opened_too.form("/reminders").submit(contact="1").status == 409  # somebody else was quicker
    run(app, -2, 0, 1, 2, 3)
    with arrange():
        assert sent() == [(ReminderStep.CONTACT, 3), (ReminderStep.LIAISON, 3)]
    tell()
    with arrange():
        line = db.session.scalars(
            sa.select(Notification).where(
                Notification.person_id == liaison.person_id, Notification.kind == "campaign_bodies_reminded"
            )
        ).one()
        assert line.facts["step"] == "liaison"


def test_a_drill_plans_the_steps_of_its_bodies_alone(visit, arrange):
    with arrange():
        drill = make_running(CampaignKind.SURVEY, addressees=AREA, survey_due_on=DUE, is_drill=True).id
        member = make_member("juumin", Role.DIVISION)
    page = visit(member).get(f"/campaigns/{drill}/reminders")
    assert "都道府県に知らせる日" not in page.main
    assert "督促の予定を変更しました" in page.form("/reminders").submit(contact="-1", head="2").main
    with arrange(), pytest.raises(Invalid):
        service.plan_campaign_reminders(make_author(), of(drill), {ReminderStep.LIAISON: 5})


def test_nobody_else_changes_the_steps(visit, arrange, survey):
    with arrange():
        other, manager = make_member("zaisei", Role.DIVISION), make_member(BODY, Role.LOCAL_MANAGER)
    visit(other).get(f"/campaigns/{survey}/reminders", status=404)
    visit(manager).get(f"/campaigns/{survey}/reminders", status=404)
