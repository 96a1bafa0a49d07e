"""確認・合議: the offices that check a draft and concur in it before its approval, and what they say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.guidance import policy
from portal.guidance.events import GuidanceReturned, ReviewStepAsked, ReviewStepMarked, ReviewStepWithdrawn
from portal.guidance.models import Guidance, ReviewStep
from portal.guidance.states import GuidanceState, ReviewMark, ReviewStepKind

_CONCURRING = (OrganisationKind.SECRETARIAT, OrganisationKind.DIVISION, OrganisationKind.MINISTRY)
_NEEDS_TEXT = frozenset({ReviewMark.REMARKED, ReviewMark.OBJECTED})


@dataclass(frozen=True, kw_only=True)
class ReviewWanted:
    """What the drafter asks for: a check 照査 by a colleague, and the offices (ids) that shall concur 合議."""

    check: bool = False
    organisations: tuple[int, ...] = ()


def list_concurring(guidance: Guidance) -> Sequence[Organisation]:
    """The offices that may be asked to concur: secretariat, divisions and ministries but the drafter's own."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind.in_(_CONCURRING), Organisation.id != guidance.drafter_organisation_id)
        .order_by(Organisation.position, Organisation.id)
    ).all()


def ask_review(actor: Actor, guidance: Guidance, wanted: ReviewWanted) -> None:
    """Open the steps that the drafter asks for. Raises Invalid at ``organisations`` for one that cannot concur."""
    known = {office.id for office in list_concurring(guidance)} if wanted.organisations else set()
    if not known.issuperset(wanted.organisations):
        raise Invalid(N_("合議先を選び直してください。"), field="organisations")
    asked = [(ReviewStepKind.CHECK, guidance.drafter_organisation_id)] if wanted.check else []
    asked += [(ReviewStepKind.CONCURRENCE, office) for office in dict.fromkeys(wanted.organisations)]
    steps = [
        ReviewStep(
            guidance_id=guidance.id, kind=kind, organisation_id=office, mark=ReviewMark.WAITING, asked_at=clock.now()
        )
        for kind, office in asked
    ]
    db.session.add_all(steps)
    db.session.flush()
    for step in steps:
        emit(actor, ReviewStepAsked(guidance_id=guidance.id, step_id=step.id))


def mark_step(
    actor: Actor,
    guidance: Guidance,
    step: ReviewStep,
    *,
    mark: ReviewMark,
    text: str = "",
    my_number_confirmed: bool = False,
) -> None:
    """Say what the actor's office thinks of the draft; until the approval it may think again.

    A check that objects sends the draft back to the drafter. Raises Conflict when nothing is asked any more, Invalid at
    ``text`` for a remark or an objection without words.
    """
    _require_open(guidance, step)
    if not policy.can_mark(actor, guidance, step):
        raise Forbidden(N_("この照査・合議は、依頼を受けた所属の方だけが行えます。"))
    if mark is ReviewMark.WAITING:
        raise Invalid(N_("結果を選んでください。"), field="mark")
    my_number.check_text("text", text, my_number_confirmed)
    if mark in _NEEDS_TEXT and not text.strip():
        raise Invalid(N_("意見または異議の内容を入力してください。"), field="text")
    step.mark, step.text, step.marked_at = mark, text.strip(), clock.now()
    step.marked_by_person_id, step.signature = actor.person_id, actor.signature
    guidance.updated_at = clock.now()  # an approval at the same moment fails on the version, or this does
    db.session.flush()
    emit(actor, ReviewStepMarked(guidance_id=guidance.id, step_id=step.id, mark=mark.value))
    if step.kind is ReviewStepKind.CHECK and mark is ReviewMark.OBJECTED:
        guidance.return_reason = step.text
        guidance.state = GuidanceState.DRAFT
        close_review(guidance)
        emit(actor, GuidanceReturned(guidance_id=guidance.id))


def withdraw_step(actor: Actor, guidance: Guidance, step: ReviewStep) -> None:
    """Ask the office no longer. Raises Conflict when it has answered or the review is over."""
    _require_open(guidance, step)
    if not policy.drafts(actor, guidance):
        raise Forbidden(N_("依頼を取り消せるのは、起案した所属の方だけです。"))
    if step.mark is not ReviewMark.WAITING:
        raise Conflict(N_("既に結果が出ているため、取り消せません。"))
    step.closed_at = guidance.updated_at = clock.now()
    db.session.flush()
    emit(actor, ReviewStepWithdrawn(guidance_id=guidance.id, step_id=step.id))


def conclude_review(guidance: Guidance, *, overruled_reason: str = "", my_number_confirmed: bool = False) -> None:
    """Close the steps for the approval.

    Raises Invalid while an office has not answered, and at ``overruled_reason`` for an objection that the approver
    passes over without saying why.
    """
    steps = list_open_steps(guidance)
    waiting = names_of(steps, ReviewMark.WAITING)
    if waiting:
        raise Invalid(
            N_("照査・合議がまだ済んでいません（%(who)s）。結果を待つか、起案者に依頼の取消しを求めてください。"),
            who="、".join(waiting),
        )
    my_number.check_text("overruled_reason", overruled_reason, my_number_confirmed)
    objections = [step for step in steps if step.mark is ReviewMark.OBJECTED]
    if objections and not overruled_reason.strip():
        raise Invalid(N_("異議のある合議先があります。決裁する理由を入力してください。"), field="overruled_reason")
    for step in objections:
        step.overruled_reason = overruled_reason.strip()
    close_review(guidance)


def close_review(guidance: Guidance) -> None:
    """End what is still asked of offices."""
    db.session.execute(
        sa.update(ReviewStep)
        .where(ReviewStep.guidance_id == guidance.id, ReviewStep.closed_at.is_(None))
        .values(closed_at=clock.now())
    )
    db.session.flush()


def list_open_steps(guidance: Guidance) -> Sequence[ReviewStep]:
    """What is asked of offices now, with the offices. One statement."""
    return _listed(sa.select(ReviewStep).where(ReviewStep.guidance_id == guidance.id, ReviewStep.closed_at.is_(None)))


def list_steps(guidance: Guidance) -> Sequence[ReviewStep]:
    """All that was ever asked of offices, first to last, with the offices. One statement."""
    return _listed(sa.select(ReviewStep).where(ReviewStep.guidance_id == guidance.id))


def get_step(guidance: Guidance, step_id: int) -> ReviewStep:
    """One step of a visible paper. Raises NotFound."""
    step = next(iter(_listed(sa.select(ReviewStep).where(ReviewStep.id == step_id))), None)
    if step is None or step.guidance_id != guidance.id:
        raise NotFound
    return step


def _listed(select: sa.Select[ReviewStep]) -> Sequence[ReviewStep]:
    return db.session.scalars(
        select.options(orm.joinedload(ReviewStep.organisation)).order_by(ReviewStep.id).limit(200)
    ).all()


def _require_open(guidance: Guidance, step: ReviewStep) -> None:
    if guidance.state is not GuidanceState.REVIEW or step.closed_at is not None:
        raise Conflict(N_("この照査・合議は既に終わっています。画面を読み直してください。"))


def names_of(steps: Iterable[ReviewStep], mark: ReviewMark) -> list[str]:
    """The offices with this mark."""
    return [step.organisation.name for step in steps if step.mark is mark]
