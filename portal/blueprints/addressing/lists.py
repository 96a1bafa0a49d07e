"""An office's lists of bodies."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.addressing import policy, queries, service
from portal.addressing.models import AddresseeList
from portal.blueprints.addressing.forms import KeepRuleForm, ListForm
from portal.blueprints.addressing.routes import bp
from portal.blueprints.guidance.composing import version_of
from portal.core.errors import Forbidden
from portal.directory.actor import Actor
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.get("/lists")
@access.requires(policy.can_use_lists)
def lists() -> str:
    """The lists that the actor may use."""
    actor = current_actor()
    return render_template("addressing/lists.html", lists=queries.list_lists(actor), actor=actor, policy=policy)


@bp.route("/lists/new", methods=["GET", "POST"])
@access.requires(policy.can_use_lists)
def new_list() -> _Page:
    """Make a list."""
    return _keep(current_actor(), None, ListForm())


@bp.route("/lists/<int:list_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_use_lists)
def edit_list(list_id: int) -> _Page:
    """Change a list's name, note and bodies."""
    actor = current_actor()
    found = queries.get_list(actor, list_id)
    if not policy.can_change(actor, found):
        raise Forbidden
    codes = "\n".join(body.code for body in queries.list_bodies_of(found))
    form = ListForm(data={"version": found.version, "name": found.name, "note": found.note, "codes": codes})
    return _keep(actor, found, form)


@bp.get("/lists/<int:list_id>")
@access.requires(policy.can_use_lists)
def show_list(list_id: int) -> str:
    """The bodies of a list."""
    actor = current_actor()
    found = queries.get_list(actor, list_id)
    return render_template(
        "addressing/show_list.html",
        found=found,
        bodies=queries.list_bodies_of(found),
        can_change=policy.can_change(actor, found),
    )


@bp.route("/lists/<int:list_id>/drop", methods=["GET", "POST"])
@access.requires(policy.can_use_lists)
def drop_list(list_id: int) -> _Page:
    """Offer a list no more."""
    actor = current_actor()
    found = queries.get_list(actor, list_id)
    if not policy.can_change(actor, found):
        raise Forbidden
    form = KeepRuleForm(data={"version": found.version})
    if form.validate_on_submit():
        with attempting(form):
            service.drop_list(actor, found, version=version_of(form))
            flash(gettext("リスト「%(name)s」を削除しました。", name=found.name))
            return redirect(url_for("addressing.lists"))
    return render_template("addressing/drop_list.html", form=form, found=found), form.status


def _keep(actor: Actor, found: AddresseeList | None, form: ListForm) -> _Page:
    if form.validate_on_submit():
        with attempting(form):
            kept = service.keep_list(
                actor,
                found,
                name=form.name.data or "",
                note=form.note.data or "",
                codes=form.codes.data or "",
                version=version_of(form) if found is not None else None,
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("リスト「%(name)s」を保存しました。", name=kept.name))
            return redirect(url_for("addressing.show_list", list_id=kept.id))
    return render_template("addressing/edit_list.html", form=form, found=found), form.status
