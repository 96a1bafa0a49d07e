"""What happens to lists of addressees."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class AddresseeListEvent(Event):
    """Base: something that concerns one list of bodies."""

    subject: ClassVar[str] = "addressee_list"
    addressee_list_id: int


@dataclass(frozen=True, kw_only=True)
class AddresseeListKept(AddresseeListEvent):
    """A list was made or changed; it holds ``count`` bodies now."""

    label: ClassVar[str] = N_("宛先リストの保存")
    count: int


class AddresseeListDropped(AddresseeListEvent):
    """A list is offered no more."""

    label: ClassVar[str] = N_("宛先リストの削除")
