"""Whom corrections of papers concern, and that a paper is in force no more or again."""

from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.guidance.events import GuidanceRestored, GuidanceSuperseded
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState
from portal.notifications.guidance_facts import (
    facts_of,
    get_paper,
    may_see,
    members_addressed,
    sections_addressed,
    signers_but,
)
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight
from portal.revisions.events import CorrectionReturned, CorrectionSentForReview, GuidanceCorrected
from portal.revisions.models import Correction

_Step = CorrectionSentForReview | CorrectionReturned


def tell_correction_step(event: _Step, record: EventRecord) -> list[Telling]:
    """Sent for review: who may issue it. Returned: who wrote it."""
    guidance = get_paper(event.guidance_id)
    correction = db.session.get_one(Correction, event.correction_id)
    writers = [correction.drafter_person_id, correction.editor_person_id]
    if isinstance(event, CorrectionSentForReview):
        reason, who = "approver", sa.and_(signers_but(guidance, writers), may_see(guidance))
    else:
        reason, who = "drafter", sa.and_(Membership.person_id.in_(writers), may_see(guidance))
    facts = _facts(guidance, reason, correction.number)
    return [Telling(reason=reason, topic=Topic.GUIDANCE_ACTION, who=who, facts=facts, weight=Weight.ACT)]


def tell_correction(event: GuidanceCorrected, record: EventRecord) -> list[Telling]:
    """Everyone who had the paper; to receive it again where it asks for that. Nobody once it was recalled."""
    guidance = get_paper(event.guidance_id)
    if guidance.state is GuidanceState.RECALLED:
        return []
    facts = _facts(guidance, "recipient", event.number)
    asks = event.asks_receipt
    first = Telling(
        reason="recipient",
        topic=Topic.GUIDANCE_ACTION if asks else Topic.GUIDANCE_NEWS,
        who=sections_addressed(guidance),
        facts={**facts, "asks": asks},
        weight=Weight.ACT if asks else Weight.KNOW,
    )
    return [first, _to_liaisons(guidance, _facts(guidance, "headquarters", event.number))]


def tell_superseded(event: GuidanceSuperseded, record: EventRecord) -> list[Telling]:
    """The bodies that had the old paper and do not get the new one: the others read of it there."""
    guidance = get_paper(event.guidance_id)
    reached = sa.select(Recipient.organisation_id).where(Recipient.guidance_id == event.successor_id)
    left = sa.and_(members_addressed(guidance), Membership.organisation_id.not_in(reached))
    return [_news(left, _facts(guidance, "recipient"))]


def tell_restored(event: GuidanceRestored, record: EventRecord) -> list[Telling]:
    """Everyone who had the paper: it is in force again."""
    guidance = get_paper(event.guidance_id)
    facts = _facts(guidance, "recipient")
    return [_news(members_addressed(guidance), facts), _to_liaisons(guidance, {**facts, "reason": "headquarters"})]


def _facts(guidance: Guidance, reason: str, correction: int | None = None) -> dict[str, Any]:
    return {**facts_of(guidance), "reason": reason, "correction": correction}


def _news(who: sa.ColumnElement[bool], facts: dict[str, Any]) -> Telling:
    return Telling(reason=facts["reason"], topic=Topic.GUIDANCE_NEWS, who=who, facts=facts)


def _to_liaisons(guidance: Guidance, facts: dict[str, Any]) -> Telling:
    return _news(sa.and_(Membership.role == Role.LIAISON, may_see(guidance)), facts)
