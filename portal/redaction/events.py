"""What happens to redactions. No event carries a text; headquarters alone reads of them."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Audience, Event


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


class RedactionRefused(RedactionEvent):
    """It is not done."""


@dataclass(frozen=True, kw_only=True)
class TextRedacted(RedactionEvent):
    """It was done. ``also`` counts what else held the passage: versions, tables of errors, quotations, remarks."""

    fields: list[str]
    also: int = 0
