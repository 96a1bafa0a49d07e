"""Figures of a campaign as of a date: read from the raw rows, counted, marked."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from portal.campaigns.models import Campaign, Entry
from portal.campaigns.queries import list_questions
from portal.campaigns.states import ANSWERED, CampaignKind
from portal.core.calendar import end_of_day
from portal.core.db import db, read_rows, read_texts
from portal.core.memory import uncollected
from portal.directory.actor import Actor
from portal.reporting import reading
from portal.reporting.marking import Earlier, Facts, mark_hidden
from portal.reporting.models import Report
from portal.reporting.states import ReportState
from portal.reporting.survey import Answered, count_answers
from portal.reporting.tallying import tally


@uncollected()
def count_figures(campaign: Campaign, as_of: date, previous_on: date | None, *, marked: bool = True) -> Facts:
    """The figures of all bodies, with what the published edition leaves out marked. A few statements."""
    bodies, units = reading.read_bodies(None, campaign, as_of), reading.read_units(None, campaign, as_of)
    previous = None if previous_on is None else reading.read_mislinks(None, campaign, previous_on)
    facts = tally(units, bodies, reading.read_labels(campaign), previous)
    facts |= _frame(campaign, as_of, previous_on)
    facts["survey"] = _survey(None, campaign, as_of)
    if marked:
        mark_hidden(facts, units, bodies, previous, _published(campaign))
    return facts


@uncollected()
def count_own_figures(actor: Actor, campaign: Campaign, as_of: date, previous_on: date | None) -> Facts:
    """The figures of the bodies that the actor sees one by one; nothing is left out of one's own."""
    bodies, units = reading.read_bodies(actor, campaign, as_of), reading.read_units(actor, campaign, as_of)
    previous = None if previous_on is None else reading.read_mislinks(actor, campaign, previous_on)
    facts = tally(units, bodies, reading.read_labels(campaign), previous)
    facts |= _frame(campaign, as_of, previous_on)
    facts["survey"] = _survey(actor, campaign, as_of)
    return facts


def find_basis_date(campaign: Campaign, as_of: date) -> date | None:
    """Since when new figures are counted if nobody says so: the last published report, else the last date reported."""
    before = db.session.scalar(
        sa.select(sa.func.max(Report.as_of)).where(
            Report.campaign_id == campaign.id, Report.state == ReportState.PUBLISHED, Report.as_of < as_of
        )
    )
    return before or reading.find_previous_date(campaign, as_of)


def _frame(campaign: Campaign, as_of: date, previous_on: date | None) -> Facts:
    return {
        "format": 1,
        "hidden_causes": [],
        "is_inspection": campaign.kind is CampaignKind.INSPECTION,
        "as_of": as_of.isoformat(),
        "previous_on": None if previous_on is None else previous_on.isoformat(),
    }


def _published(campaign: Campaign) -> Sequence[Earlier]:
    """Every report that people can lay beside this one, whichever date it is of. One statement and one for each."""
    rows = db.session.execute(
        sa.select(Report.figures, Report.as_of, Report.counted_at)
        .where(Report.campaign_id == campaign.id, Report.state == ReportState.PUBLISHED)
        .order_by(Report.id)
    ).all()
    return [
        Earlier(facts=facts, amounts=reading.read_amounts(campaign, as_of, counted_at))
        for facts, as_of, counted_at in rows
    ]


def _survey(actor: Actor | None, campaign: Campaign, as_of: date) -> Facts:
    """What was answered and handed in by the end of the date. Two statements."""
    end = end_of_day(as_of)
    is_answered = sa.and_(Entry.state.in_(ANSWERED), Entry.submitted_at.is_not(None))
    if end is not None:
        is_answered = sa.and_(is_answered, Entry.submitted_at < end)
    answers = sa.case((is_answered, sa.cast(Entry.answers, sa.Text)))
    select = sa.select(Entry.participation_id, answers).where(
        Entry.campaign_id == campaign.id, *reading.seen_entries(actor)
    )
    rows = read_rows(select)
    answered = map(Answered, (body for body, _ in rows), read_texts(text for _, text in rows))
    return count_answers(list_questions(campaign), list(answered))
