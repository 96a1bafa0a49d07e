"""From an answered issue to a de-identified question and answer for everyone."""

from collections.abc import Collection

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import era_fiscal_label, fiscal_year, japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.core.numbering import next_serial
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.knowledge import policy
from portal.knowledge.deidentify import Clues, propose, strip
from portal.knowledge.events import (
    QaDrafted,
    QaEdited,
    QaPublished,
    QaReturned,
    QaSentForReview,
    QaStripped,
    QaWithdrawn,
)
from portal.knowledge.models import QaEntry, QaRevision, QaState

NAMES_NOBODY = N_("個人・団体を特定できる内容がないことを確認し、チェックを入れてください。")


def draft_entry(actor: Actor, *, theme_id: int, question: str, answer: str, confirmed: bool = False) -> QaEntry:
    """Propose a question and answer; it stays with the drafting organisation until sent for review.

    Raises Forbidden for anyone but divisions and the secretariat, Invalid for an empty text or an individual number.
    """
    authorize(policy.can_draft, actor)
    check_question(question, answer, confirmed)
    entry = QaEntry(
        state=QaState.DRAFT,
        theme_id=theme_id,
        question=question.strip(),
        answer=answer.strip(),
        drafter_person_id=actor.person_id,
        drafter_organisation_id=actor.organisation_id,
        created_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    emit(actor, QaDrafted(qa_entry_id=entry.id))
    return entry


def edit_entry(
    actor: Actor, entry: QaEntry, *, version: int, theme_id: int, question: str, answer: str, confirmed: bool = False
) -> None:
    """Change a candidate. Raises Conflict when somebody else changed it meanwhile."""
    authorize(policy.can_edit, actor, entry)
    entry.check_version(version)
    check_question(question, answer, confirmed)
    entry.theme_id, entry.question, entry.answer = theme_id, question.strip(), answer.strip()
    entry.deidentified_at = entry.deidentifier_person_id = None
    if actor.person_id != entry.drafter_person_id:
        entry.editor_person_id = actor.person_id
    emit(actor, QaEdited(qa_entry_id=entry.id))


def strip_entry(actor: Actor, entry: QaEntry, clues: Clues, *, version: int, accepted: Collection[str]) -> int:
    """Replace in a candidate what was accepted of what is proposed (``question:3-6``); how many places.

    Raises Conflict when somebody else changed the text meanwhile, since the places would be others.
    """
    authorize(policy.can_edit, actor, entry)
    entry.check_version(version)
    question, replaced = _stripped(entry.question, clues, "question", accepted)
    answer, more = _stripped(entry.answer, clues, "answer", accepted)
    if replaced + more:
        entry.question, entry.answer = question, answer
        entry.deidentified_at = entry.deidentifier_person_id = None
        if actor.person_id != entry.drafter_person_id:
            entry.editor_person_id = actor.person_id
        emit(actor, QaStripped(qa_entry_id=entry.id))
    return replaced + more


def send_for_review(actor: Actor, entry: QaEntry, *, names_nobody: bool) -> None:
    """Ask for publication: draft → review. A person confirms that the text names no body and no person.

    Raises Conflict in another state, Invalid without the confirmation.
    """
    _refuse_unless(entry, QaState.DRAFT)
    authorize(policy.can_send_for_review, actor, entry)
    if not names_nobody:
        raise Invalid(NAMES_NOBODY, field="names_nobody")
    entry.state, entry.deidentified_at, entry.return_reason = QaState.REVIEW, clock.now(), None
    entry.deidentifier_person_id = actor.person_id
    emit(actor, QaSentForReview(qa_entry_id=entry.id))


def return_entry(actor: Actor, entry: QaEntry, *, reason: str) -> None:
    """Send it back to the drafter with a reason: review → draft. Raises Conflict in another state."""
    _refuse_unless(entry, QaState.REVIEW)
    authorize(policy.can_return, actor, entry)
    if not reason.strip():
        raise Invalid(N_("差し戻す理由を入力してください。"), field="reason")
    check_text("reason", reason, False)
    entry.state, entry.return_reason = QaState.DRAFT, reason.strip()
    emit(actor, QaReturned(qa_entry_id=entry.id))


def publish_entry(actor: Actor, entry: QaEntry) -> None:
    """Publish to everyone under a number (R8-Q-0001): review → published; never by who wrote it.

    Raises Conflict in another state; every body of the theme is told by the event.
    """
    _refuse_unless(entry, QaState.REVIEW)
    authorize(policy.can_publish, actor, entry)
    now = clock.now()
    year = fiscal_year(japan_date(now))
    entry.number = f"{era_fiscal_label(year)}-Q-{next_serial(f'qa/{year}'):04}"
    entry.state, entry.approver_person_id, entry.published_at = QaState.PUBLISHED, actor.person_id, now
    db.session.add(first_revision_of(entry))
    emit(actor, QaPublished(qa_entry_id=entry.id))


def withdraw_entry(actor: Actor, entry: QaEntry, *, reason: str) -> None:
    """Take a published entry back with a reason; its number is not used again."""
    _refuse_unless(entry, QaState.PUBLISHED)
    authorize(policy.can_withdraw, actor, entry)
    if not reason.strip():
        raise Invalid(N_("取り下げる理由を入力してください。"), field="reason")
    check_text("reason", reason, False)
    entry.state, entry.return_reason, entry.withdrawn_at = QaState.WITHDRAWN, reason.strip(), clock.now()
    db.session.execute(
        sa.delete(QaRevision).where(QaRevision.entry_id == entry.id, QaRevision.state != QaState.PUBLISHED)
    )
    emit(actor, QaWithdrawn(qa_entry_id=entry.id))


def first_revision_of(entry: QaEntry) -> QaRevision:
    """The text as it is published for the first time."""
    return QaRevision(
        entry_id=entry.id,
        number=entry.revision or 1,
        state=QaState.PUBLISHED,
        question=entry.question,
        answer=entry.answer,
        change_note="",
        drafter_person_id=entry.drafter_person_id,
        drafter_organisation_id=entry.drafter_organisation_id,
        editor_person_id=entry.editor_person_id,
        approver_person_id=entry.approver_person_id,
        deidentified_at=entry.deidentified_at,
        deidentifier_person_id=entry.deidentifier_person_id,
        created_at=entry.created_at,
        published_at=entry.published_at,
    )


def _stripped(text: str, clues: Clues, field: str, accepted: Collection[str]) -> tuple[str, int]:
    chosen = [each for each in propose(text, clues) if f"{field}:{each.key}" in accepted]
    return strip(text, chosen), len(chosen)


def _refuse_unless(entry: QaEntry, state: QaState) -> None:
    if entry.state is not state:
        raise Conflict(N_("状態が変わったため、この操作はできません。"))


def check_question(question: str, answer: str, confirmed: bool) -> None:
    """Raise Invalid at an empty text or an individual number."""
    for field, text in (("question", question), ("answer", answer)):
        if not text.strip():
            raise Invalid(N_("入力してください。"), field=field)
        check_text(field, text, confirmed)
