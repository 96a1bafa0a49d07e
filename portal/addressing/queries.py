"""Reading of lists of addressees, scoped by policy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.addressing import policy
from portal.addressing.models import AddresseeList, AddresseeListEntry
from portal.core.db import db
from portal.core.errors import NotFound
from portal.directory.actor import Actor
from portal.directory.models import Organisation


@dataclass(frozen=True, kw_only=True)
class ListWithCount:
    """A list and how many bodies it holds."""

    found: AddresseeList
    count: int


def list_lists(actor: Actor, kept: Iterable[int] = ()) -> list[ListWithCount]:
    """The lists that the actor may use, by office and name, and those that a rule already names. One statement."""
    usable = sa.and_(policy.viewable_by(actor), AddresseeList.dropped_at.is_(None))
    counted = (
        sa.select(sa.func.count())
        .where(AddresseeListEntry.list_id == AddresseeList.id)
        .correlate(AddresseeList)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(AddresseeList, counted)
        .where(sa.or_(usable, AddresseeList.id.in_(tuple(kept))))
        .options(orm.joinedload(AddresseeList.office), orm.joinedload(AddresseeList.updated_by))
        .order_by(AddresseeList.office_id, AddresseeList.name, AddresseeList.id)
    )
    return [ListWithCount(found=found, count=count) for found, count in rows]


def get_list(actor: Actor, list_id: int) -> AddresseeList:
    """A list that the actor may see and that is not dropped. Raises NotFound."""
    found = db.session.scalar(
        sa.select(AddresseeList)
        .where(AddresseeList.id == list_id, policy.viewable_by(actor), AddresseeList.dropped_at.is_(None))
        .options(orm.joinedload(AddresseeList.office))
    )
    if found is None:
        raise NotFound
    return found


def list_bodies_of(found: AddresseeList) -> Sequence[Organisation]:
    """The bodies of a list by code; those that have meanwhile ended among them."""
    return db.session.scalars(
        sa.select(Organisation)
        .join(AddresseeListEntry, AddresseeListEntry.organisation_id == Organisation.id)
        .where(AddresseeListEntry.list_id == found.id)
        .order_by(Organisation.code)
    ).all()


def name_lists(ids: Iterable[int]) -> dict[int, str]:
    """The names of lists, dropped ones too. No statement for none."""
    wanted = tuple(ids)
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(AddresseeList.id, AddresseeList.name).where(AddresseeList.id.in_(wanted)))
    return {key: name for key, name in rows}
