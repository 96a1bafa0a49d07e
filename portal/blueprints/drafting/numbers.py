"""The register of document numbers 文書番号簿."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.drafting.forms import CancelNumberForm, RegisterForm
from portal.blueprints.drafting.urgent import bp
from portal.blueprints.guidance.composing import named
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.guidance import numbers
from portal.guidance import policy as guidance_policy
from portal.guidance.models import DocumentNumber
from portal.guidance.numbers import RegisterFilters
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import era_fiscal_year

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.get("/numbers")
@access.requires(guidance_policy.can_draft)
def register() -> str:
    """The numbers of one sender and year, the highest first: reserved, issued, cancelled."""
    actor = current_actor()
    form = RegisterForm()
    books = numbers.list_books(actor)
    form.book.choices = [(f"{sender.id}-{year}", f"{named(sender)} {era_fiscal_year(year)}") for sender, year in books]
    chosen = next(
        (each for each in books if f"{each[0].id}-{each[1]}" == request.args.get("book")), books[0] if books else None
    )
    form.book.data = f"{chosen[0].id}-{chosen[1]}" if chosen else None
    filters = RegisterFilters(sender_id=chosen[0].id, year=chosen[1]) if chosen else None
    return render_template(
        "drafting/numbers.html",
        form=form,
        chosen=chosen,
        page=numbers.list_register(actor, filters, cursor=request.args.get("cursor")) if filters else None,
        can_cancel=lambda line: _can_cancel(actor, line),
    )


@bp.route("/numbers/<int:line_id>/cancel", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def cancel_number(line_id: int) -> _Page:
    """Give up a number that no paper goes out with."""
    actor = current_actor()
    line = numbers.find_line(actor, line_id)
    if line is None:
        raise NotFound
    form = CancelNumberForm()
    if form.validate_on_submit():
        with attempting(form):
            numbers.cancel_number(
                actor,
                line.guidance,
                line,
                reason=form.reason.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("文書番号を欠番にしました。"))
            return redirect(url_for("drafting.register", book=f"{line.sender_id}-{line.year}"))
    return render_template("drafting/cancel_number.html", form=form, line=line), form.status


def _can_cancel(actor: Actor, line: DocumentNumber) -> bool:
    return (
        line.cancelled_at is None
        and line.guidance.state in numbers.CANCELLABLE
        and guidance_policy.signs(actor, line.guidance)
    )
