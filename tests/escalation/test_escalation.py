"""Following up and escalating: each step once, whatever runs twice or dies, and told in office hours alone."""

import random
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, japan_datetime
from portal.core.db import announce_access, db, unit_of_work
from portal.core.events import Audience, EventRecord
from portal.directory.models import Membership, Person
from portal.directory.roles import Role
from portal.escalation.models import Escalation
from portal.escalation.queries import get_beside, list_due, list_same_problems
from portal.escalation.service import take_step
from portal.escalation.steps import Step
from portal.issues import service
from portal.issues.models import Issue
from portal.issues.states import IssueState, Leak
from portal.jobs import watching
from portal.jobs.tasks import tell_event
from portal.jobs.watching import watch_targets
from portal.notifications import hours, mailer, outbox
from portal.notifications.dispatch import list_unhandled
from portal.notifications.models import Delivery, DeliveryState, Notification
from portal.targets.arithmetic import is_open
from portal.targets.queries import get_rules
from portal.targets.rules import Targets
from portal.targets.service import set_targets
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=JAPAN)


@pytest.fixture
def cast(arrange):
    with clock.pretending(TUESDAY), arrange():
        return make_cast()


@pytest.fixture
def watch(app):
    """Run the job at an instant."""

    def block(at: datetime) -> None:
        announce_access(write=True)
        with app.app_context(), clock.pretending(at):
            watch_targets()

    return block


def _steps(arrange, issue: Issue) -> list[Step]:
    with arrange():
        query = sa.select(Escalation.step).where(Escalation.issue_id == issue.id).order_by(Escalation.id)
        return list(db.session.scalars(query))


def _told(arrange, kind: str) -> set[str]:
    with arrange():
        query = (
            sa.select(Person.email)
            .join(Notification, Notification.person_id == Person.id)
            .where(Notification.kind == kind)
        )
        return set(db.session.scalars(query))


def _email(arrange, *members: Membership) -> set[str]:
    with arrange():
        return {db.session.get_one(Person, member.person_id).email for member in members}


def _tell(app, at: datetime) -> None:
    with app.app_context(), clock.pretending(at):
        with unit_of_work():
            waiting = list_unhandled()
        for event_id in waiting:
            tell_event(event_id)


def test_division_is_followed_up_and_its_head_and_the_secretariat_are_told(app, arrange, cast, watch):
    with clock.pretending(TUESDAY), arrange():
        issue = make_issue(cast, IssueState.ASSIGNED)
    watch(datetime(2026, 11, 30, 9, tzinfo=JAPAN))
    assert _steps(arrange, issue) == []
    watch(datetime(2026, 12, 1, 9, tzinfo=JAPAN))
    watch(datetime(2026, 12, 1, 10, tzinfo=JAPAN))
    assert _steps(arrange, issue) == [Step.FOLLOW_UP]
    watch(datetime(2026, 12, 8, 9, tzinfo=JAPAN))  # the day of the target
    watch(datetime(2026, 12, 9, 9, tzinfo=JAPAN))
    assert _steps(arrange, issue) == [Step.FOLLOW_UP, Step.ANSWERED_MISSED]
    watch(datetime(2026, 12, 14, 9, tzinfo=JAPAN))
    assert len(_steps(arrange, issue)) == 2
    watch(datetime(2026, 12, 15, 9, tzinfo=JAPAN))  # five business days after it
    watch(datetime(2026, 12, 25, 9, tzinfo=JAPAN))
    assert _steps(arrange, issue)[2:] == [Step.ANSWERED_LONG_MISSED]

    _tell(app, datetime(2026, 12, 25, 10, tzinfo=JAPAN))
    assert _told(arrange, "division_followed_up") == _email(
        arrange, cast.division, cast.division_head, cast.liaison, cast.deputy
    )
    assert _told(arrange, "target_missed") == _email(arrange, cast.division_head, cast.secretariat, cast.chief)
    with arrange():
        events = db.session.scalars(
            sa.select(EventRecord).where(EventRecord.kind.in_(hours.ABOUT_TARGETS)).order_by(EventRecord.id)
        ).all()
        assert [event.kind for event in events] == ["division_followed_up", "target_missed", "target_missed"]
        assert {event.audience for event in events} == {Audience.INTERNAL}
        with clock.pretending(TUESDAY):
            shown = {
                who: len(get_beside(actor_of(getattr(cast, who)), issue).escalations) for who in ("liaison", "staff")
            }
    assert shown == {"liaison": 3, "staff": 0}


def test_early_targets_are_escalated_to_the_secretariats_head(app, arrange, cast, watch):
    with clock.pretending(TUESDAY), arrange():
        issue = make_issue(cast)
    for day in (25, 26, 27, 30):
        watch(datetime(2026, 11, day, 9, tzinfo=JAPAN))
    watch(datetime(2026, 12, 3, 9, tzinfo=JAPAN))
    assert _steps(arrange, issue) == [
        Step.FIRST_REPLY_MISSED,
        Step.ROUTED_MISSED,
        Step.FIRST_REPLY_LONG_MISSED,
        Step.ROUTED_LONG_MISSED,
    ]


def test_paused_and_answered_issues_are_left_alone(arrange, cast, watch):
    with clock.pretending(TUESDAY), arrange():
        returned, answered = make_issue(cast, IssueState.RETURNED), make_issue(cast, IssueState.ANSWERED)
        paused = make_issue(cast, IssueState.ASSIGNED)
        service.stop_clock(
            actor_of(cast.division), paused, reason="待っています。", expected_on=datetime(2026, 12, 22).date()
        )
    watch(datetime(2026, 12, 21, 9, tzinfo=JAPAN))
    assert [_steps(arrange, issue) for issue in (returned, answered, paused)] == [[], [], []]
    watch(datetime(2026, 12, 22, 9, tzinfo=JAPAN))
    with arrange():
        assert db.session.get_one(Issue, paused.id).due_on is not None


def test_reopened_issue_is_escalated_anew(arrange, cast, watch):
    with clock.pretending(TUESDAY), arrange():
        issue = make_issue(cast, IssueState.ASSIGNED)
    watch(datetime(2026, 12, 1, 9, tzinfo=JAPAN))
    with clock.pretending(datetime(2026, 12, 1, 10, tzinfo=JAPAN)), arrange():
        issue = db.session.get_one(Issue, issue.id)
        service.answer_officially(actor_of(cast.division_head), issue, text="次のとおりです。")
        service.reopen_issue(actor_of(cast.staff), issue, reason="解決しません。")
    watch(datetime(2026, 12, 8, 9, tzinfo=JAPAN))
    assert _steps(arrange, issue) == [Step.FOLLOW_UP, Step.FOLLOW_UP]


def test_leak_without_a_reply_on_its_day_is_told_at_once(app, arrange, cast, watch):
    with clock.pretending(TUESDAY), arrange():
        issue, answered = make_issue(cast, leak=Leak.YES), make_issue(cast, leak=Leak.SUSPECTED)
        service.post_reply(actor_of(cast.liaison), answered, text="確認します。")
    watch(TUESDAY.replace(hour=17))
    assert _steps(arrange, issue) == []
    evening = TUESDAY.replace(hour=18)
    watch(evening)
    assert _steps(arrange, issue) == [Step.LEAK_UNANSWERED]
    assert _steps(arrange, answered) == []
    _tell(app, evening)
    assert _told(arrange, "leak_unanswered") == _email(
        arrange, cast.secretariat, cast.chief, cast.admin, cast.liaison, cast.deputy
    )
    with arrange(), clock.pretending(evening):
        due = set(outbox.list_due(Delivery))
        waiting = db.session.scalars(
            sa.select(Delivery.id)
            .join(Notification, Notification.id == Delivery.notification_id)
            .where(Notification.kind == "leak_unanswered")
        ).all()
        assert waiting
        assert due.issuperset(waiting)


def test_problem_of_many_bodies_is_told_once_in_thirty_days(app, arrange, cast, watch):
    with clock.pretending(TUESDAY), arrange():
        set_targets(actor_of(cast.admin), Targets(same_problem_bodies=3))
        make_issue(cast)
        make_issue(cast)  # the same body again
        second = make_member("151009", Role.LOCAL_MANAGER)
        make_issue(cast, by=second)
    watch(TUESDAY)
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Escalation)) == 0
    with clock.pretending(TUESDAY + timedelta(hours=1)), arrange():
        newest = make_issue(cast, by=make_member("010006", Role.LOCAL_MANAGER))
    watch(TUESDAY + timedelta(hours=2))
    watch(TUESDAY + timedelta(hours=3))
    assert _steps(arrange, newest) == [Step.SAME_PROBLEM]
    with clock.pretending(TUESDAY + timedelta(hours=4)), arrange():
        make_issue(cast, by=make_member("011002", Role.LOCAL_MANAGER))
        assert list_same_problems(clock.now(), 3) == []
    _tell(app, TUESDAY + timedelta(hours=5))
    assert _told(arrange, "same_problem_reported") == _email(
        arrange, cast.secretariat, cast.chief, cast.division, cast.division_head
    )


def test_worker_killed_between_two_issues_is_made_up_for(app, arrange, cast, watch, monkeypatch):
    with clock.pretending(TUESDAY), arrange():
        issues = [make_issue(cast, IssueState.ASSIGNED) for _ in range(3)]
    at = datetime(2026, 12, 1, 9, tzinfo=JAPAN)
    taken = []

    def die_at_the_second(due, rules):
        taken.append(due)
        result = take_step(due, rules)
        if len(taken) == 2:
            raise KeyboardInterrupt  # what it did is undone with its transaction
        return result

    monkeypatch.setattr(watching, "take_step", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        watch(at)
    monkeypatch.undo()
    assert [len(_steps(arrange, issue)) for issue in issues] == [1, 0, 0]
    watch(at)
    assert [_steps(arrange, issue) for issue in issues] == [[Step.FOLLOW_UP]] * 3
    with arrange():
        kinds = db.session.scalars(sa.select(EventRecord.kind).where(EventRecord.kind == "division_followed_up"))
        assert len(kinds.all()) == 3


def test_two_workers_take_a_step_once(app, arrange, cast):
    with clock.pretending(TUESDAY), arrange():
        make_issue(cast, IssueState.ASSIGNED)
    with clock.pretending(datetime(2026, 12, 1, 9, tzinfo=JAPAN)):
        with arrange():
            rules = get_rules()
            first, second = list_due(clock.now(), rules), list_due(clock.now(), rules)
        assert first == second != []
        with arrange():
            assert take_step(first[0], rules)
        with arrange():
            assert not take_step(second[0], rules)


def test_cost_does_not_grow_with_closed_issues(app, arrange, cast):
    """What has ended stands in none of the indexes that the job reads."""
    with clock.pretending(TUESDAY), arrange():
        make_issue(cast, IssueState.CLOSED)
        make_issue(cast, IssueState.WITHDRAWN)
        running = "SELECT count(*) FROM issue_clock WHERE stopped_at IS NULL"
        assert db.session.scalar(sa.text(running)) == 0


def test_mails_about_targets_go_only_in_office_hours(mailing, sink, arrange, cast, watch):
    """Whenever a worker gets to them, and whatever the server answered before."""
    with clock.pretending(TUESDAY), arrange():
        make_issue(cast, IssueState.ASSIGNED)
    handed: list[datetime] = []
    chance = random.Random(11)
    now = datetime(2026, 12, 1, 0, 30, tzinfo=JAPAN)
    watch(now)
    _tell(mailing, now)
    about = sa.select(Notification.id).where(Notification.kind.in_(hours.ABOUT_TARGETS))
    of_targets = sa.and_(Delivery.notification_id.in_(about), Delivery.state == DeliveryState.PENDING)
    with arrange():
        db.session.execute(sa.delete(Delivery).where(Delivery.notification_id.not_in(about)))
    for _ in range(60):
        now += timedelta(minutes=chance.randrange(10, 500))
        sink.behave = {"rcpt": "451 later"} if chance.random() < 0.5 else {}
        with mailing.app_context(), clock.pretending(now):
            with unit_of_work():  # as if every mail were thought due
                db.session.execute(sa.update(Delivery).where(of_targets).values(not_before_at=now))
                waiting = outbox.list_due(Delivery)
            if mailer.send_mails(Delivery, waiting):
                handed.append(now)
    assert sink.mails
    assert all(is_open(each) for each in handed), [japan_datetime(each) for each in handed]
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(of_targets)) == 0
