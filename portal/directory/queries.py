"""Reading of organisations, sections and duties. That a body exists is no secret: nothing here depends on the actor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db, read_rows
from portal.core.errors import NotFound
from portal.core.pagination import Page, capped_count, paginate
from portal.directory.kana import fold_code, fold_kana, fold_width
from portal.directory.models import Duty, Organisation, OrganisationSuccession, Section
from portal.directory.roles import MUNICIPALITIES, OrganisationKind

_COUNT_CAP = 20_000
_KA_VARIANTS = str.maketrans(dict.fromkeys("ヶケがガヵカ", "_"))  # 鎌ケ谷 and 鎌ヶ谷 are typed either way


@dataclass(frozen=True, kw_only=True)
class OrganisationSearch:
    """What to look for in the directory; every part may be empty."""

    text: str = ""
    kind: OrganisationKind | None = None
    prefecture_code: str | None = None
    with_past: bool = False


def existing_on(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """The condition that an organisation exists on the date."""
    return sa.and_(
        sa.or_(Organisation.valid_from.is_(None), Organisation.valid_from <= day),
        sa.or_(Organisation.valid_until.is_(None), Organisation.valid_until > day),
    )


def list_organisations(search: OrganisationSearch, *, cursor: str | None = None) -> Page[Organisation]:
    """Organisations by name, reading, code or county, in the official order, with their prefecture loaded."""
    statement = sa.select(Organisation).options(orm.joinedload(Organisation.parent))
    if not search.with_past:
        statement = statement.where(existing_on(japan_date(clock.now())))
    if search.kind is not None:
        statement = statement.where(Organisation.kind == search.kind)
    if search.prefecture_code:
        statement = statement.where(Organisation.prefecture_code == search.prefecture_code)
    if search.text.strip():
        statement = statement.where(_matches(search.text))
    return counted_page(statement, order=[Organisation.position, Organisation.id], cursor=cursor)


def counted_page(statement: sa.Select[Any], *, order: Sequence[Any], cursor: str | None) -> Page[Any]:
    """One page of a list of the directory with its total: it holds thousands of rows, not millions."""
    page = paginate(db.session, statement, order=order, cursor=cursor)
    return replace(page, total=capped_count(db.session, statement, cap=_COUNT_CAP))


def find_organisation(code: str) -> Organisation | None:
    """The organisation of the code, past or present, with its prefecture (or headquarters) and post loaded."""
    return db.session.scalar(
        sa.select(Organisation)
        .where(Organisation.code == fold_code(code))
        .options(orm.joinedload(Organisation.parent), orm.joinedload(Organisation.post))
    )


def get_organisation(code: str) -> Organisation:
    """The same. Raises NotFound."""
    organisation = find_organisation(code)
    if organisation is None:
        raise NotFound
    return organisation


def get_organisation_by_id(organisation_id: int) -> Organisation:
    """The organisation of the id. Raises NotFound."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


class Prefecture(NamedTuple):
    """What lists, filters and maps show of a prefecture."""

    prefecture_code: str
    name: str
    name_en: str | None


def list_prefectures() -> list[Prefecture]:
    """The 47 prefectures from north to south."""
    return [Prefecture._make(row) for row in read_rows(PREFECTURES)]


def list_divisions() -> Sequence[Organisation]:
    """The divisions 幹事課 in the order of the official chart."""
    return _list_kind(OrganisationKind.DIVISION)


def list_ministries() -> Sequence[Organisation]:
    """The ministries 関係府省."""
    return _list_kind(OrganisationKind.MINISTRY)


def list_associations() -> Sequence[Organisation]:
    """The six associations of local governments."""
    return _list_kind(OrganisationKind.ASSOCIATION)


def list_municipalities(prefecture_code: str) -> Sequence[Organisation]:
    """The municipalities of a prefecture that exist today."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.prefecture_code == prefecture_code,
            Organisation.kind.in_(MUNICIPALITIES),
            existing_on(japan_date(clock.now())),
        )
        .order_by(Organisation.position)
    ).all()


def list_duties() -> Sequence[Duty]:
    """The duties 担当区分 in their order."""
    return db.session.scalars(sa.select(Duty).order_by(Duty.position, Duty.id)).all()


def list_sections(organisation_id: int) -> Sequence[Section]:
    """The sections of a body, the general desk first."""
    return db.session.scalars(
        sa.select(Section)
        .where(Section.organisation_id == organisation_id)
        .order_by(Section.is_general_desk.desc(), Section.name)
    ).all()


def get_section(organisation: Organisation, section_id: int) -> Section:
    """A section of this body. Raises NotFound."""
    section = db.session.get(Section, section_id)
    if section is None or section.organisation_id != organisation.id:
        raise NotFound
    return section


@dataclass(frozen=True)
class Succession:
    """A merger as seen from one of the bodies: the other one and the date."""

    organisation: Organisation
    effective_on: date


def list_successions(organisation_id: int) -> tuple[list[Succession], list[Succession]]:
    """The bodies that passed into this one, and those that it passed into. One statement."""
    link = OrganisationSuccession
    came = sa.and_(link.successor_id == organisation_id, Organisation.id == link.predecessor_id)
    went = sa.and_(link.predecessor_id == organisation_id, Organisation.id == link.successor_id)
    rows = db.session.execute(
        sa.select(Organisation, link.effective_on, link.successor_id == organisation_id)
        .join(link, sa.or_(came, went))
        .order_by(link.effective_on, Organisation.position)
    ).all()
    return (
        [Succession(organisation, day) for organisation, day, is_predecessor in rows if is_predecessor],
        [Succession(organisation, day) for organisation, day, is_predecessor in rows if not is_predecessor],
    )


def _list_kind(kind: OrganisationKind) -> Sequence[Organisation]:
    return db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == kind, existing_on(_today()))
        .order_by(Organisation.position, Organisation.id)
    ).all()


def _matches(text: str) -> sa.ColumnElement[bool]:
    wanted, reading, code = fold_width(text), fold_kana(text), fold_code(text)
    name = "%" + _escaped(wanted).translate(_KA_VARIANTS) + "%"
    return sa.or_(
        Organisation.name.like(name, escape="/"),
        Organisation.kana.contains(reading, autoescape=True),
        Organisation.code.startswith(code, autoescape=True),
        Organisation.county.contains(wanted, autoescape=True),
        Organisation.name_en.icontains(wanted, autoescape=True),
    )


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _today() -> date:
    return japan_date(clock.now())


# Pages with a filter, a map or a table of prefectures ask this, so the statement is made once.
PREFECTURES = (
    sa.select(Organisation.prefecture_code, Organisation.name, Organisation.name_en)
    .where(
        Organisation.kind == OrganisationKind.PREFECTURE,
        existing_on(sa.bindparam("listed_on", callable_=_today, type_=sa.Date())),
    )
    .order_by(Organisation.position, Organisation.id)
)
