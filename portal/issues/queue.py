"""The queue: issues of many bodies, narrowed, ordered and paged by key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.pagination import Page, capped_count, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.issues import policy
from portal.issues.loading import loaded_for_lists, loaded_for_rows
from portal.issues.models import Issue, Reading
from portal.issues.queries import activity_of
from portal.issues.searching import holding
from portal.issues.states import BEFORE_ANSWER, Holder, IssueKind, IssueState, Leak, Urgency


@dataclass(frozen=True, kw_only=True)
class IssueFilter:
    """What narrows the queue; None or empty leaves a condition out.

    ``minimum_age`` is in days since submission. ``mine`` keeps those whose ball lies with the actor, ``open_only``
    those before an answer, ``overdue`` those past their due date. ``words`` must all stand in the number, the texts
    that the actor may see, or the body's name.
    """

    state: IssueState | None = None
    kind: IssueKind | None = None
    theme_id: int | None = None
    urgency: Urgency | None = None
    holder: Holder | None = None
    body_code: str | None = None
    prefecture_code: str | None = None
    minimum_age: int | None = None
    words: str = ""
    leak_only: bool = False
    mine: bool = False
    open_only: bool = False
    overdue: bool = False
    unread: bool = False
    changed: bool = False
    by_due: bool = False
    by_priority: bool = False


@dataclass(frozen=True)
class QueueRow:
    """An issue in the queue, whether the person has not read what happened last, and whether they ever opened it."""

    issue: Issue
    is_unread: bool
    was_read: bool = False


def list_queue(
    actor: Actor,
    chosen: IssueFilter,
    *,
    also: Sequence[sa.ColumnElement[bool]] = (),
    cursor: str | None = None,
    size: int = 50,
) -> Page[QueueRow]:
    """One page of the issues that the actor may see, narrowed further by the conditions ``also``. Two statements.

    By priority (leaks, urgent ones, then the earliest due, which puts the overdue first), by due date, or the latest
    activity first.
    """
    query = _narrowed(_rows_of(actor.pattern), actor, chosen).where(*also)
    order = _order(actor, chosen)
    page = paginate(db.session, query, order=order, cursor=cursor, size=size, bindings=actor.bindings)
    return page.with_items(_rows(actor, page.items))


def count_queue(actor: Actor, chosen: IssueFilter, *, also: Sequence[sa.ColumnElement[bool]] = ()) -> int:
    """How many issues the filter finds, counted no further than 1,000."""
    query = _narrowed(_seen_by(actor.pattern), actor, chosen).where(*also)
    return capped_count(db.session, query, bindings=actor.bindings)


def list_chosen(actor: Actor, numbers: Sequence[str]) -> Sequence[QueueRow]:
    """Those of the numbered issues that the actor may see, in the order of their numbers. Two statements."""
    wanted = {number.strip().upper() for number in numbers}
    issues = db.session.scalars(
        sa.select(Issue)
        .where(Issue.number.in_(wanted), policy.submitted_viewable_by(actor))
        .options(*loaded_for_lists(), orm.joinedload(Issue.sub_topic))
        .order_by(Issue.number)
    ).all()
    return _rows(actor, issues)


def _rows(actor: Actor, issues: Sequence[Issue]) -> list[QueueRow]:
    read_at = _read_at(actor, issues)
    name = activity_of(actor).key
    return [
        QueueRow(issue, issue.id not in read_at or read_at[issue.id] < getattr(issue, name), issue.id in read_at)
        for issue in issues
    ]


def _order(actor: Actor, chosen: IssueFilter) -> tuple[Any, ...]:
    if chosen.by_priority:
        return Issue.priority, Issue.id
    if chosen.by_due:
        return Issue.due_on, Issue.id
    return activity_of(actor).desc(), Issue.id.desc()


@kept
def _seen_by(actor: Actor) -> sa.Select[Issue]:
    return sa.select(Issue).where(policy.submitted_viewable_by(actor))


@kept
def _rows_of(actor: Actor) -> sa.Select[Issue]:
    return _seen_by(actor).options(*loaded_for_rows())


def _narrowed(query: sa.Select[Issue], actor: Actor, chosen: IssueFilter) -> sa.Select[Issue]:
    equal = {
        Issue.state: chosen.state,
        Issue.kind: chosen.kind,
        Issue.theme_id: chosen.theme_id,
        Issue.urgency: chosen.urgency,
        Issue.holder: chosen.holder,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    return query.where(*_places(chosen), *_flags(actor, chosen), *_words(actor, chosen.words))


def _places(chosen: IssueFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.body_code:
        body = sa.select(Organisation.id).where(Organisation.code == chosen.body_code).scalar_subquery()
        conditions.append(Issue.organisation_id == body)
    if chosen.prefecture_code:
        conditions.append(
            Issue.organisation_id.in_(
                sa.select(Organisation.id).where(Organisation.prefecture_code == chosen.prefecture_code)
            )
        )
    if chosen.minimum_age:
        conditions.append(Issue.submitted_at <= clock.now() - timedelta(days=chosen.minimum_age))
    return conditions


def _flags(actor: Actor, chosen: IssueFilter) -> list[sa.ColumnElement[bool]]:
    activity = activity_of(actor)
    wanted: tuple[tuple[bool, Callable[[], sa.ColumnElement[bool]]], ...] = (
        (chosen.leak_only, lambda: Issue.leak.in_([Leak.YES, Leak.SUSPECTED])),
        (chosen.mine, lambda: policy.ball_is_with(actor)),
        (chosen.open_only, lambda: Issue.state.in_(BEFORE_ANSWER)),
        (chosen.overdue, lambda: sa.and_(Issue.state.in_(BEFORE_ANSWER), Issue.due_on < japan_date(clock.now()))),
        (chosen.unread, lambda: sa.not_(_read_by(actor, Reading.read_at >= activity))),
        (chosen.changed, lambda: _read_by(actor, Reading.read_at < activity)),
    )
    return [make() for is_wanted, make in wanted if is_wanted]


def _read_by(actor: Actor, when: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Reading.issue_id == Issue.id, Reading.person_id == actor.person_id, when)


def _words(actor: Actor, text: str) -> list[sa.ColumnElement[bool]]:
    words = text.split()[:5]
    conditions: list[sa.ColumnElement[bool]] = []
    for word, is_held in zip(words, holding(actor, words), strict=True):
        bodies = sa.select(Organisation.id).where(Organisation.name.contains(word, autoescape=True))
        conditions.append(sa.or_(Issue.number == word.upper(), is_held, Issue.organisation_id.in_(bodies)))
    return conditions


def _read_at(actor: Actor, issues: Sequence[Issue]) -> dict[int, datetime]:
    """Up to when the person has read these; what they never opened is not in it."""
    values = {"reader_id": actor.person_id, "issue_ids": [issue.id for issue in issues]}
    return {row[0]: row[1] for row in db.session.execute(_READINGS, values)}


_READINGS = sa.select(Reading.issue_id, Reading.read_at).where(
    Reading.person_id == sa.bindparam("reader_id"), Reading.issue_id.in_(sa.bindparam("issue_ids", expanding=True))
)
