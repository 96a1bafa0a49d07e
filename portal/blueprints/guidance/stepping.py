"""The steps of a paper from its draft to its end: review, return, approval, issue, abolition."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.guidance.composing import named, show_number, version_of
from portal.blueprints.guidance.forms import ApproveForm, IssueForm, ReasonForm, SendForReviewForm
from portal.blueprints.guidance.keeping import bp
from portal.blueprints.guidance.routes import open_for
from portal.blueprints.guidance.showing import check_before_issue, show_addressees, show_issue_form
from portal.blueprints.issuing.panels import find_change
from portal.directory.actor import Actor
from portal.guidance import content, numbers, policy, queries, reviewing, service
from portal.guidance.models import Guidance
from portal.guidance.reviewing import ReviewWanted
from portal.web import access
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]


@bp.route("/<int:guidance_id>/send-for-review", methods=["GET", "POST"])
@access.requires(policy.can_draft)
def send_for_review(guidance_id: int) -> _Page:
    """Ask for approval."""
    actor, guidance = open_for(guidance_id, policy.can_send_for_review)
    form = SendForReviewForm(data={"version": guidance.version})
    form.organisations.choices = [(office.id, named(office)) for office in reviewing.list_concurring(guidance)]
    if form.validate_on_submit():
        with attempting(form):
            wanted = ReviewWanted(check=bool(form.check.data), organisations=tuple(form.organisations.data or ()))
            service.send_for_review(actor, guidance, version=version_of(form), wanted=wanted)
            flash(gettext("確認・合議に回しました。決裁者に知らせます。"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(
        "guidance/send_for_review.html",
        form=form,
        guidance=guidance,
        missing=[] if form.is_submitted() else content.list_missing(guidance),
        is_short=content.is_short_due(guidance.reply_due_on) and not guidance.short_due_reason,
        checks=check_before_issue(actor, guidance),
        **show_addressees(guidance),
    ), form.status


@bp.route("/<int:guidance_id>/return-to-draft", methods=["GET", "POST"])
@access.requires(policy.can_sign)
def return_to_draft(guidance_id: int) -> _Page:
    """Send it back to the drafter with a reason."""
    return _with_reason(
        guidance_id,
        policy.can_return,
        service.return_to_draft,
        "guidance/return_to_draft.html",
        gettext("起案者に差し戻しました。"),
    )


@bp.route("/<int:guidance_id>/approve", methods=["GET", "POST"])
@access.requires(policy.can_sign)
def approve(guidance_id: int) -> _Page:
    """Approve: give the number, and the reason of a short due date."""
    actor, guidance = open_for(guidance_id, policy.can_approve)
    is_short = content.is_short_due(guidance.reply_due_on)
    form = _approve_form(guidance, is_short=is_short)
    if form.validate_on_submit():
        with attempting(form):
            service.approve_guidance(
                actor,
                guidance,
                document_number=form.document_number.data,
                short_due_reason=form.short_due_reason.data,
                overruled_reason=form.overruled_reason.data,
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("決裁しました。宛先を確認して発出してください。"))
            return redirect(url_for("guidance.issue", guidance_id=guidance_id))
    if form.errors:
        guidance = queries.get_guidance(actor, guidance_id)  # what a refused attempt undid is read again
    return render_template(
        "guidance/approve.html",
        form=form,
        guidance=guidance,
        is_short=is_short,
        checks=check_before_issue(actor, guidance),
        **show_number(form.document_number, guidance),
        steps=reviewing.list_open_steps(guidance),
        **show_addressees(guidance),
    ), form.status


@bp.route("/<int:guidance_id>/issue", methods=["GET", "POST"])
@access.requires(policy.can_sign)
def issue(guidance_id: int) -> _Page:
    """Issue now, to exactly the bodies shown here."""
    actor, guidance = open_for(guidance_id, policy.can_issue)
    form = IssueForm(data={"version": guidance.version, "short_due_reason": guidance.short_due_reason})
    form.short_due_reason.flags.required = content.is_short_due(guidance.reply_due_on)
    is_sent = form.validate_on_submit()
    change = find_change(guidance, form) if is_sent else None
    if is_sent and change is None:
        with attempting(form):
            count = service.issue_guidance(
                actor,
                guidance,
                fingerprint=form.fingerprint.data or "",
                short_due_reason=form.short_due_reason.data,
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(count)s団体に発出しました。", count=f"{count:,}"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    if form.errors:
        guidance = queries.get_guidance(actor, guidance_id)
    return show_issue_form("guidance/issue.html", actor, guidance, form, change)


@bp.route("/<int:guidance_id>/abolish", methods=["GET", "POST"])
@access.requires(policy.can_sign)
def abolish(guidance_id: int) -> _Page:
    """Abolish it with a reason."""
    return _with_reason(
        guidance_id, policy.can_abolish, service.abolish_guidance, "guidance/abolish.html", gettext("廃止しました。")
    )


def _with_reason(
    guidance_id: int, may: Callable[[Actor, Guidance], bool], take: Callable[..., object], template: str, done: str
) -> _Page:
    """A step that asks for a reason and nothing else; ``done`` is what its page says then."""
    actor, guidance = open_for(guidance_id, may)
    form = ReasonForm(data={"version": guidance.version})
    if form.validate_on_submit():
        with attempting(form):
            take(
                actor,
                guidance,
                reason=form.reason.data or "",
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(done)
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template(template, form=form, guidance=guidance), form.status


def _approve_form(guidance: Guidance, *, is_short: bool) -> ApproveForm:
    """The form of the approval, which says what this paper cannot be approved without."""
    form = ApproveForm(
        data={
            "version": guidance.version,
            "document_number": numbers.propose_number(guidance),
            "short_due_reason": guidance.short_due_reason,
        }
    )
    form.short_due_reason.flags.required = is_short
    return form
