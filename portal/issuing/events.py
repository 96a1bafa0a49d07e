"""What happens around the issue of a paper. No event carries its text."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class GuidanceScheduled(GuidanceEvent):
    """It is to be issued at an hour, or at another than before."""

    label: ClassVar[str] = N_("発出の予約")
    issue_at: datetime


class GuidanceUnscheduled(GuidanceEvent):
    """It is not to be issued at that hour."""

    label: ClassVar[str] = N_("発出の予約の取消し")


@dataclass(frozen=True, kw_only=True)
class ScheduledAddresseesChanged(GuidanceEvent):
    """The directory changed: at its hour it would go to others than its planner saw."""

    label: ClassVar[str] = N_("予約した発出の宛先の変化")
    planner_person_id: int
    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class GuidanceHeld(GuidanceEvent):
    """Its hour came and it was not issued, because of ``cause``: directory or due."""

    label: ClassVar[str] = N_("予約した発出の見送り")
    planner_person_id: int
    cause: str
    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class GuidanceRecalled(GuidanceEvent):
    """Taken back after its issue: so many mails were stopped, had gone out, or are uncertain."""

    label: ClassVar[str] = N_("発出の取消し（誤発出）")
    stopped: int
    sent: int
    uncertain: int
