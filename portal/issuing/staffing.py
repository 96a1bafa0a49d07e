"""Whom a paper reaches in each addressed body, before it is issued."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.models import Membership, Organisation
from portal.directory.roles import ADDRESSED_ROLES
from portal.directory.substitutes import is_attended
from portal.guidance.addressees import addressed_by
from portal.issuing.concerned import concerned_by, staffing_of
from portal.issuing.states import Staffing

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An addressed body, whom the paper reaches there, and their memberships."""

    body: Organisation
    staffing: Staffing
    members: Sequence[Membership]


def count_staffing(rule: AddresseeRule) -> dict[Staffing, int]:
    """How many of the addressed bodies the paper reaches in each way. One statement."""
    each = sa.select(staffing_of(rule.duties).label("staffing")).where(addressed_by(rule)).subquery()
    rows = db.session.execute(sa.select(each.c.staffing, sa.func.count()).group_by(each.c.staffing))
    found = {Staffing(value): count for value, count in rows}
    return {each: found[each] for each in Staffing if each in found}


def list_staffing(rule: AddresseeRule, *, only: Staffing | None = None, cursor: str | None = None) -> Page[Desk]:
    """The addressed bodies by code with the people whom the paper reaches there. Two statements."""
    staffing = staffing_of(rule.duties).label("staffing")
    select = sa.select(Organisation, staffing).where(addressed_by(rule))
    if only is not None:
        select = select.where(staffing_of(rule.duties) == only)
    page = paginate(db.session, select, order=[Organisation.code], cursor=cursor, size=PAGE_SIZE)
    members: dict[int, list[Membership]] = {}
    for membership in _concerned(rule, [body.id for body, _ in page]):
        members.setdefault(membership.organisation_id, []).append(membership)
    return page.with_items(
        [Desk(body=body, staffing=Staffing(how), members=members.get(body.id, [])) for body, how in page]
    )


def _concerned(rule: AddresseeRule, body_ids: list[int]) -> Sequence[Membership]:
    if not body_ids:
        return []
    return db.session.scalars(
        sa.select(Membership)
        .where(
            Membership.organisation_id.in_(body_ids),
            Membership.role.in_(ADDRESSED_ROLES),
            Membership.current_at(clock.now()),
            is_attended(),
            concerned_by(rule.duties),
        )
        .options(orm.joinedload(Membership.person), orm.joinedload(Membership.section))
        .order_by(Membership.organisation_id, Membership.id)
    ).all()
