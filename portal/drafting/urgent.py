"""緊急発出: issued by one person with a reason, approved by another afterwards."""

from functools import partial

from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafting import policy
from portal.drafting.events import GuidanceIssuedUrgently, UrgentIssueApproved, UrgentIssueRefused
from portal.drafting.models import UrgentIssue
from portal.guidance.addressees import fingerprint_of
from portal.guidance.content import check_complete, check_short_due
from portal.guidance.issuing import put_in_force
from portal.guidance.models import Guidance
from portal.guidance.numbers import give_number
from portal.guidance.reviewing import close_review
from portal.guidance.states import GuidanceState

_INVOLVED = N_("起案・発出した人は決裁できません。別の決裁者が決裁してください。")


def issue_urgently(
    actor: Actor,
    guidance: Guidance,
    *,
    reason: str,
    fingerprint: str,
    document_number: str | None = None,
    short_due_reason: str | None = None,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> int:
    """draft or review → issued without an approval, which somebody else gives afterwards; how many bodies get it.

    What every issue asks holds here too: the paper is complete, it has its number, the bodies are those that were seen.
    Raises Invalid at the field, Conflict for another state or other bodies than were seen.
    """
    if guidance.state not in {GuidanceState.DRAFT, GuidanceState.REVIEW}:
        raise Conflict(N_("この通知等の状態が変わったため、操作できません。画面を読み直してください。"))
    authorize(policy.can_issue_urgently, actor, guidance)
    guidance.check_version(version)
    typed = {"reason": reason, "document_number": document_number or "", "short_due_reason": short_due_reason or ""}
    _check_typed(typed, my_number_confirmed)
    check_complete(guidance)
    guidance.short_due_reason = (short_due_reason or "").strip() or guidance.short_due_reason
    check_short_due(guidance.reply_due_on, guidance.short_due_reason)
    give_number(actor, guidance, document_number)
    guidance.return_reason = None
    close_review(guidance)
    db.session.add(
        UrgentIssue(
            guidance_id=guidance.id,
            reason=reason.strip(),
            issued_at=clock.now(),
            issued_by_person_id=actor.person_id,
            signature=actor.signature,
        )
    )
    count = put_in_force(actor, guidance, partial(_check_seen, fingerprint))
    emit(actor, GuidanceIssuedUrgently(guidance_id=guidance.id))
    return count


def approve_later(
    actor: Actor, guidance: Guidance, urgent: UrgentIssue, *, remark: str = "", my_number_confirmed: bool = False
) -> None:
    """Give the approval of a paper that went out before it. Raises Conflict when it was given already."""
    if urgent.approved_at is not None:
        raise Conflict(N_("この緊急発出は、既に決裁されています。"))
    if not policy.can_approve_later(actor, guidance, urgent):
        raise Forbidden(_INVOLVED)
    my_number.check_text("remark", remark, my_number_confirmed)
    urgent.approved_at, urgent.approved_by_person_id = clock.now(), actor.person_id
    urgent.approved_signature, urgent.remark = actor.signature, remark.strip()
    guidance.updated_at = clock.now()  # two who approve at once: the second fails on the paper's version
    db.session.flush()
    emit(actor, UrgentIssueApproved(guidance_id=guidance.id))


def refuse_later(
    actor: Actor, guidance: Guidance, urgent: UrgentIssue, *, reason: str, my_number_confirmed: bool = False
) -> None:
    """Say why a paper that went out before its approval is not approved; it stays in force until somebody corrects it
    or ends it. Raises Conflict when it was decided already, Invalid at ``remark`` without a reason.
    """
    if urgent.approved_at is not None or urgent.refused_at is not None:
        raise Conflict(N_("この緊急発出は、既に判断されています。"))
    if not policy.can_refuse_later(actor, guidance, urgent):
        raise Forbidden(_INVOLVED)
    my_number.check_text("remark", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("決裁しない理由を入力してください。"), field="remark")
    urgent.refused_at, urgent.refused_signature = clock.now(), actor.signature
    urgent.refusal_reason = reason.strip()
    guidance.updated_at = clock.now()
    db.session.flush()
    emit(actor, UrgentIssueRefused(guidance_id=guidance.id))


def _check_typed(typed: dict[str, str], confirmed: bool) -> None:
    for name, text in typed.items():
        my_number.check_text(name, text, confirmed)
    if not typed["reason"].strip():
        raise Invalid(N_("決裁を待たずに発出する理由を入力してください。"), field="reason")


def _check_seen(fingerprint: str, body_ids: list[int]) -> None:
    if not body_ids or fingerprint_of(body_ids) != fingerprint:
        message = N_("宛先を確認した後に名簿が変わりました（現在%(count)s団体）。宛先をもう一度確認してください。")
        raise Conflict(message, count=len(body_ids))
