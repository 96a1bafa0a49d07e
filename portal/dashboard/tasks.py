"""What waits for somebody, over all features, in one shape and one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.enums import LabelledEnum
from portal.directory.actor import Actor
from portal.guidance import queries as guidance_queries
from portal.knowledge import queries as knowledge_queries
from portal.knowledge.models import QaEntry, QaState

SHOWN = 20


class QaAction(LabelledEnum):
    """What a candidate of the Q&A asks of somebody."""

    PUBLISH = ("publish", "公表を判断する", "Decide on publication")
    REVISE = ("revise", "差戻しを直す", "Revise the returned candidate")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits for the actor: what, from whom, until when, and what to do."""

    subject_kind: str
    subject_id: int
    number: str | None
    title: str
    sender: str
    action: LabelledEnum
    due_on: date | None
    since: datetime | None
    is_urgent: bool = False
    is_leak: bool = False

    @property
    def is_overdue(self) -> bool:
        """Whether the due date has passed in Japan."""
        return self.due_on is not None and self.due_on < japan_date(clock.now())


@dataclass(frozen=True)
class Tasks:
    """The first of what waits, in order; ``has_more`` when there is more than is shown."""

    items: list[Task]
    has_more: bool = False


def list_tasks(actor: Actor, *, urgent_first: bool = False) -> Tasks:
    """Everything that waits for the actor, earliest due first (leaks and urgent things before, if asked)."""
    found = [
        *_of_guidance(guidance_queries.list_waiting_for(actor, limit=SHOWN + 1)),
    ]
    if actor.is_headquarters:
        found += _of_qa(knowledge_queries.list_waiting_for(actor, limit=SHOWN + 1))
    found.sort(key=lambda task: _order(task, urgent_first=urgent_first))
    return Tasks(found[:SHOWN], has_more=len(found) > SHOWN)


def _order(task: Task, *, urgent_first: bool) -> tuple[object, ...]:
    since = task.since.timestamp() if task.since else 0.0
    alarm = (not task.is_leak, not task.is_urgent) if urgent_first else ()
    return (*alarm, task.due_on or date.max, since, task.subject_kind, task.subject_id)


def _of_guidance(waiting: Iterable[guidance_queries.Waiting]) -> list[Task]:
    return [
        Task(subject_kind="guidance", subject_id=each.guidance.id, number=each.guidance.document_number,
             title=each.guidance.title, sender=each.guidance.sender.name, action=each.action, due_on=each.due_on,
             since=each.since)
        for each in waiting
    ]


def _of_qa(waiting: Iterable[QaEntry]) -> list[Task]:
    return [
        Task(subject_kind="qa_entry", subject_id=each.id, number=each.number, title=each.question,
             sender=each.drafter.name, due_on=None, since=each.created_at,
             action=QaAction.PUBLISH if each.state is QaState.REVIEW else QaAction.REVISE)
        for each in waiting
    ]
