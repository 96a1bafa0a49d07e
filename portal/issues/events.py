"""What happens to issues. No event carries the text of a post."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IssueEvent(Event):
    """Base: something that concerns one issue. ``post_id`` is the post that carries the text, if one does."""

    subject: ClassVar[str] = "issue"
    issue_id: int
    post_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class IssueSubmitted(IssueEvent):
    """A body submitted; any leak but ``no`` alerts the secretariat at once."""

    number: str
    leak: str


class IssueResubmitted(IssueEvent):
    """The body supplied what was asked for."""


class IssueReturned(IssueEvent):
    """The liaison asks for information."""


@dataclass(frozen=True, kw_only=True)
class IssueTriaged(IssueEvent):
    """The liaison checked theme, urgency and duplicates; ``changes`` maps a field to [before, after]."""

    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class IssueRouted(IssueEvent):
    """The issue goes to a division."""

    division_id: int


class IssueAccepted(IssueEvent):
    """The division takes it on."""


class IssueBounced(IssueEvent):
    """The division does not take it on; the secretariat routes it anew."""


@dataclass(frozen=True, kw_only=True)
class IssueTakenBack(IssueEvent):
    """The secretariat took it back from a division, to route it anew."""

    division_id: int


@dataclass(frozen=True, kw_only=True)
class MinistryConsulted(IssueEvent):
    """The division put a question to a ministry."""

    consultation_id: int
    ministry_id: int


@dataclass(frozen=True, kw_only=True)
class ConsultationAnswered(IssueEvent):
    """The ministry replied, partially while some of its sub-questions are open; the reply is material."""

    consultation_id: int
    ministry_id: int
    is_partial: bool = False


@dataclass(frozen=True, kw_only=True)
class ConsultationWithdrawn(IssueEvent):
    """The question was taken back with a reason."""

    consultation_id: int
    ministry_id: int


@dataclass(frozen=True, kw_only=True)
class ProvisionalAnswerGiven(IssueEvent):
    """A member of the division answered for the time being; the official answer is promised for a date."""

    promised_on: str | None


@dataclass(frozen=True, kw_only=True)
class AnswerPromisedAnew(IssueEvent):
    """The division gave a new date for the official answer, with a reason."""

    previous_on: str
    promised_on: str


class OfficialAnswerGiven(IssueEvent):
    """The head of the division answered."""


class IssueAnsweredByQuote(IssueEvent):
    """The liaison answered by quoting what is published."""


class IssueClosed(IssueEvent):
    """The submitter, or after 14 days the portal, closed it."""


class IssueReopened(IssueEvent):
    """The submitter reopened it with a reason."""


class IssueDeclineProposed(IssueEvent):
    """The liaison holds it to be out of scope and names the right desk; the secretariat decides."""


class IssueDeclined(IssueEvent):
    """The secretariat confirmed that it is out of scope."""


class IssueDeclineRejected(IssueEvent):
    """The secretariat did not confirm; the liaison goes on."""


class IssueWithdrawn(IssueEvent):
    """The submitter took it back."""


@dataclass(frozen=True, kw_only=True)
class IssueClockStopped(IssueEvent):
    """The clock stands for a stated reason, until a day."""

    resumes_on: str


class IssueClockResumed(IssueEvent):
    """The clock goes on, by hand or because the day has come."""


@dataclass(frozen=True, kw_only=True)
class IssueEdited(IssueEvent):
    """The reported text or facts were changed after submission; ``changes`` names the fields."""

    changes: dict[str, Any]


class ReplyPosted(IssueEvent):
    """A reply in the thread, of any audience but internal."""


class InternalNoteWritten(IssueEvent):
    """A note that only headquarters sees (audience internal)."""
