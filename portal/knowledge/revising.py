"""Revising what is published: a new text with what changed, approved again before anybody reads it."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import policy
from portal.knowledge.events import (
    QaRevised,
    QaRevisionDiscarded,
    QaRevisionDrafted,
    QaRevisionReturned,
    QaRevisionSentForReview,
)
from portal.knowledge.models import QaEntry, QaRevision, QaState
from portal.knowledge.service import NAMES_NOBODY, check_question


def begin_revision(
    actor: Actor, entry: QaEntry, *, question: str, answer: str, change_note: str, confirmed: bool = False
) -> QaRevision:
    """Draft the next revision of a published entry. Raises Conflict while another one is being prepared.

    Invalid when nothing changes, or it is not said what does.
    """
    authorize(policy.can_revise, actor, entry)
    _check(entry, question, answer, change_note, confirmed)
    db.session.execute(sa.select(QaEntry.id).where(QaEntry.id == entry.id).with_for_update())  # of two the second waits
    if find_open_revision(entry) is not None:
        raise Conflict(N_("このQ&Aの改訂案は、既にほかの人が作成しています。"))
    revision = QaRevision(
        entry_id=entry.id,
        number=entry.revision + 1,
        state=QaState.DRAFT,
        question=question.strip(),
        answer=answer.strip(),
        change_note=change_note.strip(),
        drafter_person_id=actor.person_id,
        drafter_organisation_id=actor.organisation_id,
        created_at=clock.now(),
    )
    db.session.add(revision)
    db.session.flush()
    emit(actor, QaRevisionDrafted(qa_entry_id=entry.id, revision=revision.number))
    return revision


def edit_revision(
    actor: Actor,
    entry: QaEntry,
    revision: QaRevision,
    *,
    version: int,
    question: str,
    answer: str,
    change_note: str,
    confirmed: bool = False,
) -> None:
    """Change a revision that is being prepared. Raises Conflict when somebody else changed it meanwhile."""
    authorize(policy.can_edit_revision, actor, revision)
    revision.check_version(version)
    _check(entry, question, answer, change_note, confirmed)
    revision.question, revision.answer, revision.change_note = question.strip(), answer.strip(), change_note.strip()
    revision.deidentified_at = revision.deidentifier_person_id = None
    if actor.person_id != revision.drafter_person_id:
        revision.editor_person_id = actor.person_id
    emit(actor, QaRevisionDrafted(qa_entry_id=entry.id, revision=revision.number))


def discard_revision(actor: Actor, entry: QaEntry, revision: QaRevision) -> None:
    """Give up a revision that is being prepared; what is published stays as it is."""
    _refuse_unless(revision, QaState.DRAFT)
    authorize(policy.can_edit_revision, actor, revision)
    emit(actor, QaRevisionDiscarded(qa_entry_id=entry.id, revision=revision.number))
    db.session.delete(revision)
    db.session.flush()


def send_revision(actor: Actor, entry: QaEntry, revision: QaRevision, *, names_nobody: bool) -> None:
    """Ask for approval: draft → review. A person confirms that the text names nobody."""
    _refuse_unless(revision, QaState.DRAFT)
    authorize(policy.can_edit_revision, actor, revision)
    if not names_nobody:
        raise Invalid(NAMES_NOBODY, field="names_nobody")
    revision.state, revision.deidentified_at, revision.return_reason = QaState.REVIEW, clock.now(), None
    revision.deidentifier_person_id = actor.person_id
    emit(actor, QaRevisionSentForReview(qa_entry_id=entry.id, revision=revision.number))


def return_revision(actor: Actor, entry: QaEntry, revision: QaRevision, *, reason: str) -> None:
    """Send it back with a reason: review → draft."""
    _refuse_unless(revision, QaState.REVIEW)
    authorize(policy.can_return_revision, actor, revision)
    if not reason.strip():
        raise Invalid(N_("差し戻す理由を入力してください。"), field="reason")
    check_text("reason", reason, False)
    revision.state, revision.return_reason = QaState.DRAFT, reason.strip()
    emit(actor, QaRevisionReturned(qa_entry_id=entry.id, revision=revision.number))


def publish_revision(actor: Actor, entry: QaEntry, revision: QaRevision) -> None:
    """Put the revised text in the place of the published one: review → published; never by who wrote it.

    Raises Conflict in another state, or when the entry was revised or withdrawn meanwhile.
    """
    _refuse_unless(revision, QaState.REVIEW)
    authorize(policy.can_publish_revision, actor, revision)
    if entry.state is not QaState.PUBLISHED or entry.revision + 1 != revision.number:
        raise Conflict(N_("状態が変わったため、この操作はできません。"))
    revision.state, revision.approver_person_id, revision.published_at = (
        QaState.PUBLISHED,
        actor.person_id,
        clock.now(),
    )
    take_over(entry, revision)
    emit(actor, QaRevised(qa_entry_id=entry.id, revision=revision.number))


def take_over(entry: QaEntry, revision: QaRevision) -> None:
    """The entry reads as the revision from now on."""
    entry.question, entry.answer, entry.revision = revision.question, revision.answer, revision.number
    entry.deidentified_at, entry.deidentifier_person_id = revision.deidentified_at, revision.deidentifier_person_id
    entry.approver_person_id = revision.approver_person_id


def find_open_revision(entry: QaEntry) -> QaRevision | None:
    """The revision that is being prepared, whoever asks; what an actor may see of it is for ``queries`` to say."""
    return db.session.scalar(
        sa.select(QaRevision).where(QaRevision.entry_id == entry.id, QaRevision.state != QaState.PUBLISHED)
    )


def _refuse_unless(revision: QaRevision, state: QaState) -> None:
    if revision.state is not state:
        raise Conflict(N_("状態が変わったため、この操作はできません。"))


def _check(entry: QaEntry, question: str, answer: str, change_note: str, confirmed: bool) -> None:
    check_question(question, answer, confirmed)
    if not change_note.strip():
        raise Invalid(N_("何を変えたかを入力してください。"), field="change_note")
    check_text("change_note", change_note, confirmed)
    if (question.strip(), answer.strip()) == (entry.question, entry.answer):
        raise Invalid(N_("照会と回答が、公表されているものと同じです。"), field="answer")
