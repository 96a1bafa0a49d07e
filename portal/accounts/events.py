"""What happens to accounts."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """Base: something that concerns one person's account."""

    subject: ClassVar[str] = "person"
    person_id: int


class SignedIn(AccountEvent):
    """The person signed in."""


class SignedOut(AccountEvent):
    """The person signed out, of one browser or of all."""


class PasswordChanged(AccountEvent):
    """The person set a new password; every other session ended."""


@dataclass(frozen=True, kw_only=True)
class PersonInvited(AccountEvent):
    """Somebody invited the person; the mail carries the single-use link."""

    link_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(AccountEvent):
    """Somebody asked for a reset of this account's password; the mail carries the single-use link."""

    link_id: int
