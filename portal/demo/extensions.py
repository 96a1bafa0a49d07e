"""Requests of the demonstration for a later due date: one granted, one that waits."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.demo.papers import actor_at
from portal.extensions.service import ask_extension, grant_extension
from portal.guidance.models import Guidance, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState

_ASKING = 2
_REASON = "対象の事務が多く、集計に時間を要するため"


def add_extensions() -> None:
    """Two bodies ask for more time for the newest request that is due; the first gets it."""
    today = japan_date(clock.now())
    paper = db.session.scalars(
        sa.select(Guidance)
        .where(Guidance.state == GuidanceState.ISSUED, Guidance.reply_due_on > today)
        .order_by(Guidance.recipient_count.desc(), Guidance.id.desc())
        .limit(1)
    ).first()
    if paper is None or paper.reply_due_on is None:
        return
    codes = db.session.scalars(
        sa.select(Recipient.organisation_code)
        .where(
            Recipient.guidance_id == paper.id,
            Recipient.prefecture_code == "15",
            Recipient.received_at.is_not(None),
            Recipient.response.in_(OPEN_RESPONSES),
        )
        .order_by(Recipient.organisation_code)
        .limit(_ASKING)
    ).all()
    until = add_business_days(paper.reply_due_on, 5)
    with clock.pretending(clock.now() - timedelta(days=1)):
        asked = []
        for code in codes:
            actor = actor_at(f"{code}@lg.example")
            own = find_own_recipient(actor, paper)
            asked.append(ask_extension(actor, paper, own, wanted_on=until, reason=_REASON))
    if asked:
        grant_extension(actor_at("chief@mic.example"), paper, asked[0], granted_on=until, reason="承認します。")
