"""One thing that waits for somebody, whatever it is of."""

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.enums import LabelledEnum
from portal.directory.models import Organisation


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits for the actor: what, from whom (a body, a role, a person), until when, what to do.

    ``count`` is of how many requests or procedures it is; ``step`` has what else the address of the step needs.
    """

    subject_kind: str
    subject_id: int
    number: str | None
    title: str
    sender: Organisation | LabelledEnum | str
    action: LabelledEnum
    due_on: date | None
    since: datetime | None
    is_urgent: bool = False
    is_leak: bool = False
    count: int = 0
    step: dict[str, int] = field(default_factory=dict)

    @property
    def is_overdue(self) -> bool:
        """Whether the due date has passed in Japan."""
        return self.due_on is not None and self.due_on < japan_date(clock.now())


@dataclass(frozen=True)
class Tasks:
    """The first of what waits, in order; ``has_more`` when there is more than is shown."""

    items: list[Task]
    has_more: bool = False
