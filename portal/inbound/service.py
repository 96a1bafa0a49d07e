"""Taking a mail in, and deciding on one that was held back."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from flask import current_app

from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.directory.models import Person
from portal.inbound import policy
from portal.inbound.bounces import Report, read_report, record_return
from portal.inbound.events import ReplyDiscarded, ReplyReleased
from portal.inbound.models import InboundMail
from portal.inbound.originals import keep_original, read_original
from portal.inbound.posting import Held, find_issue_id, holds_my_number, post_mail
from portal.inbound.reading import ReadMail, read_mail
from portal.inbound.states import HeldReason, MailState
from portal.issues.models import Post
from portal.notifications.events import ReplyHeld
from portal.notifications.models import Delivery
from portal.notifications.reply_addresses import find_delivery, is_expired

LARGEST = 40 * 1024 * 1024  # bytes
MOST_AN_HOUR = 20
_SILENT = frozenset({HeldReason.AUTOMATIC, HeldReason.BOUNCE, HeldReason.UNKNOWN_ADDRESS})


@dataclass(frozen=True)
class _Arrival:
    """The bytes that came in, and what was read in them, if that was tried."""

    content: bytes
    mail: ReadMail | None = None

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def take_mail(content: bytes) -> InboundMail:
    """Post what the mail says, or hold it back with the reason; a mail that was taken before is left as it is.

    In the caller's transaction. Raises OSError when the original cannot be kept; then the mail must be fetched again.
    """
    arrival = _Arrival(content)
    known = _find_known(arrival)
    if known is not None:
        return known
    if len(content) > LARGEST:
        return _record(arrival, held=Held(HeldReason.TOO_LARGE))
    report = read_report(content)
    if report is not None:
        return _take_report(arrival, report)
    delivery = None
    mail = read_mail(content, trusted_server=current_app.config["PORTAL_SETTINGS"].mail_auth_server)
    try:
        delivery = _delivery_of(mail)
        _check(mail, delivery)
        post = post_mail(delivery, mail)
    except Held as held:
        return _record(_Arrival(content, mail), held=held, delivery=delivery or _find(mail))
    return _record(_Arrival(content, mail), delivery=delivery, post=post)


def hold_unreadable(content: bytes) -> InboundMail:
    """Hold a mail back whose taking failed for a reason of ours, so that it stops no other."""
    arrival = _Arrival(content)
    return _find_known(arrival) or _record(arrival, held=Held(HeldReason.FAILED))


def release_mail(actor: Actor, mail: InboundMail, *, note: str, version: int | None = None) -> Post:
    """held → released: post it in its sender's name after a check by a person, who says in ``note`` what was checked.

    Raises Invalid without a note or when it still cannot be posted, Conflict when somebody was first.
    """
    _require_held(mail)
    authorize(policy.can_release, actor, mail)
    mail.check_version(version)
    note = _required(note)
    delivery = db.session.get_one(Delivery, mail.delivery_id)
    read = read_mail(read_original(mail))
    try:
        post = post_mail(delivery, read, confirmed=True)
    except Held as held:
        raise Invalid(
            N_("投稿できません（%(reason)s）。"), field="note", reason=held.detail or held.reason.ja
        ) from held
    _decide(actor, mail, MailState.RELEASED, note)
    mail.post_id, mail.issue_id = post.id, post.issue_id
    emit(
        actor,
        ReplyReleased(
            inbound_mail_id=mail.id, person_id=delivery.person_id, post_id=post.id, audience=Audience.INTERNAL
        ),
    )
    return post


def discard_mail(actor: Actor, mail: InboundMail, *, note: str, version: int | None = None) -> None:
    """held → discarded, with a reason. Raises Invalid without one, Conflict when somebody was first."""
    _require_held(mail)
    authorize(policy.can_discard, actor, mail)
    mail.check_version(version)
    _decide(actor, mail, MailState.DISCARDED, _required(note))
    emit(actor, ReplyDiscarded(inbound_mail_id=mail.id, audience=Audience.INTERNAL))


def _check(mail: ReadMail, delivery: Delivery) -> None:
    """Raise Held for what must not become a post by itself (the order is that of what a person would want to know)."""
    person = db.session.get_one(Person, delivery.person_id)
    if mail.sender != person.email.strip().lower():
        raise Held(HeldReason.OTHER_SENDER)
    if mail.is_failed_authentication:
        raise Held(HeldReason.NOT_GENUINE)
    if is_expired(delivery):
        raise Held(HeldReason.EXPIRED)
    since = clock.now() - timedelta(hours=1)
    recent = db.session.scalar(
        sa.select(sa.func.count()).where(InboundMail.person_id == person.id, InboundMail.received_at > since)
    )
    if (recent or 0) >= MOST_AN_HOUR:
        raise Held(HeldReason.TOO_MANY)


def _take_report(arrival: _Arrival, report: Report) -> InboundMail:
    """A report that a mail could not be delivered: tied to that mail where it is ours, else held back as any bounce."""
    trusted = current_app.config["PORTAL_SETTINGS"].mail_auth_server
    read = _Arrival(arrival.content, read_mail(arrival.content, trusted_server=trusted))
    row = _record(read, held=Held(HeldReason.BOUNCE))
    if record_return(row, report):
        row.state = MailState.RETURNED
    return row


def _delivery_of(mail: ReadMail) -> Delivery:
    if mail.is_bounce:
        raise Held(HeldReason.BOUNCE)
    if mail.is_automatic:
        raise Held(HeldReason.AUTOMATIC)
    delivery = _find(mail)
    if delivery is None:
        raise Held(HeldReason.UNKNOWN_ADDRESS)
    return delivery


def _find(mail: ReadMail) -> Delivery | None:
    return next((found for found in map(find_delivery, mail.addresses) if found is not None), None)


def _find_known(arrival: _Arrival) -> InboundMail | None:
    return db.session.scalar(sa.select(InboundMail).where(InboundMail.sha256 == arrival.digest))


def _record(
    arrival: _Arrival, *, held: Held | None = None, delivery: Delivery | None = None, post: Post | None = None
) -> InboundMail:
    mail = arrival.mail
    is_kept = mail is None or not holds_my_number(mail, surely=True)
    if not is_kept and held is not None:
        held = Held(HeldReason.REFUSED, N_("個人番号は送信できません。"))
    row = InboundMail(
        sha256=arrival.digest,
        received_at=clock.now(),
        size_bytes=len(arrival.content),
        message_id=mail.message_id if mail else "",
        sender=(mail.sender or "")[:320] if mail else "",
        subject=mail.subject if mail and is_kept else "",
        text=mail.text if mail and is_kept else "",
        file_count=len(mail.files) if mail else 0,
        original_key=keep_original(arrival.content) if is_kept else None,
        state=MailState.HELD if held else MailState.POSTED,
        reason=held.reason if held else None,
        detail=held.detail if held else None,
        delivery_id=delivery.id if delivery else None,
        person_id=delivery.person_id if delivery else None,
        issue_id=post.issue_id if post else (find_issue_id(delivery) if delivery else None),
        post_id=post.id if post else None,
    )
    db.session.add(row)
    db.session.flush()
    if held is not None and held.reason not in _SILENT:
        emit(SYSTEM, ReplyHeld(inbound_mail_id=row.id, cause=held.reason.value, audience=Audience.INTERNAL))
    return row


def _decide(actor: Actor, mail: InboundMail, state: MailState, note: str) -> None:
    mail.state, mail.decision_note = state, note
    mail.decided_by_person_id, mail.decided_at = actor.person_id, clock.now()
    db.session.flush()


def _require_held(mail: InboundMail) -> None:
    if mail.state is not MailState.HELD:
        raise Conflict(N_("このメールは、既に処理されています。画面を読み直してください。"))


def _required(note: str) -> str:
    my_number.check_text("note", note)
    if not note.strip():
        raise Invalid(N_("確認した内容または理由を入力してください。"), field="note")
    return note.strip()
