"""Correcting 訂正 what was issued: drafted by one person, issued by another, to everyone who had the paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.service import store_attachments
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.models import Guidance, Recipient
from portal.revisions import policy
from portal.revisions.events import (
    CorrectionDiscarded,
    CorrectionDrafted,
    CorrectionEdited,
    CorrectionEvent,
    CorrectionReturned,
    CorrectionSentForReview,
    GuidanceCorrected,
)
from portal.revisions.models import Correction, Erratum
from portal.revisions.states import CorrectionState

MOST_ERRATA = 50
_LONGEST = {"places": 100, "wrongs": 2000, "rights": 2000}
_MOVED_ON = N_("状態が変わったため、この操作はできません。画面を読み直してください。")


@dataclass(frozen=True, kw_only=True)
class ErratumContent:
    """A line of 正誤表 as it is typed; one whose three parts are blank is no line."""

    place: str = ""
    wrong: str = ""
    right: str = ""


@dataclass(frozen=True, kw_only=True)
class CorrectionContent:
    """What the drafter of a correction sets."""

    reason: str
    errata: Sequence[ErratumContent]
    asks_receipt: bool = False


def draft_correction(
    actor: Actor,
    guidance: Guidance,
    content: CorrectionContent,
    *,
    uploads: Sequence[Upload] = (),
    my_number_confirmed: bool = False,
) -> Correction:
    """Begin a correction of a paper in force, with the files that replace or complete what was sent.

    Raises Conflict while another one is under way, Invalid at ``reason``, ``places``, ``wrongs``, ``rights`` or
    ``files``.
    """
    authorize(policy.can_correct, actor, guidance)
    errata = _checked(content, my_number_confirmed)
    now = clock.now()
    last = db.session.scalar(sa.select(sa.func.max(Correction.number)).where(Correction.guidance_id == guidance.id))
    correction = Correction(
        guidance_id=guidance.id,
        number=(last or 0) + 1,
        state=CorrectionState.DRAFT,
        reason=content.reason.strip(),
        asks_receipt=content.asks_receipt,
        drafter_person_id=actor.person_id,
        editor_person_id=actor.person_id,
        created_at=now,
        updated_at=now,
        entries=errata,
    )
    try:
        with db.session.begin_nested():
            db.session.add(correction)
            db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict(N_("この通知等の訂正は、既に準備が始まっています。")) from error
    store_attachments(actor, "correction", correction.id, uploads, field="files", confirmed=my_number_confirmed)
    emit(actor, CorrectionDrafted(guidance_id=guidance.id, correction_id=correction.id))
    return correction


def save_correction(
    actor: Actor,
    guidance: Guidance,
    correction: Correction,
    content: CorrectionContent,
    *,
    version: int | None = None,
    uploads: Sequence[Upload] = (),
    my_number_confirmed: bool = False,
) -> None:
    """Change a correction that is a draft. Raises Conflict for a stale ``version``, Invalid as when it was begun."""
    _require(correction, CorrectionState.DRAFT)
    authorize(policy.can_edit, actor, correction, guidance)
    correction.check_version(version)
    errata = _checked(content, my_number_confirmed)
    db.session.execute(sa.delete(Erratum).where(Erratum.correction_id == correction.id))
    db.session.expire(correction, ["entries"])
    db.session.add_all([_of(correction, each) for each in errata])
    correction.reason, correction.asks_receipt = content.reason.strip(), content.asks_receipt
    correction.editor_person_id = actor.person_id
    store_attachments(actor, "correction", correction.id, uploads, field="files", confirmed=my_number_confirmed)
    _touch(actor, correction, CorrectionEdited(guidance_id=guidance.id, correction_id=correction.id))


def send_correction_for_review(
    actor: Actor, guidance: Guidance, correction: Correction, *, version: int | None = None
) -> None:
    """draft → review."""
    _require(correction, CorrectionState.DRAFT)
    authorize(policy.can_edit, actor, correction, guidance)
    correction.check_version(version)
    correction.state, correction.return_reason = CorrectionState.REVIEW, None
    _touch(actor, correction, CorrectionSentForReview(guidance_id=guidance.id, correction_id=correction.id))


def return_correction(
    actor: Actor,
    guidance: Guidance,
    correction: Correction,
    *,
    reason: str,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """review → draft, with a reason."""
    _require(correction, CorrectionState.REVIEW)
    authorize(policy.can_return, actor, correction, guidance)
    correction.check_version(version)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("理由を入力してください。"), field="reason")
    correction.state, correction.return_reason = CorrectionState.DRAFT, reason.strip()
    _touch(actor, correction, CorrectionReturned(guidance_id=guidance.id, correction_id=correction.id))


def discard_correction(actor: Actor, guidance: Guidance, correction: Correction, *, version: int | None = None) -> None:
    """draft → discarded; its number stays used."""
    _require(correction, CorrectionState.DRAFT)
    authorize(policy.can_edit, actor, correction, guidance)
    correction.check_version(version)
    correction.state = CorrectionState.DISCARDED
    _touch(actor, correction, CorrectionDiscarded(guidance_id=guidance.id, correction_id=correction.id))


def issue_correction(actor: Actor, guidance: Guidance, correction: Correction, *, version: int | None = None) -> None:
    """review → issued, by somebody who wrote none of it; where it asks for that, every receipt is due again.

    What was received before stays in the record. Raises Forbidden for its writer, Conflict when it is not under
    review or the paper is in force no more.
    """
    _require(correction, CorrectionState.REVIEW)
    if not actor.person_ids.isdisjoint({correction.drafter_person_id, correction.editor_person_id}):
        raise Forbidden(N_("起案した人は決裁できません。別の決裁者が決裁してください。"))
    authorize(policy.can_issue, actor, correction, guidance)
    correction.check_version(version)
    now = clock.now()
    correction.state, correction.issued_at = CorrectionState.ISSUED, now
    correction.approver_person_id = actor.person_id
    guidance.correction_count += 1
    guidance.updated_at = now
    if correction.asks_receipt:
        guidance.receipt_round += 1
    db.session.flush()  # against a recall or an abolition at the same moment: the paper's version decides
    if correction.asks_receipt:
        db.session.execute(
            sa.update(Recipient).where(Recipient.guidance_id == guidance.id).values(received_at=None),
            execution_options={"synchronize_session": False},
        )
    event = GuidanceCorrected(
        guidance_id=guidance.id,
        correction_id=correction.id,
        number=correction.number,
        asks_receipt=correction.asks_receipt,
    )
    _touch(actor, correction, event)


def _checked(content: CorrectionContent, confirmed: bool) -> list[Erratum]:
    """The lines of 正誤表 in their order. Raises Invalid for none, too many, too long or incomplete ones."""
    my_number.check_text("reason", content.reason, confirmed)
    if not content.reason.strip():
        raise Invalid(N_("訂正の理由を入力してください。"), field="reason")
    lines = [
        (row, each)
        for row, each in enumerate(content.errata, start=1)
        if (each.place + each.wrong + each.right).strip()
    ]
    if not lines:
        raise Invalid(N_("正誤表に1行以上入力してください。"), field="places")
    if len(lines) > MOST_ERRATA:
        raise Invalid(N_("正誤表は%(n)s行以内にしてください。"), field="places", n=MOST_ERRATA)
    for row, each in lines:
        _check_line(row, each, confirmed)
    return [
        Erratum(position=position, place=each.place.strip(), wrong=each.wrong.strip(), right=each.right.strip())
        for position, (_, each) in enumerate(lines, start=1)
    ]


def _check_line(row: int, line: ErratumContent, confirmed: bool) -> None:
    for field, text in (("places", line.place), ("wrongs", line.wrong), ("rights", line.right)):
        my_number.check_text(field, text, confirmed)
        if len(text) > _LONGEST[field]:
            raise Invalid(N_("%(row)s行目：%(n)s文字以内で入力してください。"), field=field, row=row, n=_LONGEST[field])
    if not line.place.strip():
        raise Invalid(N_("%(row)s行目：箇所を入力してください。"), field="places", row=row)
    if not (line.wrong.strip() or line.right.strip()):
        raise Invalid(N_("%(row)s行目：誤か正のどちらかを入力してください。"), field="rights", row=row)
    if line.wrong.strip() == line.right.strip():
        raise Invalid(N_("%(row)s行目：誤と正が同じです。"), field="rights", row=row)


def _of(correction: Correction, erratum: Erratum) -> Erratum:
    erratum.correction_id = correction.id
    return erratum


def _require(correction: Correction, state: CorrectionState) -> None:
    if correction.state is not state:
        raise Conflict(_MOVED_ON)


def _touch(actor: Actor, correction: Correction, event: CorrectionEvent) -> None:
    correction.updated_at = clock.now()
    db.session.flush()
    emit(actor, event)
