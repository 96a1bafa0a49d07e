"""What happens to requests for a later due date. No event carries a reason."""

from dataclasses import dataclass
from datetime import date

from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class ExtensionEvent(GuidanceEvent):
    """Base: something that concerns one body's request."""

    extension_id: int
    recipient_id: int


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(ExtensionEvent):
    """A body asks for a later date."""

    wanted_on: date


@dataclass(frozen=True, kw_only=True)
class ExtensionGranted(ExtensionEvent):
    """The body has until ``granted_on``."""

    granted_on: date


class ExtensionRefused(ExtensionEvent):
    """The due date stays."""


class ExtensionWithdrawn(ExtensionEvent):
    """The body does not need it any more."""
