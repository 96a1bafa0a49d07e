"""What happens to the targets and the closed days."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event
from portal.core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class TargetsSet(Event):
    """The targets changed for what is submitted from now on; ``changes`` maps a name to [before, after]."""

    subject: ClassVar[str] = "target_setting"
    label: ClassVar[str] = N_("目標の変更")
    target_setting_id: int
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ClosedDayAdded(Event):
    """A day was listed on which headquarters is closed."""

    subject: ClassVar[str] = "closed_day"
    label: ClassVar[str] = N_("閉庁日の追加")
    closed_day_id: int
    closed_on: str


@dataclass(frozen=True, kw_only=True)
class ClosedDayRemoved(Event):
    """A listed day is a business day after all."""

    subject: ClassVar[str] = "closed_day"
    label: ClassVar[str] = N_("閉庁日の取消し")
    closed_day_id: int
    closed_on: str
