"""Revising a published entry, and bodies that say they have the same question."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.deciding import bp
from portal.blueprints.knowledge.forms import JoinForm, ReasonForm, ReviewForm, RevisionForm
from portal.blueprints.knowledge.routes import to_entry, version_of
from portal.blueprints.knowledge.traces import clues_of, find_traces_in
from portal.core.differences import differences
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import joining, policy, queries, revising
from portal.knowledge.impact import find_joining
from portal.knowledge.models import QaEntry, QaRevision
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]

_Page = Response | tuple[str, int]


@bp.route("/<int:entry_id>/revise", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def revise(entry_id: int) -> _Page:
    """Prepare the next revision of a published entry, or go on with it."""
    actor, entry, draft = _opened(entry_id)
    if draft is None:
        authorize(policy.can_revise, actor, entry)
    else:
        authorize(policy.can_edit_revision, actor, draft)
    stored = draft or entry
    form = RevisionForm(
        data={
            "version": stored.version,
            "question": stored.question,
            "answer": stored.answer,
            "change_note": draft.change_note if draft else "",
        }
    )
    if form.validate_on_submit():
        with attempting(form):
            _keep(actor, form, entry, draft)
            flash(gettext("改訂案を保存しました。"))
            return _to_revision(entry)
    actor, entry, draft = _opened(entry_id)
    traces = find_traces_in(clues_of(actor, entry), form.question.data, form.answer.data)
    return render_template("knowledge/revise.html", form=form, entry=entry, traces=traces), form.status


@bp.route("/<int:entry_id>/revision", methods=["GET", "POST"])
@access.requires(policy.sees_candidates)
def revision(entry_id: int) -> _Page:
    """The revision being prepared beside what is published; its drafter asks for approval here."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    draft = queries.get_open_revision(actor, entry)
    form = ReviewForm(data={"version": draft.version})
    if form.validate_on_submit():
        with attempting(form):
            draft.check_version(version_of(form))
            revising.send_revision(actor, entry, draft, names_nobody=form.names_nobody.data)
            flash(gettext("事務局に確認を依頼しました。"))
            return _to_revision(entry)
    entry = queries.get_entry(actor, entry_id)
    return render_template(
        "knowledge/revision.html",
        form=form,
        entry=entry,
        revision=draft,
        actor=actor,
        policy=policy,
        question=differences(entry.question, draft.question),
        answer=differences(entry.answer, draft.answer),
        traces=find_traces_in(clues_of(actor, entry), draft.question, draft.answer),
    ), form.status


@bp.post("/<int:entry_id>/revision/publish")
@access.requires(policy.can_decide)
def publish_revision(entry_id: int) -> Response:
    """Put the revised text in the place of the published one."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    revising.publish_revision(actor, entry, queries.get_open_revision(actor, entry))
    flash(gettext("改訂を公表しました。同じく困っている団体とテーマに関係する団体に知らせます。"))
    return to_entry(entry)


@bp.route("/<int:entry_id>/revision/return", methods=["GET", "POST"])
@access.requires(policy.can_decide)
def return_revision(entry_id: int) -> _Page:
    """Send the revision back with a reason."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    draft = queries.get_open_revision(actor, entry)
    form = ReasonForm(data={"version": draft.version})
    if form.validate_on_submit():
        with attempting(form):
            revising.return_revision(actor, entry, draft, reason=form.reason.data or "")
            flash(gettext("差し戻しました。"))
            return _to_revision(entry)
    title, verb = gettext("Q&Aの改訂案を差し戻す"), gettext("差し戻す")
    entry = queries.get_entry(actor, entry_id)
    return render_template("knowledge/reason.html", form=form, entry=entry, title=title, verb=verb), form.status


@bp.post("/<int:entry_id>/revision/discard")
@access.requires(policy.can_draft)
def discard_revision(entry_id: int) -> Response:
    """Give the revision up."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    revising.discard_revision(actor, entry, queries.get_open_revision(actor, entry))
    flash(gettext("改訂案を破棄しました。"))
    return to_entry(entry)


@bp.route("/<int:entry_id>/join", methods=["GET", "POST"])
@access.requires(policy.joins)
def join(entry_id: int) -> _Page:
    """Say that the own body has the same question, with a count and a line if it likes."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    authorize(policy.can_join, actor, entry)
    own = find_joining(actor, entry)
    form = JoinForm(data={"case_count": own.case_count, "note": own.note} if own else None)
    if form.validate_on_submit():
        with attempting(form):
            joining.join_entry(
                actor,
                entry,
                case_count=form.case_count.data,
                note=form.note.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("「うちも同じ」として登録しました。このQ&Aが変わったときにお知らせします。"))
            return to_entry(entry)
    entry = queries.get_entry(actor, entry_id)
    return render_template("knowledge/join.html", form=form, entry=entry, own=own), form.status


@bp.post("/<int:entry_id>/leave")
@access.requires(policy.joins)
def leave(entry_id: int) -> Response:
    """Take it back."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    joining.leave_entry(actor, entry)
    flash(gettext("「うちも同じ」の登録を取り消しました。"))
    return to_entry(entry)


def _opened(entry_id: int) -> tuple[Actor, QaEntry, QaRevision | None]:
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    return actor, entry, revising.find_open_revision(entry)


def _keep(actor: Actor, form: RevisionForm, entry: QaEntry, draft: QaRevision | None) -> None:
    """A new revision, refused when the entry was revised since the form was opened; or the one that stands."""
    texts: dict[str, Any] = {
        "question": form.question.data or "",
        "answer": form.answer.data or "",
        "change_note": form.change_note.data or "",
        "confirmed": bool(form.my_number_confirmed.data),
    }
    if draft is None:
        entry.check_version(version_of(form))
        revising.begin_revision(actor, entry, **texts)
    else:
        revising.edit_revision(actor, entry, draft, version=version_of(form), **texts)


def _to_revision(entry: QaEntry) -> Response:
    return redirect(url_for("knowledge.revision", entry_id=entry.id))
