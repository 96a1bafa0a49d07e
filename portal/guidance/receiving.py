"""What an addressed body does with guidance: it opens, receives and answers it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.service import copy_files, store_attachments
from portal.core import calendar, clock, my_number
from portal.core.db import db, insert
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.notes import NOTHING, Note
from portal.directory.actor import Actor
from portal.guidance import policy
from portal.guidance.events import GuidanceReceived, GuidanceResponded, ReceiptNumbered
from portal.guidance.models import Guidance, Opening, Receipt, Recipient, Response
from portal.guidance.records import find_own_recipient
from portal.guidance.states import ISSUED_STATES, PROMISING, GuidanceState, ResponseState


def opening_of(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> Note:
    """That a person of the addressed body opened the item; only the first time of each person counts.

    The rows say who and when themselves, so that reading writes no event.
    """
    if recipient is None or guidance.state not in ISSUED_STATES:
        return NOTHING

    def write() -> None:
        now = clock.now()
        values = {"recipient_id": recipient.id, "person_id": actor.person_id, "opened_at": now}
        opened = insert(Opening.__table__).on_conflict_do_nothing()
        if db.session.connection().execute(opened, values).rowcount and recipient.opened_at is None:
            _set_once(recipient, Recipient.opened_at, now)

    is_opened = sa.exists().where(Opening.recipient_id == recipient.id, Opening.person_id == actor.person_id)
    return Note(recipient.opened_at is None or sa.not_(is_opened), write)


def receive_guidance(
    actor: Actor, guidance: Guidance, *, section_name: str, receipt_number: str = "", my_number_confirmed: bool = False
) -> Receipt:
    """Record that a section of the actor's body received the item, under the body's own receipt number.

    One receipt per section, and one more after each correction that asks for it. A number for one that has none yet is
    added to it; otherwise Invalid at ``section_name`` tells who received it when. Raises Conflict when the item is no
    longer in force.
    """
    recipient = _own_recipient(actor, guidance)
    section = section_name.strip()
    if not section:
        raise Invalid(N_("受領した所属を入力してください。"), field="section_name")
    my_number.check_text("section_name", section, my_number_confirmed)
    my_number.check_text("receipt_number", receipt_number, my_number_confirmed)
    now = clock.now()
    receipt_id = db.session.scalar(
        insert(Receipt)
        .values(
            recipient_id=recipient.id,
            section_name=section,
            round=guidance.receipt_round,
            receipt_number=receipt_number.strip(),
            received_by_person_id=actor.person_id,
            signature=actor.signature,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Receipt.id)
    )
    if receipt_id is None:
        return _add_number(actor, guidance, recipient, section, receipt_number.strip())
    _set_once(recipient, Recipient.received_at, now)
    emit(
        actor,
        GuidanceReceived(
            guidance_id=guidance.id,
            recipient_id=recipient.id,
            receipt_id=receipt_id,
            organisation_id=actor.organisation_id,
        ),
    )
    return db.session.get_one(Receipt, receipt_id)


def respond_to_guidance(
    actor: Actor,
    guidance: Guidance,
    *,
    state: ResponseState,
    text: str = "",
    expected_on: date | None = None,
    uploads: Sequence[Upload] = (),
    files: Sequence[Attachment] = (),
    my_number_confirmed: bool = False,
) -> Response:
    """Record what the actor's body did; the newest statement counts, the earlier ones stay.

    該当なし needs a reason; 対応済 and 回答済 need a text or a file; 一部回答 and 回答保留 say what is still to come
    and when. ``files`` are stored already and are copied. Raises Invalid at ``state``, ``text``, ``expected_on`` or
    ``files``, Conflict when the item is no longer in force.
    """
    recipient = _own_recipient(actor, guidance)
    my_number.check_text("text", text, my_number_confirmed)
    check_response(state, text.strip(), expected_on, has_files=bool(uploads or files))
    now = clock.now()
    response = Response(
        recipient_id=recipient.id,
        state=state,
        text=text.strip(),
        responded_by_person_id=actor.person_id,
        signature=actor.signature,
        responded_at=now,
        expected_on=expected_on if state in PROMISING else None,
    )
    db.session.add(response)
    recipient.response = state
    recipient.responded_at = now
    db.session.flush()
    _attach(actor, response, uploads, files, confirmed=my_number_confirmed)
    emit(
        actor,
        GuidanceResponded(
            guidance_id=guidance.id,
            recipient_id=recipient.id,
            response_id=response.id,
            state=state.value,
            organisation_id=actor.organisation_id,
        ),
    )
    return response


def _own_recipient(actor: Actor, guidance: Guidance) -> Recipient:
    recipient = find_own_recipient(actor, guidance)
    if recipient is None:
        raise (
            NotFound
            if guidance.state not in ISSUED_STATES
            else Forbidden(N_("この通知等の宛先となった団体の人だけが操作できます。"))
        )
    if guidance.state is not GuidanceState.ISSUED:
        raise Conflict(N_("この通知等は廃止または改版されたため、受領・対応の登録はできません。"))
    if not policy.can_receive(actor, guidance, is_addressed=True):
        raise Forbidden(N_("この操作を行う権限がありません。"))
    return recipient


def _add_number(actor: Actor, guidance: Guidance, recipient: Recipient, section: str, number: str) -> Receipt:
    """Give the section's receipt the number that it lacks. Of two at once the first wins."""
    held = db.session.scalars(
        sa.select(Receipt).where(
            Receipt.recipient_id == recipient.id,
            Receipt.section_name == section,
            Receipt.round == guidance.receipt_round,
        )
    ).one()
    added = number and db.session.scalar(
        sa.update(Receipt)
        .where(Receipt.id == held.id, Receipt.receipt_number == "")
        .values(receipt_number=number)
        .returning(Receipt.id)
    )
    if not added:
        raise _already_received(held)
    emit(
        actor,
        ReceiptNumbered(
            guidance_id=guidance.id,
            recipient_id=recipient.id,
            receipt_id=held.id,
            organisation_id=actor.organisation_id,
        ),
    )
    db.session.refresh(held)
    return held


def _already_received(held: Receipt) -> Invalid:
    at = calendar.japan_datetime(held.received_at)
    return Invalid(
        N_("%(section)sでは、%(who)sが%(date)s %(time)sに受領済みです。"),
        field="section_name",
        section=held.section_name,
        who=held.signature,
        date=calendar.long_date(at.date()),
        time=f"{at:%H:%M}",
    )


def check_response(state: ResponseState, text: str, expected_on: date | None, *, has_files: bool) -> None:
    """Raise Invalid unless what is stated holds what its kind of response needs (see ``respond_to_guidance``)."""
    if state is ResponseState.NONE:
        raise Invalid(N_("対応の状況を選んでください。"), field="state")
    if state is ResponseState.NOT_APPLICABLE and not text:
        raise Invalid(N_("該当しない理由を入力してください。"), field="text")
    if state in PROMISING:
        _check_promise(text, expected_on)
    if state is ResponseState.DONE and not (text or has_files):
        raise Invalid(N_("対応したことが分かる内容を入力するか、資料を添付してください。"), field="text")
    if state is ResponseState.REPLIED and not (text or has_files):
        raise Invalid(N_("回答の内容を入力するか、回答の資料を添付してください。"), field="text")


def _check_promise(text: str, expected_on: date | None) -> None:
    if not text:
        raise Invalid(N_("回答していない部分と、その理由を入力してください。"), field="text")
    if expected_on is None:
        raise Invalid(N_("回答の予定日を入力してください。"), field="expected_on")
    if expected_on < calendar.japan_date(clock.now()):
        raise Invalid(N_("回答の予定日に過去の日付は指定できません。"), field="expected_on")


def _attach(
    actor: Actor, response: Response, uploads: Sequence[Upload], files: Sequence[Attachment], *, confirmed: bool
) -> None:
    store_attachments(actor, "response", response.id, uploads, field="files", confirmed=confirmed)
    copy_files(actor, files, ("response", response.id))


def _set_once(recipient: Recipient, column: orm.InstrumentedAttribute[Any], at: datetime) -> None:
    """Set the fact's instant unless another person of the body has set it already."""
    db.session.execute(
        sa.update(Recipient)
        .where(Recipient.id == recipient.id, column.is_(None))
        .values({column: at})
        .execution_options(synchronize_session=False)
    )
