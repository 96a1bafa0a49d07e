"""What people and operators do to mail settings and mails."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class MailPreferenceChanged(Event):
    """A person chose when to get mail, on the page or by the link of a mail; ``changes`` maps a topic to its mode."""

    subject: ClassVar[str] = "person"
    label: ClassVar[str] = N_("メール通知の設定変更")
    person_id: int
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DeliveryResent(Event):
    """An operator had a mail that failed, or whose fate is unknown, sent again."""

    subject: ClassVar[str] = "delivery"
    label: ClassVar[str] = N_("メールの再送")
    delivery_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyHeld(Event):
    """A mail that came in as an answer was held back; a person decides on it. ``cause`` is a HeldReason's value."""

    subject: ClassVar[str] = "inbound_mail"
    label: ClassVar[str] = N_("返信メールの保留")
    inbound_mail_id: int
    cause: str


@dataclass(frozen=True, kw_only=True)
class TellingRetried(Event):
    """An operator had an event whose telling failed told again at once."""

    subject: ClassVar[str] = "event"
    label: ClassVar[str] = N_("通知処理の再実行")
    event_id: int
