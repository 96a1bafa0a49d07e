"""Q&A: what has been answered once, for everyone."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.forms import DecisionForm, QaEntryForm, QaFilterForm, ReasonForm, ReviewForm
from portal.core.errors import NotFound
from portal.issues.queries import find_answered_text, list_linked_issues
from portal.knowledge import policy, queries, service
from portal.knowledge.models import QaEntry, QaState
from portal.links.models import LinkRelation
from portal.links.queries import list_links_from
from portal.links.service import add_link
from portal.themes.queries import list_themes
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("knowledge", __name__, url_prefix="/qa")
_Page = Response | str | tuple[str, int]


@bp.get("")
@access.signed_in
def index() -> str:
    """Published questions and answers, and to those who work on them the candidates."""
    form = _filter_form()
    chosen = queries.QaFilter()
    if form.validate():
        chosen = queries.QaFilter(
            theme_id=int(form.theme.data) if form.theme.data else None,
            state=QaState(form.state.data) if form.state.data else None, words=form.words.data or None)
    actor = current_actor()
    page = queries.list_entries(actor, chosen, request.args.get("cursor"))
    return render_template("knowledge/index.html", form=form, page=page, can_draft=policy.can_draft(actor),
                           sees_candidates=policy.can_draft(actor))


@bp.get("/<int:entry_id>")
@access.signed_in
def show(entry_id: int) -> str:
    """One question and answer with what this actor may do to it."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    sources = list_linked_issues(actor, list_links_from("qa_entry", entry.id, "issue"))
    return render_template("knowledge/show.html", entry=entry, actor=actor, policy=policy, sources=sources,
                           decision=DecisionForm())


@bp.route("/new", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def new() -> _Page:
    """Propose a question and answer, from an answered issue when one is named."""
    actor, form = current_actor(), _entry_form()
    number = request.args.get("issue")
    source = find_answered_text(actor, number) if number else None
    if number and source is None:
        raise NotFound
    if request.method == "GET" and source is not None:
        form.theme.data, form.question.data, form.answer.data = source.theme_id, source.question, source.answer
    if form.validate_on_submit():
        with attempting(form):
            entry = service.draft_entry(
                actor, theme_id=form.theme.data, question=form.question.data or "", answer=form.answer.data or "",
                confirmed=form.my_number_confirmed.data)
            if source is not None:
                add_link(actor, ("qa_entry", entry.id), ("issue", source.issue_id), LinkRelation.DERIVED)
            flash(gettext("Q&Aの候補を作成しました。"))
            return redirect(url_for("knowledge.show", entry_id=entry.id))
    return render_template("knowledge/edit.html", form=form, entry=None), form.status


@bp.route("/<int:entry_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def edit(entry_id: int) -> _Page:
    """Change a candidate."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    form = _entry_form()
    if request.method == "GET":
        form.version.data, form.theme.data = str(entry.version), entry.theme_id
        form.question.data, form.answer.data = entry.question, entry.answer
    if form.validate_on_submit():
        with attempting(form):
            service.edit_entry(
                actor, entry, version=int(form.version.data or 0), theme_id=form.theme.data,
                question=form.question.data or "", answer=form.answer.data or "", confirmed=form.my_number_confirmed.data)
            flash(gettext("保存しました。"))
            return redirect(url_for("knowledge.show", entry_id=entry.id))
    return render_template("knowledge/edit.html", form=form, entry=entry), form.status


@bp.route("/<int:entry_id>/review", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def review(entry_id: int) -> _Page:
    """Confirm that nobody can be told from it, and ask for publication."""
    actor, form = current_actor(), ReviewForm()
    entry = queries.get_entry(actor, entry_id)
    if form.validate_on_submit():
        with attempting(form):
            service.send_for_review(actor, entry, names_nobody=form.names_nobody.data)
            flash(gettext("事務局に確認を依頼しました。"))
            return redirect(url_for("knowledge.show", entry_id=entry.id))
    return render_template("knowledge/review.html", form=form, entry=entry), form.status


@bp.post("/<int:entry_id>/publish")
@access.signed_in
def publish(entry_id: int) -> Response:
    """Publish it to everyone."""
    entry = queries.get_entry(current_actor(), entry_id)
    service.publish_entry(current_actor(), entry)
    flash(gettext("公表しました。テーマに関係する団体に知らせます。"))
    return _to(entry)


@bp.route("/<int:entry_id>/return", methods=["GET", "POST"], endpoint="return")
@access.signed_in
def return_(entry_id: int) -> _Page:
    """Send it back with a reason."""
    actor, form = current_actor(), ReasonForm()
    entry = queries.get_entry(actor, entry_id)
    if form.validate_on_submit():
        with attempting(form):
            service.return_entry(actor, entry, reason=form.reason.data or "")
            flash(gettext("差し戻しました。"))
            return _to(entry)
    return render_template("knowledge/reason.html", form=form, entry=entry, title=gettext("Q&Aを差し戻す"),
                           verb=gettext("差し戻す")), form.status


@bp.route("/<int:entry_id>/withdraw", methods=["GET", "POST"])
@access.signed_in
def withdraw(entry_id: int) -> _Page:
    """Take it back with a reason."""
    actor, form = current_actor(), ReasonForm()
    entry = queries.get_entry(actor, entry_id)
    if form.validate_on_submit():
        with attempting(form):
            service.withdraw_entry(actor, entry, reason=form.reason.data or "")
            flash(gettext("取り下げました。"))
            return redirect(url_for("knowledge.index"))
    return render_template("knowledge/reason.html", form=form, entry=entry, title=gettext("Q&Aを取り下げる"),
                           verb=gettext("取り下げる")), form.status


def _to(entry: QaEntry) -> Response:
    return redirect(url_for("knowledge.show", entry_id=entry.id))


def _filter_form() -> QaFilterForm:
    form, locale = QaFilterForm(request.args), str(get_locale())
    every = ("", gettext("すべて"))
    form.theme.choices = [every, *((str(theme.id), theme.label(locale)) for theme in list_themes())]
    form.state.choices = [every, *QaState.choices(locale)]
    return form


def _entry_form() -> QaEntryForm:
    form = QaEntryForm()
    form.theme.choices = [(theme.id, theme.label(str(get_locale()))) for theme in list_themes()]
    return form
