"""What happens to requests for a later due date. No event carries a reason."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class ExtensionEvent(GuidanceEvent):
    """Base: something that concerns one body's request."""

    extension_id: int
    recipient_id: int


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(ExtensionEvent):
    """A body asks for a later date."""

    label: ClassVar[str] = N_("期限延長の申請")
    wanted_on: date


@dataclass(frozen=True, kw_only=True)
class ExtensionGranted(ExtensionEvent):
    """The body has until ``granted_on``."""

    label: ClassVar[str] = N_("期限延長の承認")
    granted_on: date


class ExtensionRefused(ExtensionEvent):
    """The due date stays."""

    label: ClassVar[str] = N_("期限延長の不承認")


class ExtensionWithdrawn(ExtensionEvent):
    """The body does not need it any more."""

    label: ClassVar[str] = N_("期限延長の申請の取下げ")
