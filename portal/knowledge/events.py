"""What happens to Q&A entries, their revisions and collections."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class QaEvent(Event):
    """Base: something that concerns one Q&A entry."""

    subject: ClassVar[str] = "qa_entry"
    qa_entry_id: int


class QaDrafted(QaEvent):
    """A division proposed a question and answer."""

    label: ClassVar[str] = N_("Q&A候補の作成")


class QaEdited(QaEvent):
    """The candidate was changed."""

    label: ClassVar[str] = N_("Q&A候補の修正")


class QaStripped(QaEvent):
    """Names, numbers and contacts were replaced as proposed."""

    label: ClassVar[str] = N_("Q&A候補の記載の置換え")


class QaSentForReview(QaEvent):
    """A person confirmed that it names nobody and asks for approval."""

    label: ClassVar[str] = N_("Q&Aの確認依頼")


class QaReturned(QaEvent):
    """The secretariat sent it back."""

    label: ClassVar[str] = N_("Q&Aの差戻し")


class QaPublished(QaEvent):
    """Published to everyone; every body of the theme is told."""

    label: ClassVar[str] = N_("Q&Aの公表")


class QaWithdrawn(QaEvent):
    """Taken back with a reason."""

    label: ClassVar[str] = N_("Q&Aの取下げ")


@dataclass(frozen=True, kw_only=True)
class QaRevisionEvent(QaEvent):
    """Base: something that concerns a revision of a published entry."""

    revision: int


class QaRevisionDrafted(QaRevisionEvent):
    """A revision of a published entry was begun or changed."""

    label: ClassVar[str] = N_("Q&A改訂案の作成・修正")


class QaRevisionDiscarded(QaRevisionEvent):
    """The revision that was being prepared was given up."""

    label: ClassVar[str] = N_("Q&A改訂案の破棄")


class QaRevisionSentForReview(QaRevisionEvent):
    """A person confirmed that the revised text names nobody and asks for approval."""

    label: ClassVar[str] = N_("Q&A改訂案の確認依頼")


class QaRevisionReturned(QaRevisionEvent):
    """The secretariat sent the revision back."""

    label: ClassVar[str] = N_("Q&A改訂案の差戻し")


@dataclass(frozen=True, kw_only=True)
class QaRevised(QaRevisionEvent):
    """The revised text is published; the bodies with the same question and those of the theme are told.

    Where an edition of a collection carried it, the bodies of the theme are told of that instead.
    """

    label: ClassVar[str] = N_("Q&Aの改訂")
    qa_edition_id: int | None = None


class QaJoined(QaEvent):
    """A body says that it has the same question."""

    label: ClassVar[str] = N_("「うちも同じ」の登録")


class QaLeft(QaEvent):
    """The body takes that back."""

    label: ClassVar[str] = N_("「うちも同じ」の取消し")


@dataclass(frozen=True, kw_only=True)
class QaEditionEvent(Event):
    """Base: something that concerns one edition of a collection."""

    subject: ClassVar[str] = "qa_edition"
    qa_edition_id: int


class QaEditionBegun(QaEditionEvent):
    """A new edition is being composed."""

    label: ClassVar[str] = N_("Q&A集の版の作成")


@dataclass(frozen=True, kw_only=True)
class QaEditionComposed(QaEditionEvent):
    """The draft edition was changed; ``step`` says how (added, moved, dropped, revised, section, preface)."""

    label: ClassVar[str] = N_("Q&A集の版の編集")
    step: str


class QaEditionDiscarded(QaEditionEvent):
    """The draft edition was given up."""

    label: ClassVar[str] = N_("Q&A集の版の破棄")


class QaEditionSentForReview(QaEditionEvent):
    """The draft edition waits for the secretariat's approval."""

    label: ClassVar[str] = N_("Q&A集の版の確認依頼")


class QaEditionReturned(QaEditionEvent):
    """The secretariat sent the edition back."""

    label: ClassVar[str] = N_("Q&A集の版の差戻し")


class QaEditionPublished(QaEditionEvent):
    """The edition is published and frozen; every body of the theme is told."""

    label: ClassVar[str] = N_("Q&A集の版の公表")
