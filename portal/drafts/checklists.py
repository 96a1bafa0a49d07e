"""Checklists: steps that headquarters adds to an issue, and that each side ticks for itself."""

from datetime import date

import sqlalchemy as sa

from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafts import policy
from portal.drafts.events import (
    ChecklistEvent,
    ChecklistStepAdded,
    ChecklistStepDone,
    ChecklistStepRemoved,
    ChecklistStepReopened,
)
from portal.drafts.models import ChecklistStep
from portal.drafts.states import Side
from portal.issues.ball import touch
from portal.issues.content import required_text
from portal.issues.models import Issue

MOST_STEPS = 30


def add_step(
    actor: Actor,
    issue: Issue,
    *,
    side: Side,
    text: str,
    party: str = "",
    due_on: date | None = None,
    confirmed: bool = False,
) -> ChecklistStep:
    """Add a step; the body sees it. Raises Invalid at ``text``, ``party`` (a ministry without a name) or ``due_on``."""
    authorize(policy.can_add_step, actor, issue)
    text = required_text("text", text, N_("手順を入力してください。"), confirmed=confirmed)
    if due_on is not None and due_on < japan_date(clock.now()):
        raise Invalid(N_("期限には、今日以降の日付を入力してください。"), field="due_on")
    if _count(issue) >= MOST_STEPS:
        raise Invalid(N_("手順は%(n)s件までです。"), field="text", n=MOST_STEPS)
    step = ChecklistStep(
        issue_id=issue.id,
        side=side,
        party=_checked_party(side, party, confirmed=confirmed),
        text=text,
        due_on=due_on,
        added_by_person_id=actor.person_id,
        added_at=clock.now(),
        done_signature="",
    )
    db.session.add(step)
    db.session.flush()
    touch(issue, Audience.PUBLIC)
    emit(
        actor,
        ChecklistStepAdded(
            issue_id=issue.id,
            step_id=step.id,
            side=side.value,
            due_on=due_on.isoformat() if due_on else None,
            organisation_id=issue.organisation_id,
        ),
    )
    return step


def tick_step(actor: Actor, issue: Issue, step: ChecklistStep) -> None:
    """Say that the step is done. Raises Conflict when somebody has said so already."""
    authorize(policy.can_tick, actor, issue, step)
    if step.done_at is not None:
        raise Conflict(N_("この手順は、既に完了しています。"))
    step.done_at, step.done_by_person_id, step.done_signature = clock.now(), actor.person_id, actor.signature
    _tell(actor, issue, step, ChecklistStepDone)


def untick_step(actor: Actor, issue: Issue, step: ChecklistStep) -> None:
    """Take the tick back. Raises Conflict when it is not ticked."""
    authorize(policy.can_tick, actor, issue, step)
    if step.done_at is None:
        raise Conflict(N_("この手順は、まだ完了していません。"))
    step.done_at, step.done_by_person_id, step.done_signature = None, None, ""
    _tell(actor, issue, step, ChecklistStepReopened)


def remove_step(actor: Actor, issue: Issue, step: ChecklistStep) -> None:
    """Take a step away that is not done; the record keeps that it was there."""
    authorize(policy.can_remove_step, actor, issue, step)
    step.removed_at = clock.now()
    _tell(actor, issue, step, ChecklistStepRemoved)


def _checked_party(side: Side, name: str, *, confirmed: bool) -> str:
    """The ministry whose step it is; empty for the other sides."""
    if side is not Side.MINISTRY:
        return ""
    if not name.strip():
        raise Invalid(N_("府省の名前を入力してください。"), field="party")
    my_number.check_text("party", name, confirmed)
    return name.strip()


def _count(issue: Issue) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(ChecklistStep.issue_id == issue.id, ChecklistStep.removed_at.is_(None))
        )
        or 0
    )


def _tell(actor: Actor, issue: Issue, step: ChecklistStep, kind: type[ChecklistEvent]) -> None:
    db.session.flush()
    touch(issue, Audience.PUBLIC)
    emit(actor, kind(issue_id=issue.id, step_id=step.id, side=step.side.value, organisation_id=issue.organisation_id))
