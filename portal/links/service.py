"""Making and undoing links. Whoever composes two features has checked that the actor may, and emits the event."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.core.events import Acting
from portal.links.models import Link, LinkRelation

Thing = tuple[str, int]


def add_link(actor: Acting, start: Thing, end: Thing, relation: LinkRelation = LinkRelation.RELATED) -> None:
    """Say that ``start`` (kind, id) relates to ``end``; saying it again changes nothing. One statement."""
    db.session.execute(
        insert(Link)
        .values(
            from_kind=start[0],
            from_id=start[1],
            to_kind=end[0],
            to_id=end[1],
            relation=relation,
            created_by_person_id=actor.person_id,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["from_kind", "from_id", "to_kind", "to_id", "relation"])
    )


def remove_link(start: Thing, end: Thing, relation: LinkRelation = LinkRelation.RELATED) -> None:
    """Undo it; a link that is not there is no error."""
    db.session.execute(
        sa.delete(Link).where(
            Link.from_kind == start[0],
            Link.from_id == start[1],
            Link.to_kind == end[0],
            Link.to_id == end[1],
            Link.relation == relation,
        )
    )
