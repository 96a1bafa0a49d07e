"""Corrections of issued papers, page by page."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.models import Attachment
from portal.attachments.queries import list_attachments
from portal.blueprints.guidance.composing import version_of
from portal.blueprints.guidance.forms import StepForm
from portal.blueprints.revisions.forms import CorrectionForm, ReturnCorrectionForm
from portal.core.errors import Forbidden
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance.models import Guidance
from portal.revisions import correcting, policy, queries
from portal.revisions.marking import list_unplaced_of
from portal.revisions.models import Correction, Erratum
from portal.revisions.states import CorrectionState
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.uploads import send_attachment, uploads_from

bp = Blueprint("revisions", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.route("/<int:guidance_id>/corrections/new", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def new_correction(guidance_id: int) -> _Page:
    """Begin a correction of a paper in force."""
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    _refuse_unless(policy.can_correct(actor, guidance))
    form = CorrectionForm()
    if form.validate_on_submit() and not form.wants_rows:
        with attempting(form):
            correction = correcting.draft_correction(
                actor,
                guidance,
                form.content,
                uploads=uploads_from(form.files),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("訂正を起案しました。内容を確認し、確認・合議に回してください。"))
            return _to(correction)
    return render_template(
        "revisions/edit_correction.html", form=form, guidance=guidance, correction=None, files=[]
    ), form.status


@bp.get("/<int:guidance_id>/corrections/<int:number>")
@access.requires(guidance_policy.can_list)
def correction(guidance_id: int, number: int) -> str:
    """One correction with its table of errors."""
    actor, guidance, found = _open(guidance_id, number)
    return render_template(
        "revisions/correction.html",
        guidance=guidance,
        correction=found,
        files=_files(found),
        unplaced=_unplaced(actor, guidance, found),
        actor=actor,
        policy=policy,
        step=StepForm(data={"version": found.version}),
    )


@bp.route("/<int:guidance_id>/corrections/<int:number>/edit", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def edit_correction(guidance_id: int, number: int) -> _Page:
    """Change a correction that is a draft."""
    actor, guidance, found = _open(guidance_id, number)
    _refuse_unless(request.method == "POST" or policy.can_edit(actor, found, guidance))
    form = CorrectionForm(data=_typed(found))
    if form.validate_on_submit() and not form.wants_rows:
        with attempting(form):
            correcting.save_correction(
                actor,
                guidance,
                found,
                form.content,
                version=version_of(form),
                uploads=uploads_from(form.files),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("保存しました。"))
            return _to(found)
    return render_template(
        "revisions/edit_correction.html", form=form, guidance=guidance, correction=found, files=_files(found)
    ), form.status


@bp.post("/<int:guidance_id>/corrections/<int:number>/send")
@access.requires(guidance_policy.can_draft)
def send_correction(guidance_id: int, number: int) -> Response:
    """Ask for its approval."""
    actor, guidance, found = _open(guidance_id, number)
    correcting.send_correction_for_review(actor, guidance, found, version=version_of(StepForm()))
    flash(gettext("決裁者に回しました。"))
    return _to(found)


@bp.post("/<int:guidance_id>/corrections/<int:number>/discard")
@access.requires(guidance_policy.can_draft)
def discard_correction(guidance_id: int, number: int) -> Response:
    """Give it up."""
    actor, guidance, found = _open(guidance_id, number)
    correcting.discard_correction(actor, guidance, found, version=version_of(StepForm()))
    flash(gettext("訂正を取りやめました。"))
    return redirect(url_for("guidance.show", guidance_id=guidance_id))


@bp.route("/<int:guidance_id>/corrections/<int:number>/return", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def return_correction(guidance_id: int, number: int) -> _Page:
    """Send it back to its drafter."""
    actor, guidance, found = _open(guidance_id, number)
    _refuse_unless(request.method == "POST" or policy.can_return(actor, found, guidance))
    form = ReturnCorrectionForm(data={"version": found.version})
    if form.validate_on_submit():
        with attempting(form):
            correcting.return_correction(
                actor,
                guidance,
                found,
                reason=form.reason.data or "",
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("訂正を差し戻しました。"))
            return _to(found)
    return render_template(
        "revisions/return_correction.html", form=form, guidance=guidance, correction=found
    ), form.status


@bp.route("/<int:guidance_id>/corrections/<int:number>/issue", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def issue_correction(guidance_id: int, number: int) -> _Page:
    """Approve and issue it to everyone who had the paper."""
    actor, guidance, found = _open(guidance_id, number)
    _refuse_unless(request.method == "POST" or policy.can_issue(actor, found, guidance))
    form = StepForm(data={"version": found.version})
    if form.validate_on_submit():
        with attempting(form):
            correcting.issue_correction(actor, guidance, found, version=version_of(form))
            count = guidance.recipient_count or 0
            flash(gettext("第%(n)s回の訂正を%(count)s団体に発出しました。", n=number, count=f"{count:,}"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "revisions/issue_correction.html",
        form=form,
        guidance=guidance,
        correction=found,
        files=_files(found),
        unplaced=_unplaced(actor, guidance, found),
    ), form.status


@bp.get("/<int:guidance_id>/corrections/<int:number>/files/<int:attachment_id>")
@access.requires(guidance_policy.can_list)
def correction_file(guidance_id: int, number: int, attachment_id: int) -> Response:
    """A file of a correction."""
    actor, _, found = _open(guidance_id, number)
    return send_attachment(queries.get_file(actor, found, attachment_id))


def _open(guidance_id: int, number: int) -> tuple[Actor, Guidance, Correction]:
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    return actor, guidance, queries.get_correction(actor, guidance, number)


def _refuse_unless(may: bool) -> None:
    if not may:
        raise Forbidden(_NOT_NOW)


def _files(found: Correction) -> list[Attachment]:
    return list_attachments("correction", [found.id])[found.id]


def _unplaced(actor: Actor, guidance: Guidance, found: Correction) -> Sequence[Erratum]:
    """The lines of a correction to come that its readers will not find marked in the text."""
    if found.state not in {CorrectionState.DRAFT, CorrectionState.REVIEW}:
        return []
    return list_unplaced_of(guidance.body, queries.list_corrections(actor, guidance), found)


def _typed(found: Correction) -> dict[str, object]:
    return {
        "version": found.version,
        "reason": found.reason,
        "asks_receipt": found.asks_receipt,
        "places": [each.place for each in found.entries],
        "wrongs": [each.wrong for each in found.entries],
        "rights": [each.right for each in found.entries],
    }


def _to(found: Correction) -> Response:
    return redirect(url_for("revisions.correction", guidance_id=found.guidance_id, number=found.number))
