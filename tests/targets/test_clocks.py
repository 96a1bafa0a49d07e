"""The clock of an issue through its life: three targets, pauses, reopening, and who may stop it."""

from contextlib import nullcontext
from datetime import date, datetime, timedelta

import pytest

from portal.core import clock
from portal.core.calendar import JAPAN
from portal.core.db import announce_access, db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.issues import service
from portal.issues.clocks import clock_of, next_due
from portal.issues.models import IssueClock, Pause
from portal.issues.pausing import list_to_resume, resume_expected
from portal.issues.standings import Standing, Target, current_state, states_of
from portal.issues.states import IssueState, Leak, PauseKind, Urgency
from portal.targets.queries import get_rules
from portal.targets.rules import Targets
from portal.targets.service import add_closed_day, remove_closed_day, set_targets
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=JAPAN)


def on(day: int, hour: int = 10, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=JAPAN)


@pytest.fixture
def cast(app):
    """Everyone, in a transaction that is thrown away at the end."""
    announce_access(write=True)
    with app.app_context(), clock.pretending(TUESDAY):
        yield make_cast()
        db.session.rollback()


def _standings(issue, now: datetime) -> list[Standing]:
    return [each.standing for each in states_of(clock_of(issue), now)]


def test_each_target_has_its_own_due_and_is_met_by_itself(cast):
    issue = make_issue(cast)
    row = clock_of(issue)
    assert (row.first_reply_due_on, row.routed_due_on) == (date(2026, 11, 25), date(2026, 11, 26))
    assert row.answered_due_on == date(2026, 12, 8)
    assert issue.due_on == row.first_reply_due_on
    assert current_state(row, clock.now()).target is Target.FIRST_REPLY

    service.post_reply(actor_of(cast.liaison), issue, text="確認しています。")
    db.session.refresh(row)
    assert row.first_reply_at == TUESDAY
    assert issue.due_on == row.routed_due_on
    with clock.pretending(on(27, month=11)):
        service.triage_issue(
            actor_of(cast.liaison),
            issue,
            theme_id=issue.theme_id,
            sub_topic_id=issue.sub_topic_id,
            urgency=Urgency.NORMAL,
        )
        service.route_issue(actor_of(cast.liaison), issue)
    assert issue.due_on == row.answered_due_on == date(2026, 12, 8)
    assert row.follow_up_on == date(2026, 12, 4)
    assert _standings(issue, on(1)) == [Standing.MET, Standing.MISSED, Standing.RUNNING]
    assert _standings(issue, on(7))[2] is Standing.AT_RISK
    assert states_of(row, on(9))[2].days_late == 1
    with clock.pretending(on(9)):
        service.accept_issue(actor_of(cast.division), issue)
        service.answer_officially(actor_of(cast.division_head), issue, text="次のとおりです。")
    assert row.is_answered_late
    assert row.follow_up_on is None
    assert current_state(row, on(20)).standing is Standing.MISSED


def test_what_headquarters_writes_among_itself_is_no_first_reply(cast):
    issue = make_issue(cast)
    service.write_note(actor_of(cast.liaison), issue, text="確認中。")
    service.post_reply(actor_of(cast.staff), issue, text="追加です。")
    db.session.refresh(clock_of(issue))
    assert clock_of(issue).first_reply_at is None


def test_urgent_is_due_the_same_day(cast):
    row = clock_of(make_issue(cast, leak=Leak.YES))
    assert {row.first_reply_due_on, row.routed_due_on, row.answered_due_on} == {date(2026, 11, 24)}


def test_waiting_for_the_submitter_does_not_count(cast):
    issue = make_issue(cast, IssueState.RETURNED)
    row = clock_of(issue)
    assert issue.due_on is None
    assert db.session.get_one(Pause, row.pause_id).kind is PauseKind.SUBMITTER
    assert _standings(issue, on(20)) == [Standing.MET, Standing.PAUSED, Standing.PAUSED]
    with clock.pretending(on(1)):
        service.resubmit_issue(actor_of(cast.staff), issue, text="内訳です。")
    assert row.pause_id is None
    assert row.routed_due_on == date(2026, 12, 3)  # five business days later than the 26th
    assert issue.due_on == row.routed_due_on
    assert row.answered_due_on == date(2026, 12, 15)


def test_stated_pause_is_shown_and_ends_by_itself_on_its_day(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    row, before = clock_of(issue), clock_of(issue).answered_due_on
    pause = service.stop_clock(
        actor_of(cast.division), issue, reason="法改正の施行を待っています。", expected_on=date(2026, 12, 1)
    )
    assert issue.due_on is None
    assert db.session.get_one(Pause, pause.id).expected_on == date(2026, 12, 1)
    with pytest.raises(Conflict):
        service.stop_clock(actor_of(cast.division), issue, reason="もう一度", expected_on=date(2026, 12, 1))
    with clock.pretending(on(30, month=11)):
        assert list_to_resume() == []
        assert not resume_expected(issue.id)
    with clock.pretending(on(1, hour=0)):
        assert list_to_resume() == [issue.id]
        assert resume_expected(issue.id)
        assert not resume_expected(issue.id)
        assert list_to_resume() == []
    assert (before, row.answered_due_on) == (date(2026, 12, 8), date(2026, 12, 15))
    assert issue.due_on == next_due(issue) == row.answered_due_on
    with pytest.raises(Conflict):
        service.resume_clock(actor_of(cast.division), issue)


def test_clock_resumes_by_hand_and_with_the_next_step(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    service.stop_clock(actor_of(cast.division), issue, reason="待っています。", expected_on=date(2026, 12, 1))
    with clock.pretending(on(26, month=11)):
        service.resume_clock(actor_of(cast.secretariat), issue)
        assert issue.due_on == date(2026, 12, 10)
        service.stop_clock(actor_of(cast.secretariat), issue, reason="待っています。", expected_on=date(2026, 12, 1))
        service.answer_officially(actor_of(cast.division_head), issue, text="次のとおりです。")
    assert clock_of(issue).pause_id is None
    assert not clock_of(issue).is_answered_late


WRONG_PAUSES = (
    (" ", date(2026, 12, 1), "reason"),
    ("待っています。", None, "expected_on"),
    ("待っています。", date(2026, 11, 24), "expected_on"),
    ("待っています。", date(2026, 12, 23), "expected_on"),  # the 21st business day
)


def test_pause_wants_a_reason_and_a_near_day(cast):
    issue = make_issue(cast)
    for reason, expected_on, field in WRONG_PAUSES:
        with pytest.raises(Invalid) as refused:
            service.stop_clock(actor_of(cast.liaison), issue, reason=reason, expected_on=expected_on)
        assert refused.value.field == field


def test_all_pauses_of_an_issue_together_are_bounded(cast):
    issue = make_issue(cast)
    service.stop_clock(actor_of(cast.liaison), issue, reason="待っています。", expected_on=date(2026, 12, 22))
    with clock.pretending(on(14)):
        service.resume_clock(actor_of(cast.liaison), issue)
        with pytest.raises(Invalid):
            service.stop_clock(actor_of(cast.liaison), issue, reason="また。", expected_on=date(2026, 12, 23))
        service.stop_clock(actor_of(cast.liaison), issue, reason="また。", expected_on=date(2026, 12, 22))


WHO_MAY_STOP = (
    (IssueState.SUBMITTED, "liaison", True),
    (IssueState.SUBMITTED, "secretariat", True),
    (IssueState.SUBMITTED, "division", False),
    (IssueState.SUBMITTED, "other_liaison", False),
    (IssueState.ASSIGNED, "division", True),
    (IssueState.ASSIGNED, "liaison", True),
    (IssueState.ASSIGNED, "staff", False),
    (IssueState.ASSIGNED, "executive", False),
    (IssueState.CONSULTING, "division", False),
    (IssueState.ANSWERED, "secretariat", False),
)


def test_who_may_stop_the_clock(cast):
    for state, who, may in WHO_MAY_STOP:
        issue, actor = make_issue(cast, state), actor_of(getattr(cast, who))
        stops = nullcontext() if may else pytest.raises(Forbidden)
        with stops:
            service.stop_clock(actor, issue, reason="待っています。", expected_on=date(2026, 12, 1))


def test_reopening_begins_a_new_round(cast):
    issue = make_issue(cast, IssueState.ANSWERED)
    row = clock_of(issue)
    assert (row.stopped_at, row.round) == (TUESDAY, 1)
    with clock.pretending(on(14)):
        service.reopen_issue(actor_of(cast.staff), issue, reason="解決しません。")
    assert (row.stopped_at, row.answered_at, row.round) == (None, None, 2)
    assert issue.due_on == row.answered_due_on == date(2026, 12, 28)
    assert row.follow_up_on == date(2026, 12, 21)


def test_withdrawn_issue_needs_no_answer(cast):
    issue = make_issue(cast, IssueState.WITHDRAWN)
    assert _standings(issue, on(20)) == [Standing.NOT_NEEDED] * 3


def test_bounced_issue_is_not_routed(cast):
    issue = make_issue(cast, IssueState.TRIAGED)
    service.route_issue(actor_of(cast.liaison), issue)
    service.bounce_issue(actor_of(cast.division), issue, reason="所管外です。")
    row = clock_of(issue)
    assert (row.routed_at, row.assigned_at, row.follow_up_on) == (None, None, None)


def test_issue_from_before_there_were_clocks_gets_one(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    db.session.delete(db.session.get_one(IssueClock, issue.id))
    db.session.flush()
    db.session.expunge_all()
    issue = db.session.get_one(type(issue), issue.id)
    assert clock_of(issue).answered_due_on == date(2026, 12, 8)


# Setting the targets


def test_targets_hold_for_what_comes_afterwards(cast):
    old = make_issue(cast)
    set_targets(actor_of(cast.admin), Targets(answered_days=3, routed_days=2))
    new = make_issue(cast)
    assert clock_of(old).answered_due_on == date(2026, 12, 8)
    assert clock_of(new).answered_due_on == date(2026, 11, 27)
    with pytest.raises(Conflict):
        set_targets(actor_of(cast.admin), Targets(), seen=0)


OUT_OF_BOUNDS: tuple[dict[str, int], ...] = (
    {"first_reply_days": 0},
    {"answered_days": 61},
    {"urgent_days": -1},
    {"same_problem_bodies": 1},
    {"routed_days": 1, "first_reply_days": 2},
    {"answered_days": 1},
)


def test_targets_have_bounds(cast):
    for changes in OUT_OF_BOUNDS:
        with pytest.raises(Invalid) as refused:
            set_targets(actor_of(cast.admin), Targets(**changes))
        assert refused.value.field in changes


def test_listed_day_is_no_business_day(cast):
    admin = actor_of(cast.admin)
    day = add_closed_day(admin, closed_on=date(2026, 11, 25), reason="臨時の休日")
    assert clock_of(make_issue(cast)).first_reply_due_on == date(2026, 11, 26)
    for wrong in (None, day.closed_on, date(2026, 11, 28), date(2026, 12, 30), date(2026, 11, 2), date(2040, 1, 6)):
        with pytest.raises(Invalid):
            add_closed_day(admin, closed_on=wrong, reason="臨時の休日")
    with clock.pretending(TUESDAY + timedelta(days=2)), pytest.raises(Conflict):
        remove_closed_day(admin, day)
    remove_closed_day(admin, day)
    assert date(2026, 11, 25) not in get_rules().closures


def test_only_administrators_set_targets(cast):
    for who in (cast.secretariat, cast.auditor, cast.division_head, cast.staff):
        with pytest.raises(Forbidden):
            set_targets(actor_of(who), Targets(answered_days=5))
        with pytest.raises(Forbidden):
            add_closed_day(actor_of(who), closed_on=date(2026, 11, 25), reason="休み")
