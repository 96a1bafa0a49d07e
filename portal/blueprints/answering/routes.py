"""A body's own answers: its procedures of one campaign, what is missing of each, and what is done with all of them."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.answering import own, policy, queries, submitting
from portal.answering.extending import due_of
from portal.answering.own import OwnLine
from portal.answering.states import ExtensionState
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.postponing import list_due_changes
from portal.campaigns.queries import find_participation, get_campaign
from portal.campaigns.states import ANSWERED, CampaignState
from portal.core.errors import Invalid, NotFound
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.notifications.service import reading_of_subject
from portal.web import access
from portal.web.access import current_actor
from portal.web.noting import note

bp = Blueprint("answering", __name__, url_prefix="/campaigns")


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How far the body is with all its procedures."""

    submitted: int
    total: int
    ready: int


@bp.get("/<int:campaign_id>/answers")
@access.requires(policy.is_body)
def index(campaign_id: int) -> str:
    """What the body has to answer: what came back first, then each procedure with what is missing."""
    actor, campaign, participation = own_part(campaign_id)
    note(reading_of_subject(actor, "campaign", campaign_id))
    lines = own.list_own_lines(actor, campaign)
    shows_mine = request.args.get("section") == "mine"
    return render_template(
        "answering/index.html",
        campaign=campaign,
        participation=participation,
        due_on=due_of(campaign, participation),
        due_changes=list_due_changes(campaign),
        lines=[each for each in lines if not shows_mine or is_mine(actor, each)],
        returned=[each for each in lines if each.returns],
        mine_count=sum(is_mine(actor, each) for each in lines),
        all_count=len(lines),
        shows_mine=shows_mine,
        totals=_totals(lines),
        sections=own.count_by_section(lines),
        is_waiting=any(each.state is ExtensionState.ASKED for each in queries.list_own_extensions(participation)),
        actor=actor,
        **may(actor, campaign, participation),
    )


@bp.post("/<int:campaign_id>/answers/submit")
@access.requires(policy.is_body)
def submit_ready(campaign_id: int) -> Response:
    """Submit everything that is complete."""
    actor, campaign, _ = own_part(campaign_id)
    try:
        done = submitting.submit_ready(actor, campaign, own.list_own_entries(actor, campaign))
    except Invalid as invalid:
        flash(gettext(invalid.message), "warning")
    else:
        flash(gettext("%(n)s件の事務の回答を提出しました。", n=len(done.submitted)))
        if done.incomplete:
            flash(gettext("%(n)s件は、まだ提出できません。", n=len(done.incomplete)), "warning")
    return redirect(url_for("answering.index", campaign_id=campaign_id))


def own_part(campaign_id: int) -> tuple[Actor, Campaign, Participation]:
    """The campaign and the actor's own body's part in it. Raises NotFound where it has none."""
    actor = current_actor()
    campaign = get_campaign(actor, campaign_id)
    participation = find_participation(actor, campaign)
    if participation is None:
        raise NotFound
    return actor, campaign, participation


def is_mine(actor: Actor, line: OwnLine) -> bool:
    """Whether the actor's section answers it, or a part of it."""
    return actor.section_id is not None and any(each.section_id == actor.section_id for each in line.assignments)


def may(actor: Actor, campaign: Campaign, participation: Participation) -> dict[str, Any]:
    """What this member of the body may do with its answers as a whole."""
    return {
        "is_running": campaign.state is CampaignState.PUBLISHED,
        "is_manager": actor.role is Role.LOCAL_MANAGER,
        "can_ask_extension": policy.can_ask_extension(actor, campaign, participation),
        "can_keep_reply": policy.can_keep_reply(actor, campaign, participation),
        "can_see_matrix": policy.can_see_matrix(actor, campaign) and campaign_policy.can_list(actor),
    }


def _totals(lines: list[OwnLine]) -> Totals:
    return Totals(
        submitted=sum(each.entry.state in ANSWERED for each in lines),
        total=len(lines),
        ready=sum(each.is_ready for each in lines),
    )


def called(campaign: Campaign, entry: Entry) -> str:
    """What was answered: the procedure, or the survey where bodies answer as a whole."""
    return campaign.title if entry.procedure.is_whole else entry.procedure.name
