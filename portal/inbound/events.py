"""What people decide about mails that were held back."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class ReplyReleased(Event):
    """A mail that was held back was posted after all, in the name of the person whose reply address it used."""

    subject: ClassVar[str] = "inbound_mail"
    label: ClassVar[str] = N_("保留した返信メールの投稿")
    inbound_mail_id: int
    person_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class ReplyDiscarded(Event):
    """A mail that was held back was put away."""

    subject: ClassVar[str] = "inbound_mail"
    label: ClassVar[str] = N_("保留した返信メールの破棄")
    inbound_mail_id: int


@dataclass(frozen=True, kw_only=True)
class MailReturned(Event):
    """A mail of the portal came back as undeliverable. ``is_for_good`` says that no mail reaches the address."""

    subject: ClassVar[str] = "inbound_mail"
    label: ClassVar[str] = N_("配信不能の知らせの記録")
    inbound_mail_id: int
    person_id: int
    delivery_id: int | None = None
    digest_id: int | None = None
    status: str = ""
    is_for_good: bool = False
