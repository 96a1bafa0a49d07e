"""Reading of circulations and parts, within the actor's own body."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.attachments.models import Attachment
from portal.circulation import policy
from portal.circulation.models import Circulation, ComposedAnswer, Part
from portal.circulation.states import GIVEN, AnswerState, CirculationState, PartState
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.models import Membership, Section
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState

MOST_SHOWN = 20
_rank = sa.case((Part.state == PartState.WAITING, 0), (Part.state == PartState.SENT_BACK, 1), else_=2)


def find_circulation(actor: Actor, guidance_id: int) -> Circulation | None:
    """How the actor's body collects its answer to the paper, or None. One statement."""
    return db.session.scalar(_own(actor.pattern), {**actor.bindings, "guidance_id": guidance_id})


def is_collecting(actor: Actor, guidance_id: int) -> bool:
    """Whether the actor's body is collecting its answer to the paper from its sections. One statement."""
    found = find_circulation(actor, guidance_id)
    return found is not None and found.state is not CirculationState.CONFIRMED


@kept
def _own(actor: Actor) -> sa.Select[Circulation]:
    return (
        sa.select(Circulation)
        .join(Recipient, Recipient.id == Circulation.recipient_id)
        .where(
            Circulation.guidance_id == sa.bindparam("guidance_id"),
            Recipient.organisation_id == actor.organisation_id,
            policy.viewable_by(actor),
        )
        .options(orm.contains_eager(Circulation.recipient), orm.joinedload(Circulation.guidance))
    )


def get_circulation(actor: Actor, guidance_id: int) -> Circulation:
    """The same. Raises NotFound where the body has sent nothing to its sections."""
    found = find_circulation(actor, guidance_id)
    if found is None:
        raise NotFound
    return found


def get_part(actor: Actor, part_id: int) -> Part:
    """A part of the actor's body, with its circulation, recipient and paper. Raises NotFound. One statement."""
    found = db.session.scalar(
        sa.select(Part)
        .join(Circulation, Circulation.id == Part.circulation_id)
        .where(Part.id == part_id, policy.viewable_by(actor))
        .options(
            orm.contains_eager(Part.circulation).options(
                orm.joinedload(Circulation.recipient), orm.joinedload(Circulation.guidance)
            )
        )
    )
    if found is None:
        raise NotFound
    return found


def list_parts(circulation: Circulation, *, cursor: str | None = None) -> Page[Part]:
    """The parts: those that wait first, by inner due, then what came back, then the rest. One statement."""
    return paginate(
        db.session,
        sa.select(Part).where(Part.circulation_id == circulation.id),
        order=[_rank, Part.due_on, Part.id],
        cursor=cursor,
        size=50,
    )


def count_parts(circulation: Circulation) -> dict[PartState, int]:
    """How many parts stand where. One statement."""
    rows = db.session.execute(
        sa.select(Part.state, sa.func.count()).where(Part.circulation_id == circulation.id).group_by(Part.state)
    )
    return {state: count for state, count in rows}


def list_answered(circulation: Circulation, part_ids: Collection[int] | None = None) -> Sequence[Part]:
    """The parts that are answered now (or those that were then), in the order in which they were sent."""
    chosen = Part.id.in_(part_ids) if part_ids is not None else Part.state.in_(GIVEN)
    return db.session.scalars(
        sa.select(Part).where(Part.circulation_id == circulation.id, chosen).order_by(Part.id)
    ).all()


def list_own_parts(actor: Actor, *, cursor: str | None = None, is_open: bool = True) -> Page[Part]:
    """What was sent to the actor's section: what waits, the earliest due first, or the rest. One statement."""
    waits = sa.and_(Part.state == PartState.WAITING, Guidance.state == GuidanceState.ISSUED)
    select = (
        sa.select(Part)
        .join(Circulation, Circulation.id == Part.circulation_id)
        .join(Guidance, Guidance.id == Circulation.guidance_id)
        .where(policy.viewable_by(actor), policy.is_own_part(actor), waits if is_open else sa.not_(waits))
        .options(orm.contains_eager(Part.circulation).options(orm.contains_eager(Circulation.guidance)))
    )
    order = [Part.due_on, Part.id] if is_open else [Part.id.desc()]
    return paginate(db.session, select, order=order, cursor=cursor, size=20)


def list_sections(organisation_id: int) -> Sequence[Section]:
    """The body's sections in which somebody sits now. One statement."""
    manned = sa.select(Membership.section_id).where(
        Membership.organisation_id == organisation_id,
        Membership.section_id.is_not(None),
        Membership.current_at(clock.now()),
    )
    return db.session.scalars(
        sa.select(Section)
        .where(Section.organisation_id == organisation_id, Section.id.in_(manned))
        .order_by(Section.name, Section.id)
    ).all()


def list_answers(circulation: Circulation) -> Sequence[ComposedAnswer]:
    """The answers put before the head, the newest first. One statement."""
    return db.session.scalars(
        sa.select(ComposedAnswer)
        .where(ComposedAnswer.circulation_id == circulation.id)
        .order_by(ComposedAnswer.id.desc())
        .limit(20)
    ).all()


def find_returned(circulation: Circulation) -> ComposedAnswer | None:
    """The newest answer, if the head returned it. One statement."""
    newest = db.session.scalars(
        sa.select(ComposedAnswer)
        .where(ComposedAnswer.circulation_id == circulation.id)
        .order_by(ComposedAnswer.id.desc())
        .limit(1)
    ).first()
    return newest if newest is not None and newest.state is AnswerState.RETURNED else None


def has_other_head(actor: Actor) -> bool:
    """Whether somebody else could confirm for the actor's body. One statement."""
    others = sa.select(Membership.id).where(
        policy.heads_of(actor.organisation_id),
        Membership.person_id.not_in(actor.person_ids),
        Membership.current_at(clock.now()),
    )
    return bool(db.session.scalar(sa.select(others.exists())))


def get_file(actor: Actor, guidance_id: int, attachment_id: int) -> Attachment:
    """A file of a section's answer, or of one put before the head, of the actor's own body. Raises NotFound."""
    own = sa.select(Circulation.id).where(Circulation.guidance_id == guidance_id, policy.viewable_by(actor))
    parts = sa.select(Part.id).where(Part.circulation_id.in_(own))
    answers = sa.select(ComposedAnswer.id).where(ComposedAnswer.circulation_id.in_(own))
    found = db.session.scalar(
        sa.select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.removed_at.is_(None),
            sa.or_(
                sa.and_(Attachment.owner_kind == "circulated_part", Attachment.owner_id.in_(parts)),
                sa.and_(Attachment.owner_kind == "composed_answer", Attachment.owner_id.in_(answers)),
            ),
        )
    )
    if found is None:
        raise NotFound
    return found
