"""Whom mislinks and leaks found in an inspection concern: the campaign's office, secretariat and body's liaison."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Entry
from portal.campaigns.policy import viewers_of
from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import Role
from portal.inspections.events import LeakReported, MislinkReported
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight, sender_of

_Group = tuple[str, sa.ColumnElement[bool]]


def tell_inspection(event: MislinkReported | LeakReported, record: EventRecord) -> list[Telling]:
    """A leak at once and urgently, as one that is reported in an issue; mislinks as something to look into.

    What a drill makes up alarms nobody: its office is let know.
    """
    entry = db.session.scalars(
        sa.select(Entry)
        .where(Entry.id == event.entry_id)
        .options(orm.joinedload(Entry.campaign), orm.joinedload(Entry.procedure), orm.joinedload(Entry.participation))
    ).one()
    facts = _facts(event, entry, record)
    may_see = Membership.id.in_(viewers_of(entry.campaign).with_only_columns(Membership.id))
    return [
        Telling(
            who=sa.and_(who, may_see),
            reason=reason,
            topic=Topic.ISSUE_ACTION,
            weight=Weight.ACT,
            facts={**facts, "reason": reason},
            is_urgent=isinstance(event, LeakReported) and not entry.campaign.is_drill,
        )
        for reason, who in _groups(entry.campaign, entry)
    ]


def _groups(campaign: Campaign, entry: Entry) -> list[_Group]:
    office = sa.and_(
        Membership.organisation_id == campaign.office_id, Membership.role.in_({Role.DIVISION, Role.SECRETARIAT})
    )
    if campaign.is_drill:
        return [("campaign_office", office)]
    in_charge = (
        sa.select(LiaisonAssignment.membership_id)
        .join(Organisation, Organisation.post_id == LiaisonAssignment.post_id)
        .where(Organisation.id == entry.organisation_id, LiaisonAssignment.current_at(clock.now()))
    )
    return [
        ("campaign_office", office),
        ("secretariat", Membership.role == Role.SECRETARIAT),
        ("liaison", sa.and_(Membership.role == Role.LIAISON, Membership.id.in_(in_charge.correlate(None)))),
    ]


def _facts(event: MislinkReported | LeakReported, entry: Entry, record: EventRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "title": entry.campaign.shown_title,
        "procedure": entry.procedure.name,
        "body": entry.participation.organisation_name,
        "sender": sender_of(record),
        "entry_id": entry.id,
        "body_id": entry.organisation_id,
        "page": "progress",
    }
    if isinstance(event, LeakReported):
        return {**facts, "leak": event.leak}
    return {**facts, "count": event.count, "risen_by": event.risen_by}
