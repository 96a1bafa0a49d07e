"""Remarks on a draft: made by those who work on it, settled by those who write it."""

from portal.core import clock, my_number
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.drafting import policy
from portal.drafting.events import PaperRemarked, PaperRemarkSettled
from portal.drafting.models import PaperRemark
from portal.guidance.models import Guidance
from portal.guidance.versions import newest_number


def remark_on_draft(
    actor: Actor, guidance: Guidance, *, text: str, place: str = "", my_number_confirmed: bool = False
) -> PaperRemark:
    """Remark on the newest version. Raises Invalid at ``text`` when there is none, Forbidden once it is issued."""
    authorize(policy.can_follow, actor, guidance, is_asked=True)  # its caller found the paper among what is visible
    if not policy.can_remark(actor, guidance, is_asked=True):
        raise Conflict(N_("この通知等は既に発出または予約されたため、意見を付けられません。"))
    for name, value in (("place", place), ("text", text)):
        my_number.check_text(name, value, my_number_confirmed)
    if not text.strip():
        raise Invalid(N_("意見を入力してください。"), field="text")
    remark = PaperRemark(
        guidance_id=guidance.id,
        version_number=newest_number(guidance),
        place=place.strip(),
        text=text.strip(),
        author_person_id=actor.seat_person_id,
        author_organisation_id=actor.organisation_id,
        signature=actor.signature,
        created_at=clock.now(),
    )
    db.session.add(remark)
    db.session.flush()
    emit(actor, PaperRemarked(guidance_id=guidance.id, remark_id=remark.id))
    return remark


def settle_remark(actor: Actor, guidance: Guidance, remark: PaperRemark) -> None:
    """Say that the remark was dealt with. Raises Conflict when it was already."""
    authorize(policy.can_settle, actor, guidance)
    if remark.settled_at is not None:
        raise Conflict(N_("この意見は既に対応済みです。"))
    remark.settled_at, remark.settled_signature = clock.now(), actor.signature
    db.session.flush()
    emit(actor, PaperRemarkSettled(guidance_id=guidance.id, remark_id=remark.id))
