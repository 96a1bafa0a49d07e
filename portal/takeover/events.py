"""What happens when old papers are taken over. Nobody is told of it."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class GuidanceTakenOver(Event):
    """A paper that was issued before the portal came in as already issued."""

    subject: ClassVar[str] = "guidance"
    label: ClassVar[str] = N_("過去の通知等の移行")
    guidance_id: int
    document_number: str | None
    issued_on: str
    recipient_count: int
