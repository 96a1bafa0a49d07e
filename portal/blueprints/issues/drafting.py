"""Writing an issue: drafts that save themselves, submission, correction."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.attachments.queries import find_attachment, list_attachments
from portal.attachments.service import remove_attachment
from portal.blueprints.inspections.filling import fill_from_entry
from portal.blueprints.issues.composing import attach_to_issue, body_of, content_of, make_issue_form, version_of
from portal.blueprints.issues.following_up import fill_from_question, link_to_question
from portal.blueprints.issues.forms import IssueForm, is_question, is_submission
from portal.blueprints.issues.routes import bp
from portal.blueprints.questions.filling import fill_from_place, keep_place
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.finder.similar import Answers, find_answers
from portal.issues import policy, queries, service
from portal.issues.models import Issue
from portal.questions.service import raise_question
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.uploads import send_attachment

__all__ = ["bp"]

_Page = Response | str | tuple[str, int]


class _Refusals:
    """Where the refusal of an attempt goes that nobody asked for: the form has said already what is wrong."""

    def lay(self, invalid: Invalid) -> None:
        """Say nothing."""


@bp.route("/new", methods=["GET", "POST"])
@access.requires(policy.can_create)
def new() -> _Page:
    """Write an issue; headquarters enters a hearing."""
    return _write(current_actor(), _sent_draft(current_actor()))


@bp.route("/drafts/<int:issue_id>", methods=["GET", "POST"])
@access.requires(policy.can_create)
def draft(issue_id: int) -> _Page:
    """Go on writing a draft."""
    actor = current_actor()
    submitted = queries.find_number_of(actor, issue_id)
    if submitted and request.method == "GET":
        return redirect(url_for("issues.show", number=submitted))
    if submitted:
        raise Conflict(N_("この下書きは、既に%(number)sとして提出されています。"), number=submitted)
    return _write(actor, queries.get_draft(actor, issue_id))


@bp.post("/autosave")
@access.requires(policy.can_create)
def autosave() -> tuple[Response, int]:
    """Keep what is being typed; the answer carries the draft's id and version for the next time."""
    actor = current_actor()
    held = _sent_draft(actor)
    form = make_issue_form(actor, held)
    form.validate()  # an unreadable date counts as none: what is typed stays in the browser
    if form.is_submitted():
        with attempting(form):
            kept = _keep(actor, form, held)
            return jsonify(draft_id=kept.id, version=kept.version), 200
    return jsonify(errors=[message for _, _, message in form.problems]), 422


@bp.post("/drafts/<int:issue_id>/discard")
@access.requires(policy.can_create)
def discard(issue_id: int) -> Response:
    """Throw a draft away."""
    actor = current_actor()
    held = queries.get_draft(actor, issue_id)
    for file in list_attachments("issue", [held.id])[held.id]:
        remove_attachment(file)
    service.discard_draft(actor, held)
    flash(gettext("下書きを削除しました。"))
    return redirect(url_for("issues.index"))


@bp.get("/drafts/<int:issue_id>/attachments/<int:attachment_id>")
@access.requires(policy.can_create)
def draft_attachment(issue_id: int, attachment_id: int) -> Response:
    """Download a file of a draft."""
    return _send(queries.get_draft(current_actor(), issue_id), attachment_id)


@bp.post("/drafts/<int:issue_id>/attachments/<int:attachment_id>/remove")
@access.requires(policy.can_create)
def remove_draft_attachment(issue_id: int, attachment_id: int) -> Response:
    """Take a file off a draft."""
    actor = current_actor()
    held = queries.get_draft(actor, issue_id)
    authorize(policy.can_edit, actor, held)
    file = find_attachment("issue", held.id, attachment_id)
    if file is None:
        raise NotFound
    remove_attachment(file)
    flash(gettext("添付ファイルを外しました。"))
    return redirect(url_for("issues.draft", issue_id=held.id))


@bp.route("/<string:number>/edit", methods=["GET", "POST"])
@access.requires(policy.can_create)
def edit(number: str) -> _Page:
    """Correct what was reported, until it is triaged."""
    actor = current_actor()
    issue = queries.get_issue(actor, number)
    if request.method == "GET":
        authorize(policy.can_edit, actor, issue)
    form = make_issue_form(actor, issue)
    if form.validate_on_submit():
        with attempting(form):
            service.edit_issue(
                actor, issue, content_of(form), version=version_of(form), confirmed=bool(form.my_number_confirmed.data)
            )
            attach_to_issue(actor, issue, form)
            flash(gettext("報告内容を訂正しました。訂正前の内容は記録に残ります。"))
            return redirect(url_for("issues.show", number=number))
    return _page(form, queries.get_issue(actor, number))


def _write(actor: Actor, held: Issue | None) -> _Page:
    form = make_issue_form(actor, held)
    if form.is_submitted() and is_question():
        return _page(form, held, find_answers(actor, form.title.data or ""))
    if held is None:
        fill_from_question(actor, form)
        fill_from_place(actor, form)
        fill_from_entry(actor, form)
    if form.validate_on_submit():
        with attempting(form):
            kept = _keep(actor, form, held)
            attach_to_issue(actor, kept, form)
            if not is_submission():
                flash(gettext("下書きを保存しました。"))
                return redirect(url_for("issues.draft", issue_id=kept.id))
            service.submit_issue(actor, kept)
            raise_question(actor, kept)
            flash(gettext("%(number)sとして提出しました。担当のリエゾンに届いています。", number=kept.number))
            return redirect(url_for("issues.show", number=kept.number))
    if form.is_submitted():
        held = _keep_what_was_sent(actor, form, held)
    return _page(form, held)


def _keep(actor: Actor, form: IssueForm, held: Issue | None) -> Issue:
    """Save the form as a draft, a new one or the one that it began with."""
    confirmed = bool(form.my_number_confirmed.data)
    if held is None:
        kept = service.draft_issue(actor, content_of(form), body=body_of(actor, form), confirmed=confirmed)
        link_to_question(actor, form, kept)
        keep_place(actor, form, kept)
        return kept
    service.save_draft(actor, held, content_of(form), version=version_of(form), confirmed=confirmed)
    return held


def _keep_what_was_sent(actor: Actor, form: IssueForm, held: Issue | None) -> Issue | None:
    """Nothing is lost on an error: what can be kept of a refused submission, files included, becomes the draft."""
    held = queries.get_draft(actor, held.id) if held is not None else None  # as it was before the refused attempt
    for file in form.attachments.data or ():
        if hasattr(file, "seek"):
            file.seek(0)
    kept_id = held.id if held is not None else None
    with attempting(_Refusals()):
        kept = _keep(actor, form, held)
        attach_to_issue(actor, kept, form)
        form.version.data, form.draft_id.data, kept_id = str(kept.version), str(kept.id), kept.id
    return queries.get_draft(actor, kept_id) if kept_id is not None else None


def _sent_draft(actor: Actor) -> Issue | None:
    """The draft that the form has been saving itself to, if any."""
    sent = request.form.get("draft_id", "")
    return queries.get_draft(actor, int(sent)) if sent.isascii() and sent.isdigit() and len(sent) < 16 else None


def _page(form: IssueForm, issue: Issue | None, answers: Answers | None = None) -> tuple[str, int]:
    files = list_attachments("issue", [issue.id])[issue.id] if issue is not None else []
    status = form.status if answers is None else 200
    shown = {"form": form, "issue": issue, "files": files, "actor": current_actor(), "answers": answers}
    return render_template("issues/edit.html", **shown), status


def _send(held: Issue, attachment_id: int) -> Response:
    file = find_attachment("issue", held.id, attachment_id)
    if file is None:
        raise NotFound
    return send_attachment(file)
