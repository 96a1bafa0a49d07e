"""The operation record, and an auditor's recorded reading of a text."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.audit import policy, queries, service
from portal.audit.labels import LABELS, SUBJECTS
from portal.blueprints.audit.forms import GrantReadingForm, RecordFilterForm
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.issues.queries import find_id_by_number
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@access.requires(policy.can_read_record)
def index() -> str:
    """The operation record, newest first."""
    form = RecordFilterForm(request.args)
    form.kind.choices = [("", gettext("すべて")), *((kind, gettext(label)) for kind, label in LABELS.items())]
    chosen = queries.RecordFilter()
    if form.validate():
        chosen = queries.RecordFilter(
            kind=form.kind.data or None, person_email=form.person.data or None, from_on=form.from_on.data,
            until_on=form.until_on.data)
    actor = current_actor()
    return render_template(
        "audit/index.html", form=form, labels=LABELS, subjects=SUBJECTS,
        page=queries.list_entries(actor, chosen, request.args.get("cursor")),
        can_ask=policy.can_ask_to_read(actor))


@bp.route("/readings", methods=["GET", "POST"])
@access.requires(policy.can_ask_to_read)
def readings() -> Response | str | tuple[str, int]:
    """An auditor's live readings, and the form that opens one more."""
    actor, form = current_actor(), GrantReadingForm()
    if form.validate_on_submit():
        with attempting(form):
            number = form.number.data or ""
            issue_id = find_id_by_number(number)
            if issue_id is None:
                raise Invalid(N_("この番号の課題・照会はありません。"), field="number")
            service.grant_reading(actor, "issue", issue_id, reason=form.reason.data or "", hours=int(form.hours.data))
            flash(gettext("閲覧できるようになりました。閲覧の事実は記録されています。"))
            return redirect(url_for("issues.show", number=number))
    return render_template("audit/readings.html", form=form, grants=queries.list_live_grants(actor)), form.status
