"""Adding steps to an issue's checklist, ticking them, taking them away."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.drafts.forms import StepForm
from portal.blueprints.drafts.routes import Page, bp
from portal.blueprints.issues import sentences
from portal.blueprints.issues.returning import page_of
from portal.core.events import Audience
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafts import policy, queries, service
from portal.drafts.models import ChecklistStep
from portal.drafts.states import Side
from portal.issues.models import Issue
from portal.issues.queries import get_issue
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.typed import typed_id

__all__ = ["bp"]


@bp.route("/<string:number>/checklist/new", methods=["GET", "POST"])
@access.signed_in
def new_step(number: str) -> Page:
    """Add a step that both sides see."""
    actor = current_actor()
    issue = get_issue(actor, number)
    authorize(policy.can_add_step, actor, issue)
    form = StepForm()
    if form.validate_on_submit():
        with attempting(form):
            service.add_step(
                actor,
                issue,
                side=form.side.data or Side.BODY,
                text=form.text.data or "",
                party=form.party.data or "",
                due_on=form.due_on.data,
                confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("手順を追加しました。"))
            return redirect(page_of(number))
    return render_template(
        "drafts/new_step.html",
        issue=get_issue(actor, number),
        form=form,
        sees=sentences.audience_sentence(issue, Audience.PUBLIC),
        back=page_of(number),
    ), form.status


@bp.post("/<string:number>/checklist/<int:step_id>/tick")
@access.signed_in
def tick(number: str, step_id: int) -> Response:
    """The step is done."""
    actor, issue, step = _open(number, step_id)
    service.tick_step(actor, issue, step)
    flash(gettext("手順を完了にしました。"))
    return redirect(page_of(number))


@bp.post("/<string:number>/checklist/<int:step_id>/untick")
@access.signed_in
def untick(number: str, step_id: int) -> Response:
    """It is not done after all."""
    actor, issue, step = _open(number, step_id)
    service.untick_step(actor, issue, step)
    flash(gettext("手順の完了を取り消しました。"))
    return redirect(page_of(number))


@bp.post("/<string:number>/checklist/<int:step_id>/remove")
@access.signed_in
def remove_step(number: str, step_id: int) -> Response:
    """The step is not needed."""
    actor, issue, step = _open(number, step_id)
    service.remove_step(actor, issue, step)
    flash(gettext("手順を削除しました。"))
    return redirect(page_of(number))


def _open(number: str, step_id: int) -> tuple[Actor, Issue, ChecklistStep]:
    actor = current_actor()
    issue = get_issue(actor, number)
    step = queries.get_step(issue, step_id)
    step.check_version(typed_id(request.form.get("version")))
    return actor, issue, step
