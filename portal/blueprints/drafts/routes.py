"""The pages of the draft of an answer: reading, writing, comparing, restoring, remarking, and who is writing."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, get_template_attribute, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.drafts.forms import CommentForm, CompareForm, DraftForm
from portal.blueprints.issues import sentences
from portal.core.differences import differences
from portal.core.errors import NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafts import policy, queries, service
from portal.drafts.models import AnswerDraft
from portal.drafts.reply_templates import KeptTemplate, fill, list_offered
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.queries import get_issue, list_consultations
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note
from portal.web.typed import typed_id

bp = Blueprint("drafts", __name__, url_prefix="/issues")
Page = Response | tuple[str, int]
_INSERT, _MATERIAL = "insert", "material"


@bp.get("/<string:number>/draft")
@access.signed_in
def show(number: str) -> tuple[str, int]:
    """The newest version, who saved which when, and the remarks."""
    actor, issue = open_issue(number)
    return _show(actor, issue, CommentForm())


@bp.route("/<string:number>/draft/edit", methods=["GET", "POST"])
@access.signed_in
def edit(number: str) -> Page:
    """Write on: a template or what ministries replied is put into the text, saving makes a version."""
    actor, issue = open_issue(number)
    seen, text = queries.find_text(issue)
    form, offered = _make_form(actor, {"seen": seen, "text": text})
    chosen = request.form.get("action")
    if request.method == "POST" and chosen in {_INSERT, _MATERIAL}:
        _insert(actor, issue, form, offered, chosen)
    elif form.validate_on_submit():
        with attempting(form):
            version = service.save_draft(
                actor,
                issue,
                text=form.text.data or "",
                seen=typed_id(form.seen.data) or 0,
                confirmed=bool(form.my_number_confirmed.data),
            )
            service.end_presence(actor, issue)
            flash(gettext("第%(n)s版として保存しました。", n=version.number))
            return redirect(url_for("drafts.show", number=number))
    authorize(policy.can_write_draft, actor, issue)
    note(service.presence_of(actor, issue))
    asked = list_consultations(actor, issue)
    has_replies = any(each.replied_at or any(part.replied_at for part in each.questions) for each in asked)
    return render_template(
        "drafts/edit.html",
        issue=issue,
        form=form,
        offered=offered,
        writers=queries.list_writers(actor, issue),
        has_replies=has_replies,
        sentences=sentences,
    ), 200 if chosen in {_INSERT, _MATERIAL} else form.status


@bp.post("/<string:number>/draft/presence")
@access.signed_in
def presence(number: str) -> Response:
    """The page is still open; who else is writing, in words."""
    actor, issue = open_issue(number)
    authorize(policy.can_write_draft, actor, issue)
    service.presence_of(actor, issue).write()
    return jsonify(text=writers_sentence(queries.list_writers(actor, issue)))


@bp.get("/<string:number>/draft/versions/<int:version>")
@access.signed_in
def version(number: str, version: int) -> str:
    """One version as it was saved."""
    actor, issue = open_issue(number)
    draft = queries.get_draft(actor, issue)
    return render_template(
        "drafts/version.html",
        issue=issue,
        draft=draft,
        version=queries.get_version(draft, version),
        can_restore=_can_restore(actor, issue, draft) and version != draft.latest,
    )


@bp.get("/<string:number>/draft/compare")
@access.signed_in
def compare(number: str) -> str:
    """What changed between two versions, character by character; without a question between the last two."""
    actor, issue = open_issue(number)
    draft = queries.get_draft(actor, issue)
    form = CompareForm()
    new = min(_within(form.new.data, draft.latest) or draft.latest, draft.latest)
    old = _within(form.old.data, draft.latest) or max(1, new - 1)
    form.old.data, form.new.data = old, new
    before, after = queries.get_version(draft, old), queries.get_version(draft, new)
    return render_template(
        "drafts/compare.html",
        issue=issue,
        form=form,
        before=before,
        after=after,
        found=differences(before.text, after.text),
    )


@bp.post("/<string:number>/draft/versions/<int:version>/restore")
@access.signed_in
def restore(number: str, version: int) -> Response:
    """Make an earlier version the newest again."""
    actor, issue = open_issue(number)
    restored = service.restore_version(actor, issue, version, seen=typed_id(request.form.get("seen")) or 0)
    flash(gettext("第%(old)s版を、第%(new)s版として復元しました。", old=version, new=restored.number))
    return redirect(url_for("drafts.show", number=number))


@bp.post("/<string:number>/draft/comments")
@access.signed_in
def comment(number: str) -> Page:
    """Remark on the draft."""
    actor, issue = open_issue(number)
    form = CommentForm()
    if form.validate_on_submit():
        with attempting(form):
            service.comment_on_draft(
                actor, issue, text=form.text.data or "", confirmed=bool(form.my_number_confirmed.data)
            )
            flash(gettext("コメントしました。"))
            return redirect(url_for("drafts.show", number=number))
    authorize(policy.can_comment, actor, issue)
    return _show(actor, issue, form)


def open_issue(number: str) -> tuple[Actor, Issue]:
    """The issue for somebody of headquarters; to everybody else what stands behind is what does not exist."""
    actor = current_actor()
    issue = get_issue(actor, number)
    if not policy.can_view_draft(actor):
        raise NotFound
    return actor, issue


def writers_sentence(writers: Sequence[queries.Writer]) -> str:
    """Who else is writing, in words; empty when nobody is."""
    return get_template_attribute("drafts/_parts.html", "writers_sentence")(writers).strip() if writers else ""


def _show(actor: Actor, issue: Issue, form: CommentForm) -> tuple[str, int]:
    draft = queries.get_draft(actor, issue)
    steps = [
        (issue_policy.can_answer_officially, gettext("この案文で正式に回答する"), "issues.answer"),
        (issue_policy.can_answer_provisionally, gettext("この案文で暫定回答する"), "issues.provisional_answer"),
        (issue_policy.can_quote_answer, gettext("この案文で引用して回答する"), "issues.quote_answer"),
    ]
    is_open = draft.closed_at is None
    return render_template(
        "drafts/show.html",
        issue=issue,
        draft=draft,
        newest=queries.get_version(draft, draft.latest),
        versions=queries.list_versions(draft, request.args.get("cursor")),
        comments=queries.list_comments(draft),
        writers=writers_sentence(queries.list_writers(actor, issue)),
        form=form,
        can_write=is_open and policy.can_write_draft(actor, issue),
        can_comment=is_open and policy.can_comment(actor, issue),
        steps=[(label, endpoint) for can, label, endpoint in steps if is_open and can(actor, issue)],
    ), form.status


def _make_form(actor: Actor, held: dict[str, Any]) -> tuple[DraftForm, list[KeptTemplate]]:
    """The form, and the templates that may be put into it."""
    form, offered = DraftForm(data=held), list_offered(actor)
    form.template_id.choices = [(each.template.id, _named(each)) for each in offered]
    return form, offered


def _named(kept: KeptTemplate) -> str:
    title = kept.template.title
    return gettext("【引用元が変わりました】%(title)s", title=title) if kept.is_changed else title


def _insert(actor: Actor, issue: Issue, form: DraftForm, offered: list[KeptTemplate], chosen: str) -> None:
    """Put what was asked for behind the text; nothing is saved by it."""
    if chosen == _MATERIAL:
        added = queries.compose_material(actor, issue)
    else:
        added = next(
            (fill(each.template.body, issue) for each in offered if each.template.id == form.template_id.data), ""
        )
        if not added:
            form.template_id.errors = [gettext(N_("差し込むテンプレートを選んでください。"))]
    form.text.data = "\n\n".join(part for part in ((form.text.data or "").rstrip(), added) if part)


def _can_restore(actor: Actor, issue: Issue, draft: AnswerDraft) -> bool:
    return draft.closed_at is None and policy.can_write_draft(actor, issue)


def _within(number: int | None, latest: int) -> int | None:
    return number if number is not None and 1 <= number <= latest else None
