"""The desk of one body: its papers on one screen, and the receipt of several at once."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.circulation.forms import ReceiveSeveralForm
from portal.blueprints.circulation.passing import bp
from portal.blueprints.guidance.forms import section_example
from portal.circulation import desk as trays
from portal.circulation import policy
from portal.circulation.desk import Tray
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.extensions.policy import waits_for_decision
from portal.guidance.dues import due_of
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.get("/desk")
@access.requires(policy.can_list)
def desk() -> str:
    """What is new, to receive, to answer, sent to the section, waiting for a later due date."""
    actor = current_actor()
    waiting = waits_for_decision()
    counts = trays.count_trays(actor, waiting)
    tray = _tray_of(request.args.get("tray"), counts)
    return render_template(
        "circulation/desk.html",
        actor=actor,
        tray=tray,
        counts=counts,
        own_parts=trays.count_own_parts(actor),
        page=trays.list_tray(actor, tray, waiting, cursor=request.args.get("cursor")),
        due_of=due_of,
    )


@bp.route("/desk/receive", methods=["GET", "POST"])
@access.requires(policy.can_list)
def receive_several() -> _Page:
    """Receive what was chosen on the desk, under a number each or in a row."""
    actor = current_actor()
    ids = {int(each) for each in request.values.getlist("id") if each.isascii() and each.isdigit()}
    chosen = trays.list_chosen(actor, sorted(ids))
    if not chosen:
        gone = gettext("選んだ通知等は、ほかの方が既に受領したか、受領を求めなくなりました。")
        flash(gone if ids else gettext("受領する通知等を選んでください。"), "error")
        return redirect(url_for("circulation.desk", tray=Tray.RECEIVE.value))
    form = ReceiveSeveralForm(data={"section_name": actor.section_name})
    form.section_name.description = section_example(actor.organisation_kind)
    if form.validate_on_submit():
        with attempting(form):
            if len(chosen) < len(ids):
                raise Invalid(
                    N_("選んだ通知等の一部は、ほかの方が既に受領しました。残りと収受番号を確かめてください。")
                )
            numbers = trays.number_rows(len(chosen), first=form.first_number.data or "", lines=form.numbers.data or "")
            receipts = trays.receive_several(
                actor,
                chosen,
                section_name=form.section_name.data or "",
                numbers=numbers,
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(n)s件をまとめて受領しました。", n=len(receipts)))
            return redirect(url_for("circulation.desk"))
    return render_template("circulation/receive_several.html", form=form, chosen=chosen, due_of=due_of), form.status


def _tray_of(name: str | None, counts: dict[Tray, int]) -> Tray:
    """The tray asked for, else the first that holds something."""
    asked = {tray.value: tray for tray in Tray}.get(name or "")
    if asked is not None:
        return asked
    return next((tray for tray in (Tray.RECEIVE, Tray.ANSWER) if counts[tray]), Tray.RECEIVE)
