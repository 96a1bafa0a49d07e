"""Composing an edition: arranging, adding, revising, review and publication."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.collection_forms import (
    AddableForm,
    AddForm,
    ArrangeForm,
    PrefaceForm,
    SectionForm,
    SendEditionForm,
)
from portal.blueprints.knowledge.collections import bp, to_composing, to_edition
from portal.blueprints.knowledge.forms import ReasonForm, RevisionForm
from portal.blueprints.knowledge.routes import version_of
from portal.blueprints.knowledge.traces import find_traces_in, gather_clues
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import composing, edition_policy, edition_queries, editions, policy
from portal.knowledge.collection_models import QaEdition
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]

_Page = Response | tuple[str, int]
_NO_STEP = N_("操作を選んでください。")
_BASE = "/collections/<int:collection_id>/editions/<int:number>"


@bp.route(f"{_BASE}/compose", methods=["GET", "POST"])
@access.requires(edition_policy.can_begin)
def compose(collection_id: int, number: int) -> _Page:
    """Arrange the draft: sections, order, preface; one step at a time."""
    actor, edition = _composed(collection_id, number)
    form = _step_form(edition)
    if form.validate_on_submit():
        with attempting(form):
            _take_step(actor, edition, form)
            return to_composing(edition)
    actor, edition = _composed(collection_id, number)
    return render_template(
        "knowledge/compose.html",
        form=form,
        edition=edition,
        contents=edition_queries.contents_of(edition),
        section_form=form if isinstance(form, SectionForm) else SectionForm(None, data=_seen(edition), ids="section"),
        preface_form=form
        if isinstance(form, PrefaceForm)
        else PrefaceForm(None, data={**_seen(edition), "preface": edition.preface}, ids="preface"),
    ), form.status


@bp.route(f"{_BASE}/add", methods=["GET", "POST"])
@access.requires(edition_policy.can_begin)
def add_questions(collection_id: int, number: int) -> _Page:
    """Choose published entries of the theme and put them into a section."""
    actor, edition = _composed(collection_id, number)
    asked = AddableForm()
    page = edition_queries.list_addable(actor, edition, asked.words.data, request.args.get("cursor"))
    form = AddForm(data=_seen(edition))
    form.section.choices = [
        (chapter.section.id, f"{chapter.section.position}　{chapter.section.title}")
        for chapter in edition_queries.contents_of(edition).chapters
    ]
    form.entries.choices = [(entry.id, f"{entry.number}　{entry.headline[:80]}") for entry in page]
    if form.validate_on_submit():
        with attempting(form):
            added = composing.add_questions(
                actor, edition, form.section.data, version=version_of(form), entry_ids=form.entries.data or []
            )
            flash(gettext("%(n)s問を加えました。", n=added))
            return to_composing(edition)
    edition = edition_queries.get_edition(actor, collection_id, number)
    return render_template(
        "knowledge/add_questions.html", form=form, asked=asked, edition=edition, page=page
    ), form.status


@bp.route(f"{_BASE}/items/<int:item_id>", methods=["GET", "POST"])
@access.requires(edition_policy.can_begin)
def revise_item(collection_id: int, number: int, item_id: int) -> _Page:
    """Another text for a question, published with the edition."""
    actor, edition = _composed(collection_id, number)
    question = composing.get_question(edition, item_id)
    form = RevisionForm(
        data={
            **_seen(edition),
            "question": question.question,
            "answer": question.answer,
            "change_note": question.item.change_note,
        }
    )
    if form.validate_on_submit():
        with attempting(form):
            composing.revise_item(
                actor,
                edition,
                item_id,
                version=version_of(form),
                question=form.question.data or "",
                answer=form.answer.data or "",
                change_note=form.change_note.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("問%(number)sを改めました。", number=question.number))
            return to_composing(edition)
    _, edition = _composed(collection_id, number)
    question = composing.get_question(edition, item_id)
    traces = find_traces_in(gather_clues(actor, []), form.question.data, form.answer.data)
    return render_template(
        "knowledge/revise_item.html", form=form, edition=edition, question=question, traces=traces
    ), form.status


@bp.route(f"{_BASE}/send", methods=["GET", "POST"])
@access.requires(edition_policy.can_begin)
def send_edition(collection_id: int, number: int) -> _Page:
    """Confirm that nobody can be told from the texts, and ask for approval."""
    actor, edition = _composed(collection_id, number)
    form = SendEditionForm(data=_seen(edition))
    if form.validate_on_submit():
        with attempting(form):
            editions.send_edition(actor, edition, version=version_of(form), names_nobody=form.names_nobody.data)
            flash(gettext("事務局に確認を依頼しました。"))
            return to_edition(edition)
    edition = edition_queries.get_edition(actor, collection_id, number)
    contents = edition_queries.contents_of(edition)
    texts = [text for each in contents.questions for text in (each.question, each.answer)]
    traces = find_traces_in(gather_clues(actor, []), edition.preface, *texts)
    return render_template(
        "knowledge/send_edition.html", form=form, edition=edition, contents=contents, traces=traces
    ), form.status


@bp.post(f"{_BASE}/discard")
@access.requires(edition_policy.can_begin)
def discard_edition(collection_id: int, number: int) -> Response:
    """Give the draft up."""
    actor, edition = _composed(collection_id, number)
    editions.discard_edition(actor, edition)
    flash(gettext("編集中の版を破棄しました。"))
    return redirect(url_for("knowledge.collections"))


@bp.post(f"{_BASE}/publish")
@access.requires(policy.can_decide)
def publish_edition(collection_id: int, number: int) -> Response:
    """Publish and freeze it."""
    actor = current_actor()
    edition = edition_queries.get_edition(actor, collection_id, number)
    with attempting(_Refusal()):
        editions.publish_edition(actor, edition)
        flash(gettext("第%(n)s版を公表しました。テーマに関係する団体に知らせます。", n=number))
    return redirect(url_for("knowledge.edition", collection_id=collection_id, number=number))


@bp.route(f"{_BASE}/return", methods=["GET", "POST"])
@access.requires(policy.can_decide)
def return_edition(collection_id: int, number: int) -> _Page:
    """Send it back with a reason."""
    actor = current_actor()
    edition = edition_queries.get_edition(actor, collection_id, number)
    authorize(edition_policy.can_return, actor, edition)
    form = ReasonForm(data=_seen(edition))
    if form.validate_on_submit():
        with attempting(form):
            editions.return_edition(actor, edition, reason=form.reason.data or "")
            flash(gettext("差し戻しました。"))
            return to_edition(edition)
    edition = edition_queries.get_edition(actor, collection_id, number)
    return render_template("knowledge/return_edition.html", form=form, edition=edition), form.status


class _Refusal:
    """A refusal of a step that has no form is said on the next page."""

    def lay(self, invalid: Any) -> None:
        """Say it there."""
        flash(gettext(invalid.message, **invalid.params), "warning")


def _composed(collection_id: int, number: int) -> tuple[Actor, QaEdition]:
    actor = current_actor()
    edition = edition_queries.get_edition(actor, collection_id, number)
    authorize(edition_policy.can_compose, actor, edition)
    return actor, edition


def _seen(edition: QaEdition) -> dict[str, Any]:
    return {"version": edition.version}


def _step_form(edition: QaEdition) -> ArrangeForm | SectionForm | PrefaceForm:
    """Which of the forms of the page was sent, by the name of its button."""
    step = request.form.get("step", "")
    if step == "add_section" or step.startswith("rename-"):
        return SectionForm(data=_seen(edition), ids="section")
    if step == "preface":
        return PrefaceForm(data=_seen(edition), ids="preface")
    return ArrangeForm(data=_seen(edition))


def _take_step(actor: Actor, edition: QaEdition, form: ArrangeForm | SectionForm | PrefaceForm) -> None:
    seen, step = version_of(form), request.form.get("step", "")
    if isinstance(form, PrefaceForm):
        confirmed = bool(form.my_number_confirmed.data)
        composing.write_preface(actor, edition, version=seen, preface=form.preface.data or "", confirmed=confirmed)
    elif isinstance(form, SectionForm):
        texts: dict[str, Any] = {"title": form.title.data or "", "confirmed": bool(form.my_number_confirmed.data)}
        if step == "add_section":
            composing.add_section(actor, edition, version=seen, **texts)
        else:
            composing.rename_section(actor, edition, _key_of(step), version=seen, **texts)
    else:
        _arrange(actor, edition, step, seen)


def _arrange(actor: Actor, edition: QaEdition, step: str, seen: int) -> None:
    verb, key = step.partition("-")[0], _key_of(step)
    if verb in {"up", "down"}:
        composing.move_item(actor, edition, key, version=seen, up=verb == "up")
    elif verb == "drop":
        composing.drop_item(actor, edition, key, version=seen)
    elif verb in {"section_up", "section_down"}:
        composing.move_section(actor, edition, key, version=seen, up=verb == "section_up")
    elif verb == "section_remove":
        composing.remove_section(actor, edition, key, version=seen)
    else:
        raise Invalid(_NO_STEP)


def _key_of(step: str) -> int:
    """The number that a button's name ends with. Raises Invalid for a name that no button has."""
    key = step.partition("-")[2]
    if not (key.isascii() and key.isdigit() and len(key) < 16):
        raise Invalid(_NO_STEP)
    return int(key)
