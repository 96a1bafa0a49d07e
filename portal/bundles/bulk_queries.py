"""Reading of replies to many: the list, one with its figures, and what became of each of its targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.bundles import policy
from portal.bundles.models import BulkReply, BulkTarget
from portal.bundles.states import TargetState
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.issues.models import Issue
from portal.issues.policy import submitted_viewable_by

Figures = Mapping[TargetState, int]


@dataclass(frozen=True)
class BulkRow:
    """A reply to many in the list, with how many of its targets stand where."""

    bulk: BulkReply
    figures: Figures


def get_bulk_reply(actor: Actor, bulk_id: int) -> BulkReply:
    """One reply to many with its writer. Raises NotFound when missing or hidden."""
    bulk = db.session.scalar(
        sa.select(BulkReply)
        .where(BulkReply.id == bulk_id, policy.bulk_viewable_by(actor))
        .options(orm.joinedload(BulkReply.author))
    )
    if bulk is None:
        raise NotFound
    return bulk


def list_bulk_replies(actor: Actor, *, cursor: str | None = None, size: int = 50) -> Page[BulkRow]:
    """Those that the actor may see, the last first. Two statements."""
    page = paginate(
        db.session,
        sa.select(BulkReply).where(policy.bulk_viewable_by(actor)).options(orm.joinedload(BulkReply.author)),
        order=(BulkReply.id.desc(),),
        cursor=cursor,
        size=size,
    )
    figures = _figures([bulk.id for bulk in page.items])
    return page.with_items([BulkRow(bulk, figures[bulk.id]) for bulk in page.items])


def find_figures(bulk: BulkReply) -> Figures:
    """How many targets wait, are sent, failed or were recalled."""
    return _figures([bulk.id])[bulk.id]


def list_targets(actor: Actor, bulk: BulkReply, *, cursor: str | None = None, size: int = 50) -> Page[BulkTarget]:
    """What became of each target, as far as the actor may still see its issue."""
    return paginate(
        db.session,
        sa.select(BulkTarget)
        .join(Issue, Issue.id == BulkTarget.issue_id)
        .where(BulkTarget.bulk_reply_id == bulk.id, submitted_viewable_by(actor))
        .options(orm.contains_eager(BulkTarget.issue).joinedload(Issue.organisation)),
        order=(BulkTarget.id,),
        cursor=cursor,
        size=size,
    )


def _figures(ids: Sequence[int]) -> dict[int, dict[TargetState, int]]:
    found: dict[int, dict[TargetState, int]] = {key: dict.fromkeys(TargetState, 0) for key in ids}
    for key, state, count in db.session.execute(
        sa.select(BulkTarget.bulk_reply_id, BulkTarget.state, sa.func.count())
        .where(BulkTarget.bulk_reply_id.in_(ids))
        .group_by(BulkTarget.bulk_reply_id, BulkTarget.state)
    ):
        found[key][state] = count
    return found
