"""The reminders of a campaign: what comes when, what was sent, the mails of its start, and one by hand."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import version_of
from portal.blueprints.guidance.forms import StepForm
from portal.blueprints.reminders.forms import PlanRemindersForm
from portal.blueprints.reminders.routes import bp
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.queries import get_campaign
from portal.core.errors import Invalid, NotFound
from portal.directory.actor import Actor
from portal.notifications.sending_progress import count_campaign_mails
from portal.reminders import campaign_queries, policy
from portal.reminders.campaign_service import plan_campaign_reminders, remind_bodies
from portal.reminders.models import CampaignReminderPlan
from portal.reminders.states import DEFAULT_DAYS
from portal.web import access
from portal.web.access import current_actor, local_path
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.route("/campaigns/<int:campaign_id>/reminders", methods=["GET", "POST"])
@access.requires(campaign_policy.can_build)
def campaign(campaign_id: int) -> _Page:
    """The steps of a campaign with whom each would concern, and what was sent; the steps may be changed."""
    actor, found = _open(campaign_id)
    plan = campaign_queries.find_campaign_plan(found)
    form = _plan_form(found, plan)
    if form.validate_on_submit():
        with attempting(form):
            wanted = {step: form[step.value].data for step in campaign_queries.steps_of(found)}
            plan_campaign_reminders(actor, found, wanted, version=(version_of(form) or 0) if plan else None)
            flash(gettext("督促の予定を変更しました。"))
            return redirect(url_for("reminders.campaign", campaign_id=campaign_id))
    return render_template(
        "reminders/campaign.html",
        campaign=found,
        form=form,
        coming=campaign_queries.list_coming(found, plan),
        silent=campaign_queries.count_silent(found),
        left_today=campaign_queries.count_left_today(found),
        page=campaign_queries.list_campaign_batches(found, cursor=request.args.get("cursor")),
        can_remind=policy.can_remind_bodies(actor, found),
        step=StepForm(),
        mails=count_campaign_mails(campaign_id),
    ), form.status


def _plan_form(found: Campaign, plan: CampaignReminderPlan | None) -> PlanRemindersForm:
    days = campaign_queries.campaign_days(plan, is_drill=found.is_drill)
    form = PlanRemindersForm(
        data={"version": plan.version if plan else "", **{step.value: value for step, value in days.items()}}
    )
    for step in DEFAULT_DAYS:
        if step not in campaign_queries.steps_of(found):
            del form[step.value]
    return form


@bp.post("/campaigns/<int:campaign_id>/remind")
@access.requires(campaign_policy.can_build)
def remind(campaign_id: int) -> Response:
    """Remind the bodies that were ticked (``participation``), or with ``all`` every silent one, now."""
    actor, found = _open(campaign_id)
    chosen = request.form.getlist("participation", type=int)
    back = local_path(request.form.get("next")) or url_for("reminders.campaign", campaign_id=campaign_id)
    try:
        count = remind_bodies(actor, found, None if request.form.get("all") else chosen)
    except Invalid as invalid:
        flash(gettext(invalid.message, **invalid.params), "error")
        return redirect(back)
    flash(gettext("未回答の%(n)s団体に督促を送ります。", n=f"{count:,}"))
    return redirect(back)


def _open(campaign_id: int) -> tuple[Actor, Campaign]:
    actor = current_actor()
    found = get_campaign(actor, campaign_id)
    if not policy.can_view_reminders(actor, found):
        raise NotFound
    return actor, found
