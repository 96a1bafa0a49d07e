"""What happens to accounts."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """Base: something that concerns one person's account."""

    subject: ClassVar[str] = "person"
    person_id: int


class SignedIn(AccountEvent):
    """The person signed in."""

    label: ClassVar[str] = N_("サインイン")


class SignedOut(AccountEvent):
    """The person signed out, of one browser or of all."""

    label: ClassVar[str] = N_("サインアウト")


class PasswordChanged(AccountEvent):
    """The person set a new password; every other session ended."""

    label: ClassVar[str] = N_("パスワードの変更")


@dataclass(frozen=True, kw_only=True)
class PersonInvited(AccountEvent):
    """Somebody invited the person; the mail carries the single-use link."""

    label: ClassVar[str] = N_("利用者の招待")
    link_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(AccountEvent):
    """Somebody asked for a reset of this account's password; the mail carries the single-use link."""

    label: ClassVar[str] = N_("パスワード再設定の申請")
    link_id: int
