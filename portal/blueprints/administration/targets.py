"""Administration of the targets in business days and of the extra closed days."""

from dataclasses import asdict

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.administration.target_forms import ClosedDayForm, TargetsForm
from portal.core import clock
from portal.core.calendar import japan_date
from portal.targets import policy, queries, service
from portal.targets.rules import BOUNDS, Targets
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

Answer = Response | str | tuple[str, int]


@access.requires(policy.can_inspect_targets)
def targets() -> str:
    """The targets that hold and the closed days, as facts."""
    rules = queries.get_rules()
    return render_template(
        "administration/targets.html",
        values=asdict(rules.targets),
        bounds=BOUNDS,
        days=queries.list_closed_days(),
        today=japan_date(clock.now()),
        can_change=policy.can_set_targets(current_actor()),
    )


@access.requires(policy.can_set_targets)
def edit_targets() -> Answer:
    """Set the targets for what is submitted from now on."""
    rules = queries.get_rules()
    form = TargetsForm(data={**asdict(rules.targets), "version": rules.setting_id})
    if form.validate_on_submit():
        with attempting(form):
            wanted = Targets(**{name: form[name].data for name in BOUNDS})
            service.set_targets(current_actor(), wanted, seen=form.seen)
            flash(gettext("目標を変更しました。これから提出される課題・照会に適用します。"))
            return redirect(url_for("administration.targets"))
    return render_template("administration/edit_targets.html", form=form), form.status


@access.requires(policy.can_set_targets)
def new_closed_day() -> Answer:
    """List a day on which headquarters is closed."""
    form = ClosedDayForm()
    if form.validate_on_submit():
        with attempting(form):
            service.add_closed_day(
                current_actor(),
                closed_on=form.closed_on.data,
                reason=form.reason.data or "",
                confirmed=form.my_number_confirmed.data,
            )
            flash(gettext("閉庁日を追加しました。"))
            return redirect(url_for("administration.targets"))
    return render_template("administration/new_closed_day.html", form=form), form.status


@access.requires(policy.can_set_targets)
def remove_closed_day(closed_day_id: int) -> Response:
    """Take a day off the list."""
    service.remove_closed_day(current_actor(), queries.get_closed_day(closed_day_id))
    flash(gettext("閉庁日を取り消しました。"))
    return redirect(url_for("administration.targets"))
