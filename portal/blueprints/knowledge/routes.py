"""Q&A: what has been answered once, for everyone; lists, one entry, and writing a candidate."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.forms import QaEntryForm, QaFilterForm
from portal.blueprints.knowledge.showing import show_entry
from portal.blueprints.knowledge.traces import clues_from, clues_of, find_traces_in
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues.queries import AnsweredText, find_answered_text
from portal.knowledge import policy, queries, service
from portal.knowledge.deidentify import Clues, propose
from portal.knowledge.impact import impact_of
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
            by_impact=form.order.data == "impact",
        )
    works = policy.can_draft(actor) and not request.args
    page = queries.list_entries(actor, chosen, request.args.get("cursor"))
    return render_template(
        "knowledge/index.html",
        form=form,
        actor=actor,
        policy=policy,
        waiting=queries.list_waiting_for(actor) if works else [],
        waiting_revisions=queries.list_waiting_revisions(actor) if works else [],
        page=page,
        impacts=impact_of([entry.id for entry in page]),
    )


@bp.get("/<int:entry_id>")
@access.signed_in
def show(entry_id: int) -> str:
    """One question and answer with what this actor may do to it; of a withdrawn one, that it is withdrawn."""
    return show_entry(current_actor(), entry_id)


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
            return _to_stripping(entry, clues_of(actor, entry))
    traces = find_traces_in(clues_from(actor, [number]), form.question.data, form.answer.data)
    return render_template("knowledge/edit.html", form=form, entry=None, traces=traces, number=number), form.status


@bp.route("/<int:entry_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def edit(entry_id: int) -> _Page:
    """Change a candidate."""
    actor, entry = open_entry(entry_id, policy.can_edit)
    form = _entry_form(entry)
    if form.validate_on_submit():
        with attempting(form):
            service.edit_entry(
                actor,
                entry,
                version=version_of(form),
                theme_id=form.theme.data,
                question=form.question.data or "",
                answer=form.answer.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("保存しました。"))
            return to_entry(entry)
    entry = queries.get_entry(actor, entry_id)
    traces = find_traces_in(clues_of(actor, entry), form.question.data, form.answer.data)
    return render_template("knowledge/edit.html", form=form, entry=entry, traces=traces, number=None), form.status


def open_entry(entry_id: int, can: Callable[[Actor, QaEntry], bool]) -> tuple[Actor, QaEntry]:
    """The entry for a step; a step that is not the actor's is refused.

    Only a POST from a page that was overtaken is left to the service, which says that the state has changed.
    """
    actor = current_actor()
    entry = queries.get_entry(actor, entry_id)
    if request.form.get("version", str(entry.version)) == str(entry.version):
        authorize(can, actor, entry)
    return actor, entry


def to_entry(entry: QaEntry) -> Response:
    return redirect(url_for("knowledge.show", entry_id=entry.id))


def _to_stripping(entry: QaEntry, clues: Clues) -> Response:
    """On to the replacements, when any are proposed."""
    if propose(entry.question, clues) or propose(entry.answer, clues):
        return redirect(url_for("knowledge.deidentify", entry_id=entry.id))
    return to_entry(entry)


def version_of(form: Any) -> int:
    """The version that the writer saw; what is no number counts as stale."""
    typed = str(form.version.data or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def _filter_form() -> QaFilterForm:
    form, locale = QaFilterForm(), str(get_locale())
    every = ("", gettext("すべて"))
    themes = list_themes(with_inactive=True, with_sub_topics=False)
    form.theme.choices = [every, *((str(theme.id), theme.label(locale)) for theme in themes)]
    form.state.choices = [every, *QaState.choices(locale)]
    form.order.choices = [("", gettext("新しい順")), ("impact", gettext("困っている団体の多い順"))]
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
        for theme in list_themes(with_inactive=True, with_sub_topics=False)
        if theme.is_active or theme.id == kept
    ]
    return form
