"""Whom each event of an issue concerns. Nobody is told of what they may not see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from portal.bundles.events import IssueSplit
from portal.core import clock
from portal.core.db import db
from portal.core.events import Audience, Event, EventRecord
from portal.directory.models import Membership
from portal.directory.roles import LOCAL_ROLES, Role
from portal.issues.events import (
    AnswerPromisedAnew,
    ConsultationAnswered,
    ConsultationWithdrawn,
    InternalNoteWritten,
    IssueAccepted,
    IssueAnsweredByQuote,
    IssueBounced,
    IssueClockResumed,
    IssueClockStopped,
    IssueClosed,
    IssueDeclined,
    IssueDeclineProposed,
    IssueDeclineRejected,
    IssueEdited,
    IssueEvent,
    IssueReopened,
    IssueResubmitted,
    IssueReturned,
    IssueRouted,
    IssueSubmitted,
    IssueTakenBack,
    IssueTriaged,
    IssueWithdrawn,
    MinistryConsulted,
    OfficialAnswerGiven,
    ProvisionalAnswerGiven,
    ReplyPosted,
)
from portal.issues.models import Consultation, Follower, Issue, Post
from portal.issues.policy import viewers_of
from portal.issues.responsible import attending, in_charge_of
from portal.issues.states import Holder, Leak, Urgency
from portal.notifications.issue_facts import facts_of
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight
from portal.workbench.events import IssueHandedOver

_Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class _Say:
    """One line of the table below: which people, with what weight, under which topic."""

    people: str
    weight: Weight = Weight.KNOW
    topic: Topic = Topic.ISSUE_NEWS


def _act(people: str) -> _Say:
    return _Say(people, Weight.ACT, Topic.ISSUE_ACTION)


def _answer(people: str) -> _Say:
    return _Say(people, Weight.KNOW, Topic.ISSUE_ACTION)


_SHARED = _Say("prefecture", Weight.KNOW, Topic.PREFECTURE_NEWS)
_FOLLOWERS, _LIAISON, _DIVISION, _SUBMITTER = _Say("follower"), _Say("liaison"), _Say("division"), _Say("submitter")
_MANAGER = _Say("manager")

TABLE: dict[type[Event], list[_Say]] = {
    IssueSubmitted: [_act("desk"), _MANAGER, _SHARED],
    IssueResubmitted: [_act("desk"), _FOLLOWERS],
    IssueReturned: [_act("submitter"), _MANAGER, _FOLLOWERS, _SHARED],
    IssueTriaged: [_SUBMITTER],
    IssueRouted: [_act("division"), _SUBMITTER, _FOLLOWERS],
    IssueAccepted: [_SUBMITTER, _LIAISON, _FOLLOWERS],
    IssueBounced: [_act("secretariat"), _LIAISON],
    IssueTakenBack: [_DIVISION, _LIAISON],
    MinistryConsulted: [_act("ministry"), _DIVISION, _LIAISON],
    ConsultationAnswered: [_act("division"), _LIAISON],
    ConsultationWithdrawn: [_answer("ministry"), _DIVISION, _LIAISON],
    AnswerPromisedAnew: [_answer("submitter"), _MANAGER, _LIAISON, _FOLLOWERS, _SHARED],
    ProvisionalAnswerGiven: [_answer("submitter"), _MANAGER, _LIAISON, _FOLLOWERS, _SHARED],
    OfficialAnswerGiven: [_answer("submitter"), _MANAGER, _LIAISON, _FOLLOWERS, _SHARED],
    IssueAnsweredByQuote: [_answer("submitter"), _MANAGER, _FOLLOWERS, _SHARED],
    IssueClosed: [_DIVISION, _LIAISON, _SUBMITTER, _MANAGER, _FOLLOWERS, _SHARED],
    IssueReopened: [_act("worker"), _LIAISON, _FOLLOWERS, _SHARED],
    IssueDeclineProposed: [_act("secretariat")],
    IssueDeclined: [_answer("submitter"), _MANAGER, _LIAISON, _FOLLOWERS, _SHARED],
    IssueDeclineRejected: [_act("desk")],
    IssueWithdrawn: [_DIVISION, _LIAISON, _MANAGER, _FOLLOWERS, _SHARED],
    IssueClockStopped: [_SUBMITTER, _LIAISON, _DIVISION, _FOLLOWERS, _SHARED],
    IssueClockResumed: [_Say("holder"), _SUBMITTER, _LIAISON, _FOLLOWERS, _SHARED],
    IssueEdited: [_Say("holder"), _LIAISON],
    IssueSplit: [_answer("submitter"), _MANAGER, _Say("holder"), _LIAISON, _FOLLOWERS, _SHARED],
    ReplyPosted: [],
    InternalNoteWritten: [_Say("participant")],
    IssueHandedOver: [_act("claimant")],
}


def tell_issue(event: IssueEvent, record: EventRecord) -> list[Telling]:
    """The tellings of an event of an issue, narrowed to those who may see what it is about."""
    issue = db.session.scalars(
        sa.select(Issue)
        .where(Issue.id == event.issue_id)
        .options(orm.joinedload(Issue.organisation), orm.joinedload(Issue.division))
    ).one()
    consultation = _consultation_of(event)
    ministry_id = consultation.ministry_id if consultation else None
    seen_by = viewers_of(issue, audience=record.audience, ministry_id=ministry_id)
    may_see = Membership.id.in_(seen_by.with_only_columns(Membership.id))
    facts = facts_of(event, issue, record, ministry_id)
    lines = TABLE[type(event)]
    if isinstance(event, ReplyPosted):
        lines = _reply(issue, record)
    if isinstance(event, ConsultationAnswered) and event.is_partial:
        lines = [_answer("division"), _LIAISON]
    if isinstance(event, IssueSubmitted) and event.leak != Leak.NO.value:
        lines = [*lines[:1], _act("secretariat"), _act("admin"), *lines[1:]]
    is_urgent = issue.urgency is Urgency.URGENT or issue.leak in {Leak.SUSPECTED, Leak.YES}
    return [
        Telling(
            who=sa.and_(_who(line, event, issue, ministry_id), may_see),
            reason=_reason(line.people),
            topic=line.topic,
            weight=line.weight,
            facts={**facts, "reason": _reason(line.people)},
            is_urgent=is_urgent and line.weight is Weight.ACT,
            due_on=_due(line, issue, consultation),
            in_office_hours=isinstance(event, IssueClockStopped | IssueClockResumed),
        )
        for line in lines
    ]


def _who(line: _Say, event: IssueEvent, issue: Issue, ministry_id: int | None) -> _Condition:
    if isinstance(event, IssueHandedOver):
        return Membership.id == event.membership_id
    if isinstance(event, IssueTakenBack) and line.people == "division":  # the one that had it
        return sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == event.division_id)
    return PEOPLE[line.people](issue, ministry_id)


def _due(line: _Say, issue: Issue, consultation: Consultation | None) -> date | None:
    if line.weight is not Weight.ACT or line.people == "submitter":
        return None
    return consultation.due_on if line.people == "ministry" and consultation else issue.due_on


def _reason(people: str) -> str:
    stands_for = {"desk": "liaison", "worker": "division", "holder": "participant", "claimant": "participant"}
    return stands_for.get(people, people)


def _reply(issue: Issue, record: EventRecord) -> list[_Say]:
    """A reply asks something of the other side: the body's of whoever has the ball, headquarters' of the body.

    The writer's own colleagues, the submitter or whoever has the ball, are let know.
    """
    if record.audience is Audience.CONSULT:
        return [_answer("ministry"), _Say("division"), _LIAISON]
    membership = db.session.get(Membership, record.actor_membership_id) if record.actor_membership_id else None
    is_body = membership is not None and membership.organisation_id == issue.organisation_id
    sides = [_answer("holder"), _SUBMITTER] if is_body else [_answer("submitter"), _Say("holder")]
    return [*sides, _LIAISON, _FOLLOWERS]


def _consultation_of(event: IssueEvent) -> Consultation | None:
    consultation_id = getattr(event, "consultation_id", None)
    if consultation_id is None and event.post_id is not None:
        consultation_id = db.session.scalar(sa.select(Post.consultation_id).where(Post.id == event.post_id))
    return db.session.get(Consultation, consultation_id) if consultation_id else None


def _role(role: Role) -> Callable[[Issue, int | None], _Condition]:
    return lambda _issue, _ministry: Membership.role == role


def _liaisons(issue: Issue, _ministry: int | None) -> _Condition:
    return sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(in_charge_of(issue)))


def _desk(issue: Issue, ministry: int | None) -> _Condition:
    """The liaisons in charge; the secretariat where there is none, so that nothing is without an owner."""
    ownerless = sa.and_(Membership.role == Role.SECRETARIAT, sa.not_(attending(issue).exists()))
    return sa.or_(_liaisons(issue, ministry), ownerless)


def _division(issue: Issue, _ministry: int | None) -> _Condition:
    return sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == issue.division_id)


def _worker(issue: Issue, ministry: int | None) -> _Condition:
    return _division(issue, ministry) if issue.division_id is not None else _desk(issue, ministry)


def _ministry(_issue: Issue, ministry: int | None) -> _Condition:
    return sa.and_(Membership.role == Role.MINISTRY, Membership.organisation_id == ministry)


def _submitter(issue: Issue, _ministry: int | None) -> _Condition:
    """Whoever submitted it and the section's managers; where the submitter has left the body, section and managers."""
    section = Membership.section_id == issue.section_id if issue.section_id else sa.true()
    there = sa.orm.aliased(Membership)
    now = clock.now()
    stayed = sa.exists().where(
        there.person_id == issue.submitter_person_id,
        there.organisation_id == issue.organisation_id,
        there.starts_at <= now,
        sa.or_(there.ends_at.is_(None), there.ends_at > now),
    )
    is_manager = Membership.role == Role.LOCAL_MANAGER
    manager = sa.and_(is_manager, sa.or_(Membership.section_id.is_(None), section))
    heirs = sa.and_(sa.not_(stayed), sa.or_(section, is_manager))
    return sa.and_(
        Membership.organisation_id == issue.organisation_id,
        Membership.role.in_(LOCAL_ROLES | {Role.ASSOCIATION}),
        sa.or_(Membership.person_id == issue.submitter_person_id, manager, heirs),
    )


def _managers(issue: Issue, _ministry: int | None) -> _Condition:
    return sa.and_(Membership.organisation_id == issue.organisation_id, Membership.role == Role.LOCAL_MANAGER)


def _followers(issue: Issue, _ministry: int | None) -> _Condition:
    return Membership.person_id.in_(sa.select(Follower.person_id).where(Follower.issue_id == issue.id))


def _prefecture(issue: Issue, _ministry: int | None) -> _Condition:
    """The people of the prefecture, where the body shares its issue with it."""
    if not issue.is_shared_with_prefecture or issue.organisation.parent_id is None:
        return sa.false()
    return sa.and_(Membership.organisation_id == issue.organisation.parent_id, Membership.role.in_(LOCAL_ROLES))


def _holder(issue: Issue, ministry: int | None) -> _Condition:
    holders: dict[Holder, Callable[[Issue, int | None], _Condition]] = {
        Holder.LIAISON: _desk,
        Holder.SECRETARIAT: _role(Role.SECRETARIAT),
        Holder.DIVISION: _division,
        Holder.MINISTRY: _division,
    }
    people = holders.get(issue.holder)
    if people is None:  # the body has the ball, or nobody: whoever worked on it
        people = _worker
    return people(issue, ministry)


def _participants(issue: Issue, ministry: int | None) -> _Condition:
    """Those at headquarters who work on it: liaisons, the division, and whoever wrote in it or follows it."""
    writers = sa.select(Post.author_person_id).where(Post.issue_id == issue.id)
    return sa.or_(
        _liaisons(issue, ministry),
        _division(issue, ministry),
        Membership.person_id.in_(writers),
        _followers(issue, ministry),
    )


PEOPLE: dict[str, Callable[[Issue, int | None], _Condition]] = {
    "desk": _desk,
    "liaison": _liaisons,
    "secretariat": _role(Role.SECRETARIAT),
    "admin": _role(Role.ADMIN),
    "submitter": _submitter,
    "manager": _managers,
    "division": _division,
    "worker": _worker,
    "ministry": _ministry,
    "follower": _followers,
    "prefecture": _prefecture,
    "holder": _holder,
    "participant": _participants,
}
