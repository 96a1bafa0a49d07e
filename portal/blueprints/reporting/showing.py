"""A report as a page: the figures laid out, the pictures beside them, what may be done, the files."""

from typing import Any

from flask import render_template
from flask_babel import gettext

from portal.blueprints.reporting.forms import StepForm
from portal.campaigns.models import Campaign
from portal.directory.actor import Actor
from portal.reporting import making, policy, queries, reports
from portal.reporting.charts import find_pictures
from portal.reporting.layout import Tongue
from portal.reporting.marking import Facts, for_public
from portal.reporting.models import Report
from portal.reporting.presenting import summary_of, tables_of, tiles_of
from portal.reporting.states import Edition, MakingState, ReportKind
from portal.web.locale import language

_PENDING = {MakingState.WAITING, MakingState.MAKING}


def tongue() -> Tongue:
    """The language of the page."""
    return Tongue(gettext, language())


def show_report(actor: Actor, campaign: Campaign, report: Report, *, is_public: bool) -> str:
    """The page of one report."""
    facts = for_public(report.figures) if is_public else report.figures
    files = making.list_files(actor, report)
    is_headquarters = policy.sees_everything(actor)
    return render_template(
        "reporting/show.html",
        actor=actor,
        policy=policy,
        report=report,
        is_public=is_public,
        is_headquarters=is_headquarters,
        files=files,
        editions=[each for each in Edition if is_headquarters or each is Edition.PUBLIC],
        is_making=any(file.state in _PENDING for file in files),
        content_digest=making.digest_of_content(report),
        needs_recount=reports.needs_recount(report),
        step=StepForm(data={"version": report.version}),
        texts=queries.list_texts(report) if is_headquarters else [],
        corrected=queries.find_corrected(report),
        replacement=queries.find_replacement(report),
        pictures=find_pictures(facts, language()),
        **laid_out(campaign, facts, report.kind),
    )


def laid_out(campaign: Campaign, facts: Facts, kind: ReportKind) -> dict[str, Any]:
    """The figures as the tables and the map of a page."""
    say = tongue()
    return {
        "campaign": campaign,
        "facts": facts,
        "summary": summary_of(facts, kind, say) if facts["is_inspection"] else [],
        "tables": tables_of(facts, kind, say),
        "tiles": tiles_of(facts),
    }
