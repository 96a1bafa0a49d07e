"""対象一覧: which bodies must inspect which procedures, a sheet for each body, and a paper to exactly those bodies."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.addressing.rule import parse_codes
from portal.blueprints.decisions import composing, publishing
from portal.blueprints.decisions.forms import ExceptionsForm, TargetFilterForm
from portal.blueprints.decisions.routes import bp, offer_prefectures, open_campaign, send_table
from portal.blueprints.guidance.composing import version_of
from portal.campaigns.queries import get_participation, list_procedures
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.decisions import papers, policy, targets
from portal.decisions.recalculating import keep_exceptions
from portal.decisions.states import TO_INSPECT
from portal.guidance import policy as guidance_policy
from portal.guidance.addressees import name_codes
from portal.guidance.queries import find_guidance_by_ids
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.get("/<int:campaign_id>/targets", endpoint="targets")
@access.requires(policy.can_see)
def index(campaign_id: int) -> str:
    """The bodies with something to inspect, and to whoever runs the campaign the paper that tells them."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    form = TargetFilterForm()
    form.prefecture.choices = prefectures = offer_prefectures(actor)
    chosen = form.prefecture.data if prefectures and form.validate() else None
    publishes = policy.can_publish_targets(actor, campaign) and guidance_policy.can_draft(actor)
    paper = publishing.find_paper(actor, campaign) if publishes else None
    is_unissued = publishing.is_unissued(paper)
    return render_template(
        "decisions/targets.html",
        campaign=campaign,
        form=form if prefectures else None,
        chosen={"prefecture": chosen} if chosen else {},
        page=targets.list_targets(actor, campaign, prefecture=chosen or None, cursor=request.args.get("cursor")),
        publishes=publishes,
        paper=paper,
        is_unissued=is_unissued,
        differences=targets.list_differences(campaign) if paper is not None else [],
    )


@bp.get("/<int:campaign_id>/targets/<int:participation_id>")
@access.requires(policy.can_see)
def target(campaign_id: int, participation_id: int) -> str:
    """One body's sheet: each of its procedures with what was decided and why."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    participation = get_participation(actor, campaign, participation_id)
    decided = targets.list_decided_of(participation)
    return render_template(
        "decisions/target.html",
        campaign=campaign,
        participation=participation,
        wanted=[each for each in decided if each.outcome in TO_INSPECT],
        others=[each for each in decided if each.outcome not in TO_INSPECT],
        why_of=composing.why_of,
    )


@bp.post("/<int:campaign_id>/targets/export")
@access.requires(policy.can_see)
def export_targets(campaign_id: int) -> Response:
    """The list as a CSV or Excel file, a row per body; taking it is recorded."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    bodies = targets.export_targets(actor, campaign, request.form.get("prefecture") or None)
    columns, rows = publishing.as_table(list_procedures(campaign), bodies)
    return send_table(columns, rows, gettext("対象一覧"), campaign.id)


@bp.get("/<int:campaign_id>/targets/papers/<int:guidance_id>")
@access.requires(policy.can_see)
def annex(campaign_id: int, guidance_id: int) -> str:
    """別添: the lines of a paper's list that the reader may see, to be printed."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    paper = next(iter(find_guidance_by_ids(actor, [guidance_id])), None)
    found = papers.find_list_of(guidance_id)
    bodies = [] if paper is None or found is None else papers.list_listed(actor, found[0])
    if found is None or found[1].id != campaign.id or not bodies:
        raise NotFound
    return render_template("decisions/annex.html", campaign=campaign, paper=paper, targets=found[0], bodies=bodies)


@bp.post("/<int:campaign_id>/targets/paper")
@access.requires(policy.can_run)
def publish_targets(campaign_id: int) -> Response:
    """Begin the draft of a paper to exactly the bodies of the list."""
    actor = current_actor()
    address = url_for("campaigns.show", campaign_id=campaign_id)
    paper = publishing.draft_paper(actor, open_campaign(actor, campaign_id), address)
    flash(gettext("対象団体への通知を起案しました。内容と宛先を確認し、確認・合議に回してください。"))
    return redirect(url_for("guidance.show", guidance_id=paper.id))


@bp.post("/<int:campaign_id>/targets/paper/renew")
@access.requires(policy.can_run)
def renew_targets(campaign_id: int) -> Response:
    """Put the draft's list and addressees in line with the decisions of now."""
    actor = current_actor()
    publishing.renew_paper(actor, open_campaign(actor, campaign_id))
    flash(gettext("起案中の通知の対象一覧と宛先を、いまの判定に合わせました。"))
    return redirect(url_for("decisions.targets", campaign_id=campaign_id))


@bp.route("/<int:campaign_id>/decisions/exceptions", methods=["GET", "POST"])
@access.requires(policy.can_run)
def exceptions(campaign_id: int) -> _Page:
    """The bodies that linkage with the resident register does not exempt; saving decides everything again."""
    actor = current_actor()
    campaign = open_campaign(actor, campaign_id)
    if not policy.can_except(actor, campaign):
        raise Forbidden(_NOT_NOW)
    kept = [str(code) for code in campaign.juki_exceptions]
    form = ExceptionsForm(data={"version": campaign.version, "codes": "\n".join(kept)})
    if form.validate_on_submit():
        with attempting(form):
            codes = parse_codes("codes", form.codes.data or "")
            changed = keep_exceptions(actor, campaign, codes, version=version_of(form))
            flash(gettext("例外とする団体を登録しました。%(n)s件の判定が変わりました。", n=f"{changed:,}"))
            return redirect(url_for("decisions.index", campaign_id=campaign_id))
    return render_template(
        "decisions/exceptions.html", campaign=campaign, form=form, bodies=name_codes(kept)
    ), form.status
