"""What leaves the portal as proof."""

from dataclasses import dataclass

from portal.campaigns.events import CampaignEvent
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class ProofTaken(GuidanceEvent):
    """The proof of a paper was taken out; ``digest`` is the SHA-256 of its hash list."""

    digest: str


@dataclass(frozen=True, kw_only=True)
class CampaignProofAsked(CampaignEvent):
    """The proof of a campaign is to be made for whoever asks."""

    proof_id: int


@dataclass(frozen=True, kw_only=True)
class CampaignProofMade(CampaignEvent):
    """It was made; ``digest`` is the SHA-256 of its hash list."""

    proof_id: int
    digest: str
    person_id: int
