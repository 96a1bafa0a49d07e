"""What happens in inspections. No event carries a text."""

from dataclasses import dataclass

from portal.campaigns.events import CampaignEvent


@dataclass(frozen=True, kw_only=True)
class InspectionEvent(CampaignEvent):
    """Base: something that concerns one body × procedure."""

    entry_id: int
    snapshot_id: int


@dataclass(frozen=True, kw_only=True)
class ProgressEntered(InspectionEvent):
    """Figures as of a date were entered; ``stage`` is how far they are."""

    as_of: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class ProgressCorrected(InspectionEvent):
    """Earlier figures were corrected by new ones."""

    as_of: str
    stage: str
    corrects_id: int


@dataclass(frozen=True, kw_only=True)
class MislinkReported(InspectionEvent):
    """More mislinks are known than before: ``count`` of them, ``risen_by`` new ones."""

    count: int
    risen_by: int


@dataclass(frozen=True, kw_only=True)
class LeakReported(InspectionEvent):
    """A leak is looked into, or was confirmed."""

    leak: str
