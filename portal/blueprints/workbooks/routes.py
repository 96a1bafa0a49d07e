"""Forms as workbooks: taken out prefilled, sent in, confirmed; and all answers of a campaign as one file."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask import Response as FileResponse
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.file_names import clean_file_name
from portal.blueprints.workbooks.forms import ExportForm, SendForm, StoreForm
from portal.campaigns.models import Campaign
from portal.campaigns.queries import find_participation, get_campaign, list_procedure_names
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.places import prefecture_choices
from portal.web.uploads import send_attachment, uploads_from
from portal.workbooks import contents, exporting, policy, queries, receiving
from portal.workbooks.forms import make_form
from portal.workbooks.models import WorkbookUpload
from portal.workbooks.numbers import is_doubt
from portal.workbooks.planning import Plan
from portal.workbooks.progress_forms import collect_progress, find_scopes, make_progress_form
from portal.workbooks.receiving import Received
from portal.workbooks.states import FormKind, UploadState

bp = Blueprint("workbooks", __name__, url_prefix="/campaigns")
_Page = Response | str | tuple[str, int]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.route("/<int:campaign_id>/workbook", methods=["GET", "POST"])
@access.requires(policy.can_list)
def index(campaign_id: int) -> _Page:
    """Take a form out, send one in; headquarters take out all answers."""
    actor, campaign = _campaign(campaign_id)
    form = SendForm() if policy.can_upload(actor, campaign) else None
    if form is None and request.method == "POST":
        raise Forbidden(_NOT_NOW)
    received = Received()
    if form is not None and form.validate_on_submit():
        with attempting(form):
            received = _receive(actor, campaign, form)
            if received.upload is not None and not received.hidden:
                return redirect(url_for("workbooks.confirm", campaign_id=campaign_id, key=received.upload.key))
    is_refused = bool(received.hidden or received.problems)
    return _show(actor, campaign, form, received), 422 if is_refused else form.status if form else 200


@bp.get("/<int:campaign_id>/workbook/form")
@access.requires(policy.is_body)
def form(campaign_id: int) -> FileResponse:
    """A form, prefilled: of one's own body, or of all municipalities of the prefecture; of answers or of progress."""
    actor, campaign = _campaign(campaign_id)
    is_area = request.args.get("scope") == "area"
    if request.args.get("kind") == FormKind.PROGRESS.value:
        if not policy.can_report(actor, campaign):
            raise NotFound
        progress = collect_progress(actor, campaign, is_area=is_area)
        return _send(make_progress_form(progress), gettext("進捗の様式"), campaign.shown_title, progress.office)
    if not policy.can_download(actor, campaign):
        raise NotFound
    content = contents.collect_form(actor, campaign, is_area=is_area)
    return _send(make_form(content), gettext("様式"), campaign.shown_title, content.office)


@bp.route("/<int:campaign_id>/workbook/sent/<string:key>", methods=["GET", "POST"])
@access.requires(policy.is_body)
def confirm(campaign_id: int, key: str) -> _Page:
    """What the file would change, and the button that does it."""
    actor, campaign = _campaign(campaign_id)
    upload = queries.get_upload(actor, campaign, key, UploadState.WAITING)
    form = StoreForm()
    if form.validate_on_submit():
        try:
            with attempting(form):
                plan = receiving.store_upload(actor, campaign, upload, fingerprint=form.fingerprint.data or "")
                _say_stored(upload, plan)
                return redirect(url_for(_read_in(upload), campaign_id=campaign_id))
        except Conflict as conflict:  # others entered something meanwhile: what would change now is shown
            form.lay(Invalid(conflict.message))
    plan = receiving.look_again(actor, campaign, upload)
    form.fingerprint.data = plan.fingerprint
    return render_template(
        "workbooks/confirm.html", campaign=campaign, upload=upload, plan=plan, form=form, most=SHOWN
    ), form.status


@bp.post("/<int:campaign_id>/workbook/sent/<string:key>/discard")
@access.requires(policy.is_body)
def discard(campaign_id: int, key: str) -> Response:
    """It is not to be entered."""
    actor, campaign = _campaign(campaign_id)
    receiving.discard_upload(actor, queries.get_upload(actor, campaign, key, UploadState.WAITING))
    flash(gettext("登録をやめました。ファイルは削除しました。"))
    return redirect(url_for("workbooks.index", campaign_id=campaign_id))


@bp.get("/<int:campaign_id>/workbook/sent/<string:key>/clean")
@access.requires(policy.is_body)
def clean(campaign_id: int, key: str) -> FileResponse:
    """A fresh form with what could be read of a file that hides something."""
    actor, campaign = _campaign(campaign_id)
    upload = queries.get_upload(actor, campaign, key, UploadState.REFUSED)
    return _send(
        receiving.make_clean_copy(actor, campaign, upload), gettext("様式"), campaign.shown_title, gettext("写し")
    )


@bp.get("/<int:campaign_id>/workbook/originals/<int:upload_id>")
@access.requires(policy.is_body)
def original(campaign_id: int, upload_id: int) -> FileResponse:
    """A file as it came, checked against its hash."""
    actor, campaign = _campaign(campaign_id)
    return send_attachment(queries.get_original(actor, campaign, upload_id))


@bp.post("/<int:campaign_id>/workbook/export")
@access.requires(policy.can_take_out)
def export(campaign_id: int) -> FileResponse:
    """What has been submitted, as one file; taking it is recorded."""
    actor, campaign = _campaign(campaign_id)
    form = _export_form(actor, campaign)
    form.validate()
    prefecture = form.prefecture.data if "prefecture" in form else None
    content = exporting.export_answers(
        actor, campaign, procedure_id=form.procedure.data or None, prefecture=prefecture or None
    )
    return _send(content, gettext("回答一覧"), campaign.shown_title)


def _say_stored(upload: WorkbookUpload, plan: Plan) -> None:
    if upload.kind is FormKind.PROGRESS:
        flash(gettext("様式から%(n)s件の進捗を登録しました。", n=f"{plan.entries:,}"))
        return
    count = f"{len(plan.changes):,}"
    flash(gettext("様式から%(n)s件の回答を登録しました。提出は、内容を確かめてから行ってください。", n=count))


def _read_in(upload: WorkbookUpload) -> str:
    """Where its sender goes on: to what the body submits, to the progress, or for an area to the forms."""
    if upload.kind is FormKind.PROGRESS:
        return "inspections.index"
    return "workbooks.index" if upload.is_area else "answering.index"


def _campaign(campaign_id: int) -> tuple[Actor, Campaign]:
    actor = current_actor()
    return actor, get_campaign(actor, campaign_id)


def _receive(actor: Actor, campaign: Campaign, form: SendForm) -> Received:
    file = uploads_from(form.file)[0]
    received = receiving.receive_file(
        actor,
        campaign,
        file_name=file.file_name,
        stream=file.stream,
        my_number_confirmed=bool(form.my_number_confirmed.data),
    )
    form.needs_confirmation = any(is_doubt(problem) for problem in received.problems)
    return received


def _show(actor: Actor, campaign: Campaign, form: SendForm | None, received: Received) -> str:
    if form is not None:
        form.file.data = None
    return render_template(
        "workbooks/index.html",
        campaign=campaign,
        form=form,
        received=received,
        most=SHOWN,
        has_own=actor.is_local and find_participation(actor, campaign) is not None,
        has_area=contents.has_area(actor, campaign),
        can_download=policy.can_download(actor, campaign),
        progress=find_scopes(actor, campaign),
        export_form=_export_form(actor, campaign) if policy.can_export(actor, campaign) else None,
        page=queries.list_uploads(actor, campaign, cursor=request.args.get("cursor")) if actor.is_local else None,
    )


def _export_form(actor: Actor, campaign: Campaign) -> ExportForm:
    form = ExportForm(ids="export")
    form.offer(list_procedure_names(campaign), [] if actor.role is Role.LIAISON else prefecture_choices())
    return form


def _send(content: bytes, *parts: str) -> FileResponse:
    name = clean_file_name("_".join(part[:60] for part in parts) + ".xlsx")
    response = send_file(io.BytesIO(content), mimetype=_EXCEL, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
