"""What leaves the portal as proof."""

from dataclasses import dataclass

from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class ProofTaken(GuidanceEvent):
    """The proof of a paper was taken out; ``digest`` is the SHA-256 of its hash list."""

    digest: str
