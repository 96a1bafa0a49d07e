"""Whom a reminder reaches: the sections concerned, then their head, the prefecture, the liaison."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import LOCAL_ROLES, OrganisationKind, Role
from portal.guidance.dues import effective_due
from portal.guidance.models import Guidance, Recipient
from portal.notifications.guidance_facts import facts_of, get_paper, members_addressed, sections_addressed
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight
from portal.reminders.events import BodiesReminded
from portal.reminders.models import Reminder
from portal.reminders.queries import silent
from portal.reminders.states import ReminderStep


def tell_reminder(event: BodiesReminded, record: EventRecord) -> list[Telling]:
    """Those of the batch that are silent still: an answer that came meanwhile ends it."""
    guidance, step = get_paper(event.guidance_id), ReminderStep(event.step)
    facts = {**facts_of(guidance), "action": guidance.required_action, "step": step.value}
    return _WAYS[step](guidance, event.batch_id, facts)


def _to_bodies(guidance: Guidance, batch_id: int, facts: dict[str, Any]) -> list[Telling]:
    own = Membership.organisation_id.in_(_silent_bodies(batch_id))
    return [_asks(sa.and_(own, sections_addressed(guidance)), guidance, batch_id, {**facts, "reason": "recipient"})]


def _to_heads(guidance: Guidance, batch_id: int, facts: dict[str, Any]) -> list[Telling]:
    own = Membership.organisation_id.in_(_silent_bodies(batch_id))
    heads = sa.or_(Membership.is_head, Membership.role == Role.LOCAL_MANAGER)
    who = sa.and_(own, heads, members_addressed(guidance))
    return [_asks(who, guidance, batch_id, {**facts, "reason": "head"})]


def _to_prefectures(guidance: Guidance, batch_id: int, facts: dict[str, Any]) -> list[Telling]:
    """Each prefecture about its own municipalities, with their number."""
    rows = db.session.execute(
        sa.select(Recipient.prefecture_code, sa.func.count())
        .join(Organisation, Organisation.id == Recipient.organisation_id)
        .where(Recipient.organisation_id.in_(_silent_bodies(batch_id)), Recipient.guidance_id == guidance.id)
        .where(Recipient.prefecture_code.is_not(None), Organisation.kind != OrganisationKind.PREFECTURE)
        .group_by(Recipient.prefecture_code)
        .order_by(Recipient.prefecture_code)
    ).all()
    return [
        _knows(
            sa.and_(
                Membership.role.in_(LOCAL_ROLES),
                Membership.organisation_id.in_(
                    sa.select(Organisation.id).where(
                        Organisation.prefecture_code == code, Organisation.kind == OrganisationKind.PREFECTURE
                    )
                ),
                members_addressed(guidance),
            ),
            {**facts, "reason": "area_silent", "count": count},
        )
        for code, count in rows
    ]


def _to_liaisons(guidance: Guidance, batch_id: int, facts: dict[str, Any]) -> list[Telling]:
    now = clock.now()
    posts = sa.select(Organisation.post_id).where(Organisation.id.in_(_silent_bodies(batch_id)))
    in_charge = sa.exists().where(
        LiaisonAssignment.membership_id == Membership.id,
        LiaisonAssignment.post_id.in_(posts),
        LiaisonAssignment.current_at(now),
    )
    return [_knows(sa.and_(Membership.role == Role.LIAISON, in_charge), {**facts, "reason": "liaison"})]


_WAYS: dict[ReminderStep, Callable[[Guidance, int, dict[str, Any]], list[Telling]]] = {
    ReminderStep.CONTACT: _to_bodies,
    ReminderStep.HEAD: _to_heads,
    ReminderStep.PREFECTURE: _to_prefectures,
    ReminderStep.LIAISON: _to_liaisons,
    ReminderStep.BY_HAND: _to_bodies,
}


def _silent_bodies(batch_id: int) -> sa.Select[Any]:
    return (
        sa.select(Recipient.organisation_id)
        .join(Reminder, Reminder.recipient_id == Recipient.id)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .where(Reminder.batch_id == batch_id, silent())
    )


def _asks(who: sa.ColumnElement[bool], guidance: Guidance, batch_id: int, facts: dict[str, Any]) -> Telling:
    due_on = db.session.scalar(
        sa.select(sa.func.min(effective_due))
        .select_from(Recipient)
        .join(Guidance, Guidance.id == Recipient.guidance_id)
        .join(Reminder, Reminder.recipient_id == Recipient.id)
        .where(Reminder.batch_id == batch_id)
    )
    return Telling(
        reason=facts["reason"],
        topic=Topic.GUIDANCE_ACTION,
        who=who,
        facts=facts,
        weight=Weight.ACT,
        due_on=due_on or guidance.reply_due_on,
        in_office_hours=True,
    )


def _knows(who: sa.ColumnElement[bool], facts: dict[str, Any]) -> Telling:
    return Telling(
        reason=facts["reason"],
        topic=Topic.GUIDANCE_ACTION,
        who=who,
        facts=facts,
        weight=Weight.ACT,
        in_office_hours=True,
    )
