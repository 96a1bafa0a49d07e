"""What is written into the thread, and who follows and has read it."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.core.notes import Note
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.issues import policy
from portal.issues.ball import touch
from portal.issues.clocks import note_first_reply
from portal.issues.content import required_text
from portal.issues.events import InternalNoteWritten, ReplyPosted
from portal.issues.models import Follower, Issue, Post, Reading
from portal.issues.queries import activity_of
from portal.issues.states import PostKind


def add_post(
    actor: Actor, issue: Issue, kind: PostKind, audience: Audience, text: str, *, consultation_id: int | None = None
) -> Post:
    """Add a text to the thread, signed as the actor stands now. Its callers authorize, touch and emit."""
    post = Post(
        issue_id=issue.id,
        kind=kind,
        audience=audience,
        consultation_id=consultation_id,
        body=text,
        signature=actor.signature,
        author_person_id=actor.seat_person_id,
        author_membership_id=actor.membership_id,
        author_organisation_id=actor.organisation_id,
        created_at=clock.now(),
    )
    db.session.add(post)
    db.session.flush()
    if audience is Audience.PUBLIC and actor.is_headquarters:
        note_first_reply(issue)
    return post


def post_reply(actor: Actor, issue: Issue, *, text: str, confirmed: bool = False) -> Post:
    """Write to everyone who sees the issue. Raises Invalid for an empty text or a My Number."""
    authorize(policy.can_post_publicly, actor, issue)
    text = required_text("text", text, N_("本文を入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.REPLY, Audience.PUBLIC, text)
    touch(issue, Audience.PUBLIC)
    emit(actor, ReplyPosted(issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id))
    return post


def write_note(actor: Actor, issue: Issue, *, text: str, confirmed: bool = False) -> Post:
    """Write to headquarters alone; nobody outside can tell that the note exists."""
    authorize(policy.can_write_note, actor, issue)
    text = required_text("text", text, N_("内部メモを入力してください。"), confirmed=confirmed)
    post = add_post(actor, issue, PostKind.NOTE, Audience.INTERNAL, text)
    touch(issue, Audience.INTERNAL)
    emit(
        actor,
        InternalNoteWritten(
            issue_id=issue.id, post_id=post.id, organisation_id=issue.organisation_id, audience=Audience.INTERNAL
        ),
    )
    return post


def follow_issue(actor: Actor, issue: Issue) -> None:
    """Hear of what happens to the issue."""
    authorize(policy.can_follow, actor, issue)
    db.session.execute(
        insert(Follower)
        .values(issue_id=issue.id, person_id=actor.seat_person_id, followed_at=clock.now())
        .on_conflict_do_nothing()
    )


def unfollow_issue(actor: Actor, issue: Issue) -> None:
    """Hear no more of it than one's part in it brings."""
    authorize(policy.can_follow, actor, issue)
    db.session.execute(
        sa.delete(Follower).where(Follower.issue_id == issue.id, Follower.person_id == actor.seat_person_id)
    )


def reading_of_issue(actor: Actor, issue: Issue) -> Note:
    """Up to when this person has read the issue; new where something happened since that they may see."""
    is_read = sa.exists().where(
        Issue.id == issue.id,
        Reading.issue_id == issue.id,
        Reading.person_id == actor.person_id,
        Reading.read_at >= activity_of(actor),
    )

    def write() -> None:
        now = clock.now()
        db.session.execute(
            insert(Reading)
            .values(issue_id=issue.id, person_id=actor.person_id, read_at=now)
            .on_conflict_do_update(index_elements=["issue_id", "person_id"], set_={"read_at": now})
        )

    return Note(sa.not_(is_read), write)
