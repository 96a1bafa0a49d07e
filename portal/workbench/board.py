"""The queue as a workbench: each row with what is new in it, who is in charge, and what the reader may do with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.events import Audience, EventRecord
from portal.core.pagination import Page
from portal.directory.actor import Actor
from portal.issues import policy as issue_policy
from portal.issues import queue
from portal.issues.models import Issue, Post, Reading
from portal.issues.queue import IssueFilter, QueueRow
from portal.workbench import queries
from portal.workbench.queries import InCharge

# What moves an issue to another state; the words of a state are no secret, so that only public ones count outside.
_MOVES = (
    "issue_resubmitted",
    "issue_returned",
    "issue_triaged",
    "issue_routed",
    "issue_accepted",
    "issue_bounced",
    "issue_taken_back",
    "ministry_consulted",
    "consultation_answered",
    "consultation_withdrawn",
    "official_answer_given",
    "issue_answered_by_quote",
    "issue_closed",
    "issue_reopened",
    "issue_decline_proposed",
    "issue_declined",
    "issue_decline_rejected",
    "issue_withdrawn",
)
_EDIT = "issue_edited"
# What a single key does on a row, and where it is allowed.
_STEPS: tuple[tuple[str, Callable[[Actor, Issue], bool]], ...] = (
    ("triage", issue_policy.can_triage),
    ("route", issue_policy.can_route),
    ("return", issue_policy.can_return),
    ("note", issue_policy.can_write_note),
)


@dataclass(frozen=True)
class News:
    """What has happened in an issue since its reader last looked; others' doings alone."""

    posts: int = 0
    is_moved: bool = False
    is_edited: bool = False

    @property
    def is_other(self) -> bool:
        """Whether something happened that has no word of its own."""
        return not (self.posts or self.is_moved or self.is_edited)


@dataclass(frozen=True)
class BoardRow:
    """An issue in the queue. ``news`` is None where nothing happened, and where it was never opened."""

    issue: Issue
    is_unread: bool
    news: News | None
    in_charge: InCharge | None
    steps: tuple[str, ...]


@dataclass(frozen=True)
class BoardFilter:
    """The queue's conditions, and those of the workbench."""

    issues: IssueFilter
    claimed: bool = False


def list_board(actor: Actor, chosen: BoardFilter, *, cursor: str | None = None, size: int = 50) -> Page[BoardRow]:
    """One page of the queue with all that a row shows. Four statements at most, three outside headquarters."""
    page = queue.list_queue(actor, chosen.issues, also=_also(actor, chosen), cursor=cursor, size=size)
    news = find_news(actor, [row for row in page if row.is_unread])
    in_charge = queries.find_in_charge(actor, [row.issue for row in page])
    return page.with_items(
        [
            BoardRow(
                row.issue,
                row.is_unread,
                news.get(row.issue.id),
                next(iter(in_charge.get(row.issue.id, ())), None),
                tuple(name for name, can in _STEPS if can(actor, row.issue)),
            )
            for row in page
        ]
    )


def count_board(actor: Actor, chosen: BoardFilter) -> int:
    """How many issues the conditions find, counted no further than 1,000."""
    return queue.count_queue(actor, chosen.issues, also=_also(actor, chosen))


def find_news(actor: Actor, rows: Sequence[QueueRow]) -> dict[int, News]:
    """What happened in the unread issues of these since the actor last looked. One statement.

    Posts and moves that the actor may not see are not counted, and an issue that is unread by nothing but these is
    not unread for them in the first place.
    """
    seen = [row.issue.id for row in rows if row.is_unread and row.was_read]
    if not seen:
        return {}
    counts: dict[int, dict[str, int]] = {issue_id: {} for issue_id in seen}
    for row in db.session.execute(sa.union_all(_posts(actor, seen), _moves(actor, seen))):
        counts[row[0]][row[1]] = row[2]
    return {
        issue_id: News(
            posts=kinds.get("post", 0), is_moved=any(kind in kinds for kind in _MOVES), is_edited=_EDIT in kinds
        )
        for issue_id, kinds in counts.items()
    }


def _also(actor: Actor, chosen: BoardFilter) -> list[sa.ColumnElement[bool]]:
    return [queries.claimed_by(actor)] if chosen.claimed else []


def _posts(actor: Actor, seen: list[int]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Post.issue_id, sa.literal("post"), sa.func.count())
        .join(Reading, sa.and_(Reading.issue_id == Post.issue_id, Reading.person_id == actor.person_id))
        .where(
            Post.issue_id.in_(seen),
            Post.created_at > Reading.read_at,
            Post.author_person_id.not_in(actor.person_ids),
            issue_policy.posts_visible_to(actor),
        )
        .group_by(Post.issue_id)
    )


def _moves(actor: Actor, seen: list[int]) -> sa.Select[*tuple[Any, ...]]:
    audiences = list(Audience) if issue_policy.sees_every_audience(actor) else [Audience.PUBLIC]
    return (
        sa.select(EventRecord.subject_id, EventRecord.kind, sa.func.count())
        .join(Reading, sa.and_(Reading.issue_id == EventRecord.subject_id, Reading.person_id == actor.person_id))
        .where(
            EventRecord.subject_kind == "issue",
            EventRecord.subject_id.in_(seen),
            EventRecord.kind.in_([*_MOVES, _EDIT]),
            EventRecord.audience.in_(audiences),
            EventRecord.occurred_at > Reading.read_at,
            sa.or_(EventRecord.actor_person_id.is_(None), EventRecord.actor_person_id.not_in(actor.person_ids)),
        )
        .group_by(EventRecord.subject_id, EventRecord.kind)
    )
