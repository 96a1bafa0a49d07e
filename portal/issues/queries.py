"""Reading of issues, scoped by policy: the item, its thread, the queue, what waits for somebody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.attachments.queries import find_attachment, list_attachments_of
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.events import Audience
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import Role
from portal.issues import policy
from portal.issues.loading import loaded_for_lists
from portal.issues.models import Consultation, Follower, Issue, IssueClock, IssueRevision, Pause, Post, Reading
from portal.issues.states import ENDED, Holder, IssueState, PostKind, Urgency


@dataclass(frozen=True)
class AnsweredText:
    """The reported text and the official answer of an issue, from which a Q&A entry may be drafted."""

    issue_id: int
    theme_id: int | None
    question: str
    answer: str


def get_issue(actor: Actor, number: str) -> Issue:
    """The submitted issue with everything that its page names. Raises NotFound when missing or hidden."""
    return _one(actor, Issue.number == number.strip().upper())


def get_issue_to_show(actor: Actor, number: str) -> tuple[Issue, bool]:
    """The same, and whether the person follows it. One statement."""
    values = {**actor.bindings, "number": number.strip().upper()}
    row = db.session.execute(_shown(actor.pattern), values).first()
    if row is None:
        raise NotFound
    return row[0], bool(row[1])


def get_draft(actor: Actor, issue_id: int) -> Issue:
    """A draft of the actor's. Raises NotFound when missing, hidden or submitted meanwhile."""
    return _one(actor, Issue.id == issue_id, Issue.state == IssueState.DRAFT)


def find_number_of(actor: Actor, issue_id: int) -> str | None:
    """The number of an issue that the actor may see: what a draft became, or where a notification leads."""
    return db.session.scalar(sa.select(Issue.number).where(Issue.id == issue_id, policy.viewable_by(actor)))


def find_id_by_number(number: str) -> int | None:
    """The id of a submitted issue, whoever asks; only for an auditor's recorded reason."""
    return db.session.scalar(sa.select(Issue.id).where(Issue.number == number.strip().upper()))


def list_linked_issues(actor: Actor, ids: Sequence[int]) -> Sequence[Issue]:
    """Those of the issues that the actor may see, by number. One statement at most."""
    if not ids:
        return []
    return db.session.scalars(_linked(actor.pattern).where(Issue.id.in_(ids)), actor.bindings).all()


@kept
def _linked(actor: Actor) -> sa.Select[Issue]:
    return (
        sa.select(Issue)
        .where(policy.viewable_by(actor), Issue.number.is_not(None))
        .options(orm.joinedload(Issue.organisation))
        .order_by(Issue.number)
    )


def list_linked_waiting(
    actor: Actor, ids: sa.Select[int], holders: Sequence[Holder], *, limit: int = 20
) -> Sequence[Issue]:
    """Those of the issues that the actor may see and that wait for one of the holders, the longest waiting first."""
    return db.session.scalars(
        sa.select(Issue)
        .where(Issue.id.in_(ids), policy.viewable_by(actor), Issue.number.is_not(None), Issue.holder.in_(holders))
        .options(orm.joinedload(Issue.organisation))
        .order_by(Issue.holder_since_at, Issue.id)
        .limit(limit)
    ).all()


def find_answered_text(actor: Actor, number: str) -> AnsweredText | None:
    """What was asked and officially answered, if the actor may see the issue and it has been answered."""
    row = db.session.execute(
        sa.select(Issue.id, Issue.theme_id, Issue.title, Issue.body, Post.body)
        .join(Post, Post.issue_id == Issue.id)
        .where(
            Issue.number == number.strip().upper(),
            policy.viewable_by(actor),
            Post.kind == PostKind.OFFICIAL_ANSWER,
            Post.audience == Audience.PUBLIC,
        )
        .order_by(Post.id.desc())
        .limit(1)
    ).first()
    return AnsweredText(row[0], row[1], f"{row[2]}\n\n{row[3]}", row[4]) if row else None


# The thread


def list_posts(actor: Actor, issue: Issue) -> Sequence[Post]:
    """The posts that the actor may see, in the order in which they were written."""
    return db.session.scalars(
        sa.select(Post).where(Post.issue_id == issue.id, policy.posts_visible_to(actor)).order_by(Post.id)
    ).all()


def list_thread(actor: Actor, issue: Issue) -> tuple[list[Post], list[Consultation]]:
    """The posts that the actor may see, with the consultations (ministry, questions) they belong to. One statement."""
    found = db.session.execute(_thread(actor.pattern), {**actor.bindings, "issue_id": issue.id})
    rows = found.unique().all()
    asked = {consultation.id: consultation for _, consultation in rows if consultation is not None}
    return [post for post, _ in rows], [asked[key] for key in sorted(asked)]


def list_files(issue: Issue, posts: Sequence[Post]) -> dict[tuple[str, int], list[Attachment]]:
    """The attachments of the issue and of the given (visible) posts, by (owner kind, owner id). One statement."""
    found: dict[tuple[str, int], list[Attachment]] = defaultdict(list)
    for kind, by_owner in list_attachments_of(issue=[issue.id], post=[post.id for post in posts]).items():
        found.update({(kind, owner_id): files for owner_id, files in by_owner.items()})
    return found


def get_attachment(actor: Actor, issue: Issue, attachment_id: int) -> Attachment:
    """A file of the issue or of a post that the actor may see. Raises NotFound."""
    file = find_attachment("issue", issue.id, attachment_id)
    if file is not None:
        return file
    owner = db.session.scalar(
        sa.select(Attachment.owner_id)
        .join(Post, sa.and_(Attachment.owner_kind == "post", Attachment.owner_id == Post.id))
        .where(Attachment.id == attachment_id, Post.issue_id == issue.id, policy.posts_visible_to(actor))
    )
    file = find_attachment("post", owner, attachment_id) if owner is not None else None
    if file is None:
        raise NotFound
    return file


def list_consultations(actor: Actor, issue: Issue) -> Sequence[Consultation]:
    """The questions put to ministries: all to headquarters, a ministry its own, nobody else any."""
    if not policy.sees_every_audience(actor) and actor.role is not Role.MINISTRY:
        return []
    query = sa.select(Consultation).where(Consultation.issue_id == issue.id)
    if not policy.sees_every_audience(actor):
        query = query.where(Consultation.ministry_id == actor.organisation_id)
    query = query.options(orm.joinedload(Consultation.ministry), orm.joinedload(Consultation.questions))
    return db.session.scalars(query.order_by(Consultation.id)).unique().all()


def get_consultation(actor: Actor, issue: Issue, consultation_id: int) -> Consultation:
    """One of them. Raises NotFound."""
    found = next((each for each in list_consultations(actor, issue) if each.id == consultation_id), None)
    if found is None:
        raise NotFound
    return found


def list_revisions(issue: Issue) -> Sequence[IssueRevision]:
    """What the report said before it was corrected, oldest first."""
    return db.session.scalars(
        sa.select(IssueRevision).where(IssueRevision.issue_id == issue.id).order_by(IssueRevision.id)
    ).all()


def find_read_at(actor: Actor, issue: Issue) -> datetime | None:
    """Up to when the person has read it."""
    return db.session.scalar(
        sa.select(Reading.read_at).where(Reading.issue_id == issue.id, Reading.person_id == actor.person_id)
    )


# What waits


def list_waiting_for(actor: Actor, *, limit: int = 20) -> Sequence[Issue]:
    """The issues whose ball lies with this actor, urgent first, then the earliest due."""
    return db.session.scalars(_waiting_for(actor.pattern).limit(limit), actor.bindings).all()


def list_drafts(actor: Actor, *, limit: int = 20) -> Sequence[Issue]:
    """The actor's own drafts, the last touched first."""
    return db.session.scalars(_drafts_of(actor.pattern).limit(limit), actor.bindings).all()


def activity_of(actor: Actor) -> orm.InstrumentedAttribute[datetime]:
    """The column by which this actor's lists are ordered: outsiders must not feel a note."""
    return Issue.last_activity_at if policy.sees_every_audience(actor) else Issue.last_public_activity_at


@kept
def _waiting_for(actor: Actor) -> sa.Select[Issue]:
    return (
        sa.select(Issue)
        .where(policy.submitted_viewable_by(actor), policy.ball_is_with(actor), Issue.state.not_in(ENDED))
        .options(*loaded_for_lists())
        .order_by(Issue.urgency != Urgency.URGENT, Issue.due_on.is_(None), Issue.due_on, Issue.id)
    )


@kept
def _drafts_of(actor: Actor) -> sa.Select[Issue]:
    return (
        sa.select(Issue)
        .where(
            Issue.state == IssueState.DRAFT,
            Issue.submitter_person_id == actor.seat_person_id,
            Issue.submitter_membership_id == actor.membership_id,
        )
        .options(*loaded_for_lists())
        .order_by(Issue.last_activity_at.desc(), Issue.id.desc())
    )


@kept
def _thread(actor: Actor) -> sa.Select[Post, Consultation]:
    return (
        sa.select(Post, Consultation)
        .outerjoin(Consultation, Consultation.id == Post.consultation_id)
        .where(Post.issue_id == sa.bindparam("issue_id"), policy.posts_visible_to(actor))
        .options(orm.joinedload(Consultation.ministry), orm.joinedload(Consultation.questions))
        .order_by(Post.id)
    )


@kept
def _shown(actor: Actor) -> sa.Select[Issue, bool]:
    follows = sa.exists().where(Follower.issue_id == Issue.id, Follower.person_id == actor.seat_person_id)
    return _selected(actor).where(Issue.number == sa.bindparam("number")).add_columns(follows.label("follows"))


@kept
def _selected(actor: Actor) -> sa.Select[Issue]:
    return (
        sa.select(Issue)
        .where(policy.viewable_by(actor))
        .options(
            *loaded_for_lists(),
            orm.joinedload(Issue.section),
            orm.joinedload(Issue.submitter),
            orm.joinedload(Issue.sub_topic),
            orm.joinedload(Issue.submitter_membership),
            orm.joinedload(Issue.organisation).joinedload(Organisation.parent),
            orm.joinedload(Issue.clock).joinedload(IssueClock.pause).joinedload(Pause.post),
        )
    )


def _one(actor: Actor, *conditions: sa.ColumnElement[bool]) -> Issue:
    issue = db.session.scalar(_selected(actor.pattern).where(*conditions), actor.bindings)
    if issue is None:
        raise NotFound
    return issue
