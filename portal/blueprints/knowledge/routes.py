"""Q&A: what has been answered once, for everyone."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.forms import QaEntryForm, QaFilterForm, ReasonForm, ReviewForm
from portal.blueprints.knowledge.traces import find_traces_in, list_sources
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues.queries import AnsweredText, find_answered_text
from portal.knowledge import policy, queries, service
from portal.knowledge.deidentify import Trace
from portal.knowledge.models import QaEntry, QaState
from portal.links.models import LinkRelation
from portal.links.service import add_link
from portal.themes.queries import list_themes
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("knowledge", __name__, url_prefix="/qa")
_Page = Response | tuple[str, int]


@bp.get("")
@access.signed_in
def index() -> str:
    """Published questions and answers, and to those who work on them the candidates."""
    actor, form = current_actor(), _filter_form()
    chosen = queries.QaFilter()
    if form.validate():
        chosen = queries.QaFilter(
            theme_id=int(form.theme.data) if form.theme.data else None,
            state=QaState(form.state.data) if form.state.data else None,
            words=form.words.data or None,
        )
    waiting = queries.list_waiting_for(actor) if policy.can_draft(actor) and not request.args else []
    return render_template(
        "knowledge/index.html",
        form=form,
        actor=actor,
        policy=policy,
        waiting=waiting,
        page=queries.list_entries(actor, chosen, request.args.get("cursor")),
    )


@bp.get("/<int:entry_id>")
@access.signed_in
def show(entry_id: int) -> str:
    """One question and answer with what this actor may do to it."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    sources = list_sources(actor, entry)
    return render_template(
        "knowledge/show.html",
        entry=entry,
        actor=actor,
        policy=policy,
        sources=sources,
        traces=_traces_of(actor, entry) if entry.state in {QaState.DRAFT, QaState.REVIEW} else [],
    )


@bp.route("/new", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def new() -> _Page:
    """Propose a question and answer, from an answered issue when one is named."""
    actor, number = current_actor(), request.args.get("issue")
    source = find_answered_text(actor, number) if number else None
    if number and source is None:
        raise NotFound
    form = _entry_form(source=source)
    if form.validate_on_submit():
        with attempting(form):
            entry = service.draft_entry(
                actor,
                theme_id=form.theme.data,
                question=form.question.data or "",
                answer=form.answer.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            if source is not None:
                add_link(actor, ("qa_entry", entry.id), ("issue", source.issue_id), LinkRelation.DERIVED)
            flash(gettext("Q&Aの候補を作成しました。"))
            return _to(entry)
    traces = find_traces_in(actor, form.question.data, form.answer.data, numbers=[number])
    return render_template("knowledge/edit.html", form=form, entry=None, traces=traces, number=number), form.status


@bp.route("/<int:entry_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def edit(entry_id: int) -> _Page:
    """Change a candidate."""
    actor, entry = _open(entry_id, policy.can_edit)
    form = _entry_form(entry)
    if form.validate_on_submit():
        with attempting(form):
            service.edit_entry(
                actor,
                entry,
                version=_version_of(form),
                theme_id=form.theme.data,
                question=form.question.data or "",
                answer=form.answer.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("保存しました。"))
            return _to(entry)
    entry = queries.get_entry(actor, entry_id)
    numbers = [source.number for source in list_sources(actor, entry)]
    traces = find_traces_in(actor, form.question.data, form.answer.data, numbers=numbers)
    return render_template("knowledge/edit.html", form=form, entry=entry, traces=traces, number=None), form.status


@bp.route("/<int:entry_id>/review", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def review(entry_id: int) -> _Page:
    """Confirm that nobody can be told from it, and ask for publication."""
    actor, entry = _open(entry_id, policy.can_send_for_review)
    form = ReviewForm(data={"version": entry.version})
    if form.validate_on_submit():
        with attempting(form):
            service.send_for_review(actor, entry, names_nobody=form.names_nobody.data)
            flash(gettext("事務局に確認を依頼しました。"))
            return _to(entry)
    entry = queries.get_entry(actor, entry_id)
    return render_template(
        "knowledge/review.html", form=form, entry=entry, traces=_traces_of(actor, entry)
    ), form.status


@bp.post("/<int:entry_id>/publish")
@access.requires(policy.can_decide)
def publish(entry_id: int) -> Response:
    """Publish it to everyone."""
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    service.publish_entry(actor, entry)
    flash(gettext("公表しました。テーマに関係する団体に知らせます。"))
    return _to(entry)


@bp.route("/<int:entry_id>/return", methods=["GET", "POST"], endpoint="return")
@access.requires(policy.can_decide)
def return_(entry_id: int) -> _Page:
    """Send it back with a reason."""
    actor, entry = _open(entry_id, policy.can_return)
    form = ReasonForm(data={"version": entry.version})
    if form.validate_on_submit():
        with attempting(form):
            service.return_entry(actor, entry, reason=form.reason.data or "")
            flash(gettext("差し戻しました。"))
            return _to(entry)
    return _ask_reason(entry_id, form, gettext("Q&Aを差し戻す"), gettext("差し戻す"))


@bp.route("/<int:entry_id>/withdraw", methods=["GET", "POST"])
@access.requires(policy.can_decide)
def withdraw(entry_id: int) -> _Page:
    """Take it back with a reason."""
    actor, entry = _open(entry_id, policy.can_withdraw)
    form = ReasonForm(data={"version": entry.version})
    if form.validate_on_submit():
        with attempting(form):
            service.withdraw_entry(actor, entry, reason=form.reason.data or "")
            flash(gettext("取り下げました。"))
            return _to(entry)
    return _ask_reason(entry_id, form, gettext("Q&Aを取り下げる"), gettext("取り下げる"))


def _open(entry_id: int, can: Callable[[Actor, QaEntry], bool]) -> tuple[Actor, QaEntry]:
    """The entry for a step; a step that is not the actor's is refused.

    Only a POST from a page that was overtaken is left to the service, which says that the state has changed.
    """
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    if request.form.get("version", str(entry.version)) == str(entry.version):
        authorize(can, actor, entry)
    return actor, entry


def _ask_reason(entry_id: int, form: ReasonForm, title: str, verb: str) -> _Page:
    entry = queries.get_entry(current_actor(), entry_id)
    return render_template("knowledge/reason.html", form=form, entry=entry, title=title, verb=verb), form.status


def _to(entry: QaEntry) -> Response:
    return redirect(url_for("knowledge.show", entry_id=entry.id))


def _traces_of(actor: Actor, entry: QaEntry) -> list[Trace]:
    numbers = [source.number for source in list_sources(actor, entry)]
    return find_traces_in(actor, entry.question, entry.answer, numbers=numbers)


def _version_of(form: QaEntryForm) -> int:
    """The version that the writer saw; what is no number counts as stale."""
    typed = str(form.version.data or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _filter_form() -> QaFilterForm:
    form, locale = QaFilterForm(), str(get_locale())
    every = ("", gettext("すべて"))
    form.theme.choices = [every, *((str(theme.id), theme.label(locale)) for theme in list_themes(with_inactive=True))]
    form.state.choices = [every, *QaState.choices(locale)]
    return form


def _entry_form(entry: QaEntry | None = None, source: AnsweredText | None = None) -> QaEntryForm:
    stored: dict[str, object] = {}
    if entry is not None:
        stored = {"version": entry.version, "theme": entry.theme_id, "question": entry.question, "answer": entry.answer}
    elif source is not None:
        stored = {"theme": source.theme_id, "question": source.question, "answer": source.answer}
    form = QaEntryForm(data=stored)
    kept = entry.theme_id if entry is not None else None
    form.theme.choices = [
        (theme.id, theme.label(str(get_locale())))
        for theme in list_themes(with_inactive=True)
        if theme.is_active or theme.id == kept
    ]
    return form
