"""Whom answers and what was decided on them concern: the body, its prefecture, its liaison, the office."""

from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.events import (
    AnswersForwarded,
    AnswersPending,
    AnswersReturned,
    AnswersSubmitted,
    DueExtensionAsked,
    DueExtensionEvent,
    DueExtensionGranted,
    DueExtensionRefused,
    DueExtensionWithdrawn,
)
from portal.answering.extending import due_of
from portal.answering.models import AnswerChange, DueExtension
from portal.answering.states import ExtensionState
from portal.campaigns.models import Campaign, Entry, Participation, Question
from portal.campaigns.states import ANSWERED, CampaignState, EntryState
from portal.core.db import db
from portal.core.events import EventRecord
from portal.decisions.events import DecisionEvent, DecisionOverridden, DecisionOverrideLifted
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.models import Membership
from portal.directory.roles import LOCAL_ROLES, Role
from portal.notifications.campaign_facts import (
    facts_of,
    get_campaign,
    liaisons_of,
    of_areas,
    of_office,
    those_who_answer,
)
from portal.notifications.models import Notification, Topic
from portal.notifications.telling import Telling, Weight, sender_of

_Condition = sa.ColumnElement[bool]


def tell_answers(event: Any, record: EventRecord) -> list[Telling]:
    """Each kind of event to its own people; nothing once the campaign has ended."""
    campaign = get_campaign(event.campaign_id)
    if campaign.state is not CampaignState.PUBLISHED:
        return []
    return _WAYS[type(event)](event, record, campaign)


def _returned(event: AnswersReturned, record: EventRecord, campaign: Campaign) -> list[Telling]:
    """The body's respondents and managers, with the fields that came back; the reasons stand in the portal."""
    entry = _get_entry(event.entry_id)
    if entry.state is not EntryState.RETURNED:
        return []
    facts = {**_facts(campaign, entry), "sender": sender_of(record), "fields": _labels(campaign, event.codes)}
    due_on = due_of(campaign, entry.participation)
    return [_act(_respondents(campaign, entry), {**facts, "page": "entry"}, due_on=due_on)]


def _submitted(event: AnswersSubmitted, record: EventRecord, campaign: Campaign) -> list[Telling]:
    """The prefecture that compiles, one line for all that came in since its last digest or look; nobody by mail."""
    entry = _get_entry(event.entry_id)
    if entry.participation.is_prefecture or entry.state not in ANSWERED or campaign.is_drill:
        return []
    held = orm.aliased(Notification)
    has_line = sa.exists().where(
        held.person_id == Membership.person_id,
        held.kind == AnswersSubmitted.kind(),
        held.subject_kind == "campaign",
        held.subject_id == campaign.id,
        held.read_at.is_(None),
        held.digest_id.is_(None),
        held.event_id != record.id,
    )
    who = sa.and_(_compilers(campaign, entry), sa.not_(has_line))
    return [_know("compiler", who, {**facts_of(campaign), "page": "matrix"})]


def _forwarded(event: AnswersForwarded, record: EventRecord, campaign: Campaign) -> list[Telling]:
    facts = {**facts_of(campaign), "sender": sender_of(record), "count": event.count, "page": "matrix"}
    return [_know("campaign_office", of_office(campaign), facts)]


def _pending(event: AnswersPending, record: EventRecord, campaign: Campaign) -> list[Telling]:
    """The prefecture and the liaison learn until when the body puts its answer off."""
    entry = _get_entry(event.entry_id)
    if campaign.is_drill or entry.state is not EntryState.PENDING:
        return []
    facts = {**_facts(campaign, entry), "until": str(event.until), "page": "entry"}
    liaisons = liaisons_of(sa.select(sa.literal(entry.organisation_id)))
    groups = [("liaison", liaisons)]
    if not entry.participation.is_prefecture:
        groups.insert(0, ("compiler", _compilers(campaign, entry)))
    return [_know(reason, who, facts) for reason, who in groups]


def _extension(event: DueExtensionEvent, record: EventRecord, campaign: Campaign) -> list[Telling]:
    """Asked, and taken back: the office. Decided: the body, with the due that stands."""
    participation = db.session.get_one(Participation, event.participation_id)
    body = {"body": participation.organisation_name, "body_id": participation.organisation_id}
    facts = {**facts_of(campaign), **body}
    if isinstance(event, DueExtensionAsked):
        if _is_taken_back(participation):
            return []
        facts |= {"reason": "campaign_office", "until": str(event.wanted_on), "page": "extensions"}
        topic = Topic.CAMPAIGN_ACTION
        return [Telling(reason="campaign_office", topic=topic, who=of_office(campaign), facts=facts, weight=Weight.ACT)]
    if isinstance(event, DueExtensionWithdrawn):
        who = sa.and_(of_office(campaign), _told_of_request(participation))
        return [_know("campaign_office", who, {**facts, "page": "extensions"})]
    members = sa.and_(Membership.organisation_id == participation.organisation_id, those_who_answer(campaign))
    return [_act(members, {**facts, "page": "answers"}, due_on=due_of(campaign, participation))]


def _is_taken_back(participation: Participation) -> bool:
    """Whether the body's newest request waits no longer because the body does not need it."""
    newest = (
        sa.select(DueExtension.state)
        .where(DueExtension.participation_id == participation.id)
        .order_by(DueExtension.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) is ExtensionState.WITHDRAWN


def _told_of_request(participation: Participation) -> _Condition:
    """Who has a line about a request of this body."""
    asked = sa.select(EventRecord.id).where(
        EventRecord.kind == DueExtensionAsked.kind(),
        EventRecord.subject_kind == DueExtensionAsked.subject,
        EventRecord.subject_id == participation.campaign_id,
        EventRecord.organisation_id == participation.organisation_id,
    )
    return sa.exists().where(Notification.person_id == Membership.person_id, Notification.event_id.in_(asked))


def _decided(event: DecisionEvent, record: EventRecord, campaign: Campaign) -> list[Telling]:
    """The body learns that a person decided otherwise than the rule, or no longer does, and what stands now."""
    entry = _get_entry(event.entry_id)
    outcome = Outcome(event.outcome)
    asks = outcome in TO_INSPECT
    facts = {**_facts(campaign, entry), "outcome": outcome.value, "reason": "recipient", "page": "decision"}
    return [
        Telling(
            reason="recipient",
            topic=Topic.CAMPAIGN_ACTION,
            who=_respondents(campaign, entry),
            facts=facts,
            weight=Weight.ACT if asks else Weight.KNOW,
            due_on=campaign.final_on if asks else None,
        )
    ]


_WAYS: dict[type[Any], Callable[[Any, EventRecord, Campaign], list[Telling]]] = {
    AnswersReturned: _returned,
    AnswersSubmitted: _submitted,
    AnswersForwarded: _forwarded,
    AnswersPending: _pending,
    **dict.fromkeys((DueExtensionAsked, DueExtensionGranted, DueExtensionRefused, DueExtensionWithdrawn), _extension),
    **dict.fromkeys((DecisionOverridden, DecisionOverrideLifted), _decided),
}
TOLD = tuple(_WAYS)


def _act(who: _Condition, facts: dict[str, Any], **more: Any) -> Telling:
    return Telling(
        reason="recipient",
        topic=Topic.CAMPAIGN_ACTION,
        who=who,
        facts={**facts, "reason": "recipient"},
        weight=Weight.ACT,
        **more,
    )


def _know(reason: str, who: _Condition, facts: dict[str, Any]) -> Telling:
    """A line for the digest, never a mail of its own."""
    return Telling(
        reason=reason, topic=Topic.CAMPAIGN_NEWS, who=who, facts={**facts, "reason": reason}, is_digest_only=True
    )


def _get_entry(entry_id: int) -> Entry:
    return db.session.scalars(
        sa.select(Entry)
        .where(Entry.id == entry_id)
        .options(orm.joinedload(Entry.procedure), orm.joinedload(Entry.participation))
        .execution_options(populate_existing=True)
    ).one()


def _facts(campaign: Campaign, entry: Entry) -> dict[str, Any]:
    return {
        **facts_of(campaign),
        "body": entry.participation.organisation_name,
        "body_id": entry.organisation_id,
        "procedure": entry.procedure.name,
        "entry_id": entry.id,
    }


def _labels(campaign: Campaign, codes: Collection[str]) -> list[str]:
    """What the questions are called, in their order; nothing for the whole entry."""
    return list(
        db.session.scalars(
            sa.select(Question.label)
            .where(Question.campaign_id == campaign.id, Question.code.in_([code for code in codes if code]))
            .order_by(Question.position, Question.id)
        )
    )


def _respondents(campaign: Campaign, entry: Entry) -> _Condition:
    """Of the body its managers and whoever entered an answer; where nobody has, those who answer for it."""
    wrote = sa.select(AnswerChange.changed_by_person_id).where(AnswerChange.entry_id == entry.id)
    there = orm.aliased(Membership)
    has_writer = sa.exists().where(there.organisation_id == entry.organisation_id, there.person_id.in_(wrote))
    return sa.and_(
        Membership.organisation_id == entry.organisation_id,
        Membership.role.in_(LOCAL_ROLES),
        sa.or_(
            Membership.role == Role.LOCAL_MANAGER,
            Membership.person_id.in_(wrote),
            sa.and_(sa.not_(has_writer), those_who_answer(campaign)),
        ),
    )


def _compilers(campaign: Campaign, entry: Entry) -> _Condition:
    """Of the entry's prefecture those who compile."""
    return sa.and_(of_areas(sa.select(sa.literal(entry.prefecture_code))), those_who_answer(campaign))
