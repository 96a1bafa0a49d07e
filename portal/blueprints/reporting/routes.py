"""Reports of campaigns: the list, one as a page, writing, counting anew, publishing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import version_of
from portal.blueprints.reporting.forms import DraftReportForm, EditReportForm, StepForm
from portal.blueprints.reporting.showing import show_report, tongue
from portal.campaigns.models import Campaign
from portal.campaigns.queries import get_campaign
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.reporting import policy, queries, reports
from portal.reporting.comparing import list_differences
from portal.reporting.counting import count_figures
from portal.reporting.marking import digest_of
from portal.reporting.models import Report
from portal.reporting.reading import find_newest_date
from portal.reporting.states import ReportKind
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("reporting", __name__, url_prefix="/campaigns")
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.get("/<int:campaign_id>/reports")
@access.requires(policy.can_list)
def index(campaign_id: int) -> str:
    """The reports of a campaign, and the ways to its figures."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    return render_template(
        "reporting/index.html",
        campaign=campaign,
        actor=actor,
        policy=policy,
        page=queries.list_reports(actor, campaign, cursor=request.args.get("cursor")),
    )


@bp.route("/<int:campaign_id>/reports/new", methods=["GET", "POST"])
@access.requires(policy.can_build)
def new(campaign_id: int) -> _Page:
    """Begin a report, or the correction of a published one."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    _refuse_unless(policy.can_draft(actor, campaign))
    corrected = _corrected(actor, campaign)
    form = DraftReportForm(data=_first_values(campaign, corrected))
    if corrected is None:
        del form.reason
    else:
        del form.kind
    if form.validate_on_submit() and form.as_of.data is not None:
        with attempting(form):
            report = reports.draft_report(
                actor,
                campaign,
                kind=form.kind.data if corrected is None else corrected.kind,
                as_of=form.as_of.data,
                previous_on=form.previous_on.data,
                corrects=corrected,
                reason=form.reason.data or "" if corrected is not None else "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("集計し、報告の案を作成しました。本文を書き、「公表を依頼する」を押してください。"))
            return redirect(url_for("reporting.edit", campaign_id=campaign.id, number=report.number))
    return render_template("reporting/new.html", campaign=campaign, form=form, corrected=corrected), form.status


@bp.get("/<int:campaign_id>/reports/<int:number>")
@access.requires(policy.can_list)
def show(campaign_id: int, number: int) -> str:
    """A report as it is read; the headquarters see what the published edition leaves out, or that edition."""
    actor, campaign, report = _open(campaign_id, number)
    is_public = request.args.get("edition") == "public" or not policy.sees_everything(actor)
    return show_report(actor, campaign, report, is_public=is_public)


@bp.route("/<int:campaign_id>/reports/<int:number>/edit", methods=["GET", "POST"])
@access.requires(policy.can_build)
def edit(campaign_id: int, number: int) -> _Page:
    """Write the texts of a draft."""
    actor, campaign, report = _open(campaign_id, number)
    _refuse_unless(policy.can_edit(actor, report, campaign))
    names = ("version", "title", *reports.TEXTS)
    form = EditReportForm(data={name: getattr(report, name) for name in names})
    if form.validate_on_submit():
        with attempting(form):
            reports.edit_report(
                actor,
                campaign,
                report,
                form.texts,
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("保存しました。"))
            return _to(report)
    return render_template("reporting/edit.html", campaign=campaign, report=report, form=form), form.status


@bp.get("/<int:campaign_id>/reports/<int:number>/check")
@access.requires(policy.sees_everything)
def check(campaign_id: int, number: int) -> str:
    """Count again from the raw rows: equal to what was frozen, or where it differs."""
    actor, campaign, report = _open(campaign_id, number)
    figures = count_figures(campaign, report.as_of, report.previous_on, marked=False)
    differences = list_differences(report.figures, figures, report.kind, tongue())
    return render_template(
        "reporting/check.html",
        campaign=campaign,
        report=report,
        differences=differences,
        can_recount=policy.can_edit(actor, report, campaign),
        needs_recount=reports.needs_recount(report),
        step=StepForm(data={"version": report.version}),
    )


@bp.post("/<int:campaign_id>/reports/<int:number>/recount")
@access.requires(policy.can_build)
def recount(campaign_id: int, number: int) -> Response:
    """Count a draft's figures anew."""
    actor, campaign, report = _open(campaign_id, number)
    changed = reports.recount_report(actor, campaign, report, version=version_of(StepForm()))
    flash(
        gettext("集計し直しました。数字が変わっています。")
        if changed
        else gettext("集計し直しました。数字は同じです。")
    )
    return _to(report)


@bp.post("/<int:campaign_id>/reports/<int:number>/ask-publication")
@access.requires(policy.can_build)
def ask_publication(campaign_id: int, number: int) -> Response:
    """The draft is written: whoever publishes it finds it on the home page."""
    actor, campaign, report = _open(campaign_id, number)
    reports.ask_publication(actor, campaign, report, version=version_of(StepForm()))
    flash(gettext("公表を依頼しました。公表する人の「本日の対応」に表示されます。"))
    return _to(report)


@bp.route("/<int:campaign_id>/reports/<int:number>/publish", methods=["GET", "POST"])
@access.requires(policy.can_build)
def publish(campaign_id: int, number: int) -> _Page:
    """Publish it: the second person looks at what goes out."""
    actor, campaign, report = _open(campaign_id, number)
    _refuse_unless(request.method == "POST" or policy.can_publish(actor, report))
    form = StepForm(data={"version": report.version})
    if form.validate_on_submit():
        with attempting(form):
            reports.publish_report(actor, campaign, report, version=version_of(form))
            flash(gettext("公表しました。ファイルを作成しています。"))
            return _to(report)
    return render_template(
        "reporting/publish.html",
        campaign=campaign,
        report=report,
        form=form,
        digest=digest_of(report.figures),
        needs_recount=reports.needs_recount(report),
    ), form.status


@bp.post("/<int:campaign_id>/reports/<int:number>/discard")
@access.requires(policy.can_build)
def discard(campaign_id: int, number: int) -> Response:
    """Give a draft up."""
    actor, campaign, report = _open(campaign_id, number)
    reports.discard_report(actor, campaign, report, version=version_of(StepForm()))
    flash(gettext("報告の案を取りやめました。"))
    return redirect(url_for("reporting.index", campaign_id=campaign.id))


def _open(campaign_id: int, number: int) -> tuple[Actor, Campaign, Report]:
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    return actor, campaign, queries.get_report(actor, campaign, number)


def _corrected(actor: Actor, campaign: Campaign) -> Report | None:
    text = request.args.get("corrects", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    report = queries.get_report(actor, campaign, int(text))
    _refuse_unless(policy.can_correct(actor, report, campaign))
    return report


def _first_values(campaign: Campaign, corrected: Report | None) -> dict[str, object]:
    if corrected is not None:
        return {"as_of": corrected.as_of, "previous_on": corrected.previous_on}
    today = japan_date(clock.now())
    is_over = campaign.final_on is not None and today >= campaign.final_on
    return {"as_of": find_newest_date(campaign) or today, "kind": ReportKind.FINAL if is_over else ReportKind.INTERIM}


def _refuse_unless(allowed: bool) -> None:
    if not allowed:
        raise Forbidden(_NOT_NOW)


def _to(report: Report) -> Response:
    return redirect(url_for("reporting.show", campaign_id=report.campaign_id, number=report.number))
