"""What happens to feeds."""

from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class FeedEvent(Event):
    """Base: something that concerns a person's feed."""

    subject: ClassVar[str] = "person"
    person_id: int


class FeedOpened(FeedEvent):
    """The person got an address for their feed; an earlier one leads nowhere any more."""

    label: ClassVar[str] = N_("フィードの作成")


class FeedClosed(FeedEvent):
    """The address leads nowhere any more."""

    label: ClassVar[str] = N_("フィードの停止")
