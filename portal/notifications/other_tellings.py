"""Whom the events of guidance, accounts and auditors' readings concern."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.accounts.events import AccountEvent
from portal.audit.events import ReadingGranted
from portal.core.db import db
from portal.core.events import Event, EventRecord
from portal.directory.models import Membership
from portal.directory.roles import LOCAL_ROLES, Role
from portal.guidance.events import GuidanceAbolished, GuidanceEvent, GuidanceIssued, GuidanceSentForReview
from portal.guidance.models import Guidance
from portal.guidance.policy import viewers_of
from portal.guidance.states import GuidanceState, Nature
from portal.issues.models import Issue
from portal.notifications.events import ReplyHeld
from portal.notifications.guidance_facts import sections_addressed
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight, sender_of

_Condition = sa.ColumnElement[bool]
_BODIES = LOCAL_ROLES | {Role.ASSOCIATION}
_SIGNS = sa.or_(Membership.is_head, Membership.is_approver)


def tell_guidance(event: GuidanceEvent, record: EventRecord) -> list[Telling]:
    """Review: who may approve. Return and approval: who drafted. Issue and abolition: the addressed bodies."""
    guidance = db.session.scalars(
        sa.select(Guidance).where(Guidance.id == event.guidance_id).options(orm.joinedload(Guidance.sender))
    ).one()
    facts = {
        "number": guidance.document_number,
        "title": guidance.title,
        "sender": guidance.sender.name,
        "kind": guidance.kind.value,
        "nature": guidance.nature.value,
        "action": guidance.required_action,
    }
    may_see = Membership.id.in_(viewers_of(guidance).with_only_columns(Membership.id))
    if isinstance(event, GuidanceIssued) and guidance.state is GuidanceState.RECALLED:
        return []  # taken back before everybody was told: nobody else is
    if isinstance(event, GuidanceIssued | GuidanceAbolished):
        return _to_recipients(event, guidance, facts, may_see)
    if isinstance(event, GuidanceSentForReview):
        return [_telling("approver", sa.and_(_approvers(guidance), may_see), facts)]
    is_return = event.kind() == "guidance_returned"
    return [
        _telling(
            "drafter", sa.and_(_drafters(guidance), may_see), facts, weight=Weight.ACT if is_return else Weight.KNOW
        )
    ]


def _to_recipients(event: Event, guidance: Guidance, facts: dict[str, Any], may_see: _Condition) -> list[Telling]:
    members = sections_addressed(guidance, at_issue=isinstance(event, GuidanceIssued))
    asks = guidance.nature is Nature.REPLY_REQUIRED or guidance.reply_due_on is not None
    if isinstance(event, GuidanceAbolished) or not asks:
        first = _telling("recipient", members, facts, topic=Topic.GUIDANCE_NEWS, weight=Weight.KNOW)
    else:
        first = _telling("recipient", members, facts, due_on=guidance.reply_due_on)
    inside = sa.and_(sa.or_(Membership.role == Role.LIAISON, _drafters(guidance)), may_see)
    return [first, _telling("headquarters", inside, facts, topic=Topic.GUIDANCE_NEWS, weight=Weight.KNOW)]


def _telling(
    reason: str,
    who: _Condition,
    facts: dict[str, Any],
    *,
    topic: Topic = Topic.GUIDANCE_ACTION,
    weight: Weight = Weight.ACT,
    **more: Any,
) -> Telling:
    return Telling(reason=reason, who=who, topic=topic, weight=weight, facts={**facts, "reason": reason}, **more)


def _approvers(guidance: Guidance) -> _Condition:
    """Whoever may approve it: heads and approvers of the secretariat and of the drafting division, but no writer."""
    return sa.and_(
        _SIGNS,
        sa.or_(
            Membership.role == Role.SECRETARIAT,
            sa.and_(Membership.role == Role.DIVISION, Membership.organisation_id == guidance.drafter_organisation_id),
        ),
        Membership.person_id.not_in(_writers(guidance)),
    )


def _drafters(guidance: Guidance) -> _Condition:
    return Membership.person_id.in_(_writers(guidance))


def _writers(guidance: Guidance) -> list[int]:
    return [person_id for person_id in (guidance.drafter_person_id, guidance.editor_person_id) if person_id is not None]


def tell_account(event: AccountEvent, record: EventRecord) -> list[Telling]:
    """The person alone, at once."""
    facts = {"link_id": getattr(event, "link_id", None), "reason": "self"}
    return [Telling(reason="self", topic=Topic.ACCOUNT, person_id=event.person_id, facts=facts, is_urgent=True)]


def tell_reading(event: ReadingGranted, record: EventRecord) -> list[Telling]:
    """Administrators are told that an auditor reads a text."""
    number = None
    if event.granted_kind == "issue":
        number = db.session.scalar(sa.select(Issue.number).where(Issue.id == event.granted_id))
    return [
        _telling(
            "admin",
            Membership.role == Role.ADMIN,
            {"number": number, "sender": sender_of(record)},
            topic=Topic.OPERATIONS,
            weight=Weight.KNOW,
        )
    ]


def tell_held_reply(event: ReplyHeld, record: EventRecord) -> list[Telling]:
    """The secretariat and administrators are told that an answer by mail waits for their decision."""
    facts = {"held": event.cause}
    return [
        _telling("secretariat", Membership.role == Role.SECRETARIAT, facts, topic=Topic.OPERATIONS),
        _telling("admin", Membership.role == Role.ADMIN, facts, topic=Topic.OPERATIONS, weight=Weight.KNOW),
    ]
