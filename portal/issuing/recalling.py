"""Taking back what was issued by mistake: what has not gone out is stopped, the bodies read why."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.guidance.models import Guidance
from portal.guidance.replacing import restore_replaced
from portal.guidance.states import GuidanceState
from portal.issuing import policy
from portal.issuing.events import GuidanceRecalled
from portal.issuing.models import Recall


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """What became of the mails at the moment of the recall."""

    stopped: int
    sent: int
    uncertain: int


def begin_recall(
    actor: Actor, guidance: Guidance, *, reason: str, version: int | None = None, my_number_confirmed: bool = False
) -> Recall:
    """issued → recalled, with a reason that the bodies read. From here on nothing of it is told or mailed any more,
    and what it had replaced is in force again.

    Raises Conflict when it is not in force, Invalid at ``reason``. The caller then stops what waits to be sent and
    says so with ``conclude_recall``, in the same transaction.
    """
    if guidance.state is not GuidanceState.ISSUED:
        raise Conflict(N_("この通知等の状態が変わったため、操作できません。画面を読み直してください。"))
    authorize(policy.can_recall, actor, guidance)
    guidance.check_version(version)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("理由を入力してください。"), field="reason")
    now = clock.now()
    guidance.state, guidance.updated_at = GuidanceState.RECALLED, now
    recall = Recall(
        guidance_id=guidance.id,
        reason=reason.strip(),
        recalled_at=now,
        recalled_by_person_id=actor.person_id,
        stopped=0,
        sent=0,
        uncertain=0,
    )
    db.session.add(recall)
    db.session.flush()
    restore_replaced(actor, guidance)
    return recall


def conclude_recall(actor: Actor, recall: Recall, found: Stopped) -> None:
    """Keep what had become of the mails, and have the bodies told."""
    recall.stopped, recall.sent, recall.uncertain = found.stopped, found.sent, found.uncertain
    db.session.flush()
    emit(
        actor,
        GuidanceRecalled(
            guidance_id=recall.guidance_id, stopped=found.stopped, sent=found.sent, uncertain=found.uncertain
        ),
    )


def find_recall(guidance: Guidance) -> Recall | None:
    """Why a paper was taken back. No statement for one that was not."""
    if guidance.state is not GuidanceState.RECALLED:
        return None
    return db.session.scalar(
        sa.select(Recall).where(Recall.guidance_id == guidance.id).options(orm.joinedload(Recall.recalled_by))
    )
