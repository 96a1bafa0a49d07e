"""What the pages of one guidance item show, gathered from its parts."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portal.attachments.queries import list_attachments_of
from portal.blueprints.circulation.panels import show_circulation
from portal.blueprints.decisions.panels import find_stale_list
from portal.blueprints.drafting.panels import show_drafting
from portal.blueprints.extensions.panels import show_extensions
from portal.blueprints.forwarding.panels import show_forwarding
from portal.blueprints.guidance import sources
from portal.blueprints.guidance.composing import locale
from portal.blueprints.guidance.forms import IssueForm
from portal.blueprints.issuing.panels import carry_seen, show_issuing
from portal.blueprints.questions.panels import show_questions
from portal.blueprints.revisions.panels import show_revisions
from portal.directory.actor import Actor
from portal.forwarding.models import Forwarding
from portal.guidance import matrix, policy, records
from portal.guidance.addressees import AddresseeRule, describe, preview
from portal.guidance.content import is_short_due
from portal.guidance.dues import due_of
from portal.guidance.issuing import list_missing_prefectures
from portal.guidance.models import Guidance, Recipient, Response
from portal.guidance.states import ISSUED_STATES, OPEN_RESPONSES, ResponseState
from portal.issuing.asking import find_asking
from portal.issuing.staffing import count_staffing
from portal.proof import policy as proof_policy
from portal.redaction import policy as redaction_policy
from portal.reminders import policy as reminders_policy
from portal.renditions.naming import in_order
from portal.revisions.models import Correction


def show_item(actor: Actor, guidance: Guidance, recipient: Recipient | None) -> str:
    """The page of one item, for the role that looks at it."""
    is_issued = guidance.state in ISSUED_STATES
    is_addressed = recipient is not None
    revisions = show_revisions(actor, guidance)
    facts = matrix.count_facts(actor, guidance) if policy.can_see_matrix(actor, guidance) else None
    forwarding = show_forwarding(actor, guidance, recipient, facts)
    answers = answers_of(recipient, guidance.receipt_round)
    linked = sources.show_sources(actor, guidance)
    files = _files_of(guidance, forwarding["forwardings"], revisions["corrections"], answers["responses"])
    return render_template(
        "guidance/show.html",
        guidance=guidance,
        actor=actor,
        policy=policy,
        may=_what_else(actor, guidance),
        recipient=recipient,
        due_on=due_of(guidance, recipient),
        is_issued=is_issued,
        is_unanswered=recipient is not None and recipient.response in OPEN_RESPONSES,
        addressees=_addressees_of(actor, guidance, has_list=linked["target_list"] is not None),
        can_receive=policy.can_receive(actor, guidance, is_addressed=is_addressed),
        can_respond=policy.can_respond(actor, guidance, is_addressed=is_addressed),
        facts=facts,
        **linked,
        **show_issuing(actor, guidance),
        **show_drafting(actor, guidance),
        **revisions,
        **show_questions(actor, guidance, recipient, revisions["corrected_body"], files["files"]),
        **forwarding,
        **show_extensions(actor, guidance, recipient),
        **show_circulation(actor, guidance, recipient),
        **answers,
        **files,
    )


def _addressees_of(actor: Actor, guidance: Guidance, *, has_list: bool) -> str:
    """The rule in words; which bodies a list of targets names, no other body learns from it."""
    if has_list and not actor.is_headquarters:
        return str(gettext("点検が必要な事務のある団体"))
    return describe(AddresseeRule.from_dict(guidance.addressees), locale())


def _what_else(actor: Actor, guidance: Guidance) -> dict[str, bool]:
    """The pages beside this one that the actor may open."""
    return {
        "see_reminders": reminders_policy.can_view(actor, guidance),
        "take_proof": proof_policy.can_take_proof(actor, guidance),
        "redact": guidance.state in ISSUED_STATES and redaction_policy.can_ask(actor),
    }


def _files_of(
    guidance: Guidance,
    forwardings: Sequence[Forwarding],
    corrections: Sequence[Correction],
    responses: Sequence[Response],
) -> dict[str, Any]:
    """The files of the paper and of all that hangs on it. One statement."""
    is_issued = guidance.state in ISSUED_STATES
    files = list_attachments_of(
        guidance=[guidance.id],
        guidance_pdf=[guidance.id] if is_issued else [],
        forwarding=[each.id for each in forwardings],
        correction=[each.id for each in corrections],
        response=[each.id for each in responses],
    )
    return {
        "files": files["guidance"][guidance.id],
        "printed": in_order(files["guidance_pdf"][guidance.id]),
        "forwarding_files": files["forwarding"],
        "correction_files": files["correction"],
        "response_files": files["response"],
    }


def show_addressees(guidance: Guidance) -> dict[str, Any]:
    """The addressees as a page shows them: in words, in figures and as one page of the list."""
    rule = AddresseeRule.from_dict(guidance.addressees)
    return {"preview": preview(rule, cursor=request.args.get("cursor")), "description": describe(rule, locale())}


def check_before_issue(actor: Actor, guidance: Guidance) -> dict[str, Any]:
    """What to think of before the paper goes out: whom it reaches, what was asked already, what else is open."""
    rule = AddresseeRule.from_dict(guidance.addressees)
    staffing = count_staffing(rule)
    return {
        "staffing": staffing,
        "by_name": {way.value: count for way, count in staffing.items()},
        "asking": find_asking(actor, guidance),
        "missing_prefectures": list_missing_prefectures(guidance),
        "stale_list": find_stale_list(guidance),
    }


def show_issue_form(
    template: str, actor: Actor, guidance: Guidance, form: IssueForm, change: dict[str, Any] | None, **more: Any
) -> tuple[str, int]:
    """The page on which a paper is issued, now, at an hour or urgently: to whom it goes and what to think of before.

    With status 409 where ``change`` says that the bodies are others than those that were shown.
    """
    shown = show_addressees(guidance)
    if request.method == "GET":
        carry_seen(form, shown["preview"])
    page = render_template(
        template,
        form=form,
        guidance=guidance,
        change=change,
        is_short=is_short_due(guidance.reply_due_on),
        checks=check_before_issue(actor, guidance),
        **shown,
        **more,
    )
    return page, 409 if change else form.status


def answers_of(recipient: Recipient | None, receipt_round: int = 0) -> dict[str, Any]:
    """The receipts and responses of a body. Two statements at most: none for what it has not done yet."""
    if recipient is None:
        return {"receipts": [], "responses": []}
    has_received = recipient.received_at is not None or receipt_round > 0
    return {
        "receipts": records.list_receipts(recipient) if has_received else [],
        "responses": records.list_responses(recipient) if recipient.response is not ResponseState.NONE else [],
    }
