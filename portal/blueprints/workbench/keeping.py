"""Saved conditions of the queue: keeping, sharing, ordering and forgetting them."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.issues.composing import locale, version_of
from portal.blueprints.issues.filtering import make_describer
from portal.blueprints.issues.returning import queue_with
from portal.blueprints.workbench.choosing import bp
from portal.blueprints.workbench.forms import FilterNameForm
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.workbench import filters, policy, queries
from portal.workbench.models import SavedFilter
from portal.workbench.states import Sharing

__all__ = ["bp"]


@bp.get("/filters")
@access.signed_in
def list_filters() -> str:
    """The actor's conditions and those shared with them, in the order of their menu."""
    actor = current_actor()
    kept, describe = queries.list_filters(actor), make_describer(actor)
    return render_template(
        "workbench/filters.html",
        actor=actor,
        policy=policy,
        kept=kept,
        words={each.kept.id: describe(each.arguments) for each in kept},
    )


@bp.route("/filters/new", methods=["GET", "POST"])
@access.signed_in
def new_filter() -> Response | tuple[str, int]:
    """Keep the condition of the address under a name."""
    actor = current_actor()
    condition = filters.condition_of(request.args.to_dict(flat=False))
    form = _form(actor)
    if form.validate_on_submit():
        with attempting(form):
            filters.save_filter(
                actor,
                name=form.name.data or "",
                condition=condition,
                team=_team(form),
                is_default=bool(form.is_default.data),
                confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("条件を保存しました。一覧の「保存した条件」から使えます。"))
            return redirect(queue_with(condition))
    page = render_template("workbench/filter.html", form=form, words=make_describer(actor)(condition), kept=None)
    return page, form.status


@bp.route("/filters/<int:filter_id>/rename", methods=["GET", "POST"])
@access.signed_in
def rename_filter(filter_id: int) -> Response | tuple[str, int]:
    """Another name, or other people who use it."""
    actor = current_actor()
    kept = queries.get_filter(actor, filter_id)
    authorize(policy.can_change, actor, kept)
    form = _form(actor, kept)
    if form.validate_on_submit():
        with attempting(form):
            filters.rename_filter(
                actor,
                kept,
                name=form.name.data or "",
                team=_team(form),
                version=version_of(form),
                confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("条件を変更しました。"))
            return redirect(url_for("workbench.list_filters"))
    page = render_template(
        "workbench/filter.html", form=form, words=make_describer(actor)(dict(kept.condition)), kept=kept
    )
    return page, form.status


@bp.post("/filters/<int:filter_id>/delete")
@access.signed_in
def delete_filter(filter_id: int) -> Response:
    """Forget it."""
    actor = current_actor()
    filters.delete_filter(actor, queries.get_filter(actor, filter_id))
    flash(gettext("条件を削除しました。"))
    return redirect(url_for("workbench.list_filters"))


@bp.post("/filters/<int:filter_id>/default")
@access.signed_in
def default_filter(filter_id: int) -> Response:
    """Open the queue with it, or (``off``) with no condition."""
    actor = current_actor()
    kept = queries.get_filter(actor, filter_id)
    is_off = "off" in request.form
    filters.set_default(actor, None if is_off else kept)
    flash(gettext("既定の条件をなくしました。") if is_off else gettext("一覧をこの条件で開くようにしました。"))
    return redirect(url_for("workbench.list_filters"))


@bp.post("/filters/<int:filter_id>/move")
@access.signed_in
def move_filter(filter_id: int) -> Response:
    """One place up or down in one's own menu."""
    actor = current_actor()
    filters.move_filter(actor, queries.get_filter(actor, filter_id), up=request.form.get("way") == "up")
    return redirect(url_for("workbench.list_filters"))


def _form(actor: Actor, kept: SavedFilter | None = None) -> FilterNameForm:
    stored = {} if kept is None else {"name": kept.name, "version": kept.version, "sharing": _shared(kept)}
    form = FilterNameForm(data={"sharing": Sharing.PERSONAL.value, **stored})
    form.sharing.choices = [
        (Sharing.PERSONAL.value, Sharing.PERSONAL.label(locale())),
        *((f"{sharing.value}:{id_}", _team_label(sharing, name)) for sharing, id_, name in queries.list_teams(actor)),
    ]
    if kept is not None:
        del form.is_default
        if kept.membership_id != actor.membership_id:
            form.sharing.choices = [(_shared(kept), kept.sharing.label(locale()))]
    return form


def _team_label(sharing: Sharing, name: str) -> str:
    if sharing is Sharing.POST:
        return str(gettext("%(post)sの担当リエゾン", post=name))
    return str(gettext("%(body)sの利用者", body=name))


def _shared(kept: SavedFilter) -> str:
    return Sharing.PERSONAL.value if kept.team_id is None else f"{kept.sharing.value}:{kept.team_id}"


def _team(form: FilterNameForm) -> tuple[Sharing, int] | None:
    name, _, team_id = str(form.sharing.data or "").partition(":")
    return (Sharing(name), int(team_id)) if team_id else None
