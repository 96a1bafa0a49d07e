"""Reading of drafts, checklists and what the page of an issue shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.drafts import policy
from portal.drafts.models import AnswerDraft, ChecklistStep, DraftComment, DraftPresence, DraftVersion
from portal.issues import queries as issue_queries
from portal.issues.models import Issue
from portal.issues.states import PostKind

PRESENT_FOR = timedelta(minutes=5)
COMMENTS_SHOWN = 100


@dataclass(frozen=True)
class Writer:
    """Somebody who has the page open on which the answer is written."""

    name: str
    seen_at: datetime


@dataclass(frozen=True)
class ShownDraft:
    """A draft as the page of its issue shows it."""

    draft: AnswerDraft
    signature: str
    saved_at: datetime
    comments: int


@dataclass(frozen=True)
class Beside:
    """What the page of an issue shows: the checklist to everyone, draft and writers to headquarters."""

    steps: list[ChecklistStep] = field(default_factory=list)
    draft: ShownDraft | None = None
    writers: list[Writer] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many of the steps are done."""
        return sum(step.done_at is not None for step in self.steps)


def get_beside(actor: Actor, issue: Issue) -> Beside:
    """The checklist, and to headquarters the newest draft and who is writing. One statement."""
    values = {"issue_id": issue.id, "reader_id": actor.person_id, "present_since": clock.now() - PRESENT_FOR}
    rows = db.session.execute(_beside(is_inside=policy.can_view_draft(actor)), values).all()
    first = rows[0] if rows else None
    return Beside(
        steps=list(dict.fromkeys(row[0] for row in rows if row[0] is not None)),
        draft=ShownDraft(*first[1:5]) if first is not None and first[1] is not None else None,
        writers=list(dict.fromkeys(Writer(row[5], row[6]) for row in rows if row[5] is not None)),
    )


@kept
def _beside(*, is_inside: bool) -> sa.Select[*tuple[Any, ...]]:
    issue_id: sa.BindParameter[int] = sa.bindparam("issue_id", type_=sa.BigInteger())
    inside = sa.literal(is_inside)
    newest = sa.select(sa.func.max(AnswerDraft.id)).where(AnswerDraft.issue_id == issue_id, inside)
    comments = sa.select(sa.func.count()).where(DraftComment.draft_id == AnswerDraft.id)
    is_present = sa.and_(
        DraftPresence.issue_id == Issue.id,
        inside,
        DraftPresence.person_id != sa.bindparam("reader_id"),
        DraftPresence.seen_at > sa.bindparam("present_since"),
    )
    return (
        sa.select(
            ChecklistStep,
            AnswerDraft,
            DraftVersion.signature,
            DraftVersion.created_at,
            comments.correlate(AnswerDraft).scalar_subquery(),
            DraftPresence.name,
            DraftPresence.seen_at,
        )
        .select_from(Issue)
        .outerjoin(ChecklistStep, sa.and_(ChecklistStep.issue_id == Issue.id, ChecklistStep.removed_at.is_(None)))
        .outerjoin(AnswerDraft, AnswerDraft.id == newest.scalar_subquery())
        .outerjoin(
            DraftVersion, sa.and_(DraftVersion.draft_id == AnswerDraft.id, DraftVersion.number == AnswerDraft.latest)
        )
        .outerjoin(DraftPresence, is_present)
        .where(Issue.id == issue_id)
        .order_by(ChecklistStep.id, DraftPresence.seen_at.desc())
    )


def find_open_draft(issue: Issue) -> AnswerDraft | None:
    """The draft that is being written; no check of who asks."""
    return db.session.scalar(
        sa.select(AnswerDraft).where(AnswerDraft.issue_id == issue.id, AnswerDraft.closed_at.is_(None))
    )


def get_draft(actor: Actor, issue: Issue) -> AnswerDraft:
    """The newest draft of the issue, given or not. Raises NotFound when there is none, or for outsiders."""
    if not policy.can_view_draft(actor):
        raise NotFound
    draft = db.session.scalar(
        sa.select(AnswerDraft).where(AnswerDraft.issue_id == issue.id).order_by(AnswerDraft.id.desc()).limit(1)
    )
    if draft is None:
        raise NotFound
    return draft


def get_version(draft: AnswerDraft, number: int) -> DraftVersion:
    """One version with its text. Raises NotFound."""
    version = db.session.scalar(
        sa.select(DraftVersion).where(DraftVersion.draft_id == draft.id, DraftVersion.number == number)
    )
    if version is None:
        raise NotFound
    return version


def list_versions(draft: AnswerDraft, cursor: str | None = None) -> Page[DraftVersion]:
    """Who saved when, the newest first, without the texts."""
    without_text = orm.defer(DraftVersion.text, raiseload=True)
    return paginate(
        db.session,
        sa.select(DraftVersion).where(DraftVersion.draft_id == draft.id).options(without_text),
        order=(DraftVersion.id.desc(),),
        cursor=cursor,
        size=20,
    )


def list_comments(draft: AnswerDraft) -> list[DraftComment]:
    """The last hundred remarks in the order in which they were made."""
    newest = db.session.scalars(
        sa.select(DraftComment)
        .where(DraftComment.draft_id == draft.id)
        .order_by(DraftComment.id.desc())
        .limit(COMMENTS_SHOWN)
    ).all()
    return list(reversed(newest))


def list_writers(actor: Actor, issue: Issue) -> Sequence[Writer]:
    """Who else has the page open on which the answer is written, the last seen first."""
    rows = db.session.execute(
        sa.select(DraftPresence.name, DraftPresence.seen_at)
        .where(
            DraftPresence.issue_id == issue.id,
            DraftPresence.person_id != actor.person_id,
            DraftPresence.seen_at > clock.now() - PRESENT_FOR,
        )
        .order_by(DraftPresence.seen_at.desc())
    )
    return [Writer(name, seen_at) for name, seen_at in rows]


def find_text(issue: Issue) -> tuple[int, str]:
    """Number and text of the newest version of the open draft; (0, "") where there is none."""
    row = db.session.execute(
        sa.select(DraftVersion.number, DraftVersion.text)
        .join(AnswerDraft, sa.and_(AnswerDraft.id == DraftVersion.draft_id, AnswerDraft.latest == DraftVersion.number))
        .where(AnswerDraft.issue_id == issue.id, AnswerDraft.closed_at.is_(None))
    ).first()
    return (row[0], row[1]) if row is not None else (0, "")


def get_step(issue: Issue, step_id: int) -> ChecklistStep:
    """A step of the issue's checklist. Raises NotFound."""
    step = db.session.scalar(
        sa.select(ChecklistStep).where(
            ChecklistStep.id == step_id, ChecklistStep.issue_id == issue.id, ChecklistStep.removed_at.is_(None)
        )
    )
    if step is None:
        raise NotFound
    return step


def compose_material(actor: Actor, issue: Issue) -> str:
    """What the ministries replied, quoted under the name of each, for a draft that the division edits and signs.

    Empty when no ministry has replied. What the actor may not see of the thread is not in it.
    """
    posts, consultations = issue_queries.list_thread(actor, issue)
    sections = []
    for consultation in consultations:
        replies = [
            post
            for post in posts
            if post.consultation_id == consultation.id and post.kind is PostKind.CONSULTATION_REPLY
        ]
        if replies:
            quoted = "\n\n".join(_quote(post.body) for post in replies)
            sections.append(f"### {consultation.ministry.name}の見解\n\n{quoted}")
    return "\n\n".join(sections)


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
