"""One collection inside a city of the demonstration: two sections asked, one of them has answered."""

from datetime import timedelta

import sqlalchemy as sa

from portal.circulation.answering import answer_part
from portal.circulation.queries import list_sections
from portal.circulation.sending import Wanted, send_parts
from portal.circulation.states import PartState
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.demo.papers import actor_at
from portal.guidance.models import Guidance, Recipient
from portal.guidance.records import find_own_recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState

_ASKED = ("福祉課", "税務課")


def add_circulation() -> None:
    """The city that the story follows asks its sections about the request that is due last."""
    staff = actor_at("152226-staff@lg.example")
    paper = db.session.scalars(
        sa.select(Guidance)
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .where(
            Guidance.state == GuidanceState.ISSUED,
            Guidance.reply_due_on > japan_date(clock.now()),
            Recipient.organisation_id == staff.organisation_id,
            Recipient.delivered_at.is_not(None),
            Recipient.response.in_(OPEN_RESPONSES),
        )
        .order_by(Guidance.reply_due_on.desc(), Guidance.id)
        .limit(1)
    ).first()
    if paper is None:
        return
    sections = [section.id for section in list_sections(staff.organisation_id) if section.name in _ASKED]
    wanted = Wanted(
        what="調査票のうち、所管する事務に関する欄", due_on=paper.reply_due_on, note="昨年の様式と欄が違います。"
    )
    with clock.pretending(clock.now() - timedelta(hours=20)):
        parts = send_parts(staff, paper, find_own_recipient(staff, paper), sections, wanted)
    welfare = actor_at("152226-fukushi@lg.example")
    mine = next(part for part in parts if part.section_id == welfare.section_id)
    with clock.pretending(clock.now() - timedelta(hours=2)):
        answer_part(welfare, mine, state=PartState.ANSWERED, text="対象は3件です。いずれも確認済みです。")
