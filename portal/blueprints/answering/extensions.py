"""期限延長: asked for by a body, decided by those who run the campaign, one by one or several at once."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import extending, policy, queries
from portal.answering.extending import due_of
from portal.answering.models import DueExtension
from portal.answering.states import ExtensionState
from portal.blueprints.answering.reply import bp
from portal.blueprints.answering.routes import own_part
from portal.blueprints.extensions.forms import GRANT, AskExtensionForm, DecideExtensionForm
from portal.blueprints.guidance.composing import version_of
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign
from portal.campaigns.postponing import list_due_changes
from portal.campaigns.queries import get_campaign
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_Page = Response | str | tuple[str, int]
_NOT_NOW = N_("この操作は、いまの状態では行えないか、行う権限がありません。")


@bp.route("/<int:campaign_id>/answers/extension", methods=["GET", "POST"])
@access.requires(policy.is_body)
def ask_extension(campaign_id: int) -> _Page:
    """Ask for a later due, and what became of earlier requests."""
    actor, campaign, participation = own_part(campaign_id)
    form = AskExtensionForm()
    if form.validate_on_submit():
        with attempting(form):
            extending.ask_extension(
                actor,
                campaign,
                participation,
                wanted_on=form.wanted_on.data,
                reason=form.reason.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("期限の延長を申請しました。結果は受信箱とメールでお知らせします。"))
            return redirect(url_for("answering.ask_extension", campaign_id=campaign_id))
    asked = queries.list_own_extensions(participation)
    is_waiting = any(each.state is ExtensionState.ASKED for each in asked)
    may_ask = policy.can_ask_extension(actor, campaign, participation) and not is_waiting
    return render_template(
        "answering/ask_extension.html",
        campaign=campaign,
        due_on=due_of(campaign, participation),
        due_changes=list_due_changes(campaign),
        asked=asked,
        form=form if may_ask else None,
        is_waiting=is_waiting,
        can_withdraw=partial(policy.can_withdraw_extension, actor, campaign),
    ), form.status


@bp.post("/<int:campaign_id>/answers/extension/<int:extension_id>/withdraw")
@access.requires(policy.is_body)
def withdraw_extension(campaign_id: int, extension_id: int) -> Response:
    """It is not needed any more."""
    actor, campaign, participation = own_part(campaign_id)
    found = queries.get_extension(actor, campaign, extension_id)
    if found.participation_id != participation.id:
        raise NotFound
    extending.withdraw_extension(actor, campaign, found)
    flash(gettext("期限の延長の申請を取り下げました。"))
    return redirect(url_for("answering.ask_extension", campaign_id=campaign_id))


@bp.get("/<int:campaign_id>/extensions")
@access.requires(campaign_policy.can_list)
def extensions(campaign_id: int) -> str:
    """Every request of bodies that the actor may see, those that wait first."""
    actor = current_actor()
    campaign = _with_bodies(actor, campaign_id)
    states = {each.value: each for each in ExtensionState}
    state = states.get(request.args.get("state", ""), ExtensionState.ASKED)
    return render_template(
        "answering/extensions.html",
        campaign=campaign,
        state=state,
        states=list(ExtensionState),
        counts=queries.count_extensions(actor, campaign),
        page=queries.list_extensions(actor, campaign, state, cursor=request.args.get("cursor")),
        due_of=due_of,
        can_decide=policy.can_decide_extensions(actor, campaign),
    )


@bp.post("/<int:campaign_id>/extensions/grant")
@access.requires(campaign_policy.can_build)
def grant_extensions(campaign_id: int) -> Response:
    """Grant those that were chosen, each until the date that it asks for."""
    actor = current_actor()
    campaign = _with_bodies(actor, campaign_id)
    chosen = queries.get_extensions(actor, campaign, request.form.getlist("extension_ids", type=int))
    try:
        granted, refused = extending.grant_as_wanted(actor, campaign, chosen)
    except Invalid as invalid:
        flash(gettext(invalid.message), "warning")
    else:
        flash(gettext("%(n)s団体の期限の延長を、希望どおり承認しました。", n=len(granted)))
        if refused:
            names = "、".join(each.participation.organisation_name for each in refused)
            flash(gettext("承認できなかった団体があります：%(names)s", names=names), "warning")
    return redirect(url_for("answering.extensions", campaign_id=campaign_id))


@bp.route("/<int:campaign_id>/extensions/<int:extension_id>", methods=["GET", "POST"])
@access.requires(campaign_policy.can_build)
def decide_extension(campaign_id: int, extension_id: int) -> _Page:
    """Grant or refuse."""
    actor = current_actor()
    campaign = _with_bodies(actor, campaign_id)
    found = queries.get_extension(actor, campaign, extension_id)
    if not policy.can_decide_extensions(actor, campaign):
        raise Forbidden(_NOT_NOW)
    form = DecideExtensionForm(data={"version": found.version, "granted_on": found.wanted_on})
    if form.validate_on_submit():
        with attempting(form):
            _decide(actor, campaign, found, form)
            return redirect(url_for("answering.extensions", campaign_id=campaign_id))
    return render_template(
        "answering/decide_extension.html",
        campaign=campaign,
        asked=found,
        due_on=due_of(campaign, found.participation),
        form=form if found.state is ExtensionState.ASKED else None,
    ), form.status


def _decide(actor: Actor, campaign: Campaign, found: DueExtension, form: DecideExtensionForm) -> None:
    is_granted = form.decision.data == GRANT
    if is_granted and form.granted_on.data is None:
        raise Invalid(N_("日付を入力してください。"), field="granted_on")
    extending.decide_extension(
        actor,
        campaign,
        found,
        granted_on=form.granted_on.data if is_granted else None,
        reason=form.reason.data or "",
        version=version_of(form),
        my_number_confirmed=bool(form.my_number_confirmed.data),
    )
    name = found.participation.organisation_name
    flash(
        gettext("%(name)sの期限の延長を承認しました。", name=name)
        if is_granted
        else gettext("%(name)sの期限の延長を承認しないこととしました。", name=name)
    )


def _with_bodies(actor: Actor, campaign_id: int) -> Campaign:
    campaign = get_campaign(actor, campaign_id)
    if not policy.can_see_matrix(actor, campaign):
        raise NotFound
    return campaign
