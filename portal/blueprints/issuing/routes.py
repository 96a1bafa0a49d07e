"""Issue at an hour, how the mails of an issue go out, and taking a paper back."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import version_of
from portal.blueprints.guidance.forms import StepForm
from portal.blueprints.guidance.showing import show_issue_form
from portal.blueprints.issuing.forms import RecallForm, ScheduleForm
from portal.blueprints.issuing.panels import find_change
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date, japan_datetime
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance import queries
from portal.guidance.content import is_short_due
from portal.guidance.models import Guidance
from portal.issuing import policy, recalling, scheduling
from portal.notifications.sending_progress import count_mails, list_troubled, stop_mails
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import jdatetime

bp = Blueprint("issuing", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]


@bp.route("/<int:guidance_id>/schedule", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def schedule(guidance_id: int) -> _Page:
    """Have it issued at an hour, to exactly the bodies shown here."""
    actor, guidance = _open(guidance_id, policy.can_schedule)
    plan = scheduling.find_plan(guidance)
    form = _schedule_form(guidance, plan.issue_at if plan else None)
    form.short_due_reason.flags.required = is_short_due(guidance.reply_due_on)
    is_sent = form.validate_on_submit()
    change = find_change(guidance, form) if is_sent else None
    if is_sent and change is None:
        with attempting(form):
            planned = scheduling.schedule_issue(
                actor,
                guidance,
                issue_at=form.issue_at,
                fingerprint=form.fingerprint.data or "",
                outside_hours=bool(form.outside_hours.data),
                short_due_reason=form.short_due_reason.data,
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(at)sの発出を予約しました。", at=jdatetime(planned.issue_at)))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    if form.errors:
        guidance = queries.get_guidance(actor, guidance_id)
    return show_issue_form("issuing/schedule.html", actor, guidance, form, change, plan=plan)


@bp.route("/<int:guidance_id>/unschedule", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def unschedule(guidance_id: int) -> _Page:
    """Drop the plan."""
    actor, guidance = _open(guidance_id, policy.can_unschedule)
    form = StepForm(data={"version": guidance.version})
    if form.validate_on_submit():
        with attempting(form):
            scheduling.unschedule(actor, guidance, version=version_of(form))
            flash(gettext("発出の予約を取り消しました。決裁済に戻りました。"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    plan = scheduling.find_plan(guidance)
    return render_template("issuing/unschedule.html", form=form, guidance=guidance, plan=plan), form.status


@bp.get("/<int:guidance_id>/sending")
@access.requires(guidance_policy.can_draft)
def sending(guidance_id: int) -> str:
    """How the mails of the issue go out, and which did not."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    if not policy.can_see_sending(actor, guidance):
        raise NotFound
    return render_template(
        "issuing/sending.html",
        guidance=guidance,
        mails=count_mails(guidance_id),
        page=list_troubled(guidance_id, cursor=request.args.get("cursor")),
        can_recall=policy.can_recall(actor, guidance),
    )


@bp.route("/<int:guidance_id>/recall", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def recall(guidance_id: int) -> _Page:
    """Take it back: stop what has not gone out, say why."""
    actor, guidance = _open(guidance_id, policy.can_recall)
    form = RecallForm(data={"version": guidance.version})
    if form.validate_on_submit():
        with attempting(form):
            found = recalling.begin_recall(
                actor,
                guidance,
                reason=form.reason.data or "",
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            stopped = stop_mails(guidance_id)
            recalling.conclude_recall(actor, found, stopped)
            flash(gettext("発出を取り消しました。送信前のメール%(n)s通を止めました。", n=f"{stopped.stopped:,}"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "issuing/recall.html", form=form, guidance=guidance, mails=count_mails(guidance_id)
    ), form.status


def _schedule_form(guidance: Guidance, issue_at: object) -> ScheduleForm:
    at = japan_datetime(issue_at) if issue_at is not None else None  # type: ignore[arg-type]
    return ScheduleForm(
        data={
            "version": guidance.version,
            "short_due_reason": guidance.short_due_reason,
            "issue_on": at.date() if at else add_business_days(japan_date(clock.now()), 1),
            "issue_time": f"{at:%H:%M}" if at else "09:00",
        }
    )


def _open(guidance_id: int, can: Callable[[Actor, Guidance], bool]) -> tuple[Actor, Guidance]:
    """The paper for a step; a look at a step that is not the actor's is refused, a POST is judged by the service."""
    actor = current_actor()
    guidance = queries.get_guidance(actor, guidance_id)
    if request.method == "GET" and not can(actor, guidance):
        raise Forbidden(N_("この操作は、いまの状態では行えないか、行う権限がありません。"))
    return actor, guidance
