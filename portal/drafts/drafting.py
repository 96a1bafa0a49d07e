"""Writing of drafts: every save a version, none overwritten; restoring, remarks, who is writing, giving the answer."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import Conflict, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.core.notes import Note
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafts import policy
from portal.drafts.events import (
    AnswerDraftCommented,
    AnswerDraftEvent,
    AnswerDraftRestored,
    AnswerDraftSaved,
    AnswerDraftUsed,
)
from portal.drafts.models import AnswerDraft, DraftComment, DraftPresence, DraftVersion
from portal.drafts.queries import find_open_draft, get_version
from portal.drafts.states import VersionKind
from portal.issues.ball import touch
from portal.issues.content import required_text
from portal.issues.models import Issue, Post

LONGEST = 20_000  # characters, as an answer
SAID_AGAIN_AFTER = timedelta(minutes=1)  # that somebody is writing: as static/js/drafts.js
_STALE = N_("ほかの人が先に案文を保存しました。入力した内容を控えて、最新の案文を開き直してください。")
_EMPTY = N_("案文を入力してください。")


def save_draft(actor: Actor, issue: Issue, *, text: str, seen: int, confirmed: bool = False) -> DraftVersion:
    """Save the text as a new version; ``seen`` is the number of the version that it grew out of (0: there was none).

    An unchanged text makes no version. Raises Conflict when another version was saved meanwhile, or the answer given;
    Invalid at ``text``.
    """
    authorize(policy.can_write_draft, actor, issue)
    text = required_text("text", text, _EMPTY, confirmed=confirmed)
    if len(text) > LONGEST:
        raise Invalid(N_("%(limit)s文字以内で入力してください。"), field="text", limit=f"{LONGEST:,}")
    draft = _grown_from(issue, seen)
    if draft.latest and get_version(draft, draft.latest).text == text:
        return get_version(draft, draft.latest)
    version = _add_version(actor, draft, VersionKind.SAVED, text)
    _tell(actor, issue, AnswerDraftSaved, draft)
    return version


def restore_version(actor: Actor, issue: Issue, number: int, *, seen: int) -> DraftVersion:
    """Make an earlier version the newest again; what came after stays. Raises NotFound, Conflict as for saving."""
    authorize(policy.can_write_draft, actor, issue)
    draft = _grown_from(issue, seen)
    text = get_version(draft, number).text
    version = _add_version(actor, draft, VersionKind.RESTORED, text, restored_from=number)
    _tell(actor, issue, AnswerDraftRestored, draft)
    return version


def comment_on_draft(actor: Actor, issue: Issue, *, text: str, confirmed: bool = False) -> DraftComment:
    """Remark on the newest version. Raises Conflict when the answer was given meanwhile, Invalid at ``text``."""
    authorize(policy.can_comment, actor, issue)
    text = required_text("text", text, N_("コメントを入力してください。"), confirmed=confirmed)
    draft = find_open_draft(issue)
    if draft is None:
        raise Conflict(N_("この案文は、既に回答として送られました。"))
    comment = DraftComment(
        draft_id=draft.id,
        version_number=draft.latest,
        text=text,
        signature=actor.signature,
        author_person_id=actor.seat_person_id,
        author_membership_id=actor.membership_id,
        created_at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    _tell(actor, issue, AnswerDraftCommented, draft)
    return comment


def presence_of(actor: Actor, issue: Issue) -> Note:
    """That the actor has the page open on which the answer is written; the page itself says so once a minute."""
    now = clock.now()
    is_seen = sa.exists().where(
        DraftPresence.issue_id == issue.id,
        DraftPresence.person_id == actor.person_id,
        DraftPresence.seen_at > now - SAID_AGAIN_AFTER,
    )

    def write() -> None:
        name = actor.signature[:300]
        db.session.execute(
            insert(DraftPresence)
            .values(issue_id=issue.id, person_id=actor.person_id, name=name, seen_at=now)
            .on_conflict_do_update(index_elements=["issue_id", "person_id"], set_={"seen_at": now, "name": name})
        )

    return Note(sa.not_(is_seen), write)


def end_presence(actor: Actor, issue: Issue) -> None:
    """The actor is done writing."""
    db.session.execute(
        sa.delete(DraftPresence).where(DraftPresence.issue_id == issue.id, DraftPresence.person_id == actor.person_id)
    )


def use_draft(actor: Actor, issue: Issue, post: Post, *, seen: int, is_final: bool) -> DraftVersion | None:
    """Keep the text of the answer just given as the last version of the draft; a final answer closes it.

    Nothing where there is no draft. Raises Conflict when the draft is not the one that the writer saw. Its caller has
    given the answer in the same transaction, and so was authorized.
    """
    draft = find_open_draft(issue)
    if (draft.latest if draft is not None else 0) != seen:
        raise Conflict(_STALE)
    if draft is None:
        return None
    kind = VersionKind.FINAL if is_final else VersionKind.PROVISIONAL
    version = _add_version(actor, draft, kind, post.body)
    if is_final:
        draft.closed_at, draft.post_id = clock.now(), post.id
    end_presence(actor, issue)
    _tell(actor, issue, AnswerDraftUsed, draft, post_id=post.id)
    return version


def _grown_from(issue: Issue, seen: int) -> AnswerDraft:
    """The open draft, begun if the writer saw none. Raises Conflict when it is not as the writer saw it."""
    draft = find_open_draft(issue)
    if draft is None and seen == 0:
        draft = _begin(issue)
    if draft is None or draft.latest != seen:
        raise Conflict(_STALE)
    return draft


def _begin(issue: Issue) -> AnswerDraft | None:
    """A new draft; None when somebody else has just begun one."""
    key = db.session.scalar(
        insert(AnswerDraft)
        .values(issue_id=issue.id, latest=0, version=1, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(AnswerDraft.id)
    )
    return db.session.get(AnswerDraft, key) if key is not None else None


def _add_version(
    actor: Actor, draft: AnswerDraft, kind: VersionKind, text: str, *, restored_from: int | None = None
) -> DraftVersion:
    draft.latest += 1
    db.session.flush()  # of two writers at once the second fails here, before its text has a number
    version = DraftVersion(
        draft_id=draft.id,
        number=draft.latest,
        kind=kind,
        restored_from=restored_from,
        text=text,
        signature=actor.signature,
        author_person_id=actor.seat_person_id,
        author_membership_id=actor.membership_id,
        created_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    return version


def _tell(
    actor: Actor, issue: Issue, kind: type[AnswerDraftEvent], draft: AnswerDraft, *, post_id: int | None = None
) -> None:
    touch(issue, Audience.INTERNAL)
    emit(
        actor,
        kind(
            issue_id=issue.id,
            draft_id=draft.id,
            number=draft.latest,
            post_id=post_id,
            organisation_id=issue.organisation_id,
        ),
    )
