"""Handing a paper on to municipalities: by their prefecture with its note, or after a business day by the portal."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.service import store_attachments
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import Acting, emit
from portal.core.i18n import N_
from portal.directory.actor import SYSTEM, Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import MUNICIPALITIES
from portal.forwarding import policy
from portal.forwarding.events import GuidanceForwarded, SupplementAdded
from portal.forwarding.models import Forwarding
from portal.forwarding.queries import count_held
from portal.guidance.dues import LONGEST_ADVANCE
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState

_ALREADY = N_("この通知等は、既に管内の市区町村に転送されています。補足として送ってください。")


def forward_guidance(
    actor: Actor,
    guidance: Guidance,
    recipient: Recipient | None,
    *,
    note: str = "",
    due_on: date | None = None,
    uploads: Sequence[Upload] = (),
    my_number_confirmed: bool = False,
) -> Forwarding:
    """Hand a paper on to the prefecture's municipalities that wait for it, or add to what they have already.

    ``note`` is the prefecture's cover note or supplement; ``due_on`` its own date, never later than the paper's,
    by which the municipalities are to answer, unless they were granted a date of their own. Nothing of it delays a
    paper that went to all at once. Raises Forbidden for others than an addressed prefecture, Invalid at ``note``,
    ``due_on`` or ``files``, Conflict when a colleague was quicker.
    """
    authorize(policy.can_add, actor, guidance, recipient)
    hands_on = count_held(actor, guidance) > 0
    my_number.check_text("note", note, my_number_confirmed)
    if not hands_on and not (note.strip() or uploads or due_on):
        raise Invalid(N_("補足の内容を入力するか、ファイルを添付してください。"), field="note")
    _check_due(guidance, due_on)
    prefecture = cast(str, actor.prefecture_code)
    row = Forwarding(
        guidance_id=guidance.id,
        prefecture_code=prefecture,
        hands_on=hands_on,
        note=note.strip(),
        due_on=due_on,
        delivered=0,
        forwarded_by_person_id=actor.person_id,
        signature=actor.signature,
        forwarded_at=clock.now(),
    )
    _add(row)
    store_attachments(actor, "forwarding", row.id, uploads, field="files", confirmed=my_number_confirmed)
    if due_on is not None:
        _set_dues(row)
    _hand_on(actor, row, is_automatic=False)
    return row


def forward_automatically(guidance_id: int, prefecture_code: str) -> bool:
    """Hand on what a prefecture has kept too long; False when it has done so itself or the paper ended meanwhile."""
    guidance = db.session.get(Guidance, guidance_id, populate_existing=True)
    if guidance is None or guidance.state is not GuidanceState.ISSUED:
        return False
    row = Forwarding(
        guidance_id=guidance_id, prefecture_code=prefecture_code, hands_on=True, delivered=0, forwarded_at=clock.now()
    )
    try:
        _add(row)
    except Conflict:
        return False
    _hand_on(SYSTEM, row, is_automatic=True)
    return True


def _add(row: Forwarding) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict(_ALREADY) from error


def _hand_on(actor: Acting, row: Forwarding, *, is_automatic: bool) -> None:
    if not row.hands_on:
        emit(
            actor,
            SupplementAdded(guidance_id=row.guidance_id, forwarding_id=row.id, prefecture_code=row.prefecture_code),
        )
        return
    row.delivered = _update(
        sa.update(Recipient)
        .where(
            Recipient.guidance_id == row.guidance_id,
            Recipient.prefecture_code == row.prefecture_code,
            Recipient.delivered_at.is_(None),
        )
        .values(delivered_at=row.forwarded_at)
    )
    db.session.flush()
    emit(
        actor,
        GuidanceForwarded(
            guidance_id=row.guidance_id,
            forwarding_id=row.id,
            prefecture_code=row.prefecture_code,
            delivered=row.delivered,
            is_automatic=is_automatic,
        ),
    )


def _set_dues(row: Forwarding) -> None:
    """The compiled due of the municipalities; a date that was granted to one of them stays."""
    municipalities = sa.select(Organisation.id).where(Organisation.kind.in_(MUNICIPALITIES))
    paper_due = sa.select(Guidance.reply_due_on).where(Guidance.id == row.guidance_id).scalar_subquery()
    _update(
        sa.update(Recipient)
        .where(
            Recipient.guidance_id == row.guidance_id,
            Recipient.prefecture_code == row.prefecture_code,
            Recipient.organisation_id.in_(municipalities),
            sa.or_(Recipient.due_on.is_(None), Recipient.due_on <= paper_due),
        )
        .values(due_on=row.due_on)
    )


def _update(statement: sa.Update) -> int:
    result: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)


def _check_due(guidance: Guidance, due_on: date | None) -> None:
    if due_on is None:
        return
    if guidance.reply_due_on is None:
        raise Invalid(N_("回答期限のない通知等には、都道府県の期限を付けられません。"), field="due_on")
    if due_on > guidance.reply_due_on:
        raise Invalid(N_("都道府県の期限は、通知等の期限より後にはできません。"), field="due_on")
    if due_on < japan_date(clock.now()):
        raise Invalid(N_("過去の日付は指定できません。"), field="due_on")
    if due_on < guidance.reply_due_on - LONGEST_ADVANCE:
        raise Invalid(
            N_("都道府県の期限は、通知等の期限の%(n)s日前より後にしてください。"),
            field="due_on",
            n=LONGEST_ADVANCE.days,
        )
