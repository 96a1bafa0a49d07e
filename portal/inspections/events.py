"""What happens in inspections. No event carries a text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class InspectionEvent(CampaignEvent):
    """Base: something that concerns one body × procedure."""

    entry_id: int
    snapshot_id: int


@dataclass(frozen=True, kw_only=True)
class ProgressEntered(InspectionEvent):
    """Figures as of a date were entered; ``stage`` is how far they are."""

    label: ClassVar[str] = N_("点検の進捗の登録")
    as_of: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class ProgressCorrected(InspectionEvent):
    """Earlier figures were corrected by new ones."""

    label: ClassVar[str] = N_("点検の進捗の訂正")
    as_of: str
    stage: str
    corrects_id: int


@dataclass(frozen=True, kw_only=True)
class MislinkReported(InspectionEvent):
    """More mislinks are known than before: ``count`` of them, ``risen_by`` new ones."""

    label: ClassVar[str] = N_("紐付け誤りの報告")
    count: int
    risen_by: int


@dataclass(frozen=True, kw_only=True)
class LeakReported(InspectionEvent):
    """A leak is looked into, or was confirmed."""

    label: ClassVar[str] = N_("点検での漏えいの報告")
    leak: str
