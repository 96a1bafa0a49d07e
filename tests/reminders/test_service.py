"""Reminders: each step once for each silent body, nobody after an answer, the office's own at most once a day."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.roles import Role
from portal.extensions.service import ask_extension, grant_extension
from portal.guidance import receiving
from portal.guidance.models import Guidance, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.states import ResponseState
from portal.issuing import recalling
from portal.jobs.reminders import send_reminders
from portal.notifications.ended import list_in_vain
from portal.notifications.letters import gather
from portal.notifications.models import Delivery, Notification
from portal.reminders import queries, service
from portal.reminders.models import Reminder, ReminderBatch
from portal.reminders.states import DEFAULT_DAYS, ReminderStep, StepState
from tests.factories.guidance import due_in, make_chief, make_drafter, make_issued
from tests.factories.people import actor_of, make_liaison, make_member

AREA = AddresseeRule(include=("150002", "152226", "152021"))


@pytest.fixture
def paper(arrange):
    """The id of a request to a prefecture and two of its cities, due in ten business days."""
    with arrange():
        return make_issued(addressees=AREA).id


def of(guidance_id: int) -> Guidance:
    return db.session.get_one(Guidance, guidance_id)


def at(days: int):
    """Nine in the morning, so many business days after the due date of ten business days from today."""
    day = add_business_days(due_in(10), days)
    return datetime.combine(day, time(9), JAPAN)


def run(app, days: int) -> None:
    with clock.pretending(at(days)), app.app_context():
        send_reminders()


def sent() -> list[tuple[ReminderStep, int]]:
    rows = db.session.execute(sa.select(ReminderBatch.step, ReminderBatch.count).order_by(ReminderBatch.id))
    return [(step, count) for step, count in rows]


def test_the_steps_are_taken_in_their_order_and_each_once(app, arrange, paper):
    due = due_in(10)
    assert due
    moments = [at(days) for days in (-3, -2, -2, 0, 1, 2, 3, 5, 6)]
    for moment in moments:
        with clock.pretending(moment), app.app_context():
            send_reminders()
    with arrange():
        assert sent() == [(step, 2 if step is ReminderStep.PREFECTURE else 3) for step in DEFAULT_DAYS]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Reminder)) == 11


def test_whoever_answered_is_not_reminded_any_more(app, arrange, paper):
    with arrange():
        city = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        receiving.respond_to_guidance(city, of(paper), state=ResponseState.UNDER_WAY)
    moments = at(-2), at(1)
    with clock.pretending(moments[0]), app.app_context():
        send_reminders()
    with arrange():
        assert sent() == [(ReminderStep.CONTACT, 3)]  # under way is no answer yet
        receiving.respond_to_guidance(city, of(paper), state=ResponseState.DONE, text="済")
    with clock.pretending(moments[1]), app.app_context():
        send_reminders()
    with arrange():
        assert sent()[1:] == [(ReminderStep.HEAD, 2)]


def test_whoever_promised_the_rest_is_reminded_after_that_day_alone(app, arrange, paper):
    with arrange():
        city, other = (actor_of(make_member(code, Role.LOCAL_STAFF)) for code in ("152226", "152021"))
        for actor, state in ((city, ResponseState.PARTIAL), (other, ResponseState.PENDING)):
            receiving.respond_to_guidance(actor, of(paper), state=state, text="集計中", expected_on=at(2).date())
        assert queries.count_silent(of(paper)) == 1
    run(app, 1)
    with arrange():
        assert sent() == [(ReminderStep.HEAD, 1)]
        receiving.respond_to_guidance(other, of(paper), state=ResponseState.UNDER_WAY)  # the newest counts
        assert queries.count_silent(of(paper)) == 2
    run(app, 3)
    with arrange():
        assert sent()[1:] == [(ReminderStep.PREFECTURE, 2)]


def test_nobody_is_told_of_bodies_above_which_nobody_stands(app, arrange):
    with arrange():
        paper = make_issued(addressees=AddresseeRule(include=("150002", "152226", "chijikai", "digital"))).id
        coming = {each.step: (each.count, each.state) for each in queries.list_coming(of(paper))}
        assert [coming[step][0] for step in DEFAULT_DAYS] == [4, 4, 1, 2]
        city = actor_of(make_member("152226", Role.LOCAL_STAFF))
        receiving.respond_to_guidance(city, of(paper), state=ResponseState.DONE, text="済")
        states = {each.step: each.state for each in queries.list_coming(of(paper))}
        assert (states[ReminderStep.PREFECTURE], states[ReminderStep.LIAISON]) == (StepState.NOBODY, StepState.COMING)
    moments = at(3), at(5)
    for moment in moments:
        with clock.pretending(moment), app.app_context():
            send_reminders()
    with arrange():
        assert sent() == [(ReminderStep.LIAISON, 1)]


def test_an_answer_between_reminder_and_mail_ends_it(app, arrange, paper, tell):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        other = make_member("152021", Role.LOCAL_STAFF, section="市民課").person_id
        city, person_id = actor_of(member), member.person_id
    run(app, -2)
    with arrange():
        receiving.respond_to_guidance(city, of(paper), state=ResponseState.REPLIED, text="回答")
    tell()
    with arrange():
        told = set(db.session.scalars(sa.select(Notification.person_id).where(Notification.kind == "bodies_reminded")))
        assert other in told
        assert person_id not in told


def test_an_answer_after_the_reminder_was_told_stops_its_mail_and_asks_nothing_more(app, arrange, paper, tell):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, section="市民課")
        make_member("152021", Role.LOCAL_STAFF, section="市民課")
    run(app, -2)
    tell()
    with arrange():
        lines = {
            line.person_id: line.id
            for line in db.session.scalars(sa.select(Notification).where(Notification.kind == "bodies_reminded"))
        }
        mails = db.session.scalars(sa.select(Delivery).where(Delivery.notification_id.in_(lines.values()))).all()
        assert list_in_vain(lines.values()) == set()
        assert gather(mails).due == {mail.id for mail in mails}
        receiving.respond_to_guidance(actor_of(member), of(paper), state=ResponseState.REPLIED, text="回答")
        own = lines[member.person_id]
        assert list_in_vain(lines.values()) == {own}
        assert gather(mails).due == {mail.id for mail in mails if mail.notification_id != own}
        assert own in {mail.notification_id for mail in mails}


def test_each_step_reaches_its_own_people(app, arrange, paper, tell):
    with arrange():
        people = {
            "staff": make_member("152226", Role.LOCAL_STAFF, section="市民課").person_id,
            "manager": make_member("152226", Role.LOCAL_MANAGER, section="総務課").person_id,
            "prefecture": make_member("150002", Role.LOCAL_STAFF, section="市町村課").person_id,
            "liaison": make_liaison("150002").person_id,
            "other liaison": make_liaison("130001").person_id,
        }
    moments = [at(days) for days in DEFAULT_DAYS.values()]
    for moment in moments:
        with clock.pretending(moment), app.app_context():
            send_reminders()
    tell()
    with arrange():
        told = {
            (row.facts["step"], row.facts["reason"], row.person_id): row.facts
            for row in db.session.scalars(sa.select(Notification).where(Notification.kind == "bodies_reminded"))
        }
        assert ("contact", "recipient", people["staff"]) in told
        assert ("head", "head", people["manager"]) in told
        assert ("head", "head", people["staff"]) not in told
        assert told["prefecture", "area_silent", people["prefecture"]]["count"] == 2
        assert ("liaison", "liaison", people["liaison"]) in told
        assert not any(person == people["other liaison"] for _, _, person in told)


def test_a_prefecture_is_told_of_silent_municipalities_also_where_it_is_not_addressed(app, arrange, tell, visit):
    with arrange():
        cities = AddresseeRule(include=("152226", "152021"))
        paper = make_issued(addressees=cities).id
        prefecture = make_member("150002", Role.LOCAL_STAFF, section="市町村課")
    moments = [at(days) for days in DEFAULT_DAYS.values()]
    for moment in moments:
        with clock.pretending(moment), app.app_context():
            send_reminders()
    tell()
    with arrange():
        told = db.session.scalars(sa.select(Notification).where(Notification.person_id == prefecture.person_id)).one()
        assert (told.facts["step"], told.facts["count"]) == ("prefecture", 2)
    assert "上越市" in visit(prefecture).get(f"/guidance/{paper}/recipients").main


def test_an_extended_body_is_counted_from_its_own_date(app, arrange, paper):
    with arrange():
        city = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        asked = ask_extension(
            city, of(paper), find_own_recipient(city, of(paper)), wanted_on=due_in(20), reason="集計のため"
        )
        grant_extension(actor_of(make_drafter()), of(paper), asked, granted_on=due_in(20))
    run(app, 1)
    with arrange():
        assert sent() == [(ReminderStep.HEAD, 2)]  # what was missed before is not made up for


def test_nobody_is_reminded_of_what_was_recalled_or_was_not_handed_on(app, arrange, paper):
    with arrange():
        recalling.begin_recall(actor_of(make_chief()), of(paper), reason="誤り")
        held = make_issued("総行住第90号", addressees=AREA)
        db.session.execute(sa.update(Recipient).where(Recipient.guidance_id == held.id).values(delivered_at=None))
    run(app, 1)
    with arrange():
        assert sent() == []


def test_the_office_reminds_by_hand_once_a_day(arrange, paper):
    with arrange():
        drafter = actor_of(make_drafter())
        assert service.remind_by_hand(drafter, of(paper)) == 3
        with pytest.raises(Conflict):
            service.remind_by_hand(drafter, of(paper))
        with clock.pretending(clock.now() + timedelta(days=1)):
            assert service.remind_by_hand(drafter, of(paper)) == 3
        for stranger in (make_member("152226", Role.LOCAL_STAFF), make_member("zaisei", Role.DIVISION)):
            with pytest.raises(Forbidden):
                service.remind_by_hand(actor_of(stranger), of(paper))


def test_a_paper_has_its_own_steps(app, arrange, paper):
    with arrange():
        drafter, guidance = actor_of(make_drafter()), of(paper)
        none = dict.fromkeys(DEFAULT_DAYS)
        with pytest.raises(Invalid):
            service.plan_reminders(drafter, guidance, {**none, ReminderStep.CONTACT: 99})
        with pytest.raises(Invalid):
            service.plan_reminders(drafter, guidance, {**none, ReminderStep.CONTACT: 3, ReminderStep.HEAD: 1})
        service.plan_reminders(drafter, guidance, {**none, ReminderStep.HEAD: 2})
        assert [(each.step, each.count) for each in queries.list_coming(guidance)] == [(ReminderStep.HEAD, 3)]
        with pytest.raises(Conflict):
            service.plan_reminders(drafter, guidance, none, version=9)
    moments = at(1), at(2)
    with clock.pretending(moments[0]), app.app_context():
        send_reminders()
    with arrange():
        assert sent() == []
    with clock.pretending(moments[1]), app.app_context():
        send_reminders()
    with arrange():
        assert sent() == [(ReminderStep.HEAD, 3)]


def test_a_second_worker_finds_nothing_to_do(app, arrange, paper):
    with clock.pretending(at(1)), app.app_context():
        with unit_of_work():
            due = queries.list_due_steps()
        counts = []
        for _ in range(2):
            for each in due:
                with unit_of_work():
                    counts.append(service.take_step(each))
    assert counts == [3, 0]


def test_long_after_the_due_nobody_is_reminded(app, arrange, paper):
    with clock.pretending(at(16)), app.app_context():
        send_reminders()
    with arrange():
        assert sent() == []
