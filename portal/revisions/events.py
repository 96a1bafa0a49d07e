"""What happens to guidance after its issue: corrections and new editions. No event carries a text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.i18n import N_
from portal.guidance.events import GuidanceEvent


@dataclass(frozen=True, kw_only=True)
class CorrectionEvent(GuidanceEvent):
    """Base: something that concerns one correction of a paper."""

    correction_id: int


class CorrectionDrafted(CorrectionEvent):
    """A correction was begun."""

    label: ClassVar[str] = N_("訂正の起案")


class CorrectionEdited(CorrectionEvent):
    """Its draft was changed."""

    label: ClassVar[str] = N_("訂正の修正")


class CorrectionSentForReview(CorrectionEvent):
    """The drafter asks for its approval."""

    label: ClassVar[str] = N_("訂正の決裁の依頼")


class CorrectionReturned(CorrectionEvent):
    """Sent back to the drafter."""

    label: ClassVar[str] = N_("訂正の差戻し")


class CorrectionDiscarded(CorrectionEvent):
    """Given up before it was issued."""

    label: ClassVar[str] = N_("訂正の取りやめ")


@dataclass(frozen=True, kw_only=True)
class GuidanceCorrected(CorrectionEvent):
    """Correction ``number`` of the paper was issued to everyone who had the paper."""

    label: ClassVar[str] = N_("訂正")
    number: int
    asks_receipt: bool


class EditionBegun(GuidanceEvent):
    """A draft was begun as the next edition of another paper."""

    label: ClassVar[str] = N_("次の版の起案")


@dataclass(frozen=True, kw_only=True)
class PaperAbsorbed(GuidanceEvent):
    """The draft is to replace ``absorbed_id`` too 統合."""

    label: ClassVar[str] = N_("統合する通知等の追加")
    absorbed_id: int


@dataclass(frozen=True, kw_only=True)
class PaperReleased(GuidanceEvent):
    """The draft is not to replace ``released_id`` any more."""

    label: ClassVar[str] = N_("統合する通知等の除外")
    released_id: int
