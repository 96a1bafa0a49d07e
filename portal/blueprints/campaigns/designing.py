"""Campaigns begun and changed: what is said of them and whom they address."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.addressing.rule import AddresseeRule
from portal.blueprints.addressing.trying import TRIED, Trial, read_stored, try_stored
from portal.blueprints.campaigns.composing import (
    EVERYBODY,
    LOCAL_KINDS,
    content_of,
    make_content_form,
    make_new_form,
    number_in,
)
from portal.blueprints.campaigns.forms import SeenForm
from portal.blueprints.campaigns.previewing import bp
from portal.campaigns import designing, policy, queries
from portal.campaigns.changing import fingerprint_of
from portal.campaigns.models import Campaign
from portal.core.errors import Forbidden, Invalid
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_GOVERNMENTS
from portal.guidance.addressees import preview as preview_addressees
from portal.guidance.comparison import list_left_out
from portal.web import access
from portal.web.access import current_actor
from portal.web.attempt import attempting

__all__ = ["bp"]
_OWN_ARGUMENTS = frozenset({"cursor"})
_Page = Response | str | tuple[str, int]


@bp.route("/new", methods=["GET", "POST"])
@access.requires(policy.can_build)
def new() -> _Page:
    """Begin a draft: from the inspection's template, from an empty survey, or from an earlier round."""
    actor = current_actor()
    earlier = number_in(request.values.get("previous"))
    previous = None if earlier is None else queries.get_campaign(actor, earlier)
    form, kind = make_new_form(actor, previous)
    if form.validate_on_submit():
        with attempting(form):
            kept = EVERYBODY if previous is None else AddresseeRule.from_dict(previous.addressees)
            campaign = designing.draft_campaign(
                actor,
                kind,
                content_of(form, kept),
                previous=previous,
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("下書きをつくりました。対象の団体、事務、設問を確かめ、公開の確認を依頼してください。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign.id))
    return render_template(
        "campaigns/edit.html",
        form=form,
        campaign=None,
        kind=kind,
        previous=previous,
        earlier=queries.list_earlier(actor),
    ), form.status


@bp.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@access.requires(policy.can_build)
def edit(campaign_id: int) -> _Page:
    """Change what is said of a draft."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    form = make_content_form(campaign)
    if form.validate_on_submit():
        with attempting(form):
            designing.edit_campaign(
                actor,
                campaign,
                content_of(form, AddresseeRule.from_dict(campaign.addressees)),
                seen=form.seen.data or "",
                my_number_confirmed=bool(form.my_number_confirmed.data),
            )
            flash(gettext("保存しました。"))
            return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    return render_template("campaigns/edit.html", form=form, campaign=campaign, kind=campaign.kind), form.status


@bp.route("/<int:campaign_id>/addressees", methods=["GET", "POST"])
@access.requires(policy.can_build)
def addressees(campaign_id: int) -> _Page:
    """Try a rule: how many bodies, which, who is left out and why; then keep it."""
    actor, campaign = open_for(campaign_id, policy.can_edit)
    trial = try_stored(actor, AddresseeRule.from_dict(campaign.addressees), kinds=LOCAL_KINDS)
    _refuse_others(trial)
    form = SeenForm(data={"seen": fingerprint_of(campaign)})
    if form.validate_on_submit() and not trial.form.problems:
        with attempting(form):
            designing.set_addressees(actor, campaign, trial.rule, seen=form.seen.data or "")
            flash(gettext("対象の団体を決めました。"))
            return redirect(url_for("campaigns.addressees", campaign_id=campaign_id))
    return render_template("campaigns/addressees.html", form=form, **_shown(campaign, trial)), form.status


@bp.get("/<int:campaign_id>/addressees/left-out")
@access.requires(policy.can_build)
def left_out(campaign_id: int) -> str:
    """Each local government that is not addressed, and why."""
    _, campaign = open_for(campaign_id, policy.can_edit)
    rule = read_stored(AddresseeRule.from_dict(campaign.addressees))
    page = list_left_out(rule, cursor=request.args.get("cursor"))
    return render_template("campaigns/left_out.html", campaign=campaign, page=page, arguments=_arguments())


def open_for(campaign_id: int, can: Callable[[Actor, Campaign], bool]) -> tuple[Actor, Campaign]:
    """The campaign for a step; a look at a step that is not the actor's is refused, a POST is judged by the service."""
    actor = current_actor()
    campaign = queries.get_campaign(actor, campaign_id)
    if request.method == "GET" and not can(actor, campaign):
        raise Forbidden(N_("この操作は、いまの状態では行えないか、行う権限がありません。"))
    return actor, campaign


def _refuse_others(trial: Trial) -> None:
    """A campaign asks local governments alone."""
    included = {body.code: body for body in trial.named or ()}
    others = [code for code in trial.rule.include if code in included and included[code].kind not in LOCAL_GOVERNMENTS]
    if others:
        trial.form.lay(Invalid(N_("地方公共団体ではない団体は対象にできません。"), field="include"))
        trial.rule = trial.stored


def _shown(campaign: Campaign, trial: Trial) -> dict[str, Any]:
    seen = preview_addressees(trial.rule, cursor=request.args.get("cursor"))
    seen = replace(seen, by_kind=[each for each in seen.by_kind if each[0] in LOCAL_GOVERNMENTS])
    return {
        "campaign": campaign,
        "trial": trial,
        "preview": seen,
        "description": trial.describe(),
        "arguments": _arguments(),
    }


def _arguments() -> dict[str, Any]:
    """The tried rule as arguments of another address."""
    if TRIED not in request.args:
        return {}
    return {name: values for name, values in request.args.to_dict(flat=False).items() if name not in _OWN_ARGUMENTS}
