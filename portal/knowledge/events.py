"""What happens to Q&A entries."""

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


class QaSentForReview(QaEvent):
    """The drafter confirmed that it names nobody and asks for approval."""


class QaReturned(QaEvent):
    """The secretariat sent it back."""


class QaPublished(QaEvent):
    """Published to everyone; every body of the theme is told."""


class QaWithdrawn(QaEvent):
    """Taken back with a reason."""
