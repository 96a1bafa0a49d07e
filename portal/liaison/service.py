"""Every write to contacts, gathered for callers: recording stands in ``recording``, what follows of it here."""

from datetime import date

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.issues import service as issue_service
from portal.issues.content import IssueContent
from portal.issues.models import Issue
from portal.liaison import policy
from portal.liaison.content import LONGEST_NOTE, PromiseContent, check_promise, checked
from portal.liaison.events import (
    ContactConfirmed,
    ContactCorrected,
    HearingItemRaised,
    PromiseFellDue,
    PromiseKept,
    PromiseMade,
)
from portal.liaison.models import Contact, HearingItem, Promise
from portal.liaison.recording import add_promise_to, log_call, record_hearing, take_phone_note
from portal.liaison.states import Confirmation
from portal.links.models import LinkRelation
from portal.links.service import add_link

__all__ = [
    "add_promise",
    "confirm_contact",
    "correct_contact",
    "keep_promise",
    "list_fallen_due",
    "log_call",
    "raise_issue",
    "record_hearing",
    "remind_of_promise",
    "take_phone_note",
]

_ANSWERED = N_("この記録は、既に確認されています。画面を読み直してください。")


def confirm_contact(actor: Actor, contact: Contact) -> None:
    """The body says that the record is right. Raises Conflict when somebody has answered already."""
    _answer(actor, contact, Confirmation.CONFIRMED)
    emit(actor, ContactConfirmed(contact_id=contact.id, organisation_id=contact.organisation_id))


def correct_contact(actor: Actor, contact: Contact, *, text: str, confirmed: bool = False) -> None:
    """The body puts its own words beside the record; both stay. Raises Invalid at ``text``, Conflict as above."""
    _require_unanswered(contact)
    authorize(policy.can_confirm, actor, contact)
    contact.correction = checked(
        "text", text, LONGEST_NOTE, confirmed=confirmed, required=N_("訂正する内容を入力してください。")
    )
    _answer(actor, contact, Confirmation.CORRECTED)
    emit(actor, ContactCorrected(contact_id=contact.id, organisation_id=contact.organisation_id))


def add_promise(actor: Actor, contact: Contact, promise: PromiseContent, *, confirmed: bool = False) -> Promise:
    """Promise something more to the body. Raises Invalid at ``promise`` or ``promised_on``."""
    authorize(policy.can_record, actor, _body(contact))
    made = add_promise_to(
        actor, contact, check_promise(promise, field_text="promise", field_due="promised_on", confirmed=confirmed)
    )
    emit(
        actor,
        PromiseMade(
            contact_id=contact.id,
            promise_id=made.id,
            due_on=made.due_on,
            organisation_id=contact.organisation_id,
            audience=contact.audience,
        ),
    )
    return made


def keep_promise(actor: Actor, contact: Contact, promise: Promise) -> None:
    """Mark the promise done; marking it again changes nothing."""
    authorize(policy.can_record, actor, _body(contact))
    if promise.done_at is not None:
        return
    promise.done_at, promise.done_signature = clock.now(), actor.signature
    db.session.flush()
    emit(
        actor,
        PromiseKept(
            contact_id=contact.id,
            promise_id=promise.id,
            organisation_id=contact.organisation_id,
            audience=contact.audience,
        ),
    )


def raise_issue(
    actor: Actor, contact: Contact, item: HearingItem, content: IssueContent, *, confirmed: bool = False
) -> Issue:
    """Submit a point of the hearing as an issue of the body, which goes on with it as with its own.

    Raises Conflict when it has become one already, Invalid at a field of the issue.
    """
    body = _body(contact)
    authorize(policy.can_record, actor, body)
    if item.issue_id is not None:
        raise Conflict(N_("この項目は、既に課題・照会として登録されています。"))
    issue = issue_service.draft_issue(actor, content, body=body, section_id=contact.section_id, confirmed=confirmed)
    issue_service.submit_issue(actor, issue)
    item.issue_id = issue.id
    db.session.flush()  # of two at once the second fails here on the version
    add_link(actor, ("contact", contact.id), ("issue", issue.id), LinkRelation.DERIVED)
    emit(
        actor,
        HearingItemRaised(
            contact_id=contact.id,
            item_id=item.id,
            issue_id=issue.id,
            organisation_id=body.id,
            audience=contact.audience,
        ),
    )
    return issue


def list_fallen_due(today: date, limit: int = 200) -> list[int]:
    """The ids of promises whose day has come, that are not done and of which nobody has been reminded."""
    return list(
        db.session.scalars(
            sa.select(Promise.id)
            .where(Promise.done_at.is_(None), Promise.due_on <= today, Promise.reminded_at.is_(None))
            .order_by(Promise.id)
            .limit(limit)
        )
    )


def remind_of_promise(promise_id: int) -> bool:
    """Have the liaisons told, once, that a promise fell due; False when it was kept or told of meanwhile."""
    promise = db.session.get(Promise, promise_id)
    if promise is None or promise.done_at is not None or promise.reminded_at is not None:
        return False
    if promise.due_on > japan_date(clock.now()):
        return False
    promise.reminded_at = clock.now()
    db.session.flush()
    emit(
        SYSTEM,
        PromiseFellDue(
            contact_id=promise.contact_id,
            promise_id=promise.id,
            due_on=promise.due_on,
            organisation_id=promise.organisation_id,
            audience=Audience.INTERNAL,
        ),
    )
    return True


def _answer(actor: Actor, contact: Contact, answer: Confirmation) -> None:
    _require_unanswered(contact)
    authorize(policy.can_confirm, actor, contact)
    contact.confirmation, contact.answered_at = answer, clock.now()
    contact.answered_by_person_id, contact.answer_signature = actor.person_id, actor.signature
    db.session.flush()


def _require_unanswered(contact: Contact) -> None:
    if contact.confirmation in {Confirmation.CONFIRMED, Confirmation.CORRECTED}:
        raise Conflict(_ANSWERED)


def _body(contact: Contact) -> Organisation:
    return db.session.get_one(Organisation, contact.organisation_id)
