"""Reminders of due dates."""

from dataclasses import dataclass

from portal.campaigns.events import CampaignEvent
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class BodiesReminded(GuidanceEvent):
    """``count`` bodies that have not answered are reminded, at this step."""

    batch_id: int
    step: str
    count: int


class RemindersPlanned(GuidanceEvent):
    """The steps of a paper were changed."""


@dataclass(frozen=True, kw_only=True)
class CampaignBodiesReminded(CampaignEvent):
    """``count`` bodies that have not answered all of a campaign are reminded, at this step."""

    batch_id: int
    step: str
    count: int


class CampaignRemindersPlanned(CampaignEvent):
    """The steps of a campaign were changed."""
