"""Reminders of due dates."""

from dataclasses import dataclass
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class BodiesReminded(GuidanceEvent):
    """``count`` bodies that have not answered are reminded, at this step."""

    label: ClassVar[str] = N_("督促")
    batch_id: int
    step: str
    count: int


class RemindersPlanned(GuidanceEvent):
    """The steps of a paper were changed."""

    label: ClassVar[str] = N_("督促の予定の変更")


@dataclass(frozen=True, kw_only=True)
class CampaignBodiesReminded(CampaignEvent):
    """``count`` bodies that have not answered all of a campaign are reminded, at this step."""

    label: ClassVar[str] = N_("点検・調査の督促")
    batch_id: int
    step: str
    count: int


class CampaignRemindersPlanned(CampaignEvent):
    """The steps of a campaign were changed."""

    label: ClassVar[str] = N_("点検・調査の督促の予定の変更")
