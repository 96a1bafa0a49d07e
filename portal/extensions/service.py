"""Asking for a later due date 期限延長, and deciding."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.extensions import policy
from portal.extensions.events import ExtensionAsked, ExtensionGranted, ExtensionRefused, ExtensionWithdrawn
from portal.extensions.models import ExtensionRequest
from portal.extensions.states import ExtensionState
from portal.guidance.dues import LONGEST_EXTENSION, due_of
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import OPEN_RESPONSES

_DECIDED = N_("この申請は既に処理されています。画面を読み直してください。")


def ask_extension(
    actor: Actor,
    guidance: Guidance,
    recipient: Recipient | None,
    *,
    wanted_on: date | None,
    reason: str,
    my_number_confirmed: bool = False,
) -> ExtensionRequest:
    """Ask the sender for a later date, with a reason.

    Raises Forbidden where nothing is due or all is answered, Invalid at ``wanted_on`` or ``reason``, Conflict while
    an earlier request of the same body waits for its decision.
    """
    authorize(policy.can_ask, actor, guidance, recipient)
    assert recipient is not None  # noqa: S101 - can_ask has refused it
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("延長が必要な理由を入力してください。"), field="reason")
    wanted = _checked(guidance, recipient, wanted_on, "wanted_on")
    request = ExtensionRequest(
        guidance_id=guidance.id,
        recipient_id=recipient.id,
        state=ExtensionState.ASKED,
        wanted_on=wanted,
        reason=reason.strip(),
        asked_by_person_id=actor.person_id,
        asked_signature=actor.signature,
        asked_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict(N_("この団体からの期限延長の申請は、既に出されています。")) from error
    emit(actor, ExtensionAsked(**_ids(request), wanted_on=wanted))
    return request


def withdraw_extension(
    actor: Actor, guidance: Guidance, recipient: Recipient | None, request: ExtensionRequest
) -> None:
    """asked → withdrawn, by the body. Raises Conflict when it was decided meanwhile."""
    authorize(policy.can_withdraw, actor, guidance, recipient)
    _require_open(request)
    request.state, request.decided_at = ExtensionState.WITHDRAWN, clock.now()
    db.session.flush()
    emit(actor, ExtensionWithdrawn(**_ids(request)))


def grant_extension(
    actor: Actor,
    guidance: Guidance,
    request: ExtensionRequest,
    *,
    granted_on: date | None,
    reason: str = "",
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """asked → granted: the body has until ``granted_on``, which need not be the date that it asked for.

    From then on that date counts wherever the body's due is read. Raises Invalid at ``granted_on``, Conflict when the
    request was decided or the body has answered meanwhile.
    """
    authorize(policy.can_decide, actor, guidance)
    _require_open(request)
    request.check_version(version)
    recipient = db.session.get_one(Recipient, request.recipient_id, populate_existing=True, with_for_update=True)
    if recipient.response not in OPEN_RESPONSES:
        raise Conflict(N_("この団体は既に回答しています。"))
    my_number.check_text("reason", reason, my_number_confirmed)
    until = _checked(guidance, recipient, granted_on, "granted_on")
    recipient.due_on = until
    _decide(actor, request, ExtensionState.GRANTED, reason, until)
    emit(actor, ExtensionGranted(**_ids(request), granted_on=until))


def refuse_extension(
    actor: Actor,
    guidance: Guidance,
    request: ExtensionRequest,
    *,
    reason: str,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """asked → refused, with a reason: the due date stays. Raises Conflict when it was decided meanwhile."""
    authorize(policy.can_decide, actor, guidance)
    _require_open(request)
    request.check_version(version)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("承認しない理由を入力してください。"), field="reason")
    _decide(actor, request, ExtensionState.REFUSED, reason, None)
    emit(actor, ExtensionRefused(**_ids(request)))


def _decide(actor: Actor, request: ExtensionRequest, state: ExtensionState, reason: str, until: date | None) -> None:
    request.state, request.granted_on, request.decision_reason = state, until, reason.strip()
    request.decided_by_person_id, request.decided_signature = actor.person_id, actor.signature
    request.decided_at = clock.now()
    db.session.flush()


def _checked(guidance: Guidance, recipient: Recipient, until: date | None, field: str) -> date:
    due_on = due_of(guidance, recipient)
    if until is None:
        raise Invalid(N_("日付を入力してください。"), field=field)
    if due_on is not None and until <= due_on:
        raise Invalid(N_("いまの期限より後の日付を入力してください。"), field=field)
    if until < japan_date(clock.now()):
        raise Invalid(N_("過去の日付は指定できません。"), field=field)
    if guidance.reply_due_on is not None and until > guidance.reply_due_on + LONGEST_EXTENSION:
        raise Invalid(N_("延長できるのは、通知等の期限から%(n)s日以内です。"), field=field, n=LONGEST_EXTENSION.days)
    return until


def _require_open(request: ExtensionRequest) -> None:
    if not policy.is_open(request):
        raise Conflict(_DECIDED)


def _ids(request: ExtensionRequest) -> dict[str, Any]:
    return {"guidance_id": request.guidance_id, "extension_id": request.id, "recipient_id": request.recipient_id}
