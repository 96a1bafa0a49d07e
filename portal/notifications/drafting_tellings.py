"""Whom the preparation of a paper concerns: offices asked, the writers, whoever approves, also after the issue."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import Event, EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.drafting.events import GuidanceIssuedUrgently, PaperRemarked, UrgentIssueApproved, UrgentIssueRefused
from portal.drafting.models import UrgentIssue
from portal.guidance.events import ReviewStepAsked, ReviewStepMarked
from portal.guidance.models import Guidance, ReviewStep
from portal.guidance.reviewing import list_open_steps
from portal.guidance.states import GuidanceState, ReviewMark, ReviewStepKind
from portal.notifications.guidance_facts import facts_of, get_paper, may_see, signers_but
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight


def tell_drafting(event: Any, record: EventRecord) -> list[Telling]:
    """The tellings of each of the events in TOLD."""
    return _WAYS[type(event)](event, get_paper(event.guidance_id))


def _tell_asked(event: ReviewStepAsked, guidance: Guidance) -> list[Telling]:
    """A check: colleagues who wrote none of it. A concurrence: the office's heads and approvers, of a ministry all."""
    step = db.session.get_one(ReviewStep, event.step_id)
    if step.closed_at is not None or guidance.state is not GuidanceState.REVIEW:
        return []
    own = Membership.organisation_id == step.organisation_id
    if step.kind is ReviewStepKind.CHECK:
        colleagues = sa.and_(own, Membership.person_id.not_in(_writers(guidance)), may_see(guidance))
        return [_telling("office", colleagues, guidance)]
    signs = sa.or_(Membership.is_head, Membership.is_approver, Membership.role == Role.MINISTRY)
    return [_telling("concurring", sa.and_(own, signs, may_see(guidance)), guidance)]


def _tell_marked(event: ReviewStepMarked, guidance: Guidance) -> list[Telling]:
    """The writers; and once nobody is waited for, whoever approves."""
    weight = Weight.ACT if event.mark == ReviewMark.OBJECTED.value else Weight.KNOW
    found = [_telling("drafter", _are_writers(guidance), guidance, weight=weight)]
    steps = list_open_steps(guidance) if guidance.state is GuidanceState.REVIEW else []
    if steps and all(step.mark is not ReviewMark.WAITING for step in steps):
        approvers = sa.and_(signers_but(guidance, _writers(guidance)), may_see(guidance))
        found.append(_telling("approver", approvers, guidance))
    return found


def _tell_remarked(event: PaperRemarked, guidance: Guidance) -> list[Telling]:
    return [_telling("drafter", _are_writers(guidance), guidance, weight=Weight.KNOW)]


def _tell_issued(event: GuidanceIssuedUrgently, guidance: Guidance) -> list[Telling]:
    """Whoever may approve it now that it is out: nobody who wrote or issued it."""
    urgent = db.session.get_one(UrgentIssue, guidance.id)
    involved = [*_writers(guidance), urgent.issued_by_person_id]
    return [_telling("approver", signers_but(guidance, involved), guidance)]


def _tell_approved(event: UrgentIssueApproved, guidance: Guidance) -> list[Telling]:
    return [_telling("drafter", _are_involved(guidance), guidance, weight=Weight.KNOW)]


def _tell_refused(event: UrgentIssueRefused, guidance: Guidance) -> list[Telling]:
    return [_telling("drafter", _are_involved(guidance), guidance)]


def _are_involved(guidance: Guidance) -> sa.ColumnElement[bool]:
    """Who wrote it and who issued it."""
    urgent = db.session.get_one(UrgentIssue, guidance.id)
    return Membership.person_id.in_([*_writers(guidance), urgent.issued_by_person_id])


_WAYS: dict[type[Event], Callable[[Any, Guidance], list[Telling]]] = {
    ReviewStepAsked: _tell_asked,
    ReviewStepMarked: _tell_marked,
    PaperRemarked: _tell_remarked,
    GuidanceIssuedUrgently: _tell_issued,
    UrgentIssueApproved: _tell_approved,
    UrgentIssueRefused: _tell_refused,
}
TOLD = tuple(_WAYS)


def _telling(reason: str, who: sa.ColumnElement[bool], guidance: Guidance, *, weight: Weight = Weight.ACT) -> Telling:
    facts = {**facts_of(guidance), "reason": reason}
    return Telling(reason=reason, topic=Topic.GUIDANCE_ACTION, who=who, facts=facts, weight=weight)


def _are_writers(guidance: Guidance) -> sa.ColumnElement[bool]:
    return sa.and_(Membership.person_id.in_(_writers(guidance)), may_see(guidance))


def _writers(guidance: Guidance) -> list[int]:
    return [each for each in (guidance.drafter_person_id, guidance.editor_person_id) if each is not None]
