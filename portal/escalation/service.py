"""Taking the steps of escalation, in the portal's own name: each in a transaction of its caller's."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.core.events import Audience, emit
from portal.directory.actor import SYSTEM
from portal.escalation.events import DivisionFollowedUp, LeakUnanswered, SameProblemReported, TargetMissed
from portal.escalation.models import Escalation
from portal.escalation.queries import Due, SameProblem, find_due_round, list_same_problems, newest_of
from portal.escalation.steps import Step
from portal.issues.clocks import clock_of
from portal.issues.models import Issue, IssueClock
from portal.issues.standings import Target
from portal.targets.rules import Rules
from portal.themes.models import SubTopic
from portal.themes.queries import division_for

_DUES = {
    Target.FIRST_REPLY: lambda row: row.first_reply_due_on,
    Target.ROUTED: lambda row: row.routed_due_on,
    Target.ANSWERED: lambda row: row.answered_due_on,
}


def take_step(due: Due, rules: Rules) -> bool:
    """Take the step and emit its event; False when it is not due any more or another worker took it."""
    now = clock.now()
    issue = db.session.scalar(sa.select(Issue).where(Issue.id == due.issue_id).with_for_update())
    in_round = find_due_round(due, now, rules)
    if issue is None or in_round is None or not _record(issue.id, due.step, in_round):
        return False
    row = db.session.get_one(IssueClock, issue.id)
    emit(SYSTEM, _event(due.step, issue, row))
    return True


def report_same_problem(problem: SameProblem, threshold: int) -> bool:
    """Tell of a problem that many share, once in thirty days; False when it was told meanwhile."""
    now = clock.now()
    topic = db.session.scalar(sa.select(SubTopic).where(SubTopic.id == problem.sub_topic_id).with_for_update())
    issue = newest_of(problem.sub_topic_id, now)
    if topic is None or issue is None:
        return False
    still = next((each for each in list_same_problems(now, threshold) if each.sub_topic_id == topic.id), None)
    if still is None:
        return False
    in_round = clock_of(issue).round
    if not _record(issue.id, Step.SAME_PROBLEM, in_round, sub_topic_id=topic.id, bodies=still.bodies):
        return False
    division = division_for(topic.theme_id, topic.id)
    emit(
        SYSTEM,
        SameProblemReported(
            issue_id=issue.id,
            sub_topic_id=topic.id,
            bodies=still.bodies,
            division_id=division.id if division else None,
            organisation_id=issue.organisation_id,
            audience=Audience.INTERNAL,
        ),
    )
    return True


def _record(issue_id: int, step: Step, in_round: int, **more: int) -> bool:
    values = {"issue_id": issue_id, "step": step, "round": in_round, "raised_at": clock.now(), **more}
    row = insert(Escalation).values(**values).on_conflict_do_nothing().returning(Escalation.id)
    return db.session.execute(row).first() is not None


def _event(step: Step, issue: Issue, row: IssueClock) -> DivisionFollowedUp | LeakUnanswered | TargetMissed:
    if step is Step.FOLLOW_UP:
        return DivisionFollowedUp(issue_id=issue.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL)
    if step is Step.LEAK_UNANSWERED:
        return LeakUnanswered(issue_id=issue.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL)
    name, is_long = step.value.removesuffix("_missed"), step.value.endswith("_long_missed")
    target = Target(name.removesuffix("_long"))
    return TargetMissed(
        issue_id=issue.id,
        target=target.value,
        is_long=is_long,
        due_on=_DUES[target](row).isoformat(),
        organisation_id=issue.organisation_id,
        audience=Audience.INTERNAL,
    )
