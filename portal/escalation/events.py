"""What is escalated. Only headquarters knows of it."""

from dataclasses import dataclass

from portal.issues.events import IssueEvent


class DivisionFollowedUp(IssueEvent):
    """The division has had it for some days without an answer."""


@dataclass(frozen=True, kw_only=True)
class TargetMissed(IssueEvent):
    """A target passed: the section head is told, and when it passed long ago the secretariat."""

    target: str
    is_long: bool
    due_on: str


class LeakUnanswered(IssueEvent):
    """A leak was reported and nobody replied on the day."""


@dataclass(frozen=True, kw_only=True)
class SameProblemReported(IssueEvent):
    """Many bodies reported a problem of the same sub-topic within thirty days; the issue is the newest of them."""

    sub_topic_id: int
    bodies: int
    division_id: int | None
