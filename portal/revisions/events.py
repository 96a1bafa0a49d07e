"""What happens to guidance after its issue: corrections and new editions. No event carries a text."""

from dataclasses import dataclass

from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class CorrectionEvent(GuidanceEvent):
    """Base: something that concerns one correction of a paper."""

    correction_id: int


class CorrectionDrafted(CorrectionEvent):
    """A correction was begun."""


class CorrectionEdited(CorrectionEvent):
    """Its draft was changed."""


class CorrectionSentForReview(CorrectionEvent):
    """The drafter asks for its approval."""


class CorrectionReturned(CorrectionEvent):
    """Sent back to the drafter."""


class CorrectionDiscarded(CorrectionEvent):
    """Given up before it was issued."""


@dataclass(frozen=True, kw_only=True)
class GuidanceCorrected(CorrectionEvent):
    """Correction ``number`` of the paper was issued to everyone who had the paper."""

    number: int
    asks_receipt: bool


class EditionBegun(GuidanceEvent):
    """A draft was begun as the next edition of another paper."""


@dataclass(frozen=True, kw_only=True)
class PaperAbsorbed(GuidanceEvent):
    """The draft is to replace ``absorbed_id`` too 統合."""

    absorbed_id: int


@dataclass(frozen=True, kw_only=True)
class PaperReleased(GuidanceEvent):
    """The draft is not to replace ``released_id`` any more."""

    released_id: int
