"""Reading of what prefectures added, and of what still waits with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.statements import kept
from portal.directory.actor import Actor
from portal.directory.roles import LOCAL_ROLES
from portal.forwarding import policy
from portal.forwarding.models import Forwarding
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import DeliveryRoute, GuidanceState

HELD_DAYS = 1  # business days after which the portal hands on by itself
VIA = (DeliveryRoute.VIA_PREFECTURE, DeliveryRoute.MIXED)


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many municipalities wait for a paper with their prefecture."""

    guidance_id: int
    prefecture_code: str
    count: int


@dataclass(frozen=True, kw_only=True)
class HandedOn:
    """How many prefectures handed a paper on, in how many the portal did, and how many still have it."""

    by_prefectures: int
    by_portal: int
    waiting: int


def get_forwarding(actor: Actor, guidance: Guidance, forwarding_id: int) -> Forwarding:
    """An addition to a visible paper. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Forwarding).where(
            Forwarding.id == forwarding_id, Forwarding.guidance_id == guidance.id, policy.viewable_by(actor)
        )
    )
    if found is None:
        raise NotFound
    return found


def list_own_forwardings(actor: Actor, guidance: Guidance) -> Sequence[Forwarding]:
    """What the actor's own prefecture added to a paper, the first to the last. One statement."""
    if actor.prefecture_code is None:
        return []
    own = _own_forwardings(actor.pattern)
    return db.session.scalars(own, {**actor.bindings, "guidance_id": guidance.id}).all()


@kept
def _own_forwardings(actor: Actor) -> sa.Select[Forwarding]:
    return (
        sa.select(Forwarding)
        .where(
            Forwarding.guidance_id == sa.bindparam("guidance_id"),
            Forwarding.prefecture_code == actor.prefecture_code,
            policy.viewable_by(actor),
        )
        .order_by(Forwarding.id)
    )


def count_handed_on(actor: Actor, guidance: Guidance) -> HandedOn | None:
    """How the prefectures handle a paper that goes through them, for headquarters. One statement, for such a paper."""
    if guidance.route not in VIA or not actor.is_headquarters:
        return None
    of_paper = sa.and_(Forwarding.guidance_id == guidance.id, Forwarding.hands_on)
    held = sa.select(sa.func.count(Recipient.prefecture_code.distinct())).where(
        Recipient.guidance_id == guidance.id, Recipient.delivered_at.is_(None)
    )
    by_portal = Forwarding.forwarded_by_person_id.is_(None)
    row = db.session.execute(
        sa.select(
            sa.select(sa.func.count()).where(of_paper, sa.not_(by_portal)).scalar_subquery(),
            sa.select(sa.func.count()).where(of_paper, by_portal).scalar_subquery(),
            held.scalar_subquery(),
        )
    ).one()
    return HandedOn(by_prefectures=row[0], by_portal=row[1], waiting=row[2])


def count_held(actor: Actor, guidance: Guidance) -> int:
    """How many municipalities of the actor's prefecture wait for the paper. One statement, none for a direct one."""
    if guidance.route not in VIA or guidance.state is not GuidanceState.ISSUED or actor.prefecture_code is None:
        return 0
    return int(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Recipient.guidance_id == guidance.id,
                Recipient.prefecture_code == actor.prefecture_code,
                Recipient.delivered_at.is_(None),
            )
        )
        or 0
    )


def list_waiting_for(actor: Actor, *, limit: int) -> Sequence[Guidance]:
    """The papers that the actor's prefecture has not handed on yet, the oldest first. One statement, for it alone."""
    if actor.role not in LOCAL_ROLES or not actor.is_prefecture:
        return []
    held = sa.select(Recipient.guidance_id).where(
        Recipient.prefecture_code == actor.prefecture_code, Recipient.delivered_at.is_(None)
    )
    own = sa.select(Recipient.guidance_id).where(
        Recipient.organisation_id == actor.organisation_id, Recipient.delivered_at.is_not(None)
    )
    return db.session.scalars(
        sa.select(Guidance)
        .where(
            Guidance.state == GuidanceState.ISSUED, Guidance.route.in_(VIA), Guidance.id.in_(held), Guidance.id.in_(own)
        )
        .options(orm.joinedload(Guidance.sender))
        .order_by(Guidance.issued_at, Guidance.id)
        .limit(limit)
    ).all()


def handed_on_by(guidance: Guidance) -> datetime | None:
    """When the portal hands the paper on by itself: one business day after its issue, at the same hour."""
    if guidance.issued_at is None or guidance.route not in VIA:
        return None
    issued_on = japan_date(guidance.issued_at)
    return guidance.issued_at + (add_business_days(issued_on, HELD_DAYS) - issued_on)


def list_overdue_held(limit: int = 200) -> list[Held]:
    """The papers in force that some prefecture has kept for a business day, prefecture by prefecture."""
    now = clock.now()
    today = japan_date(now)  # what is issued on a day off counts from the business day after it, as in handed_on_by
    latest = add_business_days(today + timedelta(days=1), -HELD_DAYS) - timedelta(days=1)
    rows = db.session.execute(
        sa.select(Guidance, Recipient.prefecture_code, sa.func.count())
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .where(
            Guidance.state == GuidanceState.ISSUED,
            Guidance.route.in_(VIA),
            Guidance.issued_on <= latest,
            Recipient.delivered_at.is_(None),
            Recipient.prefecture_code.is_not(None),
        )
        .group_by(Guidance.id, Recipient.prefecture_code)
        .order_by(Guidance.id, Recipient.prefecture_code)
        .limit(limit)
    )
    return [
        Held(guidance_id=guidance.id, prefecture_code=code, count=count)
        for guidance, code, count in rows
        if code is not None and (by := handed_on_by(guidance)) is not None and by <= now
    ]
