"""Reading of corrections and of what replaced what, within what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.attachments.queries import find_attachment, list_attachments_of
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.guidance import policy as guidance_policy
from portal.guidance.models import Guidance, Recipient, Replacement
from portal.guidance.states import ISSUED_STATES, GuidanceState
from portal.revisions import policy
from portal.revisions.models import Correction
from portal.revisions.states import CorrectionState

MOST_JOINABLE = 100


@dataclass(frozen=True, kw_only=True)
class Relatives:
    """What a paper replaced and what replaced it, as far as the actor may see them."""

    replaced: list[Guidance] = field(default_factory=list)
    successors: list[Guidance] = field(default_factory=list)
    coming: list[Guidance] = field(default_factory=list)


def get_correction(actor: Actor, guidance: Guidance, number: int) -> Correction:
    """A correction of a visible paper with its lines and people. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Correction)
        .where(Correction.guidance_id == guidance.id, Correction.number == number, policy.viewable_by(actor, guidance))
        .options(
            orm.selectinload(Correction.entries),
            orm.joinedload(Correction.drafter),
            orm.joinedload(Correction.approver),
        )
    )
    if found is None:
        raise NotFound
    return found


def get_file(actor: Actor, correction: Correction, attachment_id: int) -> Attachment:
    """A file of a correction that the actor sees. Raises NotFound."""
    found = find_attachment("correction", correction.id, attachment_id)
    if found is None:
        raise NotFound
    return found


def list_corrections(actor: Actor, guidance: Guidance) -> Sequence[Correction]:
    """The corrections of an issued paper with their lines, the first to the last, as far as the actor sees them.

    One statement; none for a paper without any that the actor may see.
    """
    sees_unissued = policy.can_see_unissued(actor, guidance)
    if guidance.state not in ISSUED_STATES or not (guidance.correction_count or sees_unissued):
        return []
    shown = _CORRECTIONS.where(policy.viewable_by(actor, guidance))
    return db.session.scalars(shown, {"guidance_id": guidance.id}).unique().all()


def list_files(guidance: Guidance, corrections: Sequence[Correction]) -> list[Attachment]:
    """The files in force: one that came with an issued correction stands for that of its name. One statement."""
    issued = [each.id for each in corrections if each.state is CorrectionState.ISSUED]
    found = list_attachments_of(guidance=[guidance.id], correction=issued)
    by_name = {file.file_name: file for file in found["guidance"][guidance.id]}
    for correction_id in issued:
        by_name |= {file.file_name: file for file in found["correction"][correction_id]}
    return list(by_name.values())


_CORRECTIONS = (
    sa.select(Correction)
    .where(Correction.guidance_id == sa.bindparam("guidance_id"), Correction.state != CorrectionState.DISCARDED)
    .options(orm.joinedload(Correction.entries))
    .order_by(Correction.number)
)


def list_relatives(actor: Actor, guidance: Guidance) -> Relatives:
    """What it replaced and what replaces it, with what a link says of them. One statement."""
    ends = {"guidance_id": guidance.id, "predecessor_id": guidance.predecessor_id}
    rows = db.session.execute(_relatives(actor.pattern), {**actor.bindings, **ends})
    found = Relatives()
    for paper, comes_after in rows:
        if not comes_after:
            found.replaced.append(paper)
        elif paper.state in (GuidanceState.ISSUED, GuidanceState.SUPERSEDED, GuidanceState.ABOLISHED):
            found.successors.append(paper)
        elif paper.state is not GuidanceState.RECALLED:
            found.coming.append(paper)
    return found


_NAMED = (  # what a link or a row of a list says of a paper
    Guidance.kind,
    Guidance.state,
    Guidance.document_number,
    Guidance.title,
    Guidance.edition,
    Guidance.issued_on,
    Guidance.predecessor_id,
)


@kept
def _relatives(actor: Actor) -> sa.Select[Guidance, bool]:
    here: sa.BindParameter[int] = sa.bindparam("guidance_id", type_=sa.BigInteger())
    joins, joined = orm.aliased(Replacement), orm.aliased(Replacement)
    query = guidance_policy.viewable_by(actor).where(
        Guidance.id != here,
        sa.or_(
            Guidance.id == sa.bindparam("predecessor_id", type_=sa.BigInteger()),
            Guidance.predecessor_id == here,
            Guidance.id.in_(sa.select(joins.replaced_id).where(joins.guidance_id == here)),
            Guidance.id.in_(sa.select(joined.guidance_id).where(joined.replaced_id == here)),
        ),
    )
    joins_it = sa.exists().where(Replacement.replaced_id == here, Replacement.guidance_id == Guidance.id)
    return (
        query.add_columns(sa.or_(sa.func.coalesce(Guidance.predecessor_id, 0) == here, joins_it))
        .order_by(Guidance.id)
        .options(orm.load_only(*_NAMED, raiseload=True))
    )


def list_joinable(actor: Actor, draft: Guidance) -> Sequence[Guidance]:
    """The newest papers in force of the draft's office that it does not replace yet. One statement."""
    joined = sa.select(Replacement.replaced_id).where(Replacement.guidance_id == draft.id)
    return db.session.scalars(
        guidance_policy.viewable_by(actor)
        .where(
            Guidance.state == GuidanceState.ISSUED,
            Guidance.drafter_organisation_id == draft.drafter_organisation_id,
            Guidance.id.not_in([draft.id, draft.predecessor_id or 0]),
            Guidance.id.not_in(joined),
        )
        .order_by(Guidance.issued_at.desc(), Guidance.id.desc())
        .limit(MOST_JOINABLE)
    ).all()


def list_earlier_editions(actor: Actor, guidance: Guidance) -> list[Guidance]:
    """The editions before this one that the actor may see, the newest first. One statement."""
    if guidance.predecessor_id is None:
        return []
    chain = (
        sa.select(Guidance.id, Guidance.predecessor_id)
        .where(Guidance.id == guidance.predecessor_id)
        .cte("chain", recursive=True)
    )
    chain = chain.union(sa.select(Guidance.id, Guidance.predecessor_id).where(Guidance.id == chain.c.predecessor_id))
    return list(
        db.session.scalars(
            guidance_policy.viewable_by(actor)
            .where(Guidance.id.in_(sa.select(chain.c.id)), Guidance.state.in_(ISSUED_STATES))
            .order_by(Guidance.edition.desc(), Guidance.id.desc())
        )
    )


def find_received_edition(actor: Actor, editions: Sequence[Guidance]) -> Guidance | None:
    """Of these the newest that the actor's own body received, else the newest that it was sent. One statement."""
    if not editions:
        return None
    rows = db.session.execute(
        sa.select(Recipient.guidance_id, Recipient.received_at).where(
            Recipient.organisation_id == actor.organisation_id,
            Recipient.guidance_id.in_([each.id for each in editions]),
        )
    )
    held = {guidance_id: received_at is not None for guidance_id, received_at in rows}
    received = [each for each in editions if held.get(each.id)]
    sent = [each for each in editions if each.id in held]
    return next(iter([*received, *sent]), None)
