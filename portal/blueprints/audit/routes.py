"""The operation record, and an auditor's recorded reading of a text."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.audit import policy, queries, service
from portal.audit.labels import SUBJECTS, labels_of_events
from portal.audit.queries import RecordFilter
from portal.blueprints.audit.forms import GrantReadingForm, RecordFilterForm
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.issues.queries import find_id_by_number, list_linked_issues
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@access.requires(policy.can_read_record)
def index() -> str:
    """The operation record, newest first."""
    actor, form = current_actor(), RecordFilterForm()
    labels = {kind: gettext(label) for kind, label in labels_of_events().items()}
    form.kind.choices = [("", gettext("すべて")), *sorted(labels.items(), key=lambda choice: choice[1])]
    chosen = _filter_of(form) if form.validate() else RecordFilter()
    return render_template(
        "audit/index.html",
        form=form,
        labels=labels,
        policy=policy,
        actor=actor,
        subjects={kind: gettext(label) for kind, label in SUBJECTS.items()},
        page=queries.list_entries(actor, chosen, request.args.get("cursor")),
    )


@bp.route("/readings", methods=["GET", "POST"])
@access.requires(policy.can_ask_to_read)
def readings() -> Response | tuple[str, int]:
    """An auditor's live readings, and the form that opens one more."""
    actor, form = current_actor(), GrantReadingForm(data={"number": request.args.get("number", "")[:16]})
    if form.validate_on_submit():
        with attempting(form):
            issue_id = find_id_by_number(form.number.data or "")
            if issue_id is None:
                raise Invalid(N_("この番号の課題・照会はありません。"), field="number")
            service.grant_reading(actor, "issue", issue_id, reason=form.reason.data or "", hours=int(form.hours.data))
            flash(gettext("閲覧できるようになりました。閲覧の事実は記録されています。"))
            return redirect(url_for("issues.show", number=(form.number.data or "").strip().upper()))
    grants = queries.list_live_grants(actor)
    issues = {issue.id: issue for issue in list_linked_issues(actor, [grant.subject_id for grant in grants])}
    return render_template("audit/readings.html", form=form, grants=grants, issues=issues), form.status


def _filter_of(form: RecordFilterForm) -> RecordFilter:
    """What the form asks for; a number that does not exist finds nothing, as does one that is somebody else's."""
    subject = ("issue", find_id_by_number(form.number.data) or 0) if form.number.data else None
    return RecordFilter(
        kind=form.kind.data or None,
        subject=subject,
        person_email=form.person.data or None,
        from_on=form.from_on.data,
        until_on=form.until_on.data,
    )
