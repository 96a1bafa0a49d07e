"""The addressee rule: from kinds, prefectures and named bodies to organisations, in words and in numbers."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import calendar, clock, my_number
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.i18n import N_
from portal.core.pagination import Page, paginate
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS, OrganisationKind

ADDRESSABLE = (
    OrganisationKind.PREFECTURE,
    OrganisationKind.DESIGNATED_CITY,
    OrganisationKind.CITY,
    OrganisationKind.SPECIAL_WARD,
    OrganisationKind.TOWN,
    OrganisationKind.VILLAGE,
    OrganisationKind.ASSOCIATION,
    OrganisationKind.MINISTRY,
)
_SHORTHAND = (
    (frozenset(LOCAL_GOVERNMENTS), "全都道府県・全市区町村", "all prefectures and municipalities"),
    (frozenset(LOCAL_GOVERNMENTS - {OrganisationKind.PREFECTURE}), "全市区町村", "all municipalities"),
)
PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class AddresseeRule:
    """Whom guidance goes to: kinds (core cities added to them) within prefectures, plus ``include``, minus ``exclude``.

    No prefecture means everywhere; prefectures narrow local governments only.
    """

    kinds: tuple[OrganisationKind, ...] = ()
    prefectures: tuple[str, ...] = ()
    core_cities: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "AddresseeRule":
        """The rule as stored with the guidance; an empty dictionary addresses nobody."""
        return cls(
            kinds=tuple(kind for kind in ADDRESSABLE if kind.value in stored.get("kinds", ())),
            prefectures=tuple(stored.get("prefectures", ())),
            core_cities=bool(stored.get("core_cities")),
            include=tuple(stored.get("include", ())),
            exclude=tuple(stored.get("exclude", ())),
        )

    def to_dict(self) -> dict[str, Any]:
        """The rule as it is stored."""
        return {
            "kinds": [kind.value for kind in self.kinds],
            "prefectures": list(self.prefectures),
            "core_cities": self.core_cities,
            "include": list(self.include),
            "exclude": list(self.exclude),
        }


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
    fingerprint: str
    by_kind: list[tuple[OrganisationKind, int, int]]
    by_prefecture: list[PrefectureCount]
    bodies: Page[Organisation]
    excluded: Sequence[Organisation]

    @property
    def left_out(self) -> int:
        """Local governments that exist and are not addressed."""
        return sum(total - count for kind, count, total in self.by_kind if kind in LOCAL_GOVERNMENTS)


def parse_codes(field: str, text: str) -> tuple[str, ...]:
    """The body codes typed into a text area, each known today.

    Raises Invalid naming the first unknown one, but repeats no digits that may be somebody's number.
    """
    typed = unicodedata.normalize("NFKC", text)
    codes = tuple(dict.fromkeys(code for code in re.split(r"[\s,、;]+", typed) if code))
    if my_number.scan(text) or any(code.isdecimal() and len(code) != 6 for code in codes):
        raise Invalid(N_("団体コードは6桁で、空白か改行で区切って入力してください。"), field=field)
    known = (
        set(
            db.session.scalars(
                sa.select(Organisation.code).where(
                    Organisation.code.in_(codes), Organisation.kind.in_(ADDRESSABLE), _exists_today()
                )
            )
        )
        if codes
        else set()
    )
    for code in codes:
        if code not in known:
            raise Invalid(N_("団体コード「%(code)s」は名簿にありません。"), field=field, code=code[:20])
    return codes


def list_prefectures() -> Sequence[Organisation]:
    """The prefectures of today in the order of their codes."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == OrganisationKind.PREFECTURE, _exists_today())
        .order_by(Organisation.code)
    ).all()


def addressed_by(rule: AddresseeRule) -> sa.ColumnElement[bool]:
    """The rule as a condition on the organisations that exist today."""
    in_class: sa.ColumnElement[bool] = Organisation.kind.in_(rule.kinds)
    if rule.core_cities:
        in_class = sa.or_(in_class, Organisation.is_core_city)
    if rule.prefectures:
        in_class = sa.and_(
            in_class, sa.or_(Organisation.prefecture_code.in_(rule.prefectures), Organisation.prefecture_code.is_(None))
        )
    return sa.and_(
        _exists_today(),
        Organisation.kind.in_(ADDRESSABLE),
        sa.or_(in_class, Organisation.code.in_(rule.include)),
        Organisation.code.not_in(rule.exclude),
    )


def count_addressed(rule: AddresseeRule) -> int:
    """How many bodies the rule addresses today."""
    return db.session.scalar(sa.select(sa.func.count(Organisation.id)).where(addressed_by(rule))) or 0


def fingerprint_of(organisation_ids: Iterable[int]) -> str:
    """A short name of a set of organisations, the same whatever their order."""
    return hashlib.sha256(",".join(map(str, sorted(organisation_ids))).encode()).hexdigest()[:32]


def preview(rule: AddresseeRule, *, cursor: str | None = None) -> Preview:
    """Whom the rule addresses today: figures of all, one page of the list, the named exclusions. Four statements."""
    matches = addressed_by(rule)
    ids = db.session.scalars(sa.select(Organisation.id).where(matches)).all()
    bodies = paginate(
        db.session, sa.select(Organisation).where(matches), order=[Organisation.code], cursor=cursor, size=PAGE_SIZE
    )
    by_kind, by_prefecture = _figures(matches)
    return Preview(
        count=len(ids),
        fingerprint=fingerprint_of(ids),
        by_kind=by_kind,
        by_prefecture=by_prefecture,
        bodies=bodies,
        excluded=_named(rule.exclude),
    )


def describe(rule: AddresseeRule, locale: str = "ja") -> str:
    """The rule in words: 「都道府県・指定都市（新潟県、富山県の区域）、ほかに全国知事会」. One statement at most."""
    bodies = _named((*rule.include, *rule.exclude), rule.prefectures)
    names = {body.code: _name(body, locale) for body in bodies}
    prefectures = [
        _name(body, locale)
        for body in bodies
        if body.kind is OrganisationKind.PREFECTURE and body.prefecture_code in rule.prefectures
    ]
    include = [names.get(code, code) for code in rule.include]
    exclude = [names.get(code, code) for code in rule.exclude]
    return (_describe_en if locale == "en" else _describe_ja)(_classes(rule, locale), prefectures, include, exclude)


def _describe_ja(classes: str, prefectures: list[str], include: list[str], exclude: list[str]) -> str:
    text = classes + (f"（{'、'.join(prefectures)}の区域）" if classes and prefectures else "")
    if include:
        text += ("、ほかに" if text else "") + "、".join(include)
    if exclude:
        text += f"（{'、'.join(exclude)}を除く）"
    return text or "宛先なし"


def _describe_en(classes: str, prefectures: list[str], include: list[str], exclude: list[str]) -> str:
    text = classes + (f" in {', '.join(prefectures)}" if classes and prefectures else "")
    if include:
        text += (", and " if text else "") + ", ".join(include)
    if exclude:
        text += f" (except {', '.join(exclude)})"
    return text[:1].upper() + text[1:] if text else "No addressees"


def _classes(rule: AddresseeRule, locale: str) -> str:
    kinds = set(rule.kinds)
    parts: list[str] = []
    for group, ja, en in _SHORTHAND:
        if group <= kinds:
            parts.append(en if locale == "en" else ja)
            kinds -= group
            break
    parts += [kind.label(locale) for kind in ADDRESSABLE if kind in kinds]
    if rule.core_cities and OrganisationKind.CITY not in rule.kinds:
        parts.append("core cities" if locale == "en" else "中核市")
    return (", " if locale == "en" else "・").join(parts)


def _figures(matches: sa.ColumnElement[bool]) -> tuple[list[tuple[OrganisationKind, int, int]], list[PrefectureCount]]:
    prefecture = orm.aliased(Organisation)
    rows = db.session.execute(
        sa.select(
            Organisation.kind,
            Organisation.prefecture_code,
            prefecture.name,
            sa.func.count(sa.case((matches, Organisation.id))),
            sa.func.count(Organisation.id),
        )
        .outerjoin(
            prefecture,
            sa.and_(
                prefecture.prefecture_code == Organisation.prefecture_code,
                prefecture.kind == OrganisationKind.PREFECTURE,
            ),
        )
        .where(Organisation.kind.in_(ADDRESSABLE), _exists_today())
        .group_by(Organisation.kind, Organisation.prefecture_code, prefecture.name)
    ).all()
    kinds = {kind: [0, 0] for kind in ADDRESSABLE}
    prefectures: dict[str, list[Any]] = {}
    for kind, code, name, count, total in rows:
        kinds[kind][0] += count
        kinds[kind][1] += total
        if code:
            figures = prefectures.setdefault(code, [name, 0, 0])
            figures[1] += count
            figures[2] += total
    return (
        [(kind, count, total) for kind, (count, total) in kinds.items()],
        [
            PrefectureCount(code=code, name=name, count=count, total=total)
            for code, (name, count, total) in sorted(prefectures.items())
        ],
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


def _exists_today() -> sa.ColumnElement[bool]:
    today = calendar.japan_date(clock.now())
    return sa.and_(
        sa.or_(Organisation.valid_from.is_(None), Organisation.valid_from <= today),
        sa.or_(Organisation.valid_until.is_(None), Organisation.valid_until > today),
    )
