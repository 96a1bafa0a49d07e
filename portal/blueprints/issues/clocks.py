"""What the pages say of an issue's targets."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core import clock
from portal.directory.actor import Actor
from portal.escalation.models import Escalation
from portal.escalation.queries import get_beside
from portal.issues import policy
from portal.issues.models import Hop, Issue, Pause
from portal.issues.standings import TargetState, current_state, states_of
from portal.issues.states import PauseKind
from portal.web.business_days import closures, count_by


@dataclass(frozen=True, kw_only=True)
class ShownClock:
    """The targets of an issue as its page prints them; ``pause`` is a stop for a stated reason."""

    targets: list[TargetState]
    pause: Pause | None
    escalations: Sequence[Escalation]
    hops: Sequence[Hop]
    can_resume: bool


def show_clock(actor: Actor, issue: Issue) -> ShownClock:
    """The targets, the hops and, to headquarters, what was escalated. One statement; the page counts by it."""
    beside = get_beside(actor, issue)
    count_by(beside.closures)
    row = issue.clock
    pause = row.pause if row is not None and row.pause is not None and row.pause.kind is PauseKind.STATED else None
    return ShownClock(
        targets=states_of(row, clock.now(), beside.closures) if row is not None else [],
        pause=pause,
        escalations=beside.escalations,
        hops=beside.hops,
        can_resume=pause is not None and policy.can_resume_clock(actor, issue),
    )


def target_now(issue: Issue) -> TargetState | None:
    """The target that counts now, for the chip in lists; the issue is loaded with its clock."""
    return current_state(issue.clock, clock.now(), closures()) if issue.clock is not None else None
