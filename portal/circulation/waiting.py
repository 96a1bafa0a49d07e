"""What the body's own collections ask of one of its members."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.circulation import policy
from portal.circulation.models import Circulation, ComposedAnswer, Part, PassedPaper
from portal.circulation.queries import has_other_head
from portal.circulation.states import AnswerState, CirculationState, PartState
from portal.core.db import db
from portal.core.enums import LabelledEnum
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.guidance.dues import due_of, effective_due
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import GuidanceState

MOST_SHOWN = 20
_IS_ASKED = sa.and_(ComposedAnswer.circulation_id == Circulation.id, ComposedAnswer.state == AnswerState.ASKED)


class CollectionAction(LabelledEnum):
    """What a collection asks of somebody."""

    ANSWER_PART = ("answer_part", "所属として回答する", "Answer as a section")
    COLLECT = ("collect", "団体の回答を取りまとめる", "Compile the body's answer")
    CONFIRM = ("confirm", "回答案を確認する", "Confirm the answer")


@dataclass(frozen=True, kw_only=True)
class CollectionStep:
    """One step: of a collection, or of the part that was sent to the actor's section."""

    action: CollectionAction
    circulation: Circulation
    part: Part | None = None

    @property
    def due_on(self) -> date | None:
        """The section's inner due date, else the body's."""
        inner = self.part.due_on if self.part is not None else None
        return inner or due_of(self.circulation.guidance, self.circulation.recipient)

    @property
    def since(self) -> datetime:
        """Since when it waits."""
        return self.part.sent_at if self.part is not None else self.circulation.begun_at


@dataclass(frozen=True)
class Collections:
    """What they ask of the actor, and all papers to which the body is collecting its answer, whomever that asks."""

    steps: Sequence[CollectionStep] = ()
    guidance_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Inside:
    """How the body collects its answer to a paper, what that asks of the actor, and to whom the paper was sent on."""

    circulation: Circulation | None = None
    steps: Sequence[CollectionStep] = ()
    passed: Sequence[PassedPaper] = ()


def list_collections(actor: Actor, *, limit: int) -> Collections:
    """The body's open collections, the earliest due first. One statement, for addressed bodies alone.

    A second one asks who else could confirm, where the actor has composed what waits for the head.
    """
    if not policy.can_list(actor):
        return Collections()
    rows = db.session.execute(
        sa.select(Circulation, Part, ComposedAnswer)
        .join(Recipient, Recipient.id == Circulation.recipient_id)
        .join(Guidance, Guidance.id == Circulation.guidance_id)
        .outerjoin(Part, _waits_for(actor))
        .outerjoin(ComposedAnswer, _IS_ASKED)
        .where(
            Recipient.organisation_id == actor.organisation_id,
            Circulation.state != CirculationState.CONFIRMED,
            Guidance.state == GuidanceState.ISSUED,
        )
        .options(
            orm.contains_eager(Circulation.recipient),
            orm.contains_eager(Circulation.guidance).joinedload(Guidance.sender),
        )
        .order_by(effective_due.asc().nulls_last(), Circulation.id, Part.due_on, Part.id)
        .limit(limit)
    ).all()
    steps = {(step.action, step.circulation.id, step.part and step.part.id): step for step in _steps(actor, rows)}
    return Collections(list(steps.values()), frozenset(circulation.guidance_id for circulation, _, _ in rows))


def find_inside(actor: Actor, guidance: Guidance, recipient: Recipient) -> Inside:
    """What the page of a paper shows of it to the body's own members. One statement, and another as above."""
    if not policy.can_list(actor) or recipient.organisation_id != actor.organisation_id:
        return Inside()
    rows = db.session.execute(_inside(actor.pattern), {**actor.bindings, "recipient_id": recipient.id}).all()
    passed = [row.PassedPaper for row in rows if row.PassedPaper is not None]
    circulation = rows[0].Circulation if rows else None
    if circulation is None:
        return Inside(passed=passed)
    orm.attributes.set_committed_value(circulation, "recipient", recipient)
    orm.attributes.set_committed_value(circulation, "guidance", guidance)
    return Inside(circulation, _steps(actor, [(circulation, rows[0].Part, rows[0].ComposedAnswer)]), passed)


@kept
def _inside(actor: Actor) -> sa.Select[Circulation, Part, ComposedAnswer, PassedPaper]:
    first = sa.select(sa.func.min(Part.id)).where(_waits_for(actor)).correlate(Circulation).scalar_subquery()
    return (
        sa.select(Circulation, Part, ComposedAnswer, PassedPaper)
        .select_from(Recipient)
        .outerjoin(Circulation, Circulation.recipient_id == Recipient.id)
        .outerjoin(Part, Part.id == first)
        .outerjoin(ComposedAnswer, _IS_ASKED)
        .outerjoin(PassedPaper, PassedPaper.recipient_id == Recipient.id)
        .where(Recipient.id == sa.bindparam("recipient_id", type_=sa.BigInteger()))
        .order_by(PassedPaper.id.desc())
        .limit(MOST_SHOWN)
    )


def _waits_for(actor: Actor) -> sa.ColumnElement[bool]:
    """The parts of a collection that wait for the actor's section."""
    return sa.and_(Part.circulation_id == Circulation.id, Part.state == PartState.WAITING, policy.is_own_part(actor))


def _steps(actor: Actor, rows: Iterable[Any]) -> list[CollectionStep]:
    found = []
    for circulation, part, answer in rows:
        if part is not None and policy.can_answer(actor, circulation, part):
            found.append(CollectionStep(action=CollectionAction.ANSWER_PART, circulation=circulation, part=part))
        if policy.can_compose(actor, circulation):
            found.append(CollectionStep(action=CollectionAction.COLLECT, circulation=circulation))
        if answer is not None and policy.leads(actor) and _may_confirm(actor, circulation, answer):
            found.append(CollectionStep(action=CollectionAction.CONFIRM, circulation=circulation))
    return found


def _may_confirm(actor: Actor, circulation: Circulation, answer: ComposedAnswer) -> bool:
    own = answer.composed_by_person_id in actor.person_ids
    return policy.can_confirm(actor, circulation, answer, has_other_head=own and has_other_head(actor))
