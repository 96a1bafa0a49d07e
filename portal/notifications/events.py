"""What people and operators do to mail settings and mails."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MailPreferenceChanged(Event):
    """A person chose when to get mail, on the page or by the link of a mail; ``changes`` maps a topic to its mode."""

    subject: ClassVar[str] = "person"
    person_id: int
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DeliveryResent(Event):
    """An operator had a mail that failed, or whose fate is unknown, sent again."""

    subject: ClassVar[str] = "delivery"
    delivery_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyHeld(Event):
    """A mail that came in as an answer was held back; a person decides on it. ``cause`` is a HeldReason's value."""

    subject: ClassVar[str] = "inbound_mail"
    inbound_mail_id: int
    cause: str


@dataclass(frozen=True, kw_only=True)
class TellingRetried(Event):
    """An operator had an event whose telling failed told again at once."""

    subject: ClassVar[str] = "event"
    event_id: int
