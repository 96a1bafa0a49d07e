"""Collections of questions and answers: their lists, and an edition as readers see it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from portal.blueprints.knowledge.collection_forms import CollectionForm
from portal.blueprints.knowledge.revising import bp
from portal.directory.actor import Actor
from portal.issues import policy as issue_policy
from portal.knowledge import edition_policy, edition_queries, editions
from portal.knowledge.collection_models import QaEdition
from portal.knowledge.comparing import Change, compare
from portal.knowledge.models import QaState
from portal.notifications.service import reading_of_subject
from portal.themes.queries import list_themes
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.noting import note

__all__ = ["bp"]

_Page = Response | tuple[str, int]


@bp.get("/collections")
@access.signed_in
def collections() -> str:
    """All collections, each with its newest edition."""
    actor = current_actor()
    return render_template(
        "knowledge/collections.html",
        page=edition_queries.list_collections(actor, request.args.get("cursor")),
        waiting=edition_queries.list_waiting_editions(actor),
        can_begin=edition_policy.can_begin(actor),
    )


@bp.route("/collections/new", methods=["GET", "POST"])
@access.requires(edition_policy.can_begin)
def new_collection() -> _Page:
    """Begin a collection with its first edition."""
    form = CollectionForm()
    form.theme.choices = [(theme.id, theme.label(str(get_locale()))) for theme in list_themes(with_sub_topics=False)]
    if form.validate_on_submit():
        with attempting(form):
            edition = editions.begin_collection(
                current_actor(),
                title=form.title.data or "",
                theme_id=form.theme.data,
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("Q&A集を作成しました。章と問を加えてください。"))
            return to_composing(edition)
    return render_template("knowledge/new_collection.html", form=form), form.status


@bp.get("/collections/<int:collection_id>")
@access.signed_in
def collection(collection_id: int) -> str:
    """One collection with its editions."""
    actor = current_actor()
    found, shown = edition_queries.get_collection(actor, collection_id)
    return render_template(
        "knowledge/collection.html",
        collection=found,
        editions=shown,
        can_begin=edition_policy.can_begin(actor) and all(each.state is QaState.PUBLISHED for each in shown),
    )


@bp.post("/collections/<int:collection_id>/next")
@access.requires(edition_policy.can_begin)
def begin_edition(collection_id: int) -> Response:
    """Begin the next edition from the last one."""
    actor = current_actor()
    found, _ = edition_queries.get_collection(actor, collection_id)
    edition = editions.begin_edition(actor, found)
    flash(gettext("第%(n)s版の編集を始めました。", n=edition.number))
    return to_composing(edition)


@bp.get("/collections/<int:collection_id>/editions/<int:number>")
@access.signed_in
def edition(collection_id: int, number: int) -> str:
    """One edition, with what changed since the one that the reader's body received, or any other chosen."""
    actor = current_actor()
    shown = edition_queries.get_edition(actor, collection_id, number)
    _, every = edition_queries.get_collection(actor, collection_id)
    base, was_read = _base(actor, shown, list(every))
    note(edition_queries.reading_of_edition(actor, shown), reading_of_subject(actor, "qa_edition", shown.id))
    contents = edition_queries.contents_of(shown)
    return render_template(
        "knowledge/edition.html",
        edition=shown,
        comparison=compare(contents, edition_queries.contents_of(base) if base is not None else None),
        base=base,
        was_read=was_read,
        chosen=request.args.get("compare", ""),
        others=[each for each in every if each.number != number and each.state is QaState.PUBLISHED],
        newest=every[0] if every[0].state is QaState.PUBLISHED else next(iter(every[1:]), shown),
        actor=actor,
        policy=edition_policy,
        Change=Change,
        can_ask=issue_policy.can_create(actor) and not actor.is_headquarters,
    )


def to_composing(edition: QaEdition) -> Response:
    """On to the page where the edition is arranged."""
    return redirect(url_for("knowledge.compose", collection_id=edition.collection_id, number=edition.number))


def to_edition(edition: QaEdition) -> Response:
    """On to the edition."""
    return redirect(url_for("knowledge.edition", collection_id=edition.collection_id, number=edition.number))


def _base(actor: Actor, shown: QaEdition, every: list[QaEdition]) -> tuple[QaEdition | None, bool]:
    """What to compare with: the edition that was chosen, none if that was, else the one that the body received."""
    chosen = request.args.get("compare", "")
    if chosen == "none":
        return None, False
    named = next((each for each in every if str(each.number) == chosen and each.number != shown.number), None)
    return (named, False) if named is not None else edition_queries.find_received(actor, shown)
