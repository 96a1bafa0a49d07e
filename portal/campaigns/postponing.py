"""A later due for every body of a running campaign, with a reason that the bodies read."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from portal.campaigns import policy
from portal.campaigns.events import CampaignDueExtended
from portal.campaigns.models import Campaign, DueChange, Participation
from portal.core import clock, my_number
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.actor import Actor
from portal.directory.authorize import authorize


def extend_due(
    actor: Actor,
    campaign: Campaign,
    due_on: date,
    *,
    reason: str,
    version: int | None = None,
    my_number_confirmed: bool = False,
) -> None:
    """Give every body a later due; what a single body was granted beyond it stays.

    Raises Invalid at ``due_on`` or ``reason``, Conflict when somebody changed the campaign meanwhile.
    """
    authorize(policy.can_close, actor, campaign)
    campaign.check_version(version)
    before = _checked(campaign, due_on)
    my_number.check_text("reason", reason, my_number_confirmed)
    if not reason.strip():
        raise Invalid(N_("延ばす理由を入力してください。"), field="reason")
    campaign.survey_due_on = due_on
    overtaken = (Participation.campaign_id == campaign.id, Participation.due_on <= due_on)
    db.session.execute(
        sa.update(Participation).where(*overtaken).values(due_on=None, version=Participation.version + 1)
    )
    db.session.add(
        DueChange(
            campaign_id=campaign.id, before_on=before, due_on=due_on, reason=reason.strip(),
            signature=actor.signature, changed_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    emit(actor, CampaignDueExtended(campaign_id=campaign.id, before_on=before.isoformat(), due_on=due_on.isoformat()))


def list_due_changes(campaign: Campaign) -> Sequence[DueChange]:
    """The later dues that all bodies were given, the newest first. Whoever sees the campaign may read them."""
    return db.session.scalars(
        sa.select(DueChange).where(DueChange.campaign_id == campaign.id).order_by(DueChange.id.desc()).limit(20)
    ).all()


def _checked(campaign: Campaign, due_on: date) -> date:
    before = campaign.survey_due_on
    if before is None or due_on <= max(before, japan_date(clock.now())):
        raise Invalid(N_("いまの回答期限より後の、明日以降の日付にしてください。"), field="due_on")
    if campaign.interim_on is not None and due_on > campaign.interim_on:
        raise Invalid(
            N_("中間報告（%(on)s）までの日付にしてください。"), field="due_on", on=campaign.interim_on.isoformat()
        )
    return before
