"""Absences: who is away in one's organisation, entering an absence with its substitute, and ending it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts.queries import list_places
from portal.blueprints.absences.forms import EnterAbsenceForm
from portal.core import clock
from portal.core.errors import Forbidden
from portal.directory import absence_queries, absences, policy
from portal.directory.actor import Actor
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("absences", __name__, url_prefix="/absences")
_Page = Response | str | tuple[str, int]


@bp.get("")
@access.signed_in
def index() -> str:
    """Who is away now or soon in one's own organisation, and for whom one stands in at this moment."""
    actor = current_actor()
    return render_template(
        "absences/index.html",
        actor=actor,
        own=absence_queries.list_own_memberships(actor),
        places=[place for place in list_places(actor.person_id) if place.absent_name],
        page=absence_queries.list_absences(actor, cursor=request.args.get("cursor")),
        now=clock.now(),
        policy=policy,
        period=absences.show_period,
    )


@bp.route("/memberships/<int:membership_id>/new", methods=["GET", "POST"])
@access.signed_in
def new(membership_id: int) -> _Page:
    """Enter an absence from a membership, one's own or that of somebody whom one leads."""
    actor = current_actor()
    membership = absence_queries.get_own_or_managed(actor, membership_id)
    form = EnterAbsenceForm()
    _offer(form, actor, membership)
    if form.validate_on_submit():
        with attempting(form):
            absences.enter_absence(
                actor,
                membership,
                period=form.period,
                substitute_id=form.substitute_id.data,
                may_sign=form.may_sign.data if "may_sign" in form else False,
                reason=form.reason.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("不在を登録しました。代理者に知らせます。"))
            return redirect(url_for("absences.index"))
    return render_template("absences/new.html", form=form, membership=membership), form.status


@bp.post("/<int:absence_id>/end")
@access.signed_in
def end(absence_id: int) -> Response:
    """End an absence now, or call it off."""
    actor = current_actor()
    absence = absence_queries.get_absence(actor, absence_id)
    if not policy.can_enter_absence(actor, absence.membership):
        raise Forbidden
    absences.end_absence(actor, absence)
    flash(gettext("不在を終えました。代行は、次の操作からできなくなります。"))
    return redirect(url_for("absences.index"))


def _offer(form: EnterAbsenceForm, actor: Actor, membership: Membership) -> None:
    form.substitute_id.choices = [
        (
            row.id,
            " ".join(part for part in (row.person.name, row.section.name if row.section else "", row.title) if part),
        )
        for row in absence_queries.list_candidates(membership)
    ]
    signs = membership.role in {Role.DIVISION, Role.SECRETARIAT} and (membership.is_head or membership.is_approver)
    if not signs or membership.person_id != actor.person_id:
        del form.may_sign
