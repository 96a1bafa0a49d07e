"""A prefecture hands a paper on to its municipalities, or adds to it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.queries import find_attachment, list_attachments
from portal.blueprints.forwarding.forms import ForwardForm
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.forwarding import policy, queries, service
from portal.forwarding.models import Forwarding
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance import records
from portal.guidance.models import Guidance
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.uploads import send_attachment, uploads_from

bp = Blueprint("forwarding", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]


@bp.route("/<int:guidance_id>/forward", methods=["GET", "POST"])
@access.requires(guidance_policy.can_answer)
def forward(guidance_id: int) -> _Page:
    """Hand it on with a cover note, or send a supplement."""
    actor, guidance = _open(guidance_id)
    recipient = records.find_own_recipient(actor, guidance)
    if recipient is None:
        raise NotFound
    if request.method == "GET" and not policy.can_add(actor, guidance, recipient):
        raise Forbidden(N_("この操作は、いまの状態では行えないか、行う権限がありません。"))
    form = ForwardForm()
    if form.validate_on_submit():
        with attempting(form):
            row = service.forward_guidance(
                actor,
                guidance,
                recipient,
                note=form.note.data or "",
                due_on=form.due_on.data,
                uploads=uploads_from(form.files),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(_said(row))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "forwarding/forward.html",
        form=form,
        guidance=guidance,
        held=queries.count_held(actor, guidance),
        held_until=queries.handed_on_by(guidance),
    ), form.status


@bp.get("/<int:guidance_id>/forwardings/<int:forwarding_id>")
@access.requires(guidance_policy.can_list)
def show(guidance_id: int, forwarding_id: int) -> str:
    """What one prefecture wrote to its municipalities."""
    actor, guidance = _open(guidance_id)
    row = queries.get_forwarding(actor, guidance, forwarding_id)
    return render_template(
        "forwarding/show.html",
        guidance=guidance,
        forwarding=row,
        files=list_attachments("forwarding", [row.id])[row.id],
    )


@bp.get("/<int:guidance_id>/forwardings/<int:forwarding_id>/files/<int:attachment_id>")
@access.requires(guidance_policy.can_list)
def file(guidance_id: int, forwarding_id: int, attachment_id: int) -> Response:
    """A file of it."""
    actor, guidance = _open(guidance_id)
    row = queries.get_forwarding(actor, guidance, forwarding_id)
    found = find_attachment("forwarding", row.id, attachment_id)
    if found is None:
        raise NotFound
    return send_attachment(found)


def _open(guidance_id: int) -> tuple[Actor, Guidance]:
    actor = current_actor()
    return actor, guidance_queries.get_guidance(actor, guidance_id)


def _said(row: Forwarding) -> str:
    if row.hands_on:
        return str(gettext("管内の%(n)s団体に転送しました。", n=f"{row.delivered:,}"))
    return str(gettext("管内の市区町村に補足を送りました。"))
