"""What the addressed bodies were asked already: the same within a year, and what else is open there."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.guidance import policy
from portal.guidance.addressees import addressed_by
from portal.guidance.comparison import series_of
from portal.guidance.models import Guidance, Recipient, Replacement
from portal.guidance.states import OPEN_RESPONSES, GuidanceState, Nature

WITHIN = timedelta(days=365)
LIKE_ENOUGH = 0.5
MOST_SHOWN = 10
_CANDIDATES = 400


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Another request to some of the same bodies: how many of them it went to, and how many have not answered."""

    id: int
    document_number: str | None
    title: str
    issued_at: datetime
    reply_due_on: date | None
    shared: int
    still_open: int


@dataclass(frozen=True, kw_only=True)
class Asking:
    """``same`` was asked within a year (ask-once guard); ``load`` is open now at the same bodies and sections.

    ``most`` is the largest number of open requests at one of the bodies, ``total`` how many there are together.
    """

    same: Sequence[Asked]
    load: Sequence[Asked]
    most: int
    total: int


def find_asking(actor: Actor, guidance: Guidance) -> Asking:
    """What the addressees of an unissued paper were asked already. Three statements at most."""
    rule = AddresseeRule.from_dict(guidance.addressees)
    asks = sa.or_(Guidance.reply_due_on.is_not(None), Guidance.nature == Nature.REPLY_REQUIRED)
    rows = db.session.execute(
        policy.viewable_by(actor)
        .where(
            Guidance.id != guidance.id,
            sa.not_(_is_replaced_by(guidance)),
            Guidance.state.in_([GuidanceState.ISSUED, GuidanceState.SUPERSEDED]),
            Guidance.issued_at > clock.now() - WITHIN,
            asks,
        )
        .with_only_columns(
            Guidance.id,
            Guidance.document_number,
            Guidance.title,
            Guidance.theme_id,
            Guidance.issued_at,
            Guidance.reply_due_on,
            Guidance.state,
            Guidance.addressees,
        )
        .order_by(Guidance.issued_at.desc())
        .limit(_CANDIDATES)
    ).all()
    is_request = guidance.reply_due_on is not None or guidance.nature is Nature.REPLY_REQUIRED
    same = [row for row in rows if is_request and _is_like(guidance, row)]
    open_ones = [row for row in rows if row.state is GuidanceState.ISSUED and _shares_duty(rule, row.addressees)]
    counts = _shared_counts(rule, {row.id for row in (*same, *open_ones)})
    load = sorted(
        (each for each in (_asked(row, counts) for row in open_ones) if each.still_open),
        key=lambda each: (each.reply_due_on or date.max, -each.still_open),
    )
    return Asking(
        same=[each for each in (_asked(row, counts) for row in same) if each.shared][:MOST_SHOWN],
        load=load[:MOST_SHOWN],
        most=_most_at_one(rule, {each.id for each in load}),
        total=len(load),
    )


def _is_replaced_by(guidance: Guidance) -> sa.ColumnElement[bool]:
    """What ends when the paper is issued is no second request."""
    joined = sa.select(Replacement.replaced_id).where(Replacement.guidance_id == guidance.id)
    return sa.or_(Guidance.id == (guidance.predecessor_id or 0), Guidance.id.in_(joined))


def likeness(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1: the share of their pairs of neighbouring characters that they share."""
    pairs, others = _pairs(one), _pairs(other)
    size = pairs.total() + others.total()
    return 2 * (pairs & others).total() / size if size else 0.0


def _is_like(guidance: Guidance, row: Any) -> bool:
    """The same series, or a similar title; within one theme a little less is enough."""
    ours, theirs = series_of(guidance.title), series_of(row.title)
    if ours and ours == theirs:
        return True
    is_same_theme = guidance.theme_id is not None and guidance.theme_id == row.theme_id
    return likeness(ours, theirs) >= (LIKE_ENOUGH if is_same_theme else LIKE_ENOUGH + 0.2)


def _shares_duty(rule: AddresseeRule, stored: dict[str, Any]) -> bool:
    theirs = set(AddresseeRule.from_dict(stored).duties)
    return not rule.duties or not theirs or not theirs.isdisjoint(rule.duties)


def _asked(row: Any, counts: dict[int, tuple[int, int]]) -> Asked:
    shared, still_open = counts.get(row.id, (0, 0))
    return Asked(
        id=row.id,
        document_number=row.document_number,
        title=row.title,
        issued_at=row.issued_at,
        reply_due_on=row.reply_due_on,
        shared=shared,
        still_open=still_open,
    )


def _shared_counts(rule: AddresseeRule, ids: set[int]) -> dict[int, tuple[int, int]]:
    if not ids:
        return {}
    is_open = sa.case((Recipient.response.in_(OPEN_RESPONSES), 1))
    rows = db.session.execute(
        sa.select(Recipient.guidance_id, sa.func.count(), sa.func.count(is_open))
        .where(Recipient.guidance_id.in_(ids), Recipient.organisation_id.in_(_addressed(rule)))
        .group_by(Recipient.guidance_id)
    )
    return {key: (shared, still_open) for key, shared, still_open in rows}


def _most_at_one(rule: AddresseeRule, ids: set[int]) -> int:
    if not ids:
        return 0
    each = (
        sa.select(sa.func.count().label("count"))
        .where(
            Recipient.guidance_id.in_(ids),
            Recipient.response.in_(OPEN_RESPONSES),
            Recipient.organisation_id.in_(_addressed(rule)),
        )
        .group_by(Recipient.organisation_id)
        .subquery()
    )
    return db.session.scalar(sa.select(sa.func.max(each.c.count))) or 0


def _addressed(rule: AddresseeRule) -> sa.Select[Any]:
    return sa.select(Organisation.id).where(addressed_by(rule))


def _pairs(text: str) -> Counter[str]:
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return Counter(plain[at : at + 2] for at in range(len(plain) - 1))
