"""Taking in populations of local governments from a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date, parse_japanese_date
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.events import PopulationsImported
from portal.directory.kana import fold_code, fold_width
from portal.directory.models import Organisation
from portal.directory.roles import LOCAL_GOVERNMENTS
from portal.directory.tables import Column, Fault, Row, fault_of

CODE, BODY, POPULATION, AS_OF = N_("団体コード"), N_("団体名"), N_("人口"), N_("基準日")
POPULATION_COLUMNS = (
    Column(CODE, True, N_("6桁の団体コード。"), "152226"),
    Column(BODY, False, N_("記入した場合は、団体コードと一致するか確認します。"), "上越市"),
    Column(POPULATION, True, N_("人数。全角数字と桁区切りも読み取ります。"), "182,000"),
    Column(AS_OF, True, N_("令和8年1月1日、2026-01-01 など。"), "令和8年1月1日"),
)
_LARGEST = 20_000_000
_TABLE: Any = Organisation.__table__
_UPDATE = (  # one statement for all rows, which the unit of work would send one by one
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("key"))
    .values(population=sa.bindparam("figure"), population_on=sa.bindparam("day"), version=_TABLE.c.version + 1)
)


@dataclass(frozen=True)
class PlannedPopulation:
    """A row that passed every check."""

    number: int
    organisation: Organisation
    population: int
    as_of: date

    @property
    def changes(self) -> bool:
        """Whether it differs from what is recorded."""
        return (self.organisation.population, self.organisation.population_on) != (self.population, self.as_of)


def plan_populations(rows: Sequence[Row]) -> tuple[list[PlannedPopulation], list[Fault]]:
    """The rows as they would be taken in, and every fault. One statement."""
    bodies = {
        body.code: body
        for body in db.session.scalars(sa.select(Organisation).where(Organisation.kind.in_(LOCAL_GOVERNMENTS)))
    }
    plan: list[PlannedPopulation] = []
    faults: list[Fault] = []
    first_seen: dict[str, int] = {}
    for row in rows:
        values: dict[str, Any] = {}
        for column, read in ((CODE, _body), (POPULATION, _population), (AS_OF, _as_of)):
            try:
                check_text(None, row.cells.get(column, ""), confirmed=True)
                values[column] = read(row, bodies)
                if column == CODE:
                    _refuse_repeat(first_seen, values[CODE].code, row)
            except Invalid as invalid:
                faults.append(fault_of(row, column, invalid))
        if len(values) == 3:
            plan.append(PlannedPopulation(row.number, values[CODE], values[POPULATION], values[AS_OF]))
    return plan, faults


def write_populations(actor: Actor, plan: Sequence[PlannedPopulation]) -> int:
    """Write a plan without faults; return how many bodies' figures changed."""
    rows = [row for row in plan if row.changes]
    changes = {row.organisation.code: [row.organisation.population, row.population] for row in rows}
    if rows:
        db.session.execute(
            _UPDATE, [{"key": row.organisation.id, "figure": row.population, "day": row.as_of} for row in rows]
        )
    for row in rows:
        db.session.expire(row.organisation)
    emit(actor, PopulationsImported(changed=len(changes), changes=changes))
    db.session.flush()
    return len(changes)


def _body(row: Row, bodies: dict[str, Organisation]) -> Organisation:
    code = fold_code(row.cells.get(CODE, ""))
    if not code:
        raise Invalid(N_("記入してください。"))
    body = bodies.get(code) or bodies.get(code.zfill(6))
    if body is None:
        raise Invalid(N_("この団体コードの団体はありません：%(code)s"), code=code)
    name = fold_width(row.cells.get(BODY, ""))
    if name and name != fold_width(body.name):
        raise Invalid(N_("団体コードは「%(name)s」のものです。団体名と一致しません。"), name=body.name)
    return body


def _population(row: Row, _bodies: dict[str, Organisation]) -> int:
    text = fold_width(row.cells.get(POPULATION, "")).replace(",", "").replace(" ", "").removesuffix("人")
    if not text:
        raise Invalid(N_("記入してください。"))
    if not (text.isascii() and text.isdigit()) or int(text[:12]) > _LARGEST:
        raise Invalid(N_("人口は0以上の整数で記入してください。"))
    return int(text)


def _as_of(row: Row, _bodies: dict[str, Organisation]) -> date:
    text = row.cells.get(AS_OF, "")
    try:
        day = parse_japanese_date(text)
    except ValueError as error:
        raise Invalid(N_("日付として読み取れません。例：令和8年1月1日、2026-01-01")) from error
    if day > japan_date(clock.now()):
        raise Invalid(N_("基準日に今日より後の日は指定できません。"))
    return day


def _refuse_repeat(first_seen: dict[str, int], code: str, row: Row) -> None:
    earlier = first_seen.setdefault(code, row.number)
    if earlier != row.number:
        raise Invalid(N_("%(row)s行目と団体コードが重複しています。"), row=earlier)
