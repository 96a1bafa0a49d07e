"""Snapshots as rows, and reports of a running inspection; a factory flushes and never commits."""

from datetime import date
from typing import Any

from portal.campaigns.models import Campaign, Entry
from portal.core import clock
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.inspections.figures import Figures, columns_of
from portal.inspections.models import Snapshot
from portal.inspections.snapshots import _make_newest
from portal.inspections.stages import stage_of
from portal.reporting import making, reports
from portal.reporting.making import Claim, MadeFile
from portal.reporting.models import Report, ReportFile
from portal.reporting.states import Edition, FileForm, MakingState, ReportKind
from tests.factories.inspections import day, make_inspection
from tests.factories.people import actor_of, make_member

CODES = ("152226", "152048", "151009", "154059", "150002")


def add_snapshot(entry: Entry, as_of: date, **fields: Any) -> Snapshot:
    """Figures of the entry as of the date: everything matched, what is not said is nothing."""
    values: dict[str, Any] = {"target": 1000, "extracted": 1000, "matched": 1000, **fields}
    found = values.get("mislinks", 0)
    values = {"causes": {"input": found} if found else {}, "confirmed": found, "mismatched": found, **values}
    figures = Figures(**values)
    snapshot = Snapshot(
        campaign_id=entry.campaign_id,
        entry_id=entry.id,
        as_of=as_of,
        stage=stage_of(figures),
        **columns_of(figures),
        entered_at=clock.now(),
        entered_by_person_id=db.session.get_one(Campaign, entry.campaign_id).author_person_id,
        signature="市民課",
    )
    db.session.add(snapshot)
    db.session.flush()
    _make_newest(entry, snapshot)
    return snapshot


def make_counted(codes: tuple[str, ...] = CODES, **fields: Any) -> Campaign:
    """An inspection of bodies of 新潟県 in which nobody has reported yet."""
    return make_inspection(codes, ("児童手当", "介護保険"), interim_on=day(1), **fields)


def make_writer() -> Actor:
    """A member of the office that runs it."""
    return actor_of(make_member("juumin", Role.DIVISION))


def make_head() -> Actor:
    """The secretariat's head, who publishes."""
    return actor_of(make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True))


def make_report(campaign: Campaign, kind: ReportKind = ReportKind.INTERIM, **fields: Any) -> Report:
    """A draft as of today."""
    return reports.draft_report(make_writer(), campaign, kind=kind, as_of=fields.pop("as_of", day()), **fields)


def make_ready(campaign: Campaign, **fields: Any) -> Report:
    """A draft whose publication was asked for."""
    report = make_report(campaign, **fields)
    reports.ask_publication(make_writer(), campaign, report)
    return report


def make_published(campaign: Campaign, **fields: Any) -> Report:
    """A published report."""
    report = make_ready(campaign, **fields)
    reports.publish_report(make_head(), campaign, report)
    return report


def make_file(report: Report, edition: Edition = Edition.PUBLIC, content: bytes = b"a,b\n") -> ReportFile:
    """A file of the report as a worker keeps it."""
    making.ask_files(make_writer(), db.session.get_one(Campaign, report.campaign_id), report, edition)
    file = db.session.get_one(ReportFile, (report.id, FileForm.EXCEL, edition))
    file.state, file.tries = MakingState.MAKING, 1
    db.session.flush()
    made = MadeFile(content=content, name="report.xlsx", media_type="text/csv")
    assert making.keep_file(Claim(report.id, FileForm.EXCEL, edition, 1), made)
    return file
