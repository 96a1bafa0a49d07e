"""What happens to answers. No event carries an answer or a reason."""

from dataclasses import dataclass
from datetime import date

from portal.campaigns.events import CampaignEvent


@dataclass(frozen=True, kw_only=True)
class EntryEvent(CampaignEvent):
    """Base: something that concerns one body × procedure."""

    entry_id: int


@dataclass(frozen=True, kw_only=True)
class AnswersSaved(EntryEvent):
    """Answers were entered or changed; ``codes`` names the questions."""

    codes: tuple[str, ...]
    source: str


class AnswersSubmitted(EntryEvent):
    """The body's manager submitted the procedure."""


class AnswersTakenBack(EntryEvent):
    """The body takes its submission back."""


@dataclass(frozen=True, kw_only=True)
class AnswersPending(EntryEvent):
    """The body says until when the answer is to come."""

    until: date


@dataclass(frozen=True, kw_only=True)
class AnswersReturned(EntryEvent):
    """差戻し of ``codes`` (none: the whole) to the body."""

    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AnswersForwarded(CampaignEvent):
    """取りまとめ: a prefecture forwarded ``count`` entries."""

    count: int


@dataclass(frozen=True, kw_only=True)
class OfficialReplyKept(CampaignEvent):
    """The number and date of a body's official reply, or where it published, was entered."""

    participation_id: int


@dataclass(frozen=True, kw_only=True)
class DueExtensionEvent(CampaignEvent):
    """Base: something that concerns a body's request for a later due."""

    participation_id: int


@dataclass(frozen=True, kw_only=True)
class DueExtensionAsked(DueExtensionEvent):
    """A body asks for a later due."""

    wanted_on: date


@dataclass(frozen=True, kw_only=True)
class DueExtensionGranted(DueExtensionEvent):
    """The body has until ``granted_on``."""

    granted_on: date


class DueExtensionRefused(DueExtensionEvent):
    """The due stays."""


class DueExtensionWithdrawn(DueExtensionEvent):
    """The body does not need it any more."""


@dataclass(frozen=True, kw_only=True)
class AnswersAssigned(CampaignEvent):
    """庁内展開: ``entry_ids`` were given to the sections ``section_ids`` of the body."""

    entry_ids: tuple[int, ...]
    section_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SectionEvent(EntryEvent):
    """Base: something that concerns what one section of the body answers."""

    section_id: int


class SectionReady(SectionEvent):
    """The section says that its answers are entered."""


class SectionReopened(SectionEvent):
    """The section goes on answering."""


class AssignmentWithdrawn(SectionEvent):
    """The section is not to answer it any more."""


@dataclass(frozen=True, kw_only=True)
class MatrixExported(CampaignEvent):
    """The state of ``count`` bodies was taken out as a file."""

    count: int
