"""From an answered issue to a de-identified question and answer for everyone."""

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
from portal.knowledge.events import QaDrafted, QaEdited, QaPublished, QaReturned, QaSentForReview, QaWithdrawn
from portal.knowledge.models import QaEntry, QaState


def draft_entry(actor: Actor, *, theme_id: int, question: str, answer: str, confirmed: bool = False) -> QaEntry:
    """Propose a question and answer; it stays with the drafting organisation until sent for review.

    Raises Forbidden for anyone but divisions and the secretariat, Invalid for an empty text or an individual number.
    """
    authorize(policy.can_draft, actor)
    _check_texts(question, answer, confirmed)
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
    _check_texts(question, answer, confirmed)
    entry.theme_id, entry.question, entry.answer = theme_id, question.strip(), answer.strip()
    entry.deidentified_at = None
    if actor.person_id != entry.drafter_person_id:
        entry.editor_person_id = actor.person_id
    emit(actor, QaEdited(qa_entry_id=entry.id))


def send_for_review(actor: Actor, entry: QaEntry, *, names_nobody: bool) -> None:
    """Ask for publication: draft → review. A person confirms that the text names no body and no person.

    Raises Conflict in another state, Invalid without the confirmation.
    """
    _refuse_unless(entry, QaState.DRAFT)
    authorize(policy.can_send_for_review, actor, entry)
    if not names_nobody:
        raise Invalid(N_("団体や個人が特定されないことを確認してください。"), field="names_nobody")
    entry.state, entry.deidentified_at, entry.return_reason = QaState.REVIEW, clock.now(), None
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
    emit(actor, QaPublished(qa_entry_id=entry.id))


def withdraw_entry(actor: Actor, entry: QaEntry, *, reason: str) -> None:
    """Take a published entry back with a reason; its number is not used again."""
    _refuse_unless(entry, QaState.PUBLISHED)
    authorize(policy.can_withdraw, actor, entry)
    if not reason.strip():
        raise Invalid(N_("取り下げる理由を入力してください。"), field="reason")
    check_text("reason", reason, False)
    entry.state, entry.return_reason = QaState.WITHDRAWN, reason.strip()
    emit(actor, QaWithdrawn(qa_entry_id=entry.id))


def _refuse_unless(entry: QaEntry, state: QaState) -> None:
    if entry.state is not state:
        raise Conflict(N_("状態が変わったため、この操作はできません。"))


def _check_texts(question: str, answer: str, confirmed: bool) -> None:
    for field, text in (("question", question), ("answer", answer)):
        if not text.strip():
            raise Invalid(N_("入力してください。"), field=field)
        check_text(field, text, confirmed)
