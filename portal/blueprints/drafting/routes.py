"""How a paper comes about: who is asked, what they say, remarks and versions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.drafting.forms import MarkForm, RemarkForm
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.drafting import policy, queries, remarks
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance import reviewing
from portal.guidance.models import Guidance, ReviewStep
from portal.guidance.states import ISSUED_STATES, ReviewMark, ReviewStepKind
from portal.guidance.versions import list_versions
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting
from portal.web.filters import label

bp = Blueprint("drafting", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]


@bp.route("/<int:guidance_id>/drafting", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def history(guidance_id: int) -> _Page:
    """Check and concurrence, remarks and versions; a remark may be added."""
    actor, guidance, steps = open_drafting(guidance_id)
    form = RemarkForm()
    can_remark = policy.can_remark(actor, guidance, is_asked=True)
    if form.validate_on_submit():
        with attempting(form):
            remarks.remark_on_draft(
                actor,
                guidance,
                place=form.place.data or "",
                text=form.text.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("意見を付けました。起案者に知らせます。"))
            return redirect(url_for("drafting.history", guidance_id=guidance_id))
    shows_versions = "versions" in request.args
    cursor = request.args.get("cursor")
    return render_template(
        "drafting/history.html",
        guidance=guidance,
        form=form if can_remark else None,
        open_steps=[step for step in steps if step.closed_at is None],
        closed_steps=[step for step in reversed(steps) if step.closed_at is not None],
        own_step=_own_step(actor, guidance, steps),
        may_withdraw=guidance_policy.drafts(actor, guidance),
        page=queries.list_remarks(guidance, cursor=None if shows_versions else cursor),
        can_settle=policy.can_settle(actor, guidance),
        versions=list_versions(guidance, cursor=cursor if shows_versions else None),
        urgent=queries.find_urgent(actor, guidance),
    ), form.status


@bp.post("/<int:guidance_id>/remarks/<int:remark_id>/settle")
@access.requires(guidance_policy.can_draft)
def settle(guidance_id: int, remark_id: int) -> Response:
    """Say that a remark was dealt with."""
    actor, guidance, _ = open_drafting(guidance_id)
    remarks.settle_remark(actor, guidance, queries.get_remark(guidance, remark_id))
    flash(gettext("意見を対応済みにしました。"))
    return redirect(url_for("drafting.history", guidance_id=guidance_id))


@bp.route("/<int:guidance_id>/review", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def review(guidance_id: int) -> _Page:
    """Check the draft, or concur in it."""
    actor, guidance, steps = open_drafting(guidance_id)
    step = _own_step(actor, guidance, steps)
    if step is None:
        raise Forbidden(N_("この操作は、いまの状態では行えないか、行う権限がありません。"))
    form = MarkForm(data={"mark": None if step.mark is ReviewMark.WAITING else step.mark, "text": step.text})
    is_check = step.kind is ReviewStepKind.CHECK
    form.mark.choices = _choices(is_check)
    if form.validate_on_submit():
        with attempting(form):
            reviewing.mark_step(
                actor,
                guidance,
                step,
                mark=form.mark.data,
                text=form.text.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("結果を登録しました。起案者と決裁者に知らせます。"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "drafting/review.html", form=form, guidance=guidance, step=step, is_check=is_check
    ), form.status


@bp.post("/<int:guidance_id>/review/<int:step_id>/withdraw")
@access.requires(guidance_policy.can_draft)
def withdraw(guidance_id: int, step_id: int) -> Response:
    """Ask an office no longer."""
    actor, guidance, _ = open_drafting(guidance_id)
    reviewing.withdraw_step(actor, guidance, reviewing.get_step(guidance, step_id))
    flash(gettext("依頼を取り消しました。"))
    return redirect(url_for("drafting.history", guidance_id=guidance_id))


def open_drafting(guidance_id: int) -> tuple[Actor, Guidance, list[ReviewStep]]:
    """The paper and its steps, for those who follow how it comes about; for others it is as if it were not there."""
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    steps = list(reviewing.list_steps(guidance))
    is_asked = any(step.organisation_id == actor.organisation_id for step in steps)
    if not policy.can_follow(actor, guidance, is_asked=is_asked or guidance.state not in ISSUED_STATES):
        raise NotFound
    return actor, guidance, steps


def _own_step(actor: Actor, guidance: Guidance, steps: list[ReviewStep]) -> ReviewStep | None:
    return next(
        (step for step in steps if step.closed_at is None and guidance_policy.can_mark(actor, guidance, step)), None
    )


def _choices(is_check: bool) -> list[tuple[str, str]]:
    if is_check:
        return [
            (ReviewMark.AGREED.value, gettext("照査済み")),
            (ReviewMark.REMARKED.value, gettext("意見を付して照査済み")),
            (ReviewMark.OBJECTED.value, gettext("起案者に差し戻す")),
        ]
    return [(mark.value, label(mark)) for mark in ReviewMark if mark is not ReviewMark.WAITING]
