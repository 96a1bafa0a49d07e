"""The first line of each step: the campaign still runs, and the actor may."""

from collections.abc import Callable
from typing import Any

from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignState
from portal.core.errors import Conflict
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


def authorize_running(
    can: Callable[..., bool], actor: Actor, campaign: Campaign, *things: object, **named: Any
) -> None:
    """Raise Conflict, which says so, when the campaign has ended; Forbidden unless the predicate holds."""
    if campaign.state is CampaignState.CLOSED:
        raise Conflict(N_("この点検・調査は終了しました。回答の入力・提出・差戻しなどはできません。"))
    authorize(can, actor, campaign, *things, **named)
