"""What happens around the issue of a paper. No event carries its text."""

from dataclasses import dataclass
from datetime import datetime

from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class GuidanceScheduled(GuidanceEvent):
    """It is to be issued at an hour, or at another than before."""

    issue_at: datetime


class GuidanceUnscheduled(GuidanceEvent):
    """It is not to be issued at that hour."""


@dataclass(frozen=True, kw_only=True)
class ScheduledAddresseesChanged(GuidanceEvent):
    """The directory changed: at its hour it would go to others than its planner saw."""

    planner_person_id: int
    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class GuidanceHeld(GuidanceEvent):
    """Its hour came and it was not issued, because of ``cause``: directory or due."""

    planner_person_id: int
    cause: str
    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class GuidanceRecalled(GuidanceEvent):
    """Taken back after its issue: so many mails were stopped, had gone out, or are uncertain."""

    stopped: int
    sent: int
    uncertain: int
