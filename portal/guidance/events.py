"""What happens to guidance. No event carries its text."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class GuidanceEvent(Event):
    """Base: something that concerns one guidance item."""

    subject: ClassVar[str] = "guidance"
    guidance_id: int


class GuidanceDrafted(GuidanceEvent):
    """A draft was begun."""

    label: ClassVar[str] = N_("通知等の起案")


class GuidanceEdited(GuidanceEvent):
    """The draft was changed."""

    label: ClassVar[str] = N_("通知等の修正")


class GuidanceSentForReview(GuidanceEvent):
    """The drafter asks for approval."""

    label: ClassVar[str] = N_("決裁の依頼")


class GuidanceReturned(GuidanceEvent):
    """The approver sent it back to the drafter."""

    label: ClassVar[str] = N_("通知等の差戻し")


@dataclass(frozen=True, kw_only=True)
class ReviewStepEvent(GuidanceEvent):
    """Base: something that concerns one 照査 or 合議."""

    step_id: int


class ReviewStepAsked(ReviewStepEvent):
    """An office is asked to check or to concur."""

    label: ClassVar[str] = N_("照査・合議の依頼")


@dataclass(frozen=True, kw_only=True)
class ReviewStepMarked(ReviewStepEvent):
    """The office set its mark, or another than before."""

    label: ClassVar[str] = N_("照査・合議")
    mark: str


class ReviewStepWithdrawn(ReviewStepEvent):
    """The drafter asks the office no longer."""

    label: ClassVar[str] = N_("照査・合議の依頼の取消し")


@dataclass(frozen=True, kw_only=True)
class GuidanceApproved(GuidanceEvent):
    """Approved by somebody other than the drafter; it bears its number from now on."""

    label: ClassVar[str] = N_("決裁")
    document_number: str | None


@dataclass(frozen=True, kw_only=True)
class NumberCancelled(GuidanceEvent):
    """A number of the register was given up: no paper bears it 欠番."""

    label: ClassVar[str] = N_("文書番号の欠番")
    document_number: str


@dataclass(frozen=True, kw_only=True)
class GuidanceIssued(GuidanceEvent):
    """Issued to ``recipient_count`` bodies, whose rows were frozen in the same transaction."""

    label: ClassVar[str] = N_("発出")
    recipient_count: int


@dataclass(frozen=True, kw_only=True)
class StatusExported(GuidanceEvent):
    """The status of ``count`` bodies was taken out as a file."""

    label: ClassVar[str] = N_("状況の取出し")
    count: int


@dataclass(frozen=True, kw_only=True)
class GuidanceReceived(GuidanceEvent):
    """A section of an addressed body recorded its receipt."""

    label: ClassVar[str] = N_("受領")
    recipient_id: int
    receipt_id: int


@dataclass(frozen=True, kw_only=True)
class ReceiptNumbered(GuidanceEvent):
    """A receipt without a number was given the body's own number."""

    label: ClassVar[str] = N_("収受番号の追記")
    recipient_id: int
    receipt_id: int


@dataclass(frozen=True, kw_only=True)
class GuidanceResponded(GuidanceEvent):
    """An addressed body said what it did."""

    label: ClassVar[str] = N_("対応の登録")
    recipient_id: int
    response_id: int
    state: str


class GuidanceAbolished(GuidanceEvent):
    """Abolished with a reason."""

    label: ClassVar[str] = N_("廃止")


@dataclass(frozen=True, kw_only=True)
class GuidanceSuperseded(GuidanceEvent):
    """No longer in force: ``successor_id`` was issued in its place."""

    label: ClassVar[str] = N_("旧版になったこと")
    successor_id: int


@dataclass(frozen=True, kw_only=True)
class GuidanceRestored(GuidanceEvent):
    """In force again: ``successor_id``, which had replaced it, was taken back."""

    label: ClassVar[str] = N_("効力の回復")
    successor_id: int
