"""Issue at an hour: planned by whoever signs, carried out by the worker, held where something changed meanwhile."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import calendar, clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import EventRecord, emit, restore
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.guidance.addressees import fingerprint_of
from portal.guidance.content import SHORT_DUE_DAYS
from portal.guidance.events import GuidanceApproved
from portal.guidance.issuing import list_addressed_ids, put_in_force
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.issuing import policy
from portal.issuing.events import GuidanceHeld, GuidanceScheduled, GuidanceUnscheduled, ScheduledAddresseesChanged
from portal.issuing.models import IssuePlan
from portal.targets.arithmetic import is_open
from portal.targets.queries import get_closures

FURTHEST = timedelta(days=400)
_SETTLES_ISSUE = [each.kind() for each in (GuidanceApproved, GuidanceScheduled, GuidanceUnscheduled, GuidanceHeld)]
_STALE = N_("この通知等の状態が変わったため、操作できません。画面を読み直してください。")


@dataclass(frozen=True)
class _Planner:
    """Whoever planned the issue, in whose name the worker carries it out."""

    person_id: int | None
    membership_id: int | None


class _Changed(Exception):
    """The bodies are not those that the planner saw."""

    def __init__(self, added: int, removed: int) -> None:
        self.added, self.removed = added, removed


def schedule_issue(
    actor: Actor,
    guidance: Guidance,
    *,
    issue_at: datetime,
    fingerprint: str,
    outside_hours: bool = False,
    short_due_reason: str | None = None,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> IssuePlan:
    """approved → scheduled, or another hour for what is scheduled; the bodies as they were seen are kept.

    Raises Invalid at ``issue_on`` (past, too far, outside office hours without saying so) or ``short_due_reason``,
    Conflict where the state or the directory has changed since the page was shown.
    """
    if guidance.state not in {GuidanceState.APPROVED, GuidanceState.SCHEDULED}:
        raise Conflict(_STALE)
    authorize(policy.can_schedule, actor, guidance)
    guidance.check_version(version)
    _check_hour(issue_at, outside_hours)
    my_number.check_text("short_due_reason", short_due_reason or "", my_number_confirmed)
    guidance.short_due_reason = (short_due_reason or "").strip() or guidance.short_due_reason
    _check_due_at(guidance, calendar.japan_date(issue_at))
    body_ids = list_addressed_ids(guidance)
    if not body_ids or fingerprint_of(body_ids) != fingerprint:
        raise Conflict(N_("宛先を確認した後に名簿が変わりました。宛先をもう一度確認してください。"))
    plan = db.session.get(IssuePlan, guidance.id, with_for_update=True) or IssuePlan(guidance_id=guidance.id)
    guidance.state, guidance.updated_at = GuidanceState.SCHEDULED, clock.now()
    plan.issue_at, plan.planned_at = issue_at, clock.now()
    plan.planned_by_person_id, plan.planned_by_membership_id = actor.person_id, actor.membership_id
    plan.body_ids, plan.told_fingerprint = sorted(body_ids), None
    db.session.add(plan)
    db.session.flush()
    emit(actor, GuidanceScheduled(guidance_id=guidance.id, issue_at=issue_at))
    return plan


def unschedule(actor: Actor, guidance: Guidance, *, version: int | None = None) -> None:
    """scheduled → approved. Raises Conflict when it has been issued or unscheduled meanwhile."""
    if guidance.state is not GuidanceState.SCHEDULED:
        raise Conflict(_STALE)
    authorize(policy.can_unschedule, actor, guidance)
    guidance.check_version(version)
    _drop_plan(guidance)
    emit(actor, GuidanceUnscheduled(guidance_id=guidance.id))


def find_plan(guidance: Guidance) -> IssuePlan | None:
    """The plan of a paper with its planner. No statement for one that is not scheduled."""
    if guidance.state is not GuidanceState.SCHEDULED:
        return None
    return db.session.scalar(
        sa.select(IssuePlan).where(IssuePlan.guidance_id == guidance.id).options(orm.joinedload(IssuePlan.planned_by))
    )


def find_hold(guidance: Guidance) -> GuidanceHeld | None:
    """Why an approved paper was not issued at its hour, until somebody takes it up again.

    One statement; none for a paper that is not approved.
    """
    if guidance.state is not GuidanceState.APPROVED:
        return None
    latest = db.session.scalar(
        sa.select(EventRecord)
        .where(
            EventRecord.subject_kind == GuidanceHeld.subject,
            EventRecord.subject_id == guidance.id,
            EventRecord.kind.in_(_SETTLES_ISSUE),
        )
        .order_by(EventRecord.id.desc())
        .limit(1)
    )
    held = restore(latest) if latest is not None else None
    return held if isinstance(held, GuidanceHeld) else None


def list_due_plans(limit: int = 50) -> list[int]:
    """The ids of papers whose hour has come, the earliest first."""
    return list(
        db.session.scalars(
            sa.select(IssuePlan.guidance_id)
            .where(IssuePlan.issue_at <= clock.now())
            .order_by(IssuePlan.issue_at, IssuePlan.guidance_id)
            .limit(limit)
        )
    )


def list_coming_plans() -> list[int]:
    """The ids of papers that are scheduled."""
    return list(db.session.scalars(sa.select(IssuePlan.guidance_id).order_by(IssuePlan.issue_at)))


def issue_planned(guidance_id: int) -> bool:
    """Issue a paper whose hour has come, in the caller's transaction; False when there is nothing (more) to do.

    Exactly the bodies that the planner saw get it. Where the directory has changed, or its due date has come too near,
    it goes back to approved and the planner is told why. Two workers at once: the second finds nothing to do.
    """
    plan = db.session.scalar(
        sa.select(IssuePlan)
        .where(IssuePlan.guidance_id == guidance_id, IssuePlan.issue_at <= clock.now())
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if plan is None:
        return False
    guidance = db.session.get_one(Guidance, guidance_id, populate_existing=True)
    planner, seen = _Planner(plan.planned_by_person_id, plan.planned_by_membership_id), set(plan.body_ids)
    if _is_due_too_near(guidance):
        _hold(guidance, plan, "due", 0, 0)
        return True

    def check(body_ids: list[int]) -> None:
        if set(body_ids) != seen:
            raise _Changed(len(set(body_ids) - seen), len(seen - set(body_ids)))

    try:
        with db.session.begin_nested():
            db.session.delete(plan)
            put_in_force(planner, guidance, check)
    except _Changed as change:
        plan = db.session.get_one(IssuePlan, guidance_id, populate_existing=True)
        db.session.refresh(guidance)
        _hold(guidance, plan, "directory", change.added, change.removed)
    return True


def tell_of_change(guidance_id: int) -> bool:
    """Have the planner told, once for each change, that the directory no longer gives the bodies that they saw."""
    plan = db.session.get(IssuePlan, guidance_id, with_for_update=True, populate_existing=True)
    if plan is None:
        return False
    guidance = db.session.get_one(Guidance, guidance_id)
    now, seen = set(list_addressed_ids(guidance)), set(plan.body_ids)
    fingerprint = fingerprint_of(now)
    if now == seen or plan.told_fingerprint == fingerprint:
        return False
    plan.told_fingerprint = fingerprint
    db.session.flush()
    emit(
        SYSTEM,
        ScheduledAddresseesChanged(
            guidance_id=guidance_id,
            planner_person_id=plan.planned_by_person_id,
            added=len(now - seen),
            removed=len(seen - now),
        ),
    )
    return True


def is_short_at(guidance: Guidance, day: date) -> bool:
    """Whether fewer than three business days are left from that day until the due date."""
    due_on = guidance.reply_due_on
    return due_on is not None and calendar.business_days_between(day, due_on) < SHORT_DUE_DAYS


def _check_hour(issue_at: datetime, outside_hours: bool) -> None:
    now = clock.now()
    if issue_at <= now:
        _refuse(N_("発出日時はこれから先の日時にしてください。"))
    if issue_at > now + FURTHEST:
        _refuse(N_("発出日時は1年以内にしてください。"))
    if not outside_hours and not is_open(issue_at, get_closures()):
        _refuse(
            N_(
                "業務時間（開庁日の8時30分から17時15分まで）の外です。このまま予約するときは、その下の確認にチェックを入れてください。"
            )
        )


def _refuse(message: str) -> NoReturn:
    raise Invalid(message, field="issue_on")


def _check_due_at(guidance: Guidance, day: date) -> None:
    if guidance.reply_due_on is not None and guidance.reply_due_on < day:
        _refuse(N_("回答期限より後に発出することはできません。"))
    if is_short_at(guidance, day) and not guidance.short_due_reason:
        raise Invalid(
            N_("発出日から回答期限まで3営業日ありません。短い期限とする理由を入力してください。"),
            field="short_due_reason",
        )


def _is_due_too_near(guidance: Guidance) -> bool:
    """Whether the hour was missed by so much that the due date needs a reason that nobody gave, or has passed."""
    today = calendar.japan_date(clock.now())
    if guidance.reply_due_on is None:
        return False
    return guidance.reply_due_on < today or (is_short_at(guidance, today) and not guidance.short_due_reason)


def _hold(guidance: Guidance, plan: IssuePlan, cause: str, added: int, removed: int) -> None:
    planner_id = plan.planned_by_person_id
    _drop_plan(guidance)
    emit(
        SYSTEM,
        GuidanceHeld(guidance_id=guidance.id, planner_person_id=planner_id, cause=cause, added=added, removed=removed),
    )


def _drop_plan(guidance: Guidance) -> None:
    """scheduled → approved; the plan goes first, as the worker too locks it before the paper."""
    db.session.execute(sa.delete(IssuePlan).where(IssuePlan.guidance_id == guidance.id))
    guidance.state, guidance.updated_at = GuidanceState.APPROVED, clock.now()
    db.session.flush()
