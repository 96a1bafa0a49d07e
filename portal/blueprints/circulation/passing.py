"""Sending a paper on to colleagues of the same body."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.circulation.forms import PassForm
from portal.blueprints.circulation.parts import bp
from portal.blueprints.circulation.routes import NOT_NOW
from portal.circulation import passing, policy, queries
from portal.core.errors import Forbidden, NotFound
from portal.guidance import records
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.route("/<int:guidance_id>/pass", methods=["GET", "POST"])
@access.requires(policy.can_list)
def pass_on(guidance_id: int) -> _Page:
    """Send the paper to colleagues or sections, with a note."""
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    if recipient is None:
        raise NotFound
    if not policy.can_pass(actor, guidance, recipient):
        raise Forbidden(NOT_NOW)
    form = PassForm()
    colleagues = passing.list_colleagues(actor)
    form.membership_ids.choices = [(each.id, passing.name_of(each)) for each in colleagues]
    form.section_ids.choices = [(each.id, each.name) for each in queries.list_sections(actor.organisation_id)]
    if form.validate_on_submit():
        with attempting(form):
            rows = passing.pass_paper(
                actor,
                guidance,
                recipient,
                membership_ids=form.membership_ids.data or [],
                section_ids=form.section_ids.data or [],
                note=form.note.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(names)sに送りました。", names="、".join(row.to_name for row in rows)))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template("circulation/pass_on.html", form=form, guidance=guidance), form.status
