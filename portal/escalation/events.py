"""What is escalated. Only headquarters knows of it."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.i18n import N_
from portal.issues.events import IssueEvent


class DivisionFollowedUp(IssueEvent):
    """The division has had it for some days without an answer."""

    label: ClassVar[str] = N_("担当課への状況確認")


@dataclass(frozen=True, kw_only=True)
class TargetMissed(IssueEvent):
    """A target passed: the section head is told, and when it passed long ago the secretariat."""

    label: ClassVar[str] = N_("目標超過の報告")
    target: str
    is_long: bool
    due_on: str


class LeakUnanswered(IssueEvent):
    """A leak was reported and nobody replied on the day."""

    label: ClassVar[str] = N_("漏えい報告への未応答の報告")


@dataclass(frozen=True, kw_only=True)
class SameProblemReported(IssueEvent):
    """Many bodies reported a problem of the same sub-topic within thirty days; the issue is the newest of them."""

    label: ClassVar[str] = N_("同じ課題の報告")
    sub_topic_id: int
    bodies: int
    division_id: int | None
