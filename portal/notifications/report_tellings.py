"""Whom a published report of a campaign concerns: everybody whom the campaign asked, and who may read its figures."""

import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.campaigns.states import titled
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.notifications.campaign_facts import (
    facts_of,
    get_campaign,
    may_see,
    of_bodies,
    of_office,
    those_let_know,
    those_who_answer,
)
from portal.notifications.models import Topic
from portal.notifications.telling import Telling
from portal.reporting.events import ReportPublished
from portal.reporting.models import Report
from portal.reporting.states import ReportState


def tell_report(event: ReportPublished, record: EventRecord) -> list[Telling]:
    """Bodies, prefectures, liaisons, the office, and ministries and associations; of a drill bodies and office alone.

    A report that was corrected before it was told is not told: its correction is.
    """
    report = db.session.get_one(Report, event.report_id)
    if _is_corrected(report):
        return []
    campaign = get_campaign(event.campaign_id)
    facts = {
        **facts_of(campaign),
        "title": titled(report.title, is_drill=campaign.is_drill),
        "as_of": report.as_of.isoformat(),
        "report": report.number,
        "is_correction": report.corrects_id is not None,
        "page": "report",
    }
    return [
        Telling(reason=reason, topic=Topic.CAMPAIGN_NEWS, who=who, facts={**facts, "reason": reason})
        for reason, who in _readers(campaign)
    ]


def _readers(campaign: Campaign) -> list[tuple[str, sa.ColumnElement[bool]]]:
    """Conditions on memberships, each one statement for all bodies, however many there are."""
    readers = [
        ("recipient", sa.and_(of_bodies(campaign), those_who_answer(campaign))),
        *those_let_know(campaign),
        ("campaign_office", of_office(campaign)),
    ]
    if not campaign.is_drill:
        is_reader = Membership.role.in_({Role.MINISTRY, Role.ASSOCIATION})
        readers.append(("reader", sa.and_(is_reader, may_see(campaign))))
    return readers


def _is_corrected(report: Report) -> bool:
    newer = sa.exists().where(Report.corrects_id == report.id, Report.state == ReportState.PUBLISHED)
    return bool(db.session.scalar(sa.select(newer)))
