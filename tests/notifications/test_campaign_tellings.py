"""Whom the events of campaigns reach, as an action or for information, at once or in the digest."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.answering import compiling, extending, submitting
from portal.answering.queries import get_extension
from portal.campaigns import policy, postponing, publishing
from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days
from portal.core.db import db
from portal.decisions.overriding import override_decision
from portal.decisions.recalculating import choose_rule
from portal.decisions.states import Outcome
from portal.directory.actor import list_actors
from portal.directory.models import Duty, Membership, Organisation, Person, membership_duty
from portal.directory.roles import Role
from portal.notifications.addresses import page_of
from portal.notifications.digests import plan_digests
from portal.notifications.dues import list_dues, people_with_dues
from portal.notifications.models import Delivery, Digest, MailMode, Notification
from portal.notifications.rights import visible_lines, who_may_see
from tests.factories.campaigns import answer, entry_of, in_days, make_author, make_campaign, make_running
from tests.factories.people import actor_of, make_liaison, make_member, organisation
from tests.factories.reporting import make_published
from tests.support.statements import recorded_statements

BODY, NEIGHBOUR, PREFECTURE = "152226", "152048", "150002"


def with_duty(code: str, duty: str, **fields) -> Membership:
    """A member of staff of the body with this duty."""
    member = make_member(code, Role.LOCAL_STAFF, **fields)
    duty_id = db.session.scalars(sa.select(Duty.id).where(Duty.code == duty)).one()
    db.session.execute(sa.insert(membership_duty).values(membership_id=member.id, duty_id=duty_id))
    return member


@pytest.fixture
def people(arrange):
    """Memberships on every side, by what they are."""
    with arrange():
        return {
            "manager": make_member(BODY, Role.LOCAL_MANAGER),
            "fitting": with_duty(BODY, "child"),
            "other": make_member(BODY, Role.LOCAL_STAFF),
            "neighbour": make_member(NEIGHBOUR, Role.LOCAL_STAFF),
            "prefecture": make_member(PREFECTURE, Role.LOCAL_STAFF),
            "liaison": make_liaison(PREFECTURE),
            "stranger": make_member("130001", Role.LOCAL_MANAGER),
            "office": make_member("juumin", Role.DIVISION),
            "approver": make_member("secretariat", Role.SECRETARIAT, is_approver=True),
            "clerk": make_member("secretariat", Role.SECRETARIAT),
            "association": make_member("chijikai", Role.ASSOCIATION),
        }


def lines_of(kind: str, people: dict[str, Membership]) -> dict[str, Notification]:
    """The lines of a kind by whose they are."""
    names = {member.person_id: name for name, member in people.items()}
    rows = db.session.scalars(sa.select(Notification).where(Notification.kind == kind))
    return {names[row.person_id]: row for row in rows if row.person_id in names}


def actor(member: Membership):
    return actor_of(member)


def test_a_draft_is_told_to_whoever_may_publish_it_and_its_return_to_who_wrote_it(arrange, tell, people):
    with arrange():
        author = make_author()
        campaign = make_campaign(author)
        publishing.ask_review(author, campaign)
        author_id, campaign_id = author.person_id, campaign.id
    tell()
    with arrange():
        told = lines_of("campaign_review_asked", people)
        assert set(told) == {"approver"}
        assert told["approver"].needs_action
        publishing.send_back(actor(people["approver"]), db.session.get_one(Campaign, campaign_id), reason="誤り")
    tell()
    with arrange():
        rows = db.session.scalars(sa.select(Notification).where(Notification.kind == "campaign_sent_back")).all()
        assert [row.person_id for row in rows] == [author_id]
        assert "誤り" not in str(rows[0].facts)


def test_publication_asks_the_fitting_people_of_every_body_and_lets_others_know(arrange, tell, people):
    with arrange():
        campaign = make_running()
        due_on = campaign.survey_due_on
    tell()
    with arrange():
        told = lines_of("campaign_published", people)
        assert set(told) == {"manager", "fitting", "neighbour", "prefecture", "liaison"}
        asked = {name for name, line in told.items() if line.needs_action}
        assert asked == {"manager", "fitting", "neighbour", "prefecture"}
        assert {told[name].due_on for name in asked} == {due_on}
        assert told["manager"].mode is MailMode.AT_ONCE
        assert told["liaison"].mode is MailMode.DIGEST


def test_a_prefecture_that_is_not_addressed_is_let_know_that_its_municipalities_are(arrange, tell, people):
    with arrange():
        make_running(addressees=AddresseeRule(include=(BODY,)))
    tell()
    with arrange():
        told = lines_of("campaign_published", people)
        assert set(told) == {"manager", "fitting", "prefecture", "liaison"}
        assert not told["prefecture"].needs_action


def test_a_campaign_that_ended_asks_nothing_in_the_inbox(arrange, tell, visit, people):
    with arrange():
        make_running(title="終わる調査")
    tell()
    manager = visit(people["manager"])
    asked = manager.get("/inbox?view=action").main
    assert "終わる調査" in asked
    with arrange():
        publishing.close_campaign(make_author(), db.session.scalars(sa.select(Campaign)).one())
    assert "終わる調査" not in manager.get("/inbox?view=action").main
    told = manager.get("/inbox").main
    assert "終わる調査" in told
    assert "要対応 点検・調査への回答" not in told


def test_a_drill_says_so_and_reaches_addressed_bodies_alone(arrange, tell, people):
    with arrange():
        campaign = make_running(is_drill=True)
        answer(campaign, entry_of(campaign))
        publishing.close_campaign(make_author(), campaign)
    tell()
    with arrange():
        told = lines_of("campaign_closed", people)
        assert set(told) == {"manager", "fitting", "neighbour", "prefecture"}
        assert all(line.facts["title"].startswith("【訓練】") for line in told.values())
        assert lines_of("campaign_published", people) == {}  # it had ended before anybody was told
        assert lines_of("answers_submitted", people) == {}


def test_submissions_are_one_line_of_the_digest_of_the_prefecture(arrange, tell, people):
    with arrange():
        campaign = make_running()
        for procedure in ("child_allowance", "vaccination"):
            answer(campaign, entry_of(campaign, procedure=procedure))
        campaign_id = campaign.id
    tell()
    with arrange():
        told = lines_of("answers_submitted", people)
        assert set(told) == {"prefecture"}
        assert told["prefecture"].mode is MailMode.DIGEST
        mine = sa.select(sa.func.count()).where(
            Notification.person_id == people["prefecture"].person_id, Notification.kind == "answers_submitted"
        )
        assert db.session.scalar(mine) == 1
        told["prefecture"].read_at = clock.now()
        campaign = db.session.get_one(Campaign, campaign_id)
        answer(campaign, entry_of(campaign, code=NEIGHBOUR))
    tell()
    with arrange():
        assert db.session.scalar(mine) == 2
        kinds = db.session.scalars(
            sa.select(Notification.kind).join(Delivery, Delivery.notification_id == Notification.id)
        ).all()
        assert "answers_submitted" not in kinds


def test_a_return_reaches_respondents_and_managers_with_the_fields_and_no_text(arrange, tell, people):
    with arrange():
        campaign = make_running()
        entry = answer(campaign, entry_of(campaign), actor(people["manager"]))
        compiling.return_answers(
            actor(people["prefecture"]), campaign, entry, reasons={"subjects": "桁が違います", "mislinks": "再確認"}
        )
    tell()
    with arrange():
        told = lines_of("answers_returned", people)
        assert set(told) == {"manager"}
        line = told["manager"]
        assert line.needs_action
        assert len(line.facts["fields"]) == 2
        assert line.facts["procedure"] == "児童手当"
        assert "桁" not in str(line.facts)


def test_a_pending_answer_and_a_forwarding_wait_for_the_digest(arrange, tell, people):
    with arrange():
        campaign = make_running()
        submitting.put_off(actor(people["fitting"]), campaign, entry_of(campaign), until=in_days(5), reason="確認中")
        other = answer(campaign, entry_of(campaign, code=NEIGHBOUR))
        compiling.forward_entries(actor(people["prefecture"]), campaign, [other])
    tell()
    with arrange():
        pending = lines_of("answers_pending", people)
        assert set(pending) == {"prefecture", "liaison"}
        assert "確認中" not in str(pending["liaison"].facts)
        forwarded = lines_of("answers_forwarded", people)
        assert set(forwarded) == {"office"}
        modes = {line.mode for line in [*pending.values(), *forwarded.values()]}
        assert modes == {MailMode.DIGEST}


def test_an_extension_is_asked_of_the_office_and_its_decision_told_to_the_body(arrange, tell, people):
    with arrange():
        campaign = make_running()
        part = entry_of(campaign).participation
        asked = extending.ask_extension(
            actor(people["manager"]), campaign, part, wanted_on=in_days(30), reason="集計のため"
        )
        extending.decide_extension(actor(people["office"]), campaign, asked, granted_on=in_days(25))
    tell()
    with arrange():
        assert set(lines_of("due_extension_asked", people)) == {"office"}
        granted = lines_of("due_extension_granted", people)
        assert set(granted) == {"manager", "fitting"}
        assert granted["manager"].due_on == in_days(25)


def test_a_request_that_is_taken_back_is_told_to_the_office(arrange, tell, people):
    with arrange():
        campaign = make_running()
        part = entry_of(campaign).participation
        manager = actor(people["manager"])
        asked = extending.ask_extension(manager, campaign, part, wanted_on=in_days(30), reason="集計のため")
        campaign_id, asked_id = campaign.id, asked.id
    tell()
    with arrange():
        assert set(lines_of("due_extension_asked", people)) == {"office"}
        manager, campaign = actor(people["manager"]), db.session.get_one(Campaign, campaign_id)
        extending.withdraw_extension(manager, campaign, get_extension(manager, campaign, asked_id))
    tell()
    with arrange():
        told = lines_of("due_extension_withdrawn", people)
        assert set(told) == {"office"}
        assert told["office"].mode is MailMode.DIGEST


def test_a_request_taken_back_before_anybody_heard_of_it_is_told_to_nobody(arrange, tell, people):
    with arrange():
        campaign = make_running()
        part = entry_of(campaign).participation
        manager = actor(people["manager"])
        asked = extending.ask_extension(manager, campaign, part, wanted_on=in_days(30), reason="集計のため")
        extending.withdraw_extension(manager, campaign, asked)
    tell()
    with arrange():
        assert lines_of("due_extension_asked", people) == lines_of("due_extension_withdrawn", people) == {}


def test_a_later_due_for_all_is_told_once_with_the_date_that_stands(arrange, tell, people):
    with arrange():
        campaign = make_running()
        for days in (25, 30):
            postponing.extend_due(make_author(), campaign, in_days(days), reason="災害対応のため")
    tell()
    with arrange():
        told = lines_of("campaign_due_extended", people)
        assert set(told) == {"manager", "fitting", "neighbour", "prefecture", "liaison"}
        assert {line.due_on for line in told.values()} == {in_days(30)}
        assert "災害" not in str(told["manager"].facts)


def test_an_override_is_told_to_the_body(arrange, tell, people):
    with arrange():
        campaign = make_running()
        entry = answer(campaign, entry_of(campaign), actor(people["manager"]))
        override_decision(actor(people["office"]), campaign, entry, outcome=Outcome.REQUIRED, reason="聞取りの結果")
    tell()
    with arrange():
        told = lines_of("decision_overridden", people)
        assert set(told) == {"manager"}
        assert told["manager"].due_on is not None
        assert "聞取り" not in str(told["manager"].facts)


def test_another_rule_is_told_to_the_office_and_to_bodies_that_must_inspect_by_it(arrange, tell, people):
    with arrange():
        campaign = make_running(rule="mic-2023-06")
        answer(campaign, entry_of(campaign), routes=["b"])  # REVIEW by the earlier rule, REQUIRED by the later one
        answer(campaign, entry_of(campaign, code=NEIGHBOUR))
        choose_rule(actor(people["approver"]), campaign, "digital-2023-08")
    tell()
    with arrange():
        told = lines_of("decisions_recalculated", people)
        assert set(told) >= {"manager", "fitting", "office"}
        assert not {"neighbour", "stranger"} & set(told)
        assert {line.mode for line in told.values()} == {MailMode.DIGEST}
        assert told["manager"].needs_action


def test_a_report_is_told_to_all_whom_the_campaign_asked_and_to_readers_of_its_figures(arrange, tell, people):
    with arrange():
        report = make_published(make_running())
        campaign_id, number = report.campaign_id, report.number
    tell()
    with arrange():
        told = lines_of("report_published", people)
        everybody = {"manager", "fitting", "neighbour", "prefecture", "liaison", "office", "association"}
        assert set(told) == everybody
        assert {line.mode for line in told.values()} == {MailMode.DIGEST}
        assert not any(line.needs_action or line.facts["is_correction"] for line in told.values())
        line = told["association"]
        assert page_of("campaign", line.subject_id, line.facts) == (
            "reporting.show", {"campaign_id": campaign_id, "number": number},
        )  # fmt: skip
        assert who_may_see(line, [people["association"].person_id]) == {people["association"].person_id}


def test_a_correction_says_so_and_a_report_corrected_meanwhile_is_not_told(arrange, tell, people):
    with arrange():
        campaign = make_running()
        report = make_published(campaign)
        correction = make_published(campaign, corrects=report, reason="計上漏れのため")
        number = correction.number
    tell()
    with arrange():
        count = sa.select(sa.func.count()).where(
            Notification.person_id == people["manager"].person_id, Notification.kind == "report_published"
        )
        assert db.session.scalar(count) == 1
        line = lines_of("report_published", people)["manager"]
        assert (line.facts["report"], line.facts["is_correction"]) == (number, True)
        assert "計上漏れ" not in str(line.facts)


def test_the_report_of_a_drill_is_told_to_bodies_and_office_alone(arrange, tell, people):
    with arrange():
        make_published(make_running(is_drill=True))
    tell()
    with arrange():
        told = lines_of("report_published", people)
        assert set(told) == {"manager", "fitting", "neighbour", "prefecture", "office"}
        assert all(line.facts["title"].startswith("【訓練】") for line in told.values())


def test_telling_of_a_report_takes_as_many_statements_for_many_people_as_for_few(app, arrange, tell):
    with arrange():
        campaign_id = make_running().id
        make_member(BODY, Role.LOCAL_MANAGER)
        make_member(PREFECTURE, Role.LOCAL_MANAGER)
    tell()
    with arrange():
        make_published(db.session.get_one(Campaign, campaign_id))
    with app.app_context(), recorded_statements(db.engine) as few:
        tell()
    with arrange():
        for code in (BODY, NEIGHBOUR, PREFECTURE, "151009", "154059"):
            for _ in range(8):
                make_member(code, Role.LOCAL_MANAGER)
        make_published(db.session.get_one(Campaign, campaign_id))
    with app.app_context(), recorded_statements(db.engine) as many:
        tell()
    assert len(many) <= len(few)


def test_a_line_about_another_body_is_not_shown_to_whoever_moved_there(arrange, tell, people):
    with arrange():
        campaign = make_running()
        entry = answer(campaign, entry_of(campaign), actor(people["manager"]))
        compiling.return_answers(actor(people["prefecture"]), campaign, entry, reasons={"": "再確認"})
    tell()
    with arrange():
        line = lines_of("answers_returned", people)["manager"]
        person_id = people["manager"].person_id
        assert who_may_see(line, [person_id]) == {person_id}
        assert visible_lines(list_actors(person_id), [line]) == {line.id}
        moved = db.session.get_one(Membership, people["manager"].id)
        moved.organisation_id = organisation(NEIGHBOUR).id
        db.session.flush()
        assert who_may_see(line, [person_id]) == set()
        assert visible_lines(list_actors(person_id), [line]) == set()


def test_who_sees_a_body_is_the_twin_of_the_bodies_that_one_sees(arrange, people):
    with arrange():
        for code in (BODY, NEIGHBOUR, PREFECTURE, "130001"):
            body = organisation(code)
            viewers = set(db.session.scalars(policy.viewers_of_body(body.id).with_only_columns(Membership.id)))
            for name, member in people.items():
                condition = policy.bodies_viewable_by(actor(member))
                sees = db.session.scalar(sa.select(sa.exists().where(Organisation.id == body.id, condition)))
                assert sees == (member.id in viewers), (name, code)


def test_dues_of_campaigns_stand_in_the_digest_until_all_is_answered(arrange, people):
    with arrange():
        campaign = make_running()
        due_on = campaign.survey_due_on
        day = add_business_days(due_on, -1)
        person_id = people["fitting"].person_id
        [due] = list_dues(person_id, day, since=day)
        assert (due.subject_kind, due.number, due.due_on) == ("campaign", "総行住第99号", due_on)
        assert any(person_id in set(db.session.scalars(select)) for select in people_with_dues(day, since=day))
        entry_of(campaign).participation.due_on = due_on + timedelta(days=60)
        db.session.flush()
        assert list_dues(person_id, day, since=day) == []
        publishing.close_campaign(make_author(), campaign)
        assert list_dues(person_id, due_on + timedelta(days=60), since=due_on) == []


def test_the_digest_names_the_due_of_a_campaign_first(arrange, people, sink, send):
    with arrange():
        campaign = make_running()
        morning = datetime.combine(add_business_days(campaign.survey_due_on, -2), time(8, 30), JAPAN)
        person_id = people["fitting"].person_id
        address = db.session.get_one(Person, person_id).email
    with clock.pretending(morning), arrange():
        plan_digests(morning)
    with clock.pretending(morning):
        send(Digest)
    [message] = [each for each in sink.messages() if each["To"] == address]
    text = message.get_body(("plain",)).get_content()
    assert "要対応1件" in message["Subject"]
    assert "総行住第99号 マイナンバー紐付け総点検" in text
    assert "住民制度課" in text
