"""What happens between liaisons and bodies. No event carries what was said."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class ContactEvent(Event):
    """Base: something that concerns one contact with a body."""

    subject: ClassVar[str] = "contact"
    contact_id: int


@dataclass(frozen=True, kw_only=True)
class BodyCalled(ContactEvent):
    """A body of the day sheet was called; for headquarters alone."""

    label: ClassVar[str] = N_("団体への電話の記録")
    outcome: str
    again_on: date | None = None


class PhoneNoteTaken(ContactEvent):
    """A liaison noted a call; a public note asks the body to confirm."""

    label: ClassVar[str] = N_("電話メモの記録")


class HearingRecorded(ContactEvent):
    """A liaison recorded a hearing; a public record asks the body to confirm."""

    label: ClassVar[str] = N_("聴取の記録")


class ContactConfirmed(ContactEvent):
    """The body confirmed the record."""

    label: ClassVar[str] = N_("電話メモ・聴取の確認")


class ContactCorrected(ContactEvent):
    """The body put its own words beside the record."""

    label: ClassVar[str] = N_("電話メモ・聴取の訂正")


@dataclass(frozen=True, kw_only=True)
class PromiseEvent(ContactEvent):
    """Base: something that concerns one promise."""

    promise_id: int


@dataclass(frozen=True, kw_only=True)
class PromiseMade(PromiseEvent):
    """Something was promised to the body after the contact was recorded."""

    label: ClassVar[str] = N_("約束の追加")
    due_on: date


class PromiseKept(PromiseEvent):
    """The promise was marked done."""

    label: ClassVar[str] = N_("約束の完了")


@dataclass(frozen=True, kw_only=True)
class PromiseFellDue(PromiseEvent):
    """The day for which it was promised has come, and it is not marked done."""

    label: ClassVar[str] = N_("約束の期限の到来")
    due_on: date


@dataclass(frozen=True, kw_only=True)
class HearingItemRaised(ContactEvent):
    """A point of the hearing became an issue of the body."""

    label: ClassVar[str] = N_("聴取の項目の課題・照会への登録")
    item_id: int
    issue_id: int
