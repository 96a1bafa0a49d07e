"""Stopping the clock of an issue for a stated reason, and letting it go on by hand or by itself."""

from datetime import date

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, business_days_between, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.issues import policy
from portal.issues.ball import touch
from portal.issues.clocks import begin_pause, clock_of, end_pause, next_due
from portal.issues.content import required_text
from portal.issues.events import IssueClockResumed, IssueClockStopped
from portal.issues.models import Issue, IssueClock, Pause
from portal.issues.states import PauseKind, PostKind
from portal.issues.thread import add_post
from portal.targets.queries import get_rules
from portal.targets.rules import Rules


def stop_clock(actor: Actor, issue: Issue, *, reason: str, expected_on: date | None, confirmed: bool = False) -> Pause:
    """Stop the clock until a day, for a reason that the body reads; on that day it goes on by itself.

    Raises Conflict when it stands already, Invalid at ``reason`` or ``expected_on``: no later than the business days
    allow that an issue's clock may be stopped for, all stops together.
    """
    if clock_of(issue).pause_id is not None:
        raise Conflict(N_("時計は、すでに止まっています。"))
    authorize(policy.can_stop_clock, actor, issue)
    text = required_text("reason", reason, N_("時計を止める理由を入力してください。"), confirmed=confirmed)
    _check_expected(issue, expected_on)
    post = add_post(actor, issue, PostKind.CLOCK_STOPPED, Audience.PUBLIC, text)
    pause = begin_pause(issue, PauseKind.STATED, post.id, expected_on=expected_on)
    touch(issue, Audience.PUBLIC)
    emit(
        actor,
        IssueClockStopped(
            issue_id=issue.id,
            post_id=post.id,
            resumes_on=expected_on.isoformat() if expected_on else "",
            organisation_id=issue.organisation_id,
        ),
    )
    return pause


def resume_clock(actor: Actor, issue: Issue) -> None:
    """Let the clock go on before the day. Raises Conflict when it runs, or waits for the submitter."""
    authorize(policy.can_resume_clock, actor, issue)
    _require_stopped(issue)
    _resume(issue)
    emit(actor, IssueClockResumed(issue_id=issue.id, organisation_id=issue.organisation_id))


def list_to_resume(limit: int = 200) -> list[int]:
    """The ids of issues whose clock was to go on today or before."""
    return list(
        db.session.scalars(
            sa.select(Pause.issue_id)
            .where(Pause.ended_at.is_(None), Pause.expected_on <= japan_date(clock.now()))
            .order_by(Pause.expected_on, Pause.id)
            .limit(limit)
        )
    )


def resume_expected(issue_id: int) -> bool:
    """Let the clock of one of them go on in the portal's own name; False when it has meanwhile."""
    issue = db.session.scalar(sa.select(Issue).where(Issue.id == issue_id).with_for_update())
    pause = _stated_pause(issue) if issue is not None else None
    if issue is None or pause is None or pause.expected_on is None or pause.expected_on > japan_date(clock.now()):
        return False
    _resume(issue)
    emit(SYSTEM, IssueClockResumed(issue_id=issue.id, organisation_id=issue.organisation_id))
    return True


def last_possible_day(issue: Issue, rules: Rules) -> date:
    """Until when the clock may be stopped at most, with what earlier stops have used."""
    stops = db.session.execute(
        sa.select(Pause.started_at, Pause.ended_at).where(Pause.issue_id == issue.id, Pause.kind == PauseKind.STATED)
    )
    today = japan_date(clock.now())
    used = sum(
        business_days_between(japan_date(start), japan_date(end) if end else today, rules.closures)
        for start, end in stops
    )
    return add_business_days(today, max(0, rules.targets.longest_pause_days - used), rules.closures)


def _check_expected(issue: Issue, expected_on: date | None) -> None:
    if expected_on is None:
        raise Invalid(N_("再開の予定日を入力してください。"), field="expected_on")
    if expected_on <= japan_date(clock.now()):
        raise Invalid(N_("再開の予定日には、明日以降の日付を入力してください。"), field="expected_on")
    rules = get_rules()
    if expected_on > last_possible_day(issue, rules):
        raise Invalid(
            N_("時計を止められるのは、1件につき合わせて%(days)s営業日までです。"),
            field="expected_on",
            days=rules.targets.longest_pause_days,
        )


def _stated_pause(issue: Issue) -> Pause | None:
    return db.session.scalar(
        sa.select(Pause)
        .join(IssueClock, IssueClock.pause_id == Pause.id)
        .where(IssueClock.issue_id == issue.id, Pause.kind == PauseKind.STATED, Pause.ended_at.is_(None))
    )


def _require_stopped(issue: Issue) -> None:
    if _stated_pause(issue) is None:
        raise Conflict(N_("時計は、すでに動いています。"))


def _resume(issue: Issue) -> None:
    end_pause(issue)
    issue.due_on = next_due(issue)
    touch(issue, Audience.PUBLIC)
