"""Whom it concerns that a paper came through a prefecture, or that the prefecture added to it."""

import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership, Organisation
from portal.directory.roles import MUNICIPALITIES, Role
from portal.forwarding.events import GuidanceForwarded, SupplementAdded
from portal.forwarding.models import Forwarding
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState, Nature
from portal.notifications.guidance_facts import facts_of, get_paper, may_see, sections_addressed
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight


def tell_forwarding(event: GuidanceForwarded | SupplementAdded, record: EventRecord) -> list[Telling]:
    """The municipalities that it reached thereby, or that had it already; nobody once the paper was recalled."""
    guidance = get_paper(event.guidance_id)
    if guidance.state is GuidanceState.RECALLED:
        return []
    row = db.session.get_one(Forwarding, event.forwarding_id)
    asks = guidance.nature is Nature.REPLY_REQUIRED or guidance.reply_due_on is not None
    is_new = isinstance(event, GuidanceForwarded)
    facts = {
        **facts_of(guidance),
        "nature": guidance.nature.value,
        "action": guidance.required_action,
        "reason": "recipient",
        "is_automatic": row.forwarded_by_person_id is None,
    }
    acts = is_new and asks
    told = [
        Telling(
            reason="recipient",
            topic=Topic.GUIDANCE_ACTION if acts else Topic.GUIDANCE_NEWS,
            who=_municipalities(guidance, row, is_new=is_new),
            facts=facts,
            weight=Weight.ACT if acts else Weight.KNOW,
            due_on=(row.due_on or guidance.reply_due_on) if acts else row.due_on,
        )
    ]
    if is_new and row.forwarded_by_person_id is None:
        told.append(_to_prefecture(guidance, row))
    return told


def _municipalities(guidance: Guidance, row: Forwarding, *, is_new: bool) -> sa.ColumnElement[bool]:
    delivered = Recipient.delivered_at == row.forwarded_at if is_new else Recipient.delivered_at.is_not(None)
    reached = (
        sa.select(Recipient.organisation_id)
        .join(Organisation, Organisation.id == Recipient.organisation_id)
        .where(
            Recipient.guidance_id == guidance.id,
            Recipient.prefecture_code == row.prefecture_code,
            Organisation.kind.in_(MUNICIPALITIES),
            delivered,
        )
    )
    return sa.and_(Membership.organisation_id.in_(reached), sections_addressed(guidance))


def _to_prefecture(guidance: Guidance, row: Forwarding) -> Telling:
    """That the portal did it in its place."""
    own = sa.select(Organisation.id).where(
        Organisation.prefecture_code == row.prefecture_code, Organisation.kind.not_in(MUNICIPALITIES)
    )
    who = sa.and_(
        Membership.organisation_id.in_(own),
        Membership.role.in_([Role.LOCAL_MANAGER, Role.LOCAL_STAFF]),
        may_see(guidance),
    )
    facts = {**facts_of(guidance), "reason": "area", "is_automatic": True}
    return Telling(reason="area", topic=Topic.GUIDANCE_NEWS, who=who, facts=facts, weight=Weight.KNOW)
