"""How many bodies × procedures stand in which state, of those that the actor may see or count."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.campaigns import policy
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.core.statements import kept
from portal.directory.actor import Actor


def count_states(actor: Actor, campaign: Campaign) -> dict[EntryState, int]:
    """In each state. One statement."""
    counts = dict.fromkeys(EntryState, 0)
    for _, state, count in count_by_prefecture(actor, campaign):
        counts[state] += count
    return counts


def count_by_prefecture(
    actor: Actor, campaign: Campaign, procedure_id: int | None = None
) -> Sequence[sa.Row[str | None, EntryState, int]]:
    """Code of the prefecture, state and number, also of one procedure alone. One statement."""
    select = _figures(actor.pattern)
    if procedure_id is not None:
        select = select.where(Entry.procedure_id == procedure_id)
    return db.session.execute(select, {**actor.bindings, "campaign_id": campaign.id}).all()


@kept
def _figures(actor: Actor) -> sa.Select[str | None, EntryState, int]:
    """In the order of an index, which goes by prefecture: sorting by state takes longer than adding up 47 of them."""
    scope = sa.true() if policy.can_count(actor) else policy.entries_viewable_by(actor)
    return (
        sa.select(Entry.prefecture_code, Entry.state, sa.func.count())
        .where(Entry.campaign_id == sa.bindparam("campaign_id"), scope)
        .group_by(Entry.prefecture_code, Entry.state)
    )
