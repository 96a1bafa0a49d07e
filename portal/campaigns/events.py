"""What happens to campaigns. No event carries an answer or a reason."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class CampaignEvent(Event):
    """Base: something that concerns one campaign."""

    subject: ClassVar[str] = "campaign"
    campaign_id: int


class CampaignDrafted(CampaignEvent):
    """A draft was begun."""

    label: ClassVar[str] = N_("点検・調査の作成")


@dataclass(frozen=True, kw_only=True)
class CampaignEdited(CampaignEvent):
    """A draft, its procedures, questions or checks were changed; ``part`` says which."""

    label: ClassVar[str] = N_("点検・調査の修正")
    part: str


class CampaignReviewAsked(CampaignEvent):
    """The draft waits for a second person to publish it."""

    label: ClassVar[str] = N_("点検・調査の公開の確認依頼")


class CampaignSentBack(CampaignEvent):
    """The second person sent it back."""

    label: ClassVar[str] = N_("点検・調査の差戻し")


@dataclass(frozen=True, kw_only=True)
class CampaignPublished(CampaignEvent):
    """It runs: ``body_count`` bodies are asked about ``entry_count`` procedures in all."""

    label: ClassVar[str] = N_("点検・調査の公開")
    body_count: int
    entry_count: int


class CampaignClosed(CampaignEvent):
    """It has ended: nothing more is entered."""

    label: ClassVar[str] = N_("点検・調査の終了")


@dataclass(frozen=True, kw_only=True)
class CampaignDueExtended(CampaignEvent):
    """Every body has until a later day."""

    label: ClassVar[str] = N_("点検・調査の回答期限の延長")
    before_on: str
    due_on: str
