"""Whom an escalation concerns: always people of headquarters alone."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.events import Audience, EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.escalation.events import DivisionFollowedUp, LeakUnanswered, SameProblemReported, TargetMissed
from portal.issues.events import IssueEvent
from portal.issues.models import Issue
from portal.issues.policy import viewers_of
from portal.issues.states import Holder
from portal.notifications.issue_tellings import PEOPLE
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight

_Group = tuple[str, sa.ColumnElement[bool]]
_WITH_DIVISION = frozenset({Holder.DIVISION, Holder.MINISTRY})


def tell_escalation(event: IssueEvent, record: EventRecord) -> list[Telling]:
    """The people of the step, narrowed to those who may read internal notes of the issue."""
    issue = db.session.scalars(
        sa.select(Issue).where(Issue.id == event.issue_id).options(orm.joinedload(Issue.organisation))
    ).one()
    may_see = Membership.id.in_(viewers_of(issue, audience=Audience.INTERNAL).with_only_columns(Membership.id))
    facts = _facts(event, issue)
    return [
        Telling(
            who=sa.and_(who, may_see),
            reason=reason,
            topic=Topic.ISSUE_ACTION,
            weight=Weight.ACT,
            facts={**facts, "reason": reason},
            is_urgent=isinstance(event, LeakUnanswered),
            due_on=None if isinstance(event, SameProblemReported) else issue.due_on,
            in_office_hours=True,
        )
        for reason, who in _groups(event, issue)
    ]


def _groups(event: IssueEvent, issue: Issue) -> list[_Group]:
    desk, secretariat = ("liaison", PEOPLE["desk"](issue, None)), ("secretariat", PEOPLE["secretariat"](issue, None))
    if isinstance(event, DivisionFollowedUp):
        return [("division", PEOPLE["division"](issue, None)), desk]
    if isinstance(event, LeakUnanswered):
        return [secretariat, desk, ("admin", PEOPLE["admin"](issue, None))]
    if isinstance(event, SameProblemReported):
        of_division = sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == event.division_id)
        return [secretariat, ("division", of_division)]
    if isinstance(event, TargetMissed) and not event.is_long:
        return [("head", _heads(issue))]
    return [secretariat]


def _heads(issue: Issue) -> sa.ColumnElement[bool]:
    """The heads of whoever has it, everyone there where there is no head: the division, else the secretariat."""
    if issue.holder in _WITH_DIVISION and issue.division_id is not None:
        members = sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == issue.division_id)
    else:
        members = Membership.role == Role.SECRETARIAT
    head, now = orm.aliased(Membership), clock.now()
    there = sa.and_(head.is_head, head.starts_at <= now, sa.or_(head.ends_at.is_(None), head.ends_at > now))
    is_same = sa.and_(head.role == Membership.role, head.organisation_id == Membership.organisation_id)
    return sa.and_(members, sa.or_(Membership.is_head, sa.not_(sa.exists().where(there, is_same))))


def _facts(event: IssueEvent, issue: Issue) -> dict[str, Any]:
    facts: dict[str, Any] = {"number": issue.number, "title": issue.title, "body": issue.organisation.name}
    if isinstance(event, TargetMissed):
        facts |= {"target": event.target, "is_long": event.is_long, "missed_on": event.due_on}
    if isinstance(event, SameProblemReported):
        facts["bodies"] = event.bodies
    return facts
