"""Whom absences and replacements of rosters concern."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.absence_models import Absence, RosterReplacement
from portal.directory.absences import show_period
from portal.directory.events import AbsenceEnded, AbsenceEntered, RosterEvent, RosterFailed
from portal.directory.models import Membership
from portal.notifications.models import Topic
from portal.notifications.telling import Telling, Weight, sender_of


def tell_absence(event: AbsenceEntered | AbsenceEnded, record: EventRecord) -> list[Telling]:
    """The substitute, who is asked to act, and the absent person when somebody else entered it."""
    absence = db.session.scalars(
        sa.select(Absence)
        .where(Absence.id == event.absence_id)
        .options(orm.joinedload(Absence.membership).joinedload(Membership.person))
    ).one()
    period = show_period(absence)
    days = "～".join(f"{day.month}/{day.day}" for day in sorted({period.first_day, period.last_day}))
    facts: dict[str, Any] = {
        "title": f"{absence.membership.person.name}（{days}）",
        "person": absence.membership.person.name,
        "may_sign": absence.may_sign,
        "sender": sender_of(record),
    }
    is_new = isinstance(event, AbsenceEntered)
    return [
        _telling("substitute", Membership.id == absence.substitute_id, facts, Weight.ACT if is_new else Weight.KNOW),
        _telling("absent", Membership.id == absence.membership_id, facts),
    ]


def tell_roster(event: RosterEvent, record: EventRecord) -> list[Telling]:
    """Whoever scheduled it: it took effect, or it could not and nothing of it has."""
    roster = db.session.get_one(RosterReplacement, event.roster_replacement_id)
    day = roster.effective_on or japan_date(record.occurred_at)
    facts = {"title": roster.file_name, "effective_on": day.isoformat(), "error": roster.error}
    is_failure = isinstance(event, RosterFailed)
    who = Membership.id == roster.membership_id
    telling = _telling("scheduler", who, facts, Weight.ACT if is_failure else Weight.KNOW, is_urgent=is_failure)
    return [telling]


def _telling(
    reason: str, who: sa.ColumnElement[bool], facts: dict[str, Any], weight: Weight = Weight.KNOW, **more: Any
) -> Telling:
    return Telling(
        reason=reason, who=who, topic=Topic.ABSENCES, weight=weight, facts={**facts, "reason": reason}, **more
    )
