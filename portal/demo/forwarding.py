"""A supplement of the demonstration: a prefecture adds to a paper for its municipalities."""

from datetime import timedelta

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.demo.papers import actor_at
from portal.forwarding.service import forward_guidance
from portal.guidance.models import Guidance, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.states import GuidanceState

_NOTE = "県への回答は、県の集計表を用いてください。集計表は県のポータルにも掲載しています。"


def add_supplement() -> None:
    """新潟県 adds to the newest request that is due and asks for the answers two business days earlier."""
    today = japan_date(clock.now())
    prefecture = actor_at("150002@lg.example")
    addressed = sa.select(Recipient.guidance_id).where(Recipient.organisation_id == prefecture.organisation_id)
    paper = db.session.scalars(
        sa.select(Guidance)
        .where(
            Guidance.state == GuidanceState.ISSUED,
            Guidance.reply_due_on > add_business_days(today, 4),
            Guidance.id.in_(addressed),
        )
        .order_by(Guidance.recipient_count.desc(), Guidance.id.desc())
        .limit(1)
    ).first()
    if paper is None or paper.reply_due_on is None:
        return
    with clock.pretending(clock.now() - timedelta(hours=20)):
        forward_guidance(
            prefecture,
            paper,
            find_own_recipient(prefecture, paper),
            note=_NOTE,
            due_on=add_business_days(paper.reply_due_on, -2),
        )
