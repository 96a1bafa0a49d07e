"""The rule as conditions on organisations: who is addressed, and why somebody is not."""

from typing import Any

import sqlalchemy as sa

from portal.addressing.models import AddresseeListEntry
from portal.addressing.rule import ADDRESSABLE, AddresseeRule, exists_today
from portal.addressing.states import BOUNDS, LeftOut, PopulationClass
from portal.core.db import EnumColumn
from portal.directory.models import Organisation
from portal.directory.roles import MUNICIPALITIES

Condition = sa.ColumnElement[bool]


def addressed(rule: AddresseeRule, earlier: Condition) -> Condition:
    """The organisations of today that the rule addresses; ``earlier`` says which earlier papers bring in."""
    named = sa.or_(Organisation.code.in_(rule.include), _in_lists(rule.lists))
    return sa.and_(
        exists_today(),
        Organisation.kind.in_(ADDRESSABLE),
        sa.or_(sa.and_(_of_class(rule, earlier), _in_area(rule), _of_size(rule.populations)), named),
        Organisation.code.not_in(rule.exclude),
        sa.not_(_in_lists(rule.exclude_lists)),
    )


def why_left_out(rule: AddresseeRule, earlier: Condition) -> Any:
    """The first reason (a LeftOut) for which the rule does not address an organisation that it does not address."""
    kind = EnumColumn(LeftOut)
    is_counted = sa.or_(Organisation.kind.not_in(MUNICIPALITIES), Organisation.population.is_not(None))
    return sa.case(
        (Organisation.code.in_(rule.exclude), sa.literal(LeftOut.BY_NAME, kind)),
        (_in_lists(rule.exclude_lists), sa.literal(LeftOut.BY_LIST, kind)),
        (sa.not_(_of_class(rule, earlier)), sa.literal(LeftOut.BY_CLASS, kind)),
        (sa.not_(_in_area(rule)), sa.literal(LeftOut.BY_AREA, kind)),
        (sa.not_(is_counted), sa.literal(LeftOut.UNCOUNTED, kind)),
        else_=sa.literal(LeftOut.BY_POPULATION, kind),
    )


def _of_class(rule: AddresseeRule, earlier: Condition) -> Condition:
    of_kind: Condition = Organisation.kind.in_(rule.kinds)
    if rule.core_cities:
        of_kind = sa.or_(of_kind, Organisation.is_core_city)
    return sa.or_(of_kind, earlier) if rule.received or rule.unanswered else of_kind


def _in_area(rule: AddresseeRule) -> Condition:
    if not rule.prefectures:
        return sa.true()
    return sa.or_(Organisation.prefecture_code.in_(rule.prefectures), Organisation.prefecture_code.is_(None))


def _of_size(classes: tuple[PopulationClass, ...]) -> Condition:
    """Municipalities of the classes, and everything that is no municipality; of unknown size means outside."""
    if not classes:
        return sa.true()
    ranges: list[Condition] = []
    for lowest, limit in (BOUNDS[each] for each in classes):
        above = Organisation.population >= lowest
        ranges.append(above if limit is None else sa.and_(above, Organisation.population < limit))
    fits = sa.and_(Organisation.population.is_not(None), sa.or_(*ranges))
    return sa.or_(Organisation.kind.not_in(MUNICIPALITIES), fits)


def _in_lists(ids: tuple[int, ...]) -> Condition:
    if not ids:
        return sa.false()
    return Organisation.id.in_(sa.select(AddresseeListEntry.organisation_id).where(AddresseeListEntry.list_id.in_(ids)))
