"""Who takes charge of an issue, lets go of it or hands it on; headquarters alone hears of it."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.i18n import N_
from portal.issues.events import IssueEvent


@dataclass(frozen=True, kw_only=True)
class IssueClaimed(IssueEvent):
    """A member took charge for the team; ``membership_id`` is theirs."""

    label: ClassVar[str] = N_("担当の引受け")
    team_id: int
    membership_id: int


@dataclass(frozen=True, kw_only=True)
class ClaimReleased(IssueEvent):
    """Nobody of the team is in charge any more; ``membership_id`` was."""

    label: ClassVar[str] = N_("担当の解除")
    team_id: int
    membership_id: int


@dataclass(frozen=True, kw_only=True)
class IssueHandedOver(IssueEvent):
    """Another member of the team is in charge now."""

    label: ClassVar[str] = N_("担当の引継ぎ")
    team_id: int
    membership_id: int
    former_membership_id: int
