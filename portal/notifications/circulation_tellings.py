"""Whom 庁内展開 concerns inside the body: the section, who coordinates, the head. Nobody outside."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.circulation.events import (
    AnswerComposed,
    CirculationEvent,
    ComposedAnswerConfirmed,
    ComposedAnswerReturned,
    PaperPassed,
    PartAnswered,
    PartEvent,
    PartReminded,
    PartSent,
    PartSentBack,
    PartWithdrawn,
)
from portal.circulation.models import Circulation, ComposedAnswer, Part, PassedPaper
from portal.circulation.policy import coordinators_of, heads_of
from portal.circulation.states import PartState
from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import ADDRESSED_ROLES
from portal.guidance.models import Recipient
from portal.guidance.states import GuidanceState
from portal.notifications.guidance_facts import facts_of, get_paper
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight

TOLD = (
    PartSent,
    PartReminded,
    PartWithdrawn,
    PartAnswered,
    PartSentBack,
    AnswerComposed,
    ComposedAnswerReturned,
    ComposedAnswerConfirmed,
)
_TO_SECTION = (PartSent, PartReminded, PartWithdrawn)
_NEWS = (PartWithdrawn, PartAnswered, ComposedAnswerConfirmed)


def tell_circulation(event: CirculationEvent, record: EventRecord) -> list[Telling]:
    """A part: its section; an answer or its return: who coordinates; to be confirmed: the head. None once the paper is
    no longer in force."""
    guidance = get_paper(event.guidance_id)
    circulation = _get(event.circulation_id)
    if guidance.state is not GuidanceState.ISSUED and not isinstance(event, ComposedAnswerConfirmed):
        return []
    reason, who = _whom(event, circulation)
    facts = {**facts_of(guidance), "guidance_id": guidance.id, "reason": reason}
    due_on = None
    if isinstance(event, PartEvent):
        part = db.session.get_one(Part, event.part_id)
        facts |= {"section": part.section_name, "part_id": part.id}
        if isinstance(event, PartSent | PartReminded):
            if part.state is not PartState.WAITING:
                return []
            due_on = part.due_on
    weight = Weight.KNOW if isinstance(event, _NEWS) else Weight.ACT
    topic = Topic.GUIDANCE_NEWS if isinstance(event, _NEWS) else Topic.GUIDANCE_ACTION
    return [Telling(reason=reason, topic=topic, who=who, facts=facts, weight=weight, due_on=due_on)]


def tell_passed(event: PaperPassed, record: EventRecord) -> list[Telling]:
    """The colleague to whom a paper was sent on, or everybody of the section; none once it was recalled."""
    guidance = get_paper(event.guidance_id)
    if guidance.state is GuidanceState.RECALLED:
        return []
    passed = db.session.get_one(PassedPaper, event.passed_paper_id)
    body = db.session.scalar(sa.select(Recipient.organisation_id).where(Recipient.id == passed.recipient_id))
    assert body is not None  # noqa: S101 - a recipient is never deleted
    place = (
        Membership.id == passed.to_membership_id
        if passed.to_section_id is None
        else Membership.section_id == passed.to_section_id
    )
    facts = {**facts_of(guidance), "guidance_id": guidance.id, "reason": "colleague", "passed_by": passed.signature}
    who = sa.and_(_members(body), place)
    return [Telling(reason="colleague", topic=Topic.GUIDANCE_ACTION, who=who, facts=facts, weight=Weight.KNOW)]


def _whom(event: CirculationEvent, circulation: Circulation) -> tuple[str, sa.ColumnElement[bool]]:
    body = circulation.recipient.organisation_id
    if isinstance(event, AnswerComposed):
        return "head", _without(event, heads_of(body))
    wanted: Any
    if isinstance(event, _TO_SECTION):
        reason, section_id = "own_section", event.section_id
        wanted = sa.and_(_members(body), Membership.section_id == section_id)
    else:
        reason, wanted = "coordinator", coordinators_of(circulation, body)
    return (reason, wanted) if _holds(wanted) else ("head", heads_of(body))


def _without(event: AnswerComposed, heads: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Of several heads those who have not composed it."""
    answer = db.session.get_one(ComposedAnswer, event.answer_id)
    others = sa.and_(heads, Membership.person_id != answer.composed_by_person_id)
    return others if _holds(others) else heads


def _members(organisation_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(Membership.organisation_id == organisation_id, Membership.role.in_(ADDRESSED_ROLES))


def _holds(who: sa.ColumnElement[bool]) -> bool:
    """Whether anybody of these sits there now; where nobody does, the head is told."""
    found = sa.select(Membership.id).where(who, Membership.current_at(clock.now()))
    return bool(db.session.scalar(sa.select(found.exists())))


def _get(circulation_id: int) -> Circulation:
    return db.session.scalars(
        sa.select(Circulation).where(Circulation.id == circulation_id).options(orm.joinedload(Circulation.recipient))
    ).one()
