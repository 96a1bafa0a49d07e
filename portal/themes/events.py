"""What happens to themes and the routing table."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class ThemeChanged(Event):
    """A theme or one of its sub-topics was added or changed."""

    subject: ClassVar[str] = "theme"
    label: ClassVar[str] = N_("テーマの変更")
    theme_id: int
    sub_topic_id: int | None = None
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RouteChanged(Event):
    """The division of a theme or sub-topic changed; None: a sub-topic follows its theme again."""

    subject: ClassVar[str] = "theme"
    label: ClassVar[str] = N_("割振り表の変更")
    theme_id: int
    sub_topic_id: int | None = None
    previous_division_id: int | None = None
    division_id: int | None
