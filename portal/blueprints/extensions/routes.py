"""A later due date asked for by a body, and decided by the sender's side."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.blueprints.extensions.forms import GRANT, AskExtensionForm, DecideExtensionForm
from portal.blueprints.guidance.composing import version_of
from portal.core.errors import Forbidden, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.extensions import policy, queries, service
from portal.extensions.models import ExtensionRequest
from portal.extensions.states import ExtensionState
from portal.guidance import policy as guidance_policy
from portal.guidance import queries as guidance_queries
from portal.guidance import records
from portal.guidance.dues import due_of
from portal.guidance.models import Guidance, Recipient
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

bp = Blueprint("extensions", __name__, url_prefix="/guidance")
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.route("/<int:guidance_id>/extension", methods=["GET", "POST"])
@access.requires(guidance_policy.can_answer)
def ask(guidance_id: int) -> _Page:
    """Ask for a later date, and what became of earlier requests."""
    actor, guidance, recipient = _own(guidance_id)
    form = AskExtensionForm()
    can_ask = policy.can_ask(actor, guidance, recipient)
    if request.method == "POST" and form.validate_on_submit():
        with attempting(form):
            service.ask_extension(
                actor,
                guidance,
                recipient,
                wanted_on=form.wanted_on.data,
                reason=form.reason.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("期限の延長を申請しました。結果は受信箱とメールでお知らせします。"))
            return redirect(url_for("extensions.ask", guidance_id=guidance_id))
    asked = queries.list_own_requests(recipient)
    is_waiting = any(policy.is_open(each) for each in asked)
    return render_template(
        "extensions/ask.html",
        form=form if can_ask and not is_waiting else None,
        guidance=guidance,
        due_on=due_of(guidance, recipient),
        asked=asked,
        is_waiting=is_waiting,
        can_withdraw=policy.can_withdraw(actor, guidance, recipient),
        is_open=policy.is_open,
    ), form.status


@bp.post("/<int:guidance_id>/extension/<int:request_id>/withdraw")
@access.requires(guidance_policy.can_answer)
def withdraw(guidance_id: int, request_id: int) -> Response:
    """It is not needed any more."""
    actor, guidance, recipient = _own(guidance_id)
    found = queries.get_request(actor, guidance, request_id)
    if found.recipient_id != recipient.id:
        raise NotFound
    service.withdraw_extension(actor, guidance, recipient, found)
    flash(gettext("期限の延長の申請を取り下げました。"))
    return redirect(url_for("extensions.ask", guidance_id=guidance_id))


@bp.get("/<int:guidance_id>/extensions")
@access.requires(guidance_policy.can_list)
def index(guidance_id: int) -> str:
    """Every request about a paper that the actor may read, those that wait first."""
    actor = current_actor()
    guidance = _with_matrix(actor, guidance_id)
    states = {state.value: state for state in ExtensionState}
    state = states.get(request.args.get("state", ExtensionState.ASKED.value))
    return render_template(
        "extensions/index.html",
        guidance=guidance,
        state=state,
        counts=queries.count_requests(actor, guidance),
        states=list(ExtensionState),
        page=queries.list_requests(actor, guidance, state, cursor=request.args.get("cursor")),
        can_decide=policy.can_decide(actor, guidance),
    )


@bp.route("/<int:guidance_id>/extensions/<int:request_id>", methods=["GET", "POST"])
@access.requires(guidance_policy.can_draft)
def decide(guidance_id: int, request_id: int) -> _Page:
    """Grant or refuse."""
    actor = current_actor()
    guidance = _with_matrix(actor, guidance_id)
    found = queries.get_request(actor, guidance, request_id)
    if request.method == "GET" and not policy.can_decide(actor, guidance):
        raise Forbidden(_NOT_NOW)
    form = DecideExtensionForm(data={"version": found.version, "granted_on": found.wanted_on})
    if form.validate_on_submit():
        with attempting(form):
            _decide(actor, guidance, found, form)
            return redirect(url_for("extensions.index", guidance_id=guidance_id))
    return render_template(
        "extensions/decide.html",
        form=form if policy.is_open(found) else None,
        guidance=guidance,
        asked=found,
        due_on=due_of(guidance, found.recipient),
    ), form.status


def _decide(actor: Actor, guidance: Guidance, found: ExtensionRequest, form: DecideExtensionForm) -> None:
    given: dict[str, Any] = {
        "reason": form.reason.data or "",
        "version": version_of(form),
        "my_number_confirmed": bool(form.my_number_confirmed.data),
    }
    name = found.recipient.organisation_name
    if form.decision.data == GRANT:
        service.grant_extension(actor, guidance, found, granted_on=form.granted_on.data, **given)
        flash(gettext("%(name)sの期限の延長を承認しました。", name=name))
    else:
        service.refuse_extension(actor, guidance, found, **given)
        flash(gettext("%(name)sの期限の延長を承認しないこととしました。", name=name))


def _own(guidance_id: int) -> tuple[Actor, Guidance, Recipient]:
    actor = current_actor()
    guidance, recipient = records.get_with_own_recipient(actor, guidance_id)
    if recipient is None:
        raise NotFound
    return actor, guidance, recipient


def _with_matrix(actor: Actor, guidance_id: int) -> Guidance:
    guidance = guidance_queries.get_guidance(actor, guidance_id)
    if not guidance_policy.can_see_matrix(actor, guidance):
        raise NotFound
    return guidance
