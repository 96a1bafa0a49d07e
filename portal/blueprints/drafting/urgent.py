"""A paper that cannot wait for its approval, and the approval afterwards."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.drafting.forms import REFUSE, LaterForm, UrgentForm
from portal.blueprints.drafting.versions import bp
from portal.blueprints.guidance.composing import show_number, version_of
from portal.blueprints.guidance.showing import show_issue_form
from portal.blueprints.issuing.panels import find_change
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.drafting import policy, queries, urgent
from portal.drafting.models import UrgentIssue
from portal.guidance import numbers
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance.content import is_short_due
from portal.guidance.models import Guidance
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.route("/<int:guidance_id>/issue-urgently", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def issue(guidance_id: int) -> _Page:
    """Issue now, to exactly the bodies shown here, with a reason; somebody else approves afterwards."""
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    if request.method == "GET" and not policy.can_issue_urgently(actor, guidance):
        raise Forbidden(_NOT_NOW)
    form = UrgentForm(data={"version": guidance.version, "document_number": numbers.propose_number(guidance)})
    form.short_due_reason.flags.required = is_short_due(guidance.reply_due_on)
    number = show_number(form.document_number, guidance)
    is_sent = form.validate_on_submit()
    change = find_change(guidance, form) if is_sent else None
    if is_sent and change is None:
        with attempting(form):
            count = urgent.issue_urgently(
                actor,
                guidance,
                reason=form.reason.data or "",
                fingerprint=form.fingerprint.data or "",
                document_number=form.document_number.data if number["takes_number"] else None,
                short_due_reason=form.short_due_reason.data,
                version=version_of(form),
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("%(count)s団体に発出しました。別の決裁者に決裁を求めます。", count=f"{count:,}"))
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    if form.errors:
        guidance = guidance_queries.get_guidance(actor, guidance_id)  # what a refused attempt undid is read again
    return show_issue_form("drafting/issue_urgently.html", actor, guidance, form, change, **number)


@bp.route("/<int:guidance_id>/approve-later", methods=["GET", "POST"])
@access.requires(guidance_policy.can_sign)
def approve_later(guidance_id: int) -> _Page:
    """Approve what went out before its approval, or say why not."""
    actor = current_actor()
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    found = queries.find_urgent(actor, guidance)
    if found is None:
        raise NotFound
    if request.method == "GET" and not policy.can_approve_later(actor, guidance, found):
        raise Forbidden(_NOT_NOW)
    form = LaterForm(data={"version": guidance.version})
    if form.validate_on_submit():
        with attempting(form):
            _decide(actor, guidance, found, form)
            return redirect(url_for("guidance.show", guidance_id=guidance_id))
    return render_template("drafting/approve_later.html", form=form, guidance=guidance, urgent=found), form.status


def _decide(actor: Actor, guidance: Guidance, found: UrgentIssue, form: LaterForm) -> None:
    typed, confirmed = form.remark.data or "", bool(form.my_number_confirmed.data)
    if form.decision.data == REFUSE:
        urgent.refuse_later(actor, guidance, found, reason=typed, my_number_confirmed=confirmed)
        flash(gettext("決裁しないことを登録しました。訂正、廃止または誤発出の取消しをしてください。"))
        return
    urgent.approve_later(actor, guidance, found, remark=typed, my_number_confirmed=confirmed)
    flash(gettext("緊急発出を決裁しました。"))
