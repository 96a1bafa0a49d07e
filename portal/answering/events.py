"""What happens to answers. No event carries an answer or a reason."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.campaigns.events import CampaignEvent
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class EntryEvent(CampaignEvent):
    """Base: something that concerns one body × procedure."""

    entry_id: int


@dataclass(frozen=True, kw_only=True)
class AnswersSaved(EntryEvent):
    """Answers were entered or changed; ``codes`` names the questions."""

    label: ClassVar[str] = N_("回答の入力")
    codes: tuple[str, ...]
    source: str


class AnswersSubmitted(EntryEvent):
    """The body's manager submitted the procedure."""

    label: ClassVar[str] = N_("回答の提出")


class AnswersTakenBack(EntryEvent):
    """The body takes its submission back."""

    label: ClassVar[str] = N_("回答の提出の取消し")


@dataclass(frozen=True, kw_only=True)
class AnswersPending(EntryEvent):
    """The body says until when the answer is to come."""

    label: ClassVar[str] = N_("回答の保留")
    until: date


@dataclass(frozen=True, kw_only=True)
class AnswersReturned(EntryEvent):
    """差戻し of ``codes`` (none: the whole) to the body."""

    label: ClassVar[str] = N_("回答の差戻し")
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AnswersForwarded(CampaignEvent):
    """取りまとめ: a prefecture forwarded ``count`` entries."""

    label: ClassVar[str] = N_("回答の取りまとめ")
    count: int


@dataclass(frozen=True, kw_only=True)
class OfficialReplyKept(CampaignEvent):
    """The number and date of a body's official reply, or where it published, was entered."""

    label: ClassVar[str] = N_("回答文書・公表先の登録")
    participation_id: int


@dataclass(frozen=True, kw_only=True)
class DueExtensionEvent(CampaignEvent):
    """Base: something that concerns a body's request for a later due."""

    participation_id: int


@dataclass(frozen=True, kw_only=True)
class DueExtensionAsked(DueExtensionEvent):
    """A body asks for a later due."""

    label: ClassVar[str] = N_("回答期限の延長の申請")
    wanted_on: date


@dataclass(frozen=True, kw_only=True)
class DueExtensionGranted(DueExtensionEvent):
    """The body has until ``granted_on``."""

    label: ClassVar[str] = N_("回答期限の延長の承認")
    granted_on: date


class DueExtensionRefused(DueExtensionEvent):
    """The due stays."""

    label: ClassVar[str] = N_("回答期限の延長の不承認")


class DueExtensionWithdrawn(DueExtensionEvent):
    """The body does not need it any more."""

    label: ClassVar[str] = N_("回答期限の延長の申請の取下げ")


@dataclass(frozen=True, kw_only=True)
class AnswersAssigned(CampaignEvent):
    """庁内展開: ``entry_ids`` were given to the sections ``section_ids`` of the body."""

    label: ClassVar[str] = N_("回答の庁内展開")
    entry_ids: tuple[int, ...]
    section_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SectionEvent(EntryEvent):
    """Base: something that concerns what one section of the body answers."""

    section_id: int


class SectionReady(SectionEvent):
    """The section says that its answers are entered."""

    label: ClassVar[str] = N_("所属の入力完了")


class SectionReopened(SectionEvent):
    """The section goes on answering."""

    label: ClassVar[str] = N_("所属の入力の再開")


class AssignmentWithdrawn(SectionEvent):
    """The section is not to answer it any more."""

    label: ClassVar[str] = N_("回答の庁内展開の取消し")


@dataclass(frozen=True, kw_only=True)
class MatrixExported(CampaignEvent):
    """The state of ``count`` bodies was taken out as a file."""

    label: ClassVar[str] = N_("回答状況の一覧の取出し")
    count: int
