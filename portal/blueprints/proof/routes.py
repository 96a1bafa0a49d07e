"""A paper or campaign as an archive: all files for its readers, the proof for whoever answers for it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from portal.blueprints.decisions.publishing import own_annex
from portal.blueprints.guidance.forms import StepForm
from portal.campaigns import policy as campaign_policy
from portal.campaigns.queries import get_campaign
from portal.core import clock
from portal.core.errors import Forbidden
from portal.core.i18n import N_
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance import records
from portal.proof import campaign_packing, packing, policy
from portal.proof.models import CampaignProof
from portal.web import access
from portal.web.access import current_actor
from portal.web.uploads import send_attachment

_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")
bp = Blueprint("proof", __name__)


@bp.get("/guidance/<int:guidance_id>/archive")
@access.requires(guidance_policy.can_list)
def archive(guidance_id: int) -> Response:
    """All files of the paper at once."""
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    packed, name = packing.pack_files(actor, guidance, recipient, own_annex(actor, guidance))
    return _send(packed, name)


@bp.route("/guidance/<int:guidance_id>/proof", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def proof(guidance_id: int) -> Response | str:
    """What the proof holds; taking it is recorded."""
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    if request.method == "GET" and not policy.can_take_proof(actor, guidance):
        raise Forbidden(_NOT_NOW)
    form = StepForm()
    if form.validate_on_submit():
        packed, name = packing.pack_proof(actor, guidance)
        return _send(packed, name)
    return render_template("proof/proof.html", guidance=guidance, form=form)


@bp.route("/campaigns/<int:campaign_id>/proof", methods=["GET", "POST"])
@access.requires(campaign_policy.can_build)
def campaign(campaign_id: int) -> BaseResponse | str:
    """What the proof of a campaign holds, and those that were asked for; asking is recorded."""
    actor = current_actor()
    found = get_campaign(actor, campaign_id)
    if request.method == "GET" and not policy.can_take_campaign_proof(actor, found):
        raise Forbidden(_NOT_NOW)
    form = StepForm()
    if form.validate_on_submit():
        campaign_packing.ask_proof(actor, found)
        flash(gettext("証拠一式を作っています。できると、この画面から取り出せます。"))
        return redirect(url_for("proof.campaign", campaign_id=campaign_id))
    page = campaign_packing.list_proofs(found, cursor=request.args.get("cursor"))
    return render_template("proof/campaign.html", campaign=found, form=form, page=page, actor=actor, kept=_kept)


@bp.get("/campaigns/<int:campaign_id>/proofs/<int:proof_id>")
@access.requires(campaign_policy.can_build)
def campaign_file(campaign_id: int, proof_id: int) -> BaseResponse:
    """The archive, for whoever asked for it."""
    actor = current_actor()
    return send_attachment(campaign_packing.get_proof_file(actor, get_campaign(actor, campaign_id), proof_id))


def _kept(proof: CampaignProof) -> bool:
    """Whether the archive of a proof is still there."""
    return proof.made_at is not None and proof.made_at > clock.now() - campaign_packing.KEPT


def _send(packed: object, name: str) -> Response:
    response = send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)  # type: ignore[arg-type]
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
