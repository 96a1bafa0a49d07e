"""The steps that stop an issue's clock and let it go on."""

from flask import flash, redirect, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.blueprints.issues.clocks import target_now
from portal.blueprints.issues.composing import version_of
from portal.blueprints.issues.forms import StopClockForm
from portal.blueprints.issues.stepping import Page, Words, done, open_step, show_step
from portal.blueprints.issues.steps import bp
from portal.core.events import Audience
from portal.issues import policy, queries, service
from portal.issues.pausing import last_possible_day
from portal.targets.queries import get_rules
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.business_days import count_by

__all__ = ["bp"]

bp.add_app_template_filter(target_now)
_STOP = Words(
    title=_l("時計を止める"),
    button=_l("時計を止める"),
    audience=Audience.PUBLIC,
    lead=_l("回答までの日数を数えるのを止めます。理由と再開の予定日は、提出した団体にも見えます。"),
)


@bp.route("/<string:number>/stop-clock", methods=["GET", "POST"])
@access.signed_in
def stop_clock(number: str) -> Page:
    """Stop the clock for a stated reason, until a day."""
    actor, issue = open_step(number, policy.can_stop_clock)
    form = StopClockForm(data={"version": issue.version})
    if form.validate_on_submit():
        with attempting(form):
            issue.check_version(version_of(form))
            service.stop_clock(
                actor,
                issue,
                reason=form.reason.data or "",
                expected_on=form.expected_on.data,
                confirmed=bool(form.my_number_confirmed.data),
            )
            return done(number, gettext("時計を止めました。予定日になると、ひとりでに再開します。"))
    rules = get_rules()
    count_by(rules.closures)
    return show_step(number, form, _STOP, latest=last_possible_day(issue, rules))


@bp.post("/<string:number>/resume-clock")
@access.signed_in
def resume_clock(number: str) -> Response:
    """Let the clock go on before its day."""
    actor = current_actor()
    service.resume_clock(actor, queries.get_issue(actor, number))
    flash(gettext("時計を再開しました。"))
    return redirect(url_for("issues.show", number=number))
