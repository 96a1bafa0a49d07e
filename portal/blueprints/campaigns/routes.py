"""Campaigns listed, and the page of one campaign, on which the other features hang what they say of it."""

from flask import Blueprint, render_template, request

from portal.blueprints.campaigns.showing import show_campaign
from portal.campaigns import policy, queries
from portal.campaigns.answers import show_answer
from portal.campaigns.states import CampaignState
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.noting import note

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")
bp.add_app_template_filter(show_answer)


@bp.get("")
@access.requires(policy.can_list)
def index() -> str:
    """The campaigns that the actor may see, newest first."""
    actor = current_actor()
    states = {each.value: each for each in CampaignState}
    wanted = states.get(request.args.get("state", ""))
    return render_template(
        "campaigns/index.html",
        actor=actor,
        page=queries.list_campaigns(actor, wanted, cursor=request.args.get("cursor")),
        wanted=wanted,
        states=[each for each in CampaignState if policy.can_see_state(actor, each)],
        can_build=policy.can_build(actor),
    )


@bp.get("/<int:campaign_id>")
@access.requires(policy.can_list)
def show(campaign_id: int) -> str:
    """One campaign: what this person must do first, the facts, and what the other features say of it."""
    actor = current_actor()
    sheet = queries.get_sheet(actor, campaign_id)
    note(reading_of_subject(actor, "campaign", campaign_id))
    return show_campaign(actor, sheet)
