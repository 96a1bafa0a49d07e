"""What addressed bodies do with guidance, and who has done what."""

import io
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.queries import list_attachments
from portal.attachments.sheets import list_sheets
from portal.blueprints.guidance import sources
from portal.blueprints.guidance.composing import filters_posted, make_recipient_filter_form, make_respond_form
from portal.blueprints.guidance.forms import ReceiveForm, section_example
from portal.blueprints.guidance.showing import answers_of
from portal.blueprints.guidance.stepping import bp
from portal.circulation.composing import respond_without_sections
from portal.circulation.queries import is_collecting
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance import exporting, matrix, policy, queries, receiving, records
from portal.guidance.dues import due_of
from portal.guidance.models import Guidance, Recipient
from portal.renditions.naming import LONGEST
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.uploads import uploads_from

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES_ON_SHEET, _SHEETS_NAMED = 8, 6


@bp.route("/<int:guidance_id>/receive", methods=["GET", "POST"])
@access.requires(policy.can_answer)
def receive(guidance_id: int) -> _Page:
    """Record that a section received it."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    asked = (request.args.get("section") or "")[:100]
    form = ReceiveForm(data={"section_name": asked or actor.section_name})
    form.section_name.description = section_example(actor.organisation_kind)
    recipient = _own_part(actor, guidance)
    receipts = records.list_receipts(recipient)
    if form.validate_on_submit():
        with attempting(form):
            receipt = receiving.receive_guidance(
                actor,
                guidance,
                section_name=form.section_name.data or "",
                receipt_number=form.receipt_number.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            said = (
                gettext("%(section)sの収受番号を追記しました。")
                if receipt in receipts
                else gettext("%(section)sで受領しました。")
            )
            flash(said % {"section": receipt.section_name})
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "guidance/receive.html", form=form, guidance=guidance, due_on=due_of(guidance, recipient), receipts=receipts
    ), form.status


@bp.route("/<int:guidance_id>/respond", methods=["GET", "POST"])
@access.requires(policy.can_answer)
def respond(guidance_id: int) -> _Page:
    """Record what the body did."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    form = make_respond_form()
    if form.validate_on_submit():
        with attempting(form):
            respond_without_sections(
                actor,
                guidance,
                form.state.data,
                text=form.text.data or "",
                expected_on=form.expected_on.data,
                uploads=uploads_from(form.files),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("対応を登録しました。"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    recipient = _own_part(actor, guidance)
    return render_template(
        "guidance/respond.html",
        form=form,
        guidance=guidance,
        due_on=due_of(guidance, recipient),
        is_collecting=is_collecting(actor, guidance_id),
    ), form.status


@bp.get("/<int:guidance_id>/circulation")
@access.requires(policy.can_list)
def circulation(guidance_id: int) -> str:
    """One sheet to circulate inside the office, with stamp boxes."""
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    return render_template(
        "guidance/circulation.html",
        guidance=guidance,
        actor=actor,
        due_on=due_of(guidance, recipient),
        receipts=records.list_receipts(recipient) if recipient else [],
        **_brought_along(guidance_id),
    )


@bp.get("/<int:guidance_id>/recipients")
@access.requires(policy.can_list)
def recipients(guidance_id: int) -> str:
    """Bodies × facts: by prefecture, on the map, and one by one."""
    actor = current_actor()
    guidance = _visible_matrix(actor, guidance_id)
    by_prefecture = matrix.count_facts_by_prefecture(actor, guidance)
    form, filters = make_recipient_filter_form(by_prefecture)
    return render_template(
        "guidance/recipients.html",
        guidance=guidance,
        form=form,
        by_prefecture=by_prefecture,
        by_class=matrix.count_facts_by_class(actor, guidance),
        owed=sources.list_owed(actor, guidance),
        chosen={name: value for name, value in request.args.items() if name in {"prefecture", "body_class", "fact"}},
        facts=matrix.count_facts(actor, guidance),
        responses=matrix.count_responses(actor, guidance),
        page=matrix.list_recipients(actor, guidance, filters, cursor=request.args.get("cursor")),
    )


@bp.post("/<int:guidance_id>/recipients/export")
@access.requires(policy.can_list)
def export(guidance_id: int) -> Response:
    """The list as it is narrowed, as a CSV or Excel file; taking it is recorded."""
    actor = current_actor()
    guidance = _visible_matrix(actor, guidance_id)
    rows = exporting.export_status(actor, guidance, filters_posted())
    columns = [gettext(column) for column in exporting.COLUMNS]
    is_excel = request.form.get("ending") == "xlsx"
    content = exporting.as_excel(columns, rows) if is_excel else exporting.as_csv(columns, rows)
    name = f"{(guidance.document_number or guidance.title)[:LONGEST]}_{gettext('状況')}.{'xlsx' if is_excel else 'csv'}"
    response = send_file(
        io.BytesIO(content), mimetype=_EXCEL if is_excel else "text/csv", as_attachment=True, download_name=name
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/<int:guidance_id>/recipients/<int:recipient_id>")
@access.requires(policy.can_list)
def recipient(guidance_id: int, recipient_id: int) -> str:
    """One body's four facts: who opened it, which sections received it, what the body did."""
    actor = current_actor()
    guidance = _visible_matrix(actor, guidance_id)
    found = matrix.get_recipient(actor, guidance, recipient_id)
    answers = answers_of(found, guidance.receipt_round)
    return render_template(
        "guidance/recipient.html",
        guidance=guidance,
        recipient=found,
        openings=records.list_openings(found),
        **answers,
        response_files=list_attachments("response", [each.id for each in answers["responses"]]),
    )


def _own_part(actor: Actor, guidance: Guidance) -> Recipient:
    """The row of the actor's body. Raises NotFound without one; a look at a form that is refused is Forbidden."""
    recipient = records.find_own_recipient(actor, guidance)
    if recipient is None:
        raise NotFound
    if request.method == "GET" and not policy.can_receive(actor, guidance, is_addressed=True):
        raise Forbidden(N_("この通知等については、受領と対応の登録を受け付けていません。"))
    return recipient


def _visible_matrix(actor: Actor, guidance_id: int) -> Guidance:
    guidance = queries.get_guidance(actor, guidance_id)
    if not policy.can_see_matrix(actor, guidance):
        raise NotFound
    return guidance


def _brought_along(guidance_id: int) -> dict[str, Any]:
    """The first files with the names of their sheets, and how many more there are: what fits on one sheet of paper."""
    files = list_attachments("guidance", [guidance_id])[guidance_id]
    shown = [(file, list_sheets(file)) for file in files[:_FILES_ON_SHEET]]
    return {
        "files": [(file, sheets[:_SHEETS_NAMED], max(0, len(sheets) - _SHEETS_NAMED)) for file, sheets in shown],
        "more_files": max(0, len(files) - _FILES_ON_SHEET),
    }
