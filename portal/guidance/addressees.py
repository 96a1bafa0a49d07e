"""Whom a rule addresses today: the bodies, figures of all, and the rule in words."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.addressing.conditions import addressed, why_left_out
from portal.addressing.queries import name_lists
from portal.addressing.rule import ADDRESSABLE, AddresseeRule, exists_today, parse_codes
from portal.addressing.states import LeftOut
from portal.addressing.wording import Names, in_words, named_in_words
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import OPEN_RESPONSES

__all__ = ["ADDRESSABLE", "AddresseeRule", "parse_codes"]
PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class PrefectureCount:
    """How many bodies of a prefecture are addressed, of how many."""

    code: str
    name: str
    count: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Whom the rule addresses today; ``fingerprint`` names exactly this set of bodies."""

    count: int
    ids: frozenset[int]
    fingerprint: str
    by_kind: list[tuple[OrganisationKind, int, int]]
    by_prefecture: list[PrefectureCount]
    by_reason: list[tuple[LeftOut, int]]
    bodies: Page[Organisation]

    @property
    def left_out(self) -> int:
        """Local governments that exist and are not addressed."""
        return sum(total - count for kind, count, total in self.by_kind if kind in LOCAL_GOVERNMENTS)


def list_prefectures() -> Sequence[Organisation]:
    """The prefectures of today in the order of their codes."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == OrganisationKind.PREFECTURE, exists_today())
        .order_by(Organisation.code)
    ).all()


def addressed_by(rule: AddresseeRule) -> sa.ColumnElement[bool]:
    """The rule as a condition on the organisations that exist today."""
    return addressed(rule, earlier_addressees(rule))


def earlier_addressees(rule: AddresseeRule) -> sa.ColumnElement[bool]:
    """The organisations that the earlier papers named in the rule bring in."""
    parts: list[sa.ColumnElement[bool]] = []
    if rule.received:
        parts.append(_rows_of(rule.received))
    if rule.unanswered:
        parts.append(_rows_of(rule.unanswered, Recipient.response.in_(OPEN_RESPONSES)))
    return sa.or_(*parts) if parts else sa.false()


def _rows_of(ids: tuple[int, ...], *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Organisation.id.in_(sa.select(Recipient.organisation_id).where(Recipient.guidance_id.in_(ids), *conditions))


def count_addressed(rule: AddresseeRule) -> int:
    """How many bodies the rule addresses today."""
    return db.session.scalar(sa.select(sa.func.count(Organisation.id)).where(addressed_by(rule))) or 0


def fingerprint_of(organisation_ids: Iterable[int]) -> str:
    """A short name of a set of organisations, the same whatever their order."""
    return hashlib.sha256(",".join(map(str, sorted(organisation_ids))).encode()).hexdigest()[:32]


def preview(rule: AddresseeRule, *, cursor: str | None = None) -> Preview:
    """Whom the rule addresses today: figures of all and one page of the list. Three statements."""
    matches = addressed_by(rule)
    ids = db.session.scalars(sa.select(Organisation.id).where(matches)).all()
    bodies = paginate(
        db.session, sa.select(Organisation).where(matches), order=[Organisation.code], cursor=cursor, size=PAGE_SIZE
    )
    by_kind, by_prefecture, by_reason = _figures(rule, matches)
    return Preview(
        count=len(ids),
        ids=frozenset(ids),
        fingerprint=fingerprint_of(ids),
        by_kind=by_kind,
        by_prefecture=by_prefecture,
        by_reason=by_reason,
        bodies=bodies,
    )


def describe(rule: AddresseeRule, locale: str = "ja") -> str:
    """The rule in words: 「都道府県・指定都市（新潟県、富山県の区域）、ほかに全国知事会」.

    One statement each for bodies, lists and earlier papers, where the rule names any.
    """
    papers = {*rule.received, *rule.unanswered}
    titles = sa.select(Guidance.id, Guidance.document_number, Guidance.title).where(Guidance.id.in_(papers))
    return describe_with(
        rule,
        locale,
        bodies=_named(named_in_words(rule), rule.prefectures),
        lists=name_lists((*rule.lists, *rule.exclude_lists)),
        papers={key: number or title for key, number, title in db.session.execute(titles)} if papers else {},
    )


def describe_with(
    rule: AddresseeRule, locale: str, *, bodies: Iterable[Organisation], lists: dict[int, str], papers: dict[int, str]
) -> str:
    """The rule in words where what it names has been read already. No statement."""
    known = {body.code: body for body in bodies}
    prefectures = [body for body in known.values() if body.kind is OrganisationKind.PREFECTURE]
    return in_words(
        rule,
        Names(
            bodies={code: _name(body, locale) for code, body in known.items()},
            prefectures=[_name(body, locale) for body in prefectures if body.prefecture_code in rule.prefectures],
            lists=lists,
            papers=papers,
        ),
        locale,
    )


def name_codes(codes: Iterable[str]) -> Sequence[Organisation]:
    """The bodies of these codes, ended ones too. No statement for none."""
    return _named(codes)


def _figures(
    rule: AddresseeRule, matches: sa.ColumnElement[bool]
) -> tuple[list[tuple[OrganisationKind, int, int]], list[PrefectureCount], list[tuple[LeftOut, int]]]:
    """Addressed and existing bodies by kind and by prefecture; local governments left out by reason. One statement."""
    prefecture = orm.aliased(Organisation)
    why = sa.case((matches, sa.null()), else_=why_left_out(rule, earlier_addressees(rule))).label("why")
    each = (
        sa.select(Organisation.kind, Organisation.prefecture_code, why)
        .where(Organisation.kind.in_(ADDRESSABLE), exists_today())
        .subquery()
    )
    is_prefecture = sa.and_(
        prefecture.prefecture_code == each.c.prefecture_code, prefecture.kind == OrganisationKind.PREFECTURE
    )
    rows = db.session.execute(
        sa.select(each.c.kind, each.c.prefecture_code, prefecture.name, each.c.why, sa.func.count())
        .outerjoin(prefecture, is_prefecture)
        .group_by(each.c.kind, each.c.prefecture_code, prefecture.name, each.c.why)
    ).all()
    kinds = {kind: [0, 0] for kind in ADDRESSABLE}
    prefectures: dict[str, list[Any]] = {}
    reasons: dict[LeftOut, int] = {}
    for kind, code, name, reason, count in rows:
        hit = count if reason is None else 0
        figures = [kinds[kind]] + ([prefectures.setdefault(code, [0, 0, name])] if code else [])
        for figure in figures:
            figure[0] += hit
            figure[1] += count
        if reason is not None and kind in LOCAL_GOVERNMENTS:
            reasons[LeftOut(reason)] = reasons.get(LeftOut(reason), 0) + count
    return (
        [(kind, count, total) for kind, (count, total) in kinds.items()],
        [
            PrefectureCount(code=code, name=name, count=count, total=total)
            for code, (count, total, name) in sorted(prefectures.items())
        ],
        [(each, reasons[each]) for each in LeftOut if each in reasons],
    )


def _named(codes: Iterable[str], prefectures: Iterable[str] = ()) -> Sequence[Organisation]:
    codes, prefectures = tuple(codes), tuple(prefectures)
    if not codes and not prefectures:
        return []
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            sa.or_(
                Organisation.code.in_(codes),
                sa.and_(
                    Organisation.kind == OrganisationKind.PREFECTURE, Organisation.prefecture_code.in_(prefectures)
                ),
            )
        )
        .order_by(Organisation.code)
    ).all()


def _name(body: Organisation, locale: str) -> str:
    return (body.name_en or body.name) if locale == "en" else body.name
