"""What is done to guidance up to its end: drafting, review, approval, issue, abolition."""

from collections.abc import Sequence

from portal.attachments.inspection import Upload
from portal.attachments.models import Attachment
from portal.attachments.service import remove_attachment, store_attachments
from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import Event, emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.guidance import numbers, policy
from portal.guidance.addressees import fingerprint_of
from portal.guidance.content import GuidanceContent, check_complete, check_draft, check_due, check_short_due
from portal.guidance.events import (
    GuidanceAbolished,
    GuidanceApproved,
    GuidanceDrafted,
    GuidanceEdited,
    GuidanceReturned,
    GuidanceSentForReview,
)
from portal.guidance.issuing import put_in_force
from portal.guidance.models import Guidance
from portal.guidance.reviewing import ReviewWanted, ask_review, close_review, conclude_review
from portal.guidance.states import GuidanceState
from portal.guidance.typed import follow_step
from portal.guidance.versions import keep_first_version, keep_version


def draft_guidance(
    actor: Actor, content: GuidanceContent, *, uploads: Sequence[Upload] = (), my_number_confirmed: bool = False
) -> Guidance:
    """Begin a draft in the name of ``content.sender_id``, with its first files.

    Raises Forbidden for roles that do not draft or a sender that is not theirs, Invalid for what breaks a rule.
    """
    authorize(policy.can_draft, actor)
    _check_names(actor, content)
    check_draft(content, except_id=None, confirmed=my_number_confirmed)
    now = clock.now()
    guidance = Guidance(
        state=GuidanceState.DRAFT,
        drafter_person_id=actor.person_id,
        drafter_organisation_id=actor.organisation_id,
        editor_person_id=actor.person_id,
        created_at=now,
        updated_at=now,
    )
    content.write_to(guidance)
    db.session.add(guidance)
    db.session.flush()
    store_attachments(actor, "guidance", guidance.id, uploads, field="files", confirmed=my_number_confirmed)
    emit(actor, GuidanceDrafted(guidance_id=guidance.id))
    keep_version(actor, guidance)
    return guidance


def save_draft(
    actor: Actor,
    guidance: Guidance,
    content: GuidanceContent,
    *,
    version: int | None = None,
    uploads: Sequence[Upload] = (),
    restored_from: int | None = None,
    my_number_confirmed: bool = False,
) -> Guidance:
    """Change a draft and add files to it; every text that was saved is kept as a version.

    Raises Conflict when it has left that state or ``version`` is stale, Invalid at the field.
    """
    _require(guidance, GuidanceState.DRAFT)
    authorize(policy.can_edit, actor, guidance)
    guidance.check_version(version)
    keep_first_version(guidance)
    _check_names(actor, content, kept_sender_id=guidance.sender_id)
    check_draft(content, except_id=guidance.id, confirmed=my_number_confirmed)
    store_attachments(actor, "guidance", guidance.id, uploads, field="files", confirmed=my_number_confirmed)
    content.write_to(guidance)
    guidance.editor_person_id = actor.person_id
    _touch(actor, guidance, GuidanceEdited(guidance_id=guidance.id))
    keep_version(actor, guidance, restored_from=restored_from)
    return guidance


def remove_file(actor: Actor, guidance: Guidance, attachment: Attachment) -> None:
    """Take a file off a draft. Raises Conflict when it has left that state, NotFound for a file of something else."""
    _require(guidance, GuidanceState.DRAFT)
    authorize(policy.can_edit, actor, guidance)
    if (attachment.owner_kind, attachment.owner_id) != ("guidance", guidance.id):
        raise NotFound
    remove_attachment(attachment)
    seen = guidance.version
    guidance.editor_person_id = actor.person_id
    _touch(actor, guidance, GuidanceEdited(guidance_id=guidance.id))
    follow_step(actor, guidance, seen)


def send_for_review(
    actor: Actor, guidance: Guidance, *, version: int | None = None, wanted: ReviewWanted | None = None
) -> None:
    """draft → review, with the check and the concurrences that the drafter asks for.

    Raises Invalid at what is missing, Conflict when it is no draft any more.
    """
    _require(guidance, GuidanceState.DRAFT)
    authorize(policy.can_send_for_review, actor, guidance)
    guidance.check_version(version)
    check_complete(guidance)
    guidance.state = GuidanceState.REVIEW
    guidance.submitted_at = clock.now()
    guidance.return_reason = None
    _touch(actor, guidance, GuidanceSentForReview(guidance_id=guidance.id))
    ask_review(actor, guidance, wanted or ReviewWanted())


def return_to_draft(
    actor: Actor, guidance: Guidance, *, reason: str, version: int | None = None, my_number_confirmed: bool = False
) -> None:
    """review or approved → draft, with a reason; an approval given before lapses; its number stays reserved."""
    _require(guidance, GuidanceState.REVIEW, GuidanceState.APPROVED)
    authorize(policy.can_return, actor, guidance)
    guidance.check_version(version)
    guidance.return_reason = _required_reason(reason, my_number_confirmed)
    guidance.state = GuidanceState.DRAFT
    guidance.approver_person_id = guidance.approved_at = guidance.number_year = None
    close_review(guidance)
    _touch(actor, guidance, GuidanceReturned(guidance_id=guidance.id))


def approve_guidance(
    actor: Actor,
    guidance: Guidance,
    *,
    document_number: str | None = None,
    short_due_reason: str | None = None,
    overruled_reason: str | None = None,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """review → approved by somebody who wrote none of it; the number is reserved and counts from now on.

    Raises Invalid at ``document_number`` (missing, forbidden, malformed, taken), ``short_due_reason``,
    ``reply_due_on`` or ``overruled_reason``, and while an office that was asked has not answered; Forbidden for the
    drafter; Conflict when it is not under review.
    """
    _require(guidance, GuidanceState.REVIEW)
    if not actor.person_ids.isdisjoint({guidance.drafter_person_id, guidance.editor_person_id}):
        raise Forbidden(N_("起案した人は決裁できません。別の決裁者が決裁してください。"))
    authorize(policy.can_approve, actor, guidance)
    guidance.check_version(version)
    my_number.check_text("document_number", document_number or "", my_number_confirmed)
    my_number.check_text("short_due_reason", short_due_reason or "", my_number_confirmed)
    check_complete(guidance)
    check_short_due(guidance.reply_due_on, short_due_reason)
    number = numbers.give_number(actor, guidance, document_number)
    conclude_review(guidance, overruled_reason=overruled_reason or "", my_number_confirmed=my_number_confirmed)
    guidance.short_due_reason = (short_due_reason or "").strip() or None
    guidance.approver_person_id = actor.person_id
    guidance.approved_at = clock.now()
    guidance.state = GuidanceState.APPROVED
    _touch(actor, guidance, GuidanceApproved(guidance_id=guidance.id, document_number=number))


def issue_guidance(
    actor: Actor,
    guidance: Guidance,
    *,
    fingerprint: str,
    short_due_reason: str | None = None,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> int:
    """approved → issued: freeze the recipients in one statement and return how many there are.

    ``fingerprint`` names the bodies that the actor saw (addressees.preview); when the directory has changed since,
    nothing is issued and Conflict asks to look again. Raises Invalid when the due date has meanwhile passed or
    come near without a reason.
    """
    _require(guidance, GuidanceState.APPROVED)
    authorize(policy.can_issue, actor, guidance)
    guidance.check_version(version)
    check_due(guidance.reply_due_on)
    my_number.check_text("short_due_reason", short_due_reason or "", my_number_confirmed)
    guidance.short_due_reason = (short_due_reason or "").strip() or guidance.short_due_reason
    check_short_due(guidance.reply_due_on, guidance.short_due_reason)

    def check(body_ids: list[int]) -> None:
        if not body_ids or fingerprint_of(body_ids) != fingerprint:
            raise Conflict(
                N_(
                    "宛先を確認した後に名簿が変わりました（現在%(count)s団体）。"
                    "宛先をもう一度確認してから発出してください。"
                ),
                count=len(body_ids),
            )

    return put_in_force(actor, guidance, check)


def abolish_guidance(
    actor: Actor, guidance: Guidance, *, reason: str, version: int | None = None, my_number_confirmed: bool = False
) -> None:
    """issued → abolished, with a reason. Raises Conflict when it is not in force."""
    _require(guidance, GuidanceState.ISSUED)
    authorize(policy.can_abolish, actor, guidance)
    guidance.check_version(version)
    guidance.abolition_reason = _required_reason(reason, my_number_confirmed)
    guidance.abolished_at = clock.now()
    guidance.state = GuidanceState.ABOLISHED
    _touch(actor, guidance, GuidanceAbolished(guidance_id=guidance.id))


def _require(guidance: Guidance, *states: GuidanceState) -> None:
    if guidance.state not in states:
        raise Conflict(N_("この通知等の状態が変わったため、操作できません。画面を読み直してください。"))


def _check_names(actor: Actor, content: GuidanceContent, *, kept_sender_id: int | None = None) -> None:
    """The sender must be the one it had or one that the actor may speak for, the origin a ministry."""
    sender = db.session.get(Organisation, content.sender_id)
    if sender is None or not (sender.id == kept_sender_id or policy.can_send_as(actor, sender)):
        raise Invalid(N_("発信者を選んでください。"), field="sender_id")
    if content.origin_ministry_id is not None:
        ministry = db.session.get(Organisation, content.origin_ministry_id)
        if ministry is None or ministry.kind is not OrganisationKind.MINISTRY:
            raise Invalid(N_("所管府省を選んでください。"), field="origin_ministry_id")


def _required_reason(reason: str, confirmed: bool) -> str:
    my_number.check_text("reason", reason, confirmed)
    if not reason.strip():
        raise Invalid(N_("理由を入力してください。"), field="reason")
    return reason.strip()


def _touch(actor: Actor, guidance: Guidance, event: Event) -> None:
    guidance.updated_at = clock.now()
    db.session.flush()
    emit(actor, event)
