"""A rule beside what it leaves out and beside whom an earlier paper went to."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.addressing.conditions import why_left_out
from portal.addressing.rule import AddresseeRule, exists_today
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, Role
from portal.guidance import policy
from portal.guidance.addressees import PAGE_SIZE, addressed_by, earlier_addressees
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import ISSUED_STATES, GuidanceState

MOST_NAMES = 200
_SERIES_LOOKED_AT = 300
_SENT = ISSUED_STATES - {GuidanceState.RECALLED}  # what was issued by mistake is no earlier issue
_CHANGING = re.compile(r"[\d〇一二三四五六七八九十]+|令和元?|平成|年度?|[月日期回版次第]|[(（][^)）]{0,12}[)）]|\s")


@dataclass(frozen=True)
class Previous:
    """The paper that a draft is compared with."""

    id: int
    document_number: str | None
    title: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The bodies (ids) that a rule adds to and takes from those of an earlier paper."""

    previous: Previous
    added: frozenset[int]
    removed: frozenset[int]


def list_left_out(rule: AddresseeRule, *, cursor: str | None = None) -> Page[Any]:
    """Local governments of today that are not addressed, by code, each with its LeftOut. One statement."""
    why = why_left_out(rule, earlier_addressees(rule)).label("why")
    return paginate(
        db.session,
        sa.select(Organisation, why).where(_left_out(rule)),
        order=[Organisation.code],
        cursor=cursor,
        size=PAGE_SIZE,
    )


def find_previous(actor: Actor, guidance: Guidance) -> Previous | None:
    """The edition that this one replaces, else the sender's newest issued paper of the same series.

    A series is what is left of a title without its numbers, dates and remarks in brackets. One statement.
    """
    papers = policy.viewable_by(actor).where(Guidance.id != guidance.id, Guidance.state.in_(_SENT))
    series = series_of(guidance.title)
    if guidance.predecessor_id is not None:
        papers = papers.where(Guidance.id == guidance.predecessor_id)
    else:
        papers = papers.where(Guidance.sender_id == guidance.sender_id, Guidance.kind == guidance.kind)
    rows = db.session.execute(
        papers.with_only_columns(Guidance.id, Guidance.document_number, Guidance.title)
        .order_by(Guidance.issued_at.desc(), Guidance.id.desc())
        .limit(_SERIES_LOOKED_AT)
    )
    for row in rows:
        if guidance.predecessor_id is not None or (series and series_of(row.title) == series):
            return Previous(row.id, row.document_number, row.title)
    return None


def series_of(title: str) -> str:
    """What stays the same in the titles of papers that come again and again."""
    return _CHANGING.sub("", unicodedata.normalize("NFKC", title))


def compare_with(previous: Previous, now: frozenset[int]) -> Difference:
    """What a set of bodies adds to and takes from those of an issued paper. One statement."""
    before = set(db.session.scalars(sa.select(Recipient.organisation_id).where(Recipient.guidance_id == previous.id)))
    return Difference(previous=previous, added=frozenset(now - before), removed=frozenset(before - now))


def name_bodies(ids: Iterable[int]) -> Sequence[Organisation]:
    """Up to 200 of these bodies by code. No statement for none."""
    wanted = sorted(ids)
    if not wanted:
        return []
    return db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(wanted)).order_by(Organisation.code).limit(MOST_NAMES)
    ).all()


def list_earlier(actor: Actor, kept: Iterable[int] = ()) -> Sequence[Guidance]:
    """The newest papers whose addressees the actor may take up again, and those that a rule names. One statement."""
    mine: sa.ColumnElement[bool] = sa.true()
    if actor.role not in {Role.ADMIN, Role.SECRETARIAT}:
        own = actor.organisation_id
        mine = sa.or_(Guidance.sender_id == own, Guidance.drafter_organisation_id == own)
    newest = (
        sa.select(Guidance.id)
        .where(Guidance.state.in_(_SENT), mine)
        .order_by(Guidance.issued_at.desc(), Guidance.id.desc())
        .limit(20)
    )
    return db.session.scalars(
        policy.viewable_by(actor)
        .where(Guidance.state.in_(ISSUED_STATES), sa.or_(Guidance.id.in_(newest), Guidance.id.in_(tuple(kept))))
        .options(orm.joinedload(Guidance.sender))
        .order_by(Guidance.issued_at.desc(), Guidance.id.desc())
    ).all()


def _left_out(rule: AddresseeRule) -> sa.ColumnElement[bool]:
    return sa.and_(exists_today(), Organisation.kind.in_(LOCAL_GOVERNMENTS), sa.not_(addressed_by(rule)))
