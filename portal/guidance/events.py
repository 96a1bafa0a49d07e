"""What happens to guidance. No event carries its text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True)
class GuidanceEvent(Event):
    """Base: something that concerns one guidance item."""

    subject: ClassVar[str] = "guidance"
    guidance_id: int


class GuidanceDrafted(GuidanceEvent):
    """A draft was begun."""


class GuidanceEdited(GuidanceEvent):
    """The draft was changed."""


class GuidanceSentForReview(GuidanceEvent):
    """The drafter asks for approval."""


class GuidanceReturned(GuidanceEvent):
    """The approver sent it back to the drafter."""


@dataclass(frozen=True, kw_only=True)
class ReviewStepEvent(GuidanceEvent):
    """Base: something that concerns one 照査 or 合議."""

    step_id: int


class ReviewStepAsked(ReviewStepEvent):
    """An office is asked to check or to concur."""


@dataclass(frozen=True, kw_only=True)
class ReviewStepMarked(ReviewStepEvent):
    """The office set its mark, or another than before."""

    mark: str


class ReviewStepWithdrawn(ReviewStepEvent):
    """The drafter asks the office no longer."""


@dataclass(frozen=True, kw_only=True)
class GuidanceApproved(GuidanceEvent):
    """Approved by somebody other than the drafter; it bears its number from now on."""

    document_number: str | None


@dataclass(frozen=True, kw_only=True)
class NumberCancelled(GuidanceEvent):
    """A number of the register was given up: no paper bears it 欠番."""

    document_number: str


@dataclass(frozen=True, kw_only=True)
class GuidanceIssued(GuidanceEvent):
    """Issued to ``recipient_count`` bodies, whose rows were frozen in the same transaction."""

    recipient_count: int


@dataclass(frozen=True, kw_only=True)
class StatusExported(GuidanceEvent):
    """The status of ``count`` bodies was taken out as a file."""

    count: int


@dataclass(frozen=True, kw_only=True)
class GuidanceReceived(GuidanceEvent):
    """A section of an addressed body recorded its receipt."""

    recipient_id: int
    receipt_id: int


@dataclass(frozen=True, kw_only=True)
class GuidanceResponded(GuidanceEvent):
    """An addressed body said what it did."""

    recipient_id: int
    response_id: int
    state: str


class GuidanceAbolished(GuidanceEvent):
    """Abolished with a reason."""


@dataclass(frozen=True, kw_only=True)
class GuidanceSuperseded(GuidanceEvent):
    """No longer in force: ``successor_id`` was issued in its place."""

    successor_id: int


@dataclass(frozen=True, kw_only=True)
class GuidanceRestored(GuidanceEvent):
    """In force again: ``successor_id``, which had replaced it, was taken back."""

    successor_id: int
