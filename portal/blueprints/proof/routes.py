"""A paper as an archive: all files for its readers, the proof for whoever answers for it."""

from flask import Blueprint, Response, render_template, request, send_file

from portal.blueprints.guidance.forms import StepForm
from portal.core.errors import Forbidden
from portal.core.i18n import N_
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance import records
from portal.proof import packing, policy
from portal.web import access
from portal.web.access import current_actor

bp = Blueprint("proof", __name__, url_prefix="/guidance")


@bp.get("/<int:guidance_id>/archive")
@access.requires(guidance_policy.can_list)
def archive(guidance_id: int) -> Response:
    """All files of the paper at once."""
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    packed, name = packing.pack_files(actor, guidance, recipient)
    return _send(packed, name)


@bp.route("/<int:guidance_id>/proof", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def proof(guidance_id: int) -> Response | str:
    """What the proof holds; taking it is recorded."""
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    if request.method == "GET" and not policy.can_take_proof(actor, guidance):
        raise Forbidden(N_("この操作は、いまの状態では行えないか、行う権限がありません。"))
    form = StepForm()
    if form.validate_on_submit():
        packed, name = packing.pack_proof(actor, guidance)
        return _send(packed, name)
    return render_template("proof/proof.html", guidance=guidance, form=form)


def _send(packed: object, name: str) -> Response:
    response = send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)  # type: ignore[arg-type]
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
