"""What happens to Q&A entries, their revisions and collections."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True)
class QaEvent(Event):
    """Base: something that concerns one Q&A entry."""

    subject: ClassVar[str] = "qa_entry"
    qa_entry_id: int


class QaDrafted(QaEvent):
    """A division proposed a question and answer."""


class QaEdited(QaEvent):
    """The candidate was changed."""


class QaStripped(QaEvent):
    """Names, numbers and contacts were replaced as proposed."""


class QaSentForReview(QaEvent):
    """A person confirmed that it names nobody and asks for approval."""


class QaReturned(QaEvent):
    """The secretariat sent it back."""


class QaPublished(QaEvent):
    """Published to everyone; every body of the theme is told."""


class QaWithdrawn(QaEvent):
    """Taken back with a reason."""


@dataclass(frozen=True, kw_only=True)
class QaRevisionEvent(QaEvent):
    """Base: something that concerns a revision of a published entry."""

    revision: int


class QaRevisionDrafted(QaRevisionEvent):
    """A revision of a published entry was begun or changed."""


class QaRevisionDiscarded(QaRevisionEvent):
    """The revision that was being prepared was given up."""


class QaRevisionSentForReview(QaRevisionEvent):
    """A person confirmed that the revised text names nobody and asks for approval."""


class QaRevisionReturned(QaRevisionEvent):
    """The secretariat sent the revision back."""


@dataclass(frozen=True, kw_only=True)
class QaRevised(QaRevisionEvent):
    """The revised text is published; the bodies with the same question and those of the theme are told.

    Where an edition of a collection carried it, the bodies of the theme are told of that instead.
    """

    qa_edition_id: int | None = None


class QaJoined(QaEvent):
    """A body says that it has the same question."""


class QaLeft(QaEvent):
    """The body takes that back."""


@dataclass(frozen=True, kw_only=True)
class QaEditionEvent(Event):
    """Base: something that concerns one edition of a collection."""

    subject: ClassVar[str] = "qa_edition"
    qa_edition_id: int


class QaEditionBegun(QaEditionEvent):
    """A new edition is being composed."""


@dataclass(frozen=True, kw_only=True)
class QaEditionComposed(QaEditionEvent):
    """The draft edition was changed; ``step`` says how (added, moved, dropped, revised, section, preface)."""

    step: str


class QaEditionDiscarded(QaEditionEvent):
    """The draft edition was given up."""


class QaEditionSentForReview(QaEditionEvent):
    """The draft edition waits for the secretariat's approval."""


class QaEditionReturned(QaEditionEvent):
    """The secretariat sent the edition back."""


class QaEditionPublished(QaEditionEvent):
    """The edition is published and frozen; every body of the theme is told."""
