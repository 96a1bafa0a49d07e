"""The reminders of a paper: what comes when, what was sent, and one by hand."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import version_of
from portal.blueprints.guidance.forms import StepForm
from portal.blueprints.reminders.forms import PlanRemindersForm
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance.models import Guidance
from portal.reminders import policy, queries, service
from portal.reminders.states import DEFAULT_DAYS
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("reminders", __name__)
_Page = Response | str | tuple[str, int]


@bp.route("/guidance/<int:guidance_id>/reminders", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def index(guidance_id: int) -> _Page:
    """The steps of a paper with whom each would concern; they may be changed."""
    actor, guidance = _open(guidance_id)
    plan = queries.find_plan(guidance)
    days = queries.days_of(plan.days if plan else None)
    form = PlanRemindersForm(
        data={"version": plan.version if plan else "", **{step.value: value for step, value in days.items()}}
    )
    if form.validate_on_submit():
        with attempting(form):
            wanted = {step: form[step.value].data for step in DEFAULT_DAYS}
            service.plan_reminders(actor, guidance, wanted, version=(version_of(form) or 0) if plan else None)
            flash(gettext("督促の予定を変更しました。"))
            return redirect(url_for("reminders.index", guidance_id=guidance_id))
    return render_template(
        "reminders/index.html",
        guidance=guidance,
        form=form,
        coming=queries.list_coming(guidance),
        silent=queries.count_silent(guidance),
        left_today=queries.count_left_today(guidance),
        page=queries.list_batches(guidance, cursor=request.args.get("cursor")),
        can_remind=policy.can_remind(actor, guidance),
        step=StepForm(),
    ), form.status


@bp.post("/guidance/<int:guidance_id>/reminders/send")
@access.requires(guidance_policy.can_draft)
def send(guidance_id: int) -> Response:
    """Remind everybody who has not answered, now."""
    actor, guidance = _open(guidance_id)
    count = service.remind_by_hand(actor, guidance)
    flash(gettext("未回答の%(n)s団体に督促を送ります。", n=f"{count:,}"))
    return redirect(url_for("reminders.index", guidance_id=guidance_id))


def _open(guidance_id: int) -> tuple[Actor, Guidance]:
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    if not policy.can_view(actor, guidance):
        raise NotFound
    return actor, guidance
