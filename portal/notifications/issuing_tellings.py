"""Whom it concerns that a planned issue changed or was held, and that a paper was taken back."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import LOCAL_ROLES, Role
from portal.guidance.models import Guidance, Recipient
from portal.guidance.policy import viewers_of
from portal.issuing.events import GuidanceHeld, GuidanceRecalled, ScheduledAddresseesChanged
from portal.notifications.models import Topic
from portal.notifications.sending_progress import reached_by_mail
from portal.notifications.telling import Telling, Weight

_ADDRESSED = LOCAL_ROLES | {Role.ASSOCIATION, Role.MINISTRY}


def tell_plan(event: GuidanceHeld | ScheduledAddresseesChanged, record: EventRecord) -> list[Telling]:
    """Whoever planned the issue, and who wrote the paper."""
    guidance = _guidance(event.guidance_id)
    people = [event.planner_person_id, guidance.drafter_person_id, guidance.editor_person_id]
    who = sa.and_(
        Membership.person_id.in_([key for key in people if key is not None]),
        Membership.id.in_(viewers_of(guidance).with_only_columns(Membership.id)),
    )
    facts = {**_facts(guidance), "reason": "planner", "added": event.added, "removed": event.removed}
    facts["cause"] = event.cause if isinstance(event, GuidanceHeld) else "directory"
    return [Telling(reason="planner", topic=Topic.GUIDANCE_ACTION, who=who, facts=facts, weight=Weight.ACT)]


def tell_recall(event: GuidanceRecalled, record: EventRecord) -> list[Telling]:
    """At once and urgently whomever a mail about the issue reached or may have; the others as they chose."""
    guidance = _guidance(event.guidance_id)
    addressed = sa.select(Recipient.organisation_id).where(Recipient.guidance_id == guidance.id)
    members = sa.and_(Membership.role.in_(_ADDRESSED), Membership.organisation_id.in_(addressed))
    mailed = Membership.person_id.in_(reached_by_mail(guidance.id))
    facts = {**_facts(guidance), "reason": "recipient"}
    inside = sa.and_(
        Membership.role == Role.LIAISON, Membership.id.in_(viewers_of(guidance).with_only_columns(Membership.id))
    )
    news = Topic.GUIDANCE_NEWS
    return [
        Telling(reason="recipient", topic=Topic.GUIDANCE_ACTION, who=mailed, facts=facts, is_urgent=True),
        Telling(reason="recipient", topic=news, who=members, facts=facts),
        Telling(reason="headquarters", topic=news, who=inside, facts={**facts, "reason": "headquarters"}),
    ]


def _guidance(guidance_id: int) -> Guidance:
    return db.session.scalars(
        sa.select(Guidance).where(Guidance.id == guidance_id).options(orm.joinedload(Guidance.sender))
    ).one()


def _facts(guidance: Guidance) -> dict[str, Any]:
    return {
        "number": guidance.document_number,
        "title": guidance.title,
        "sender": guidance.sender.name,
        "kind": guidance.kind.value,
    }
