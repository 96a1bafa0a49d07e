"""Reading of reports, scoped by policy."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.reporting import policy
from portal.reporting.models import Report, ReportFile, ReportText
from portal.reporting.states import ReportState


def list_reports(actor: Actor, campaign: Campaign, *, cursor: str | None = None) -> Page[Report]:
    """The reports of a campaign that the actor may see, newest first. One statement."""
    select = policy.viewable_by(actor).where(Report.campaign_id == campaign.id)
    return paginate(db.session, select, order=[Report.number.desc()], cursor=cursor, size=20)


def list_newest_published(campaign: Campaign, limit: int = 2) -> Sequence[Report]:
    """The newest published reports, for the page of the campaign. One statement."""
    return db.session.scalars(
        sa.select(Report)
        .where(Report.campaign_id == campaign.id, Report.state == ReportState.PUBLISHED)
        .order_by(Report.number.desc())
        .limit(limit)
    ).all()


def get_report(actor: Actor, campaign: Campaign, number: int) -> Report:
    """A report with its figures by its number in the campaign. Raises NotFound."""
    found = db.session.scalar(
        policy.viewable_by(actor)
        .where(Report.campaign_id == campaign.id, Report.number == number)
        .options(orm.undefer(Report.figures))
    )
    if found is None:
        raise NotFound
    return found


def find_replacement(report: Report) -> Report | None:
    """The published report that corrects this one, the newest of several. One statement."""
    return db.session.scalar(
        sa.select(Report)
        .where(Report.corrects_id == report.id, Report.state == ReportState.PUBLISHED)
        .order_by(Report.id.desc())
        .limit(1)
    )


def find_corrected(report: Report) -> Report | None:
    """The report that this one corrects."""
    return None if report.corrects_id is None else db.session.get(Report, report.corrects_id)


def list_texts(report: Report, limit: int = 20) -> Sequence[ReportText]:
    """How the texts stood, the newest first. One statement."""
    return db.session.scalars(
        sa.select(ReportText).where(ReportText.report_id == report.id).order_by(ReportText.number.desc()).limit(limit)
    ).all()


def get_file(actor: Actor, report: Report, form: str, edition: str) -> ReportFile:
    """A made file of a visible report. Raises NotFound for one that is not made or not for this actor."""
    found = next(
        (
            file
            for file in db.session.scalars(sa.select(ReportFile).where(ReportFile.report_id == report.id))
            if file.form.value == form and file.edition.value == edition and file.attachment_id is not None
        ),
        None,
    )
    if found is None or (edition == "internal" and not policy.can_take_internal(actor)):
        raise NotFound
    return found
