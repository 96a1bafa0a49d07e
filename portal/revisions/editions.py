"""New editions 改版 and joined papers 統合: each is a record of its own, in force from its issue."""

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.attachments.service import copy_files
from portal.core.db import db, insert
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance import policy as guidance_policy
from portal.guidance import service
from portal.guidance.content import GuidanceContent
from portal.guidance.models import Guidance, Replacement
from portal.guidance.numbers import normalise_number
from portal.guidance.queries import BEFORE_ISSUE
from portal.guidance.states import GuidanceState
from portal.revisions import policy
from portal.revisions.events import EditionBegun, PaperAbsorbed, PaperReleased
from portal.revisions.marking import correct_text
from portal.revisions.queries import list_corrections, list_files

_NO_MORE_IN_FORCE = N_("効力のある通知等だけを改版できます。画面を読み直してください。")
_UNDER_WAY = N_("次の版は、既に準備が始まっています。")


def begin_edition(actor: Actor, guidance: Guidance, *, keeps_due: bool = False, keeps_files: bool = True) -> Guidance:
    """A draft of the next edition that says what the paper in force says, corrected; its due only where wanted.

    The number, the reason for a short due and 前回との差 begin empty: they belong to each edition. Raises Conflict when
    the paper is in force no more or another draft of its next edition is under way, and for a due that has passed
    Invalid at ``keeps_due``.
    """
    if guidance.state is not GuidanceState.ISSUED:
        raise Conflict(_NO_MORE_IN_FORCE)
    authorize(policy.can_begin_edition, actor, guidance)
    # locks the old paper, so that two people do not begin the same edition at once
    db.session.execute(sa.select(Guidance.id).where(Guidance.id == guidance.id).with_for_update())
    if db.session.scalar(
        sa.select(Guidance.id).where(Guidance.predecessor_id == guidance.id, Guidance.state.in_(BEFORE_ISSUE)).limit(1)
    ):
        raise Conflict(_UNDER_WAY)
    corrections = list_corrections(actor, guidance)
    try:
        body = correct_text(guidance.body, corrections)
        draft = service.draft_guidance(actor, _content_of(guidance, body, keeps_due), my_number_confirmed=True)
    except Invalid as error:
        raise Invalid(error.message, field="keeps_due", **error.params) from error
    draft.predecessor_id, draft.edition = guidance.id, guidance.edition + 1
    db.session.flush()
    if keeps_files:
        copy_files(actor, list_files(guidance, corrections), ("guidance", draft.id))
    emit(actor, EditionBegun(guidance_id=draft.id))
    return draft


def absorb_paper(actor: Actor, draft: Guidance, typed: str) -> Guidance:
    """Have the draft replace another paper in force too, named by its document number (or its id) 統合.

    Raises Invalid at ``absorbed`` for one not found, not in force, not the actor's to write, or there already.
    """
    authorize(guidance_policy.can_edit, actor, draft)
    paper = _find_paper(actor, typed)
    if paper is None or paper.id in {draft.id, draft.predecessor_id}:
        raise Invalid(N_("効力のある通知等が見つかりません。文書番号を確認してください。"), field="absorbed")
    if not policy.can_begin_edition(actor, paper):
        raise Invalid(N_("統合できるのは、自分の課室が起案した通知等だけです。"), field="absorbed")
    added = db.session.scalar(
        insert(Replacement)
        .values(guidance_id=draft.id, replaced_id=paper.id)
        .on_conflict_do_nothing()
        .returning(Replacement.replaced_id)
    )
    if added is None:
        raise Invalid(N_("この通知等は既に加えてあります。"), field="absorbed")
    emit(actor, PaperAbsorbed(guidance_id=draft.id, absorbed_id=paper.id))
    return paper


def release_paper(actor: Actor, draft: Guidance, absorbed_id: int) -> None:
    """Have the draft not replace that paper after all; one that it does not replace is no error."""
    authorize(guidance_policy.can_edit, actor, draft)
    gone = db.session.execute(
        sa.delete(Replacement)
        .where(Replacement.guidance_id == draft.id, Replacement.replaced_id == absorbed_id)
        .returning(Replacement.replaced_id)
    ).all()
    if gone:
        emit(actor, PaperReleased(guidance_id=draft.id, released_id=absorbed_id))


def _find_paper(actor: Actor, typed: str) -> Guidance | None:
    number = normalise_number(typed) or ""
    named = Guidance.id == int(number) if number.isascii() and number.isdigit() else Guidance.document_number == number
    return db.session.scalars(
        guidance_policy.viewable_by(actor)
        .where(named, Guidance.state == GuidanceState.ISSUED)
        .order_by(Guidance.issued_at.desc())
        .limit(1)
    ).first()


def _content_of(guidance: Guidance, body: str, keeps_due: bool) -> GuidanceContent:
    return GuidanceContent(
        kind=guidance.kind,
        nature=guidance.nature,
        theme_id=guidance.theme_id,
        title=guidance.title,
        sender_id=guidance.sender_id,
        sender_title=guidance.sender_title,
        origin_ministry_id=guidance.origin_ministry_id,
        addressee_line=guidance.addressee_line,
        body=body,
        legal_basis=guidance.legal_basis,
        contact=guidance.contact,
        required_action=guidance.required_action,
        reply_due_on=guidance.reply_due_on if keeps_due else None,
        concerned_sections=guidance.concerned_sections,
        route=guidance.route,
        seal_omitted=guidance.seal_omitted,
        asks_passing_on=guidance.asks_passing_on,
        addressees=AddresseeRule.from_dict(guidance.addressees),
    )
