"""Figures as of any date, who is late, who has yet to publish, and the files of reports."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.reporting.forms import FiguresForm, LateForm, PublicationForm
from portal.blueprints.reporting.routes import bp
from portal.blueprints.reporting.showing import laid_out
from portal.campaigns.models import Campaign
from portal.campaigns.queries import get_campaign
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.errors import NotFound
from portal.reporting import following, making, policy, queries
from portal.reporting.counting import count_figures, count_own_figures, find_basis_date
from portal.reporting.reading import find_newest_date
from portal.reporting.states import Edition, ReportKind
from portal.web import access
from portal.web.access import current_actor
from portal.web.places import prefecture_choices
from portal.web.uploads import send_attachment

__all__ = ["bp"]


@bp.get("/<int:campaign_id>/figures")
@access.requires(policy.can_count)
def figures(campaign_id: int) -> str:
    """The figures as of a date, of the bodies that the reader sees one by one."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    form = FiguresForm()
    is_read = form.validate()
    newest = find_newest_date(campaign)
    as_of = (form.as_of.data if is_read else None) or newest or japan_date(clock.now())
    since = _since(form, campaign, as_of) if is_read else None
    if policy.sees_everything(actor):
        facts = count_figures(campaign, as_of, since, marked=False)
    else:
        facts = count_own_figures(actor, campaign, as_of, since)
    form.as_of.data = form.as_of.data or as_of
    is_over = campaign.final_on is not None and as_of >= campaign.final_on
    return render_template(
        "reporting/figures.html",
        form=form,
        as_of=as_of,
        since=since,
        is_own=not policy.sees_everything(actor),
        **laid_out(campaign, facts, ReportKind.FINAL if is_over else ReportKind.INTERIM),
    )


@bp.get("/<int:campaign_id>/late")
@access.requires(policy.can_see_late)
def late(campaign_id: int) -> str:
    """Who is behind and why, for the headquarters and for liaisons of their bodies."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    form = LateForm()
    form.prefecture.choices = prefecture_choices()
    prefecture = form.prefecture.data if form.validate() else None
    page = following.list_late(actor, campaign, prefecture=prefecture, cursor=request.args.get("cursor"))
    return render_template("reporting/late.html", campaign=campaign, form=form, page=page)


@bp.get("/<int:campaign_id>/publications")
@access.requires(policy.can_see_late)
def publications(campaign_id: int) -> str:
    """Which bodies with mislinks have published them, and which are to be reminded."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    form = PublicationForm()
    found, missing = following.count_publications(actor, campaign)
    page = following.list_publications(
        actor, campaign, only_missing=bool(form.missing.data), cursor=request.args.get("cursor")
    )
    return render_template(
        "reporting/publications.html", campaign=campaign, form=form, page=page, found=found, missing=missing
    )


@bp.post("/<int:campaign_id>/reports/<int:number>/files/<string:edition>")
@access.requires(policy.can_build)
def make_files(campaign_id: int, number: int, edition: str) -> Response:
    """Have the files of an edition made in the background."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    report = queries.get_report(actor, campaign, number)
    if edition not in {each.value for each in Edition}:
        raise NotFound
    making.ask_files(actor, campaign, report, Edition(edition))
    return redirect(url_for("reporting.show", campaign_id=campaign_id, number=number, _anchor="files-head"))


@bp.post("/<int:campaign_id>/reports/<int:number>/files/<string:edition>/<string:form>")
@access.requires(policy.can_list)
def download(campaign_id: int, number: int, edition: str, form: str) -> Response:
    """A made file; taking it is recorded."""
    actor = current_actor()
    report = queries.get_report(actor, get_campaign(actor, campaign_id), number)
    file = queries.get_file(actor, report, form, edition)
    return send_attachment(making.take_file(actor, report, file))


def _since(form: FiguresForm, campaign: Campaign, as_of: date) -> date | None:
    since: date | None = form.since.data
    if since is not None and since >= as_of:
        form.since.errors = [gettext("基準日より前の日付にしてください。")]
        return None
    return since or find_basis_date(campaign, as_of)
