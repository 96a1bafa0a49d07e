"""A paper on its way through a prefecture. No event carries a note."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class ForwardingEvent(GuidanceEvent):
    """Base: what a prefecture, or the portal for it, did for its municipalities."""

    forwarding_id: int
    prefecture_code: str


@dataclass(frozen=True, kw_only=True)
class GuidanceForwarded(ForwardingEvent):
    """It reached ``delivered`` municipalities of the prefecture; ``is_automatic`` when the portal did it itself."""

    label: ClassVar[str] = N_("管内への転送")
    delivered: int
    is_automatic: bool


class SupplementAdded(ForwardingEvent):
    """The prefecture added something for its municipalities, which have the paper already."""

    label: ClassVar[str] = N_("管内への補足")
