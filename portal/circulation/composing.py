"""庁内展開 becomes one answer of the body: composed from the parts, confirmed by the head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.queries import list_attachments
from portal.attachments.service import copy_files, store_attachments
from portal.circulation import policy
from portal.circulation.events import AnswerComposed, AnswerTakenBack, ComposedAnswerConfirmed, ComposedAnswerReturned
from portal.circulation.locking import hold, require_in_force
from portal.circulation.models import Circulation, ComposedAnswer, Part
from portal.circulation.queries import has_other_head, list_answered
from portal.circulation.sending import drop_part
from portal.circulation.states import AnswerState, CirculationState, PartState
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance import receiving
from portal.guidance.models import Guidance, Recipient, Response
from portal.guidance.states import OPEN_RESPONSES, ResponseState

_DECIDED = N_("この回答案は、取り下げられたか、処理されています。画面を読み直してください。")


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What the body is to answer; ``file_ids`` are files of the sections' answers, ``uploads`` further ones."""

    state: ResponseState
    text: str = ""
    expected_on: date | None = None
    file_ids: Sequence[int] = ()
    uploads: Sequence[Upload] = ()


def prefill_text(parts: Sequence[Part]) -> str:
    """The sections' answers one after the other, each under its section and part."""
    blocks = []
    for part in parts:
        answer = part.answer
        if part.state is PartState.NOT_APPLICABLE:
            answer = f"該当なし（{answer}）"
        blocks.append(f"【{part.section_name}】{part.what}\n{answer}".rstrip())
    return "\n\n".join(blocks)


def seen_of(parts: Sequence[Part]) -> str:
    """Which answers somebody looks at: part and version of each."""
    return ",".join(f"{part.id}:{part.version}" for part in parts)


def compose_answer(
    actor: Actor,
    circulation: Circulation,
    composition: Composition,
    *,
    seen: str | None = None,
    my_number_confirmed: bool = False,
) -> ComposedAnswer:
    """Put an answer of the body before its head; from then on the parts stand still.

    Raises Invalid like ``respond_to_guidance`` and, when a section answered since ``seen``, without a field; Conflict
    while an earlier answer waits for the head.
    """
    circulation = hold(circulation)
    authorize(policy.coordinates, actor, circulation)
    require_in_force(circulation)
    if circulation.state is CirculationState.CONFIRMING:
        raise Conflict(N_("回答案は既に長の確認を受けています。"))
    authorize(policy.can_send, actor, circulation)
    parts = list_answered(circulation)
    if seen is not None and seen != seen_of(parts):
        raise Invalid(
            N_("入力している間に、所属の回答が変わりました。下の回答を確かめてから、もう一度送ってください。")
        )
    my_number.check_text("text", composition.text, my_number_confirmed)
    files = _chosen_files(parts, composition.file_ids)
    has_files = bool(files or composition.uploads)
    receiving.check_response(composition.state, composition.text.strip(), composition.expected_on, has_files=has_files)
    answer = _add(actor, circulation, composition, parts)
    copy_files(actor, files, ("composed_answer", answer.id))
    store_attachments(
        actor, "composed_answer", answer.id, composition.uploads, field="files", confirmed=my_number_confirmed
    )
    circulation.state = CirculationState.CONFIRMING
    db.session.flush()
    emit(actor, AnswerComposed(**_ids(circulation, answer)))
    return answer


def take_back_answer(actor: Actor, circulation: Circulation, answer: ComposedAnswer) -> None:
    """asked → taken back, by who coordinates: the parts may change again. Raises Conflict once the head decided."""
    circulation = hold(circulation)
    answer = _open(answer)
    authorize(policy.can_take_back, actor, circulation, answer)
    _decide(actor, circulation, answer, AnswerState.TAKEN_BACK, "")
    emit(actor, AnswerTakenBack(**_ids(circulation, answer)))


def return_answer(
    actor: Actor, circulation: Circulation, answer: ComposedAnswer, *, reason: str, my_number_confirmed: bool = False
) -> None:
    """asked → returned by the head, with a reason. Raises Conflict when it was taken back or decided meanwhile."""
    circulation = hold(circulation)
    answer = _open(answer)
    authorize(policy.can_confirm, actor, circulation, answer, has_other_head=has_other_head(actor))
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("差し戻す理由を入力してください。"), field="reason")
    _decide(actor, circulation, answer, AnswerState.RETURNED, reason)
    emit(actor, ComposedAnswerReturned(**_ids(circulation, answer)))


def confirm_answer(actor: Actor, circulation: Circulation, answer: ComposedAnswer) -> Response:
    """asked → confirmed: it becomes the body's response, signed by the head, exactly as it was put before them.

    A final answer closes the collection and withdraws what still waits; after a partial or pending one it goes on.
    Raises Conflict when the answer was taken back, or the paper abolished, replaced or recalled meanwhile.
    """
    circulation = hold(circulation)
    answer = _open(answer)
    authorize(policy.can_confirm, actor, circulation, answer, has_other_head=has_other_head(actor))
    require_in_force(circulation)
    response = receiving.respond_to_guidance(
        actor,
        circulation.guidance,
        state=answer.response_state,
        text=answer.text,
        expected_on=answer.expected_on,
        files=list_attachments("composed_answer", [answer.id])[answer.id],
        my_number_confirmed=True,  # whoever composed it has said so
    )
    answer.response_id = response.id
    _decide(actor, circulation, answer, AnswerState.CONFIRMED, "")
    emit(actor, ComposedAnswerConfirmed(**_ids(circulation, answer), response_id=response.id))
    if answer.response_state not in OPEN_RESPONSES:
        _close(actor, circulation)
    return response


def respond_without_sections(actor: Actor, guidance: Guidance, state: ResponseState, **given: Any) -> Response:
    """The body's response past its collection, with what ``respond_to_guidance`` takes; it raises the same.

    A final one ends the collection: what still waits is withdrawn, and an answer before the head taken back.
    """
    found = db.session.scalar(
        sa.select(Circulation)
        .join(Recipient, Recipient.id == Circulation.recipient_id)
        .where(Circulation.guidance_id == guidance.id, Recipient.organisation_id == actor.organisation_id)
    )
    circulation = hold(found) if found is not None else None  # first, as whoever confirms does
    response = receiving.respond_to_guidance(actor, guidance, state=state, **given)
    if circulation is None or state in OPEN_RESPONSES:
        return response
    asked = sa.select(ComposedAnswer).where(
        ComposedAnswer.circulation_id == circulation.id, ComposedAnswer.state == AnswerState.ASKED
    )
    for answer in db.session.scalars(asked).all():
        _decide(actor, circulation, answer, AnswerState.TAKEN_BACK, "")
        emit(actor, AnswerTakenBack(**_ids(circulation, answer)))
    _close(actor, circulation)
    return response


def _close(actor: Actor, circulation: Circulation) -> None:
    circulation.state = CirculationState.CONFIRMED
    waiting = sa.select(Part).where(Part.circulation_id == circulation.id, Part.state == PartState.WAITING)
    for part in db.session.scalars(waiting.order_by(Part.id)).all():
        drop_part(actor, circulation, part)
    db.session.flush()


def _add(actor: Actor, circulation: Circulation, given: Composition, parts: Sequence[Part]) -> ComposedAnswer:
    answer = ComposedAnswer(
        circulation_id=circulation.id,
        state=AnswerState.ASKED,
        response_state=given.state,
        text=given.text.strip(),
        expected_on=given.expected_on,
        part_ids=[part.id for part in parts],
        composed_by_person_id=actor.person_id,
        composed_signature=actor.signature,
        composed_at=clock.now(),
    )
    db.session.add(answer)
    db.session.flush()
    return answer


def _chosen_files(parts: Sequence[Part], file_ids: Sequence[int]) -> list[Attachment]:
    held = list_attachments("circulated_part", [part.id for part in parts])
    known = {file.id: file for files in held.values() for file in files}
    if not set(file_ids) <= known.keys():
        raise Invalid(N_("一覧から選んでください。"), field="file_ids")
    return [known[key] for key in dict.fromkeys(file_ids)]


def _open(answer: ComposedAnswer) -> ComposedAnswer:
    found = db.session.scalars(
        sa.select(ComposedAnswer).where(ComposedAnswer.id == answer.id).execution_options(populate_existing=True)
    ).one()
    if found.state is not AnswerState.ASKED:
        raise Conflict(_DECIDED)
    return found


def _decide(actor: Actor, circulation: Circulation, answer: ComposedAnswer, state: AnswerState, reason: str) -> None:
    answer.state, answer.decision_reason = state, reason.strip()
    answer.decided_by_person_id, answer.decided_signature = actor.person_id, actor.signature
    answer.decided_at = clock.now()
    circulation.state = CirculationState.COLLECTING
    db.session.flush()


def _ids(circulation: Circulation, answer: ComposedAnswer) -> dict[str, Any]:
    return {
        "circulation_id": circulation.id,
        "guidance_id": circulation.guidance_id,
        "organisation_id": circulation.recipient.organisation_id,
        "answer_id": answer.id,
    }
