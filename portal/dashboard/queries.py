"""The home page of each role, put together from what the features know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.policy import can_build, can_count
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.dashboard import figures, issue_lists
from portal.dashboard.campaigns import Running, find_inspection, list_running
from portal.dashboard.figures import Answers, DivisionFigure, HolderFigure, MinistryFigure, ThemeFigure
from portal.dashboard.task import Tasks
from portal.dashboard.tasks import list_tasks
from portal.dashboard.undeliverable import Unreached, list_unreached
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_ROLES, Role
from portal.guidance import matrix
from portal.guidance.models import Guidance, Recipient
from portal.guidance.queries import GuidanceFilters, list_guidance
from portal.guidance.records import list_own_recipients
from portal.guidance.states import Fact
from portal.issues.models import Issue
from portal.liaison.models import Promise
from portal.liaison.queries import list_promises_due
from portal.notifications.models import Delivery, DeliveryState

NEW_SHOWN = 5
PROMISED_WITHIN = 2  # business days
FAILED_FOR = timedelta(days=14)
_RUNS_THE_PORTAL = frozenset({Role.ADMIN, Role.SECRETARIAT})
_URGENT_FIRST = frozenset({Role.LIAISON, Role.SECRETARIAT, Role.ADMIN})
_SUBMITS = LOCAL_ROLES | {Role.ASSOCIATION}
_GETS_GUIDANCE = _SUBMITS | {Role.MINISTRY}


@dataclass(frozen=True, kw_only=True)
class NewGuidance:
    """A paper issued lately: the own body's row, if it is addressed, and figures where the actor may see them."""

    guidance: Guidance
    recipient: Recipient | None = None
    facts: matrix.FactCounts | None = None


@dataclass(frozen=True, kw_only=True)
class Week:
    """The last seven days in five lines."""

    themes: list[ThemeFigure]
    answers: Answers
    divisions: list[DivisionFigure]
    held: list[HolderFigure]
    consultations: list[MinistryFigure]
    latest: NewGuidance | None
    inspection: Running | None


@dataclass(frozen=True, kw_only=True)
class Home:
    """What the home page shows; an empty part is left out or says what would stand there."""

    tasks: Tasks | None = None
    own_issues: Sequence[Issue] = ()
    promises: Sequence[Promise] = ()
    stuck: Sequence[Issue] = ()
    missed: Sequence[Issue] = ()
    overdue: Sequence[Issue] = ()
    ownerless: Sequence[Issue] = ()
    new_guidance: list[NewGuidance] = field(default_factory=list)
    area: list[NewGuidance] = field(default_factory=list)
    failed: Sequence[Delivery] = ()
    unreached: Sequence[Unreached] = ()
    week: Week | None = None
    divisions: Sequence[DivisionFigure] = ()
    running: Sequence[Running] = ()


def gets_guidance(actor: Actor) -> bool:
    """Whether papers are addressed to the actor's organisation."""
    return actor.role in _GETS_GUIDANCE


def submits(actor: Actor) -> bool:
    """Whether the actor's organisation submits issues."""
    return actor.role in _SUBMITS


def get_home(actor: Actor) -> Home:
    """The home page of the actor's role (screens.md)."""
    runs = actor.role in _RUNS_THE_PORTAL
    if actor.role is Role.EXECUTIVE:
        return Home(week=_week(actor))
    tasks = None if actor.role is Role.AUDITOR else list_tasks(actor, urgent_first=actor.role in _URGENT_FIRST)
    own = issue_lists.list_own(actor) if submits(actor) else ()
    latest = _latest(actor) if gets_guidance(actor) else []
    waiting = {(task.subject_kind, task.subject_id) for task in tasks.items} if tasks else set()
    return Home(
        tasks=tasks,
        own_issues=[each for each in own if ("issue", each.id) not in waiting],
        promises=list_promises_due(actor, until=_soon()) if actor.role is Role.LIAISON else (),
        stuck=issue_lists.list_stuck(actor) if actor.role is Role.LIAISON else (),
        missed=issue_lists.list_missed_promises(actor) if actor.role is Role.DIVISION else (),
        overdue=issue_lists.list_overdue(actor) if runs else (),
        ownerless=issue_lists.list_ownerless(actor) if runs else (),
        new_guidance=[each for each in latest if ("guidance", each.guidance.id) not in waiting][:NEW_SHOWN],
        area=_lagging(latest) if actor.is_prefecture else [],
        failed=_failed() if runs else (),
        unreached=list_unreached(actor, size=NEW_SHOWN).items if actor.role is Role.LIAISON else (),
        divisions=figures.count_answers_by_division() if runs else (),
        running=list_running(actor, with_alarms=not can_count(actor)) if _sees_running(actor) else (),
    )


def _sees_running(actor: Actor) -> bool:
    """Those who run campaigns see how they stand, associations and ministries their figures."""
    return can_build(actor) or can_count(actor)


def _soon() -> date:
    """Promises of the coming days are shown before they are due."""
    return add_business_days(japan_date(clock.now()), PROMISED_WITHIN)


def _latest(actor: Actor) -> list[NewGuidance]:
    items = list_guidance(actor, GuidanceFilters()).items
    own = list_own_recipients(actor, [item.id for item in items])
    facts = matrix.count_facts_of(actor, items)
    return [NewGuidance(guidance=item, recipient=own.get(item.id), facts=facts.get(item.id)) for item in items]


def _lagging(latest: list[NewGuidance]) -> list[NewGuidance]:
    """The papers that some body of the prefecture has not received yet, the nearest due date first."""
    asking = [each for each in latest if each.facts and not each.guidance.asks_nothing]
    behind = [each for each in asking if each.facts and each.facts.of(Fact.RECEIVED) < each.facts.total]
    behind.sort(key=lambda each: (each.guidance.reply_due_on is None, each.guidance.reply_due_on))
    return behind[:NEW_SHOWN]


def _failed() -> Sequence[Delivery]:
    """Mails of the last two weeks that failed or whose fate is unknown, newest first."""
    return db.session.scalars(
        sa.select(Delivery)
        .where(
            Delivery.state.in_((DeliveryState.FAILED, DeliveryState.UNKNOWN)),
            Delivery.created_at > clock.now() - FAILED_FOR,
        )
        .options(orm.joinedload(Delivery.person))
        .order_by(Delivery.id.desc())
        .limit(NEW_SHOWN)
    ).all()


def _week(actor: Actor) -> Week:
    items = [item for item in list_guidance(actor, GuidanceFilters()).items if not item.asks_nothing][:1]
    facts = matrix.count_facts_of(actor, items)
    return Week(
        themes=figures.count_new_by_theme(),
        answers=figures.count_answers(),
        divisions=figures.count_answers_by_division(),
        held=figures.count_held(),
        consultations=figures.count_consultations(),
        latest=NewGuidance(guidance=items[0], facts=facts.get(items[0].id)) if items else None,
        inspection=find_inspection(actor),
    )
