"""Making the pictures and files of reports in the background: SVG, PDF/UA, Word, Excel and open data."""

import io
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import orm

from portal.attachments.outgoing import safe_name
from portal.campaigns.models import Campaign
from portal.core.calendar import era_date, japan_date, long_date
from portal.core.db import db, unit_of_work
from portal.core.i18n import speaking
from portal.jobs.engine import current_engine
from portal.jobs.printing import Child, Stopped, open_child, print_page
from portal.jobs.report_documents import draw_png, draw_svg, write_word
from portal.reporting import charts, making, tidy
from portal.reporting.layout import JAPANESE
from portal.reporting.making import Claim, MadeFile
from portal.reporting.marking import Facts, for_public
from portal.reporting.models import Report, ReportFile
from portal.reporting.presenting import summary_of, tables_of, tiles_of
from portal.reporting.states import Edition, FileForm

_log = logging.getLogger(__name__)
_Making = Callable[[Child], bytes]  # what is left to compute once everything is read
_STYLES = ("guidance.css", "map.css", "reporting.css", "paper.css", "report_paper.css")
_ROLES = re.compile(r'\s(?:role|aria-[a-z]+|id)="[^"]*"')
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def make_reports() -> None:
    """Draw every picture and make every file that waits; one that fails stops no other.

    Pictures come first each time: a file shows those of its report, also where that was counted meanwhile.
    """
    with unit_of_work():
        waits = has_due_reports()
    if not waits:
        return
    with open_child() as child:
        while not current_engine().stopping.is_set() and _does_next(child):
            pass


def _does_next(child: Child) -> bool:
    with unit_of_work():
        picture = charts.claim_chart()
        claim = making.claim_file() if picture is None else None
    if picture is not None:
        _draw(child, *picture)
    elif claim is not None:
        _make(child, claim)
    return picture is not None or claim is not None


def has_due_reports() -> bool:
    """Whether anything waits. One statement."""
    waits = sa.or_(sa.exists().where(charts.due_charts()), sa.exists().where(making.due_files()))
    return bool(db.session.scalar(sa.select(waits)))


def _draw(child: Child, digest: str, specification: Mapping[str, Any], tries: int) -> None:
    svg = None
    try:
        svg = _plain(child.run(draw_svg, dict(specification)))
    except Stopped:
        with unit_of_work():
            charts.give_back_chart(digest, tries)
        return
    except Exception:
        _log.exception("Picture %s could not be drawn", digest)
    with unit_of_work():
        charts.keep_chart(digest, tries, svg)


def _plain(svg: str) -> str:
    """The drawing without roles and ids of its own: the figure around it says what it shows."""
    return _ROLES.sub("", svg).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _make(child: Child, claim: Claim) -> None:
    try:
        with unit_of_work():
            report, campaign, facts = _read(claim)
            source = _SOURCES[claim.form](report, campaign, facts, claim.edition)
        content = source(child)
        name = _name_of(report, claim)
        with unit_of_work():
            making.keep_file(claim, MadeFile(content=content, name=name, media_type=_TYPES[claim.form]))
    except Stopped:
        with unit_of_work():
            making.give_back_file(claim)
    except Exception as error:
        _log.exception("The %s of report %s could not be made", claim.form.value, claim.report_id)
        with unit_of_work():
            making.record_file_failure(claim, f"{type(error).__name__}: {error}")


def _read(claim: Claim) -> tuple[Report, Campaign, Facts]:
    report = db.session.scalars(
        sa.select(Report).where(Report.id == claim.report_id).options(orm.undefer(Report.figures))
    ).one()
    campaign = db.session.scalars(
        sa.select(Campaign).where(Campaign.id == report.campaign_id).options(orm.joinedload(Campaign.office))
    ).one()
    row = db.session.get_one(ReportFile, (claim.report_id, claim.form, claim.edition))
    row.digest = making.digest_of_content(report)
    facts = report.figures if claim.edition is Edition.INTERNAL else for_public(report.figures)
    return report, campaign, facts


def _pdf(report: Report, campaign: Campaign, facts: Facts, edition: Edition) -> _Making:
    html = _html(report, campaign, facts, edition)
    styles = _styles()
    return lambda child: child.run(print_page, html, styles)


def _html(report: Report, campaign: Campaign, facts: Facts, edition: Edition) -> str:
    """The report as one page in Japanese, from the template of its page."""
    with speaking("ja"), force_locale("ja"):
        return current_app.jinja_env.get_template("reporting/paper.html").render(
            report=report,
            campaign=campaign,
            is_public=edition is Edition.PUBLIC,
            is_paper=True,
            facts=facts,
            summary=summary_of(facts, report.kind, JAPANESE) if facts["is_inspection"] else [],
            tables=tables_of(facts, report.kind, JAPANESE),
            tiles=tiles_of(facts),
            pictures=charts.find_pictures(facts, "ja"),
        )


def _word(report: Report, campaign: Campaign, facts: Facts, edition: Edition) -> _Making:
    specifications = charts.specifications_of(facts, "ja")

    def write(child: Child) -> bytes:
        pictures = {
            name: io.BytesIO(child.run(draw_png, specification)) for name, specification in specifications.items()
        }
        return write_word(report, campaign, facts, _heads(report, campaign, edition), pictures)

    return write


def _excel(report: Report, campaign: Campaign, facts: Facts, edition: Edition) -> _Making:
    return lambda _child: tidy.as_book(facts, report.kind, _heads(report, campaign, edition), JAPANESE)


def _open_csv(report: Report, campaign: Campaign, facts: Facts, edition: Edition) -> _Making:
    return lambda _child: tidy.as_csv(for_public(report.figures), report.kind, JAPANESE)


def _open_excel(report: Report, campaign: Campaign, facts: Facts, edition: Edition) -> _Making:
    return lambda _child: tidy.as_tidy_book(for_public(report.figures), report.kind, JAPANESE)


def _heads(report: Report, campaign: Campaign, edition: Edition) -> Sequence[tuple[str, str]]:
    """What stands before the figures in every file."""
    shown_on = japan_date(report.published_at or report.created_at)
    correction = f"この報告は、前の報告を訂正したものです。訂正の理由：{report.correction_reason}"
    return [
        ("表題", report.title),
        ("作成", campaign.office.name),
        ("年月日", long_date(shown_on)),
        ("基準日", era_date(report.as_of)),
        ("版", edition.label("ja") + ("" if report.published_at else "　【案】")),
        *([("訂正", correction)] if report.corrects_id else []),
    ]


def _name_of(report: Report, claim: Claim) -> str:
    edition = "（本部限り）" if claim.edition is Edition.INTERNAL else ""
    correction = "（訂正）" if report.corrects_id else ""
    open_data = "_オープンデータ" if claim.form in {FileForm.OPEN_CSV, FileForm.OPEN_EXCEL} else ""
    return safe_name(f"{report.title[:80]}{correction}{edition}{open_data}.{_ENDINGS[claim.form]}")


@cache
def _styles() -> str:
    folder = Path(current_app.static_folder or "") / "css"
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in _STYLES)


_SOURCES = {
    FileForm.PDF: _pdf,
    FileForm.WORD: _word,
    FileForm.EXCEL: _excel,
    FileForm.OPEN_CSV: _open_csv,
    FileForm.OPEN_EXCEL: _open_excel,
}
_ENDINGS = {
    FileForm.PDF: "pdf",
    FileForm.WORD: "docx",
    FileForm.EXCEL: "xlsx",
    FileForm.OPEN_CSV: "csv",
    FileForm.OPEN_EXCEL: "xlsx",
}
_TYPES = {
    FileForm.PDF: "application/pdf",
    FileForm.WORD: _WORD,
    FileForm.EXCEL: _EXCEL,
    FileForm.OPEN_CSV: "text/csv",
    FileForm.OPEN_EXCEL: _EXCEL,
}
