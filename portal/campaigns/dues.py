"""Dues of a body in a campaign: its own where it was extended, and whether it still owes an answer."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import CampaignState, EntryState
from portal.core import clock
from portal.core.calendar import japan_date

# The due of a participation, where the campaign is joined.
effective_due: sa.ColumnElement[date | None] = sa.func.coalesce(
    Participation.due_on, Campaign.survey_due_on, type_=sa.Date
)
_OWED = (EntryState.BLANK, EntryState.STARTED, EntryState.RETURNED)


def due_between(first: date, last: date) -> sa.ColumnElement[bool]:
    """Whether the due of a participation lies within these days."""
    return effective_due.between(first, last)


def is_owed(entry: Any = Entry) -> sa.ColumnElement[bool]:
    """The entries that the body has yet to answer; one put off to a day that has not passed is no longer owed."""
    put_off = sa.and_(entry.state == EntryState.PENDING, entry.pending_until < japan_date(clock.now()))
    return sa.or_(entry.state.in_(_OWED), put_off)


def owes_answers() -> sa.ColumnElement[bool]:
    """The participations in running campaigns whose body owes an answer, where the campaign is joined."""
    owed = sa.exists().where(Entry.participation_id == Participation.id, is_owed())
    return sa.and_(Campaign.state == CampaignState.PUBLISHED, owed)
