"""What happens to redactions. No event carries a text; headquarters alone reads of them."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Audience, Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class RedactionEvent(Event):
    """Base: something about one redaction."""

    subject: ClassVar[str] = "redaction"
    redaction_id: int
    target_kind: str
    target_id: int
    audience: Audience = Audience.INTERNAL


class RedactionAsked(RedactionEvent):
    """Somebody asks for it; another person decides."""

    label: ClassVar[str] = N_("墨消しの申請")


class RedactionRefused(RedactionEvent):
    """It is not done."""

    label: ClassVar[str] = N_("墨消しの申請の却下")


@dataclass(frozen=True, kw_only=True)
class TextRedacted(RedactionEvent):
    """It was done. ``also`` counts what else held the passage: versions, tables of errors, quotations, remarks."""

    label: ClassVar[str] = N_("墨消し")
    fields: list[str]
    also: int = 0
