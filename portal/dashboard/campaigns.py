"""Campaigns on the home pages: what a body has to answer, how its area stands, what runs and where it is stuck."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.models import DueExtension
from portal.answering.states import ExtensionState
from portal.campaigns import policy
from portal.campaigns.dues import effective_due, is_owed
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.states import ANSWERED, CampaignKind, CampaignState, EntryState
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT
from portal.directory.actor import Actor
from portal.inspections.models import Progress, Snapshot, alarming
from portal.inspections.states import LeakState, Stage
from portal.reporting import policy as reporting_policy
from portal.reporting.models import Report

PROGRESS_EVERY = timedelta(days=14)  # after which figures are asked for again
SHOWN = 5
_OPEN_LEAKS = (LeakState.INVESTIGATING, LeakState.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class OwnPart:
    """What the actor's body has to do in a running campaign, in procedures: ``behind`` wait for their progress."""

    campaign: Campaign
    due_on: date | None
    owed: int
    returned: int
    behind: int
    lacks_reply_number: bool


@dataclass(frozen=True, kw_only=True)
class AreaPart:
    """How the bodies that the actor looks after stand in a running campaign.

    ``waiting`` procedures are submitted and not forwarded, ``silent`` bodies owe answers past their due, ``leaks`` and
    ``mislinks`` are those that are not settled.
    """

    campaign: Campaign
    waiting: int
    silent: int
    leaks: int
    mislinks: int


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running campaign in figures of all its bodies × procedures."""

    campaign: Campaign
    total: int
    answered: int
    leaks: int = 0
    mislinks: int = 0
    stages: dict[Stage | None, int] = field(default_factory=dict)

    @property
    def share(self) -> int:
        """Per cent answered, cut."""
        return self.answered * 100 // self.total if self.total else 0


@dataclass(frozen=True, kw_only=True)
class Steered:
    """A campaign that waits for those who run it.

    To be published or mended, with ``asked`` requests for a later due, or with ``reports`` that others have written.
    """

    campaign: Campaign
    asked: int
    reports: int


def list_own_parts(actor: Actor) -> list[OwnPart]:
    """The running campaigns that ask the actor's body, by due. One statement."""
    counted = _count_own(actor.organisation_id)
    rows = db.session.execute(
        sa.select(Campaign, Participation, counted)
        .join(Participation, Participation.campaign_id == Campaign.id)
        .join(counted, counted.c.participation_id == Participation.id)
        .where(Campaign.state == CampaignState.PUBLISHED, Participation.organisation_id == actor.organisation_id)
        .options(orm.joinedload(Campaign.office))
        .order_by(effective_due, Campaign.id)
    )
    return [
        OwnPart(
            campaign=row.Campaign,
            due_on=row.Participation.due_on or row.Campaign.survey_due_on,
            owed=row.owed,
            returned=row.returned,
            behind=row.behind if row.Campaign.kind is CampaignKind.INSPECTION else 0,
            lacks_reply_number=_lacks_number(row),
        )
        for row in rows
    ]


def _lacks_number(row: Any) -> bool:
    """Everything is submitted to a paper that asked, and the number of the body's own reply is not kept."""
    asks = bool(row.Campaign.document_number) and not row.Participation.reply_number
    return asks and row.total == row.answered


def _count_own(organisation_id: int) -> Any:
    before = japan_date(clock.now()) - PROGRESS_EVERY
    is_old = sa.and_(Progress.stage != Stage.DONE, Snapshot.as_of < before)
    behind = sa.and_(Decision.outcome.in_(TO_INSPECT), sa.or_(Progress.entry_id.is_(None), is_old))
    return (
        sa.select(
            Entry.participation_id,
            sa.func.count().label("total"),
            _count(Entry.state.in_(ANSWERED)).label("answered"),
            _count(is_owed()).label("owed"),
            _count(Entry.state == EntryState.RETURNED).label("returned"),
            _count(behind).label("behind"),
        )
        .outerjoin(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .outerjoin(Progress, Progress.entry_id == Entry.id)
        .outerjoin(Snapshot, Snapshot.id == Progress.snapshot_id)
        .where(Entry.organisation_id == organisation_id)
        .group_by(Entry.participation_id)
        .subquery()
    )


def list_area_parts(actor: Actor) -> list[AreaPart]:
    """The running campaigns in which bodies that the actor looks after are silent, wait or alarm. One statement."""
    others = Entry.organisation_id != actor.organisation_id
    is_late = sa.and_(is_owed(), effective_due < japan_date(clock.now()))
    counted = (
        sa.select(
            Entry.campaign_id,
            _count(Entry.state == EntryState.SUBMITTED).label("waiting"),
            sa.func.count(sa.distinct(sa.case((is_late, Entry.participation_id)))).label("silent"),
        )
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Campaign, Campaign.id == Entry.campaign_id)
        .where(_running(), policy.entries_viewable_by(actor), others, sa.not_(Campaign.is_drill))
        .group_by(Entry.campaign_id)
        .subquery()
    )
    alarms = _alarms(policy.entries_viewable_by(actor), others)
    rows = db.session.execute(
        sa.select(Campaign, counted.c.waiting, counted.c.silent, *_alarm_columns(alarms))
        .join(counted, counted.c.campaign_id == Campaign.id)
        .outerjoin(alarms, alarms.c.campaign_id == Campaign.id)
        .options(orm.joinedload(Campaign.office))
        .order_by(Campaign.survey_due_on, Campaign.id)
    )
    return [
        AreaPart(campaign=campaign, waiting=waiting, silent=silent, leaks=leaks, mislinks=mislinks)
        for campaign, waiting, silent, leaks, mislinks in rows
    ]


def list_steered(actor: Actor) -> list[Steered]:
    """The campaigns of which somebody who runs or publishes them has something to decide. One statement."""
    asked = (
        sa.select(sa.func.count())
        .where(DueExtension.campaign_id == Campaign.id, DueExtension.state == ExtensionState.ASKED)
        .correlate(Campaign)
        .scalar_subquery()
    )
    reports = (
        sa.select(sa.func.count())
        .where(Report.campaign_id == Campaign.id, reporting_policy.publishable_by(actor))
        .correlate(Campaign)
        .scalar_subquery()
    )
    returned = sa.and_(Campaign.state == CampaignState.DRAFT, Campaign.return_reason != "")
    rows = db.session.execute(
        policy.viewable_by(actor)
        .add_columns(asked, reports)
        .where(sa.or_(Campaign.state == CampaignState.REVIEW, returned, sa.and_(_running(), asked > 0), reports > 0))
        .options(orm.joinedload(Campaign.office))
        .order_by(Campaign.survey_due_on, Campaign.id)
    )
    return [Steered(campaign=campaign, asked=asked, reports=reports) for campaign, asked, reports in rows]


def list_running(actor: Actor, *, with_alarms: bool) -> list[Running]:
    """The newest running campaigns with the share answered, of all bodies and as figures. One statement."""
    counted = (
        sa.select(
            Entry.campaign_id, sa.func.count().label("total"), _count(Entry.state.in_(ANSWERED)).label("answered")
        )
        .group_by(Entry.campaign_id)
        .subquery()
    )
    select = (
        policy.viewable_by(actor)
        .where(_running(), sa.not_(Campaign.is_drill))
        .add_columns(counted.c.total, counted.c.answered)
        .join(counted, counted.c.campaign_id == Campaign.id)
        .order_by(Campaign.published_at.desc(), Campaign.id.desc())
        .limit(SHOWN)
    )
    if not with_alarms:
        return [Running(campaign=row[0], total=row[1], answered=row[2]) for row in db.session.execute(select)]
    alarms = _alarms()
    rows = db.session.execute(
        select.add_columns(*_alarm_columns(alarms)).outerjoin(alarms, alarms.c.campaign_id == Campaign.id)
    )
    return [
        Running(campaign=campaign, total=total, answered=answered, leaks=leaks, mislinks=mislinks)
        for campaign, total, answered, leaks, mislinks in rows
    ]


def find_inspection(actor: Actor) -> Running | None:
    """The newest running inspection with how many bodies × procedures are at each stage. Two statements."""
    newest = next(
        (each for each in list_running(actor, with_alarms=False) if each.campaign.kind is CampaignKind.INSPECTION), None
    )
    if newest is None:
        return None
    rows = db.session.execute(
        sa.select(Progress.stage, sa.func.count())
        .select_from(Decision)
        .outerjoin(Progress, Progress.entry_id == Decision.entry_id)
        .where(
            Decision.campaign_id == newest.campaign.id,
            Decision.outcome.in_(TO_INSPECT),
            Decision.superseded_at.is_(None),
        )
        .group_by(Progress.stage)
    )
    stages: dict[Stage | None, int] = {stage: count for stage, count in rows}
    return Running(campaign=newest.campaign, total=newest.total, answered=newest.answered, stages=stages)


def _running() -> sa.ColumnElement[bool]:
    return Campaign.state == CampaignState.PUBLISHED


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


def _alarms(*scope: sa.ColumnElement[bool]) -> Any:
    """By campaign what the newest figures say of leaks that are not settled and of mislinks not corrected."""
    newest = (
        sa.select(
            Snapshot.campaign_id,
            _count(Snapshot.leak.in_(_OPEN_LEAKS)).label("leaks"),
            sa.func.sum(Snapshot.mislinks - Snapshot.corrected).label("mislinks"),
        )
        .join(Progress, Progress.snapshot_id == Snapshot.id)
        .where(alarming(), Progress.stage != Stage.DONE)
        .group_by(Snapshot.campaign_id)
    )
    return (newest.join(Entry, Entry.id == Snapshot.entry_id).where(*scope) if scope else newest).subquery()


def _alarm_columns(alarms: Any) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    return sa.func.coalesce(alarms.c.leaks, 0), sa.func.coalesce(alarms.c.mislinks, 0)
