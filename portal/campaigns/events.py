"""What happens to campaigns. No event carries an answer or a reason."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CampaignEvent(Event):
    """Base: something that concerns one campaign."""

    subject: ClassVar[str] = "campaign"
    campaign_id: int


class CampaignDrafted(CampaignEvent):
    """A draft was begun."""


@dataclass(frozen=True, kw_only=True)
class CampaignEdited(CampaignEvent):
    """A draft, its procedures, questions or checks were changed; ``part`` says which."""

    part: str


class CampaignReviewAsked(CampaignEvent):
    """The draft waits for a second person to publish it."""


class CampaignSentBack(CampaignEvent):
    """The second person sent it back."""


@dataclass(frozen=True, kw_only=True)
class CampaignPublished(CampaignEvent):
    """It runs: ``body_count`` bodies are asked about ``entry_count`` procedures in all."""

    body_count: int
    entry_count: int


class CampaignClosed(CampaignEvent):
    """It has ended: nothing more is entered."""


@dataclass(frozen=True, kw_only=True)
class CampaignDueExtended(CampaignEvent):
    """Every body has until a later day."""

    before_on: str
    due_on: str
