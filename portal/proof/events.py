"""What leaves the portal as proof."""

from dataclasses import dataclass
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class ProofTaken(GuidanceEvent):
    """The proof of a paper was taken out; ``digest`` is the SHA-256 of its hash list."""

    label: ClassVar[str] = N_("証拠一式の取出し")
    digest: str


@dataclass(frozen=True, kw_only=True)
class CampaignProofAsked(CampaignEvent):
    """The proof of a campaign is to be made for whoever asks."""

    label: ClassVar[str] = N_("点検・調査の証拠一式の作成の依頼")
    proof_id: int


@dataclass(frozen=True, kw_only=True)
class CampaignProofMade(CampaignEvent):
    """It was made; ``digest`` is the SHA-256 of its hash list."""

    label: ClassVar[str] = N_("点検・調査の証拠一式の作成")
    proof_id: int
    digest: str
    person_id: int
