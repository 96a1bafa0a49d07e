"""Reading of links. They hold ids only: what either end shows is for that end's own queries to say."""

from collections import defaultdict

import sqlalchemy as sa

from portal.core.db import db
from portal.core.statements import kept
from portal.links.models import Link, LinkRelation


def list_links_from(kind: str, thing_id: int, to_kind: str) -> list[int]:
    """The ids of the things of a kind that this one points to, in the order in which they were linked."""
    return list(
        dict.fromkeys(
            db.session.scalars(
                sa.select(Link.to_id)
                .where(Link.from_kind == kind, Link.from_id == thing_id, Link.to_kind == to_kind)
                .order_by(Link.id)
            )
        )
    )


def list_links_to(kind: str, thing_id: int, from_kind: str) -> list[int]:
    """The ids of the things of a kind that point to this one, in the order in which they were linked."""
    return list(
        dict.fromkeys(
            db.session.scalars(
                sa.select(Link.from_id)
                .where(Link.to_kind == kind, Link.to_id == thing_id, Link.from_kind == from_kind)
                .order_by(Link.id)
            )
        )
    )


def linked_ids(kind: str, thing_id: int, other_kind: str) -> sa.Select[int]:
    """The ids of the things of a kind linked with this one, either way: to be read within another statement."""
    away = sa.select(Link.to_id.label("other_id")).where(
        Link.from_kind == kind, Link.from_id == thing_id, Link.to_kind == other_kind
    )
    here = sa.select(Link.from_id.label("other_id")).where(
        Link.to_kind == kind, Link.to_id == thing_id, Link.from_kind == other_kind
    )
    return sa.select(away.union_all(here).subquery().c.other_id)


def list_relations(kind: str, thing_id: int, other_kind: str) -> list[tuple[int, LinkRelation]]:
    """The things of a kind linked with this one, each with the relation, the newest first. One statement."""
    away = sa.select(Link.id, Link.to_id.label("other_id"), Link.relation).where(
        Link.from_kind == kind, Link.from_id == thing_id, Link.to_kind == other_kind
    )
    here = sa.select(Link.id, Link.from_id.label("other_id"), Link.relation).where(
        Link.to_kind == kind, Link.to_id == thing_id, Link.from_kind == other_kind
    )
    both = away.union_all(here).subquery()
    rows = db.session.execute(sa.select(both.c.other_id, both.c.relation).order_by(both.c.id.desc()))
    return [(other_id, relation) for other_id, relation in rows]


def list_linked(kind: str, thing_id: int, *, without: LinkRelation | None = None) -> dict[str, list[int]]:
    """Everything linked with the thing, either way and unless by ``without`` alone: kind → ids. One statement."""
    found: dict[str, list[int]] = defaultdict(list)
    for other_kind, other_id in db.session.execute(_linked(without), {"this_kind": kind, "this_id": thing_id}):
        if other_id not in found[other_kind]:
            found[other_kind].append(other_id)
    return found


@kept
def _linked(without: LinkRelation | None) -> sa.Select[str, int]:
    kind: sa.BindParameter[str] = sa.bindparam("this_kind", type_=sa.String())
    thing_id: sa.BindParameter[int] = sa.bindparam("this_id", type_=sa.BigInteger())
    away = sa.select(Link.id, Link.to_kind.label("kind"), Link.to_id.label("thing_id")).where(
        Link.from_kind == kind, Link.from_id == thing_id
    )
    here = sa.select(Link.id, Link.from_kind.label("kind"), Link.from_id.label("thing_id")).where(
        Link.to_kind == kind, Link.to_id == thing_id
    )
    if without is not None:
        away, here = away.where(Link.relation != without), here.where(Link.relation != without)
    both = away.union_all(here).subquery()
    return sa.select(both.c.kind, both.c.thing_id).order_by(both.c.id)
