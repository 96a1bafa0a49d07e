"""What a prefecture has to compile: its municipalities' procedures by state."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.states import ANSWERED, EntryState
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor


@dataclass(frozen=True, kw_only=True)
class CompileProgress:
    """The prefecture's municipalities: their procedures by state."""

    states: dict[EntryState, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Submitted, and not yet forwarded."""
        return self.states.get(EntryState.SUBMITTED, 0)

    @property
    def forwarded(self) -> int:
        """Forwarded."""
        return self.states.get(EntryState.FORWARDED, 0)

    @property
    def returned(self) -> int:
        """Sent back to the municipality."""
        return self.states.get(EntryState.RETURNED, 0)

    @property
    def missing(self) -> int:
        """Not submitted, and not sent back."""
        return sum(count for state, count in self.states.items() if state not in ANSWERED) - self.returned


def count_to_compile(actor: Actor, campaign: Campaign) -> CompileProgress:
    """How far the municipalities of the actor's prefecture are. One statement."""
    rows = db.session.execute(
        sa.select(Entry.state, sa.func.count())
        .where(Entry.campaign_id == campaign.id, *_of_municipalities(actor, campaign))
        .group_by(Entry.state)
    )
    return CompileProgress(states={state: count for state, count in rows})


def list_to_compile(
    actor: Actor,
    campaign: Campaign,
    states: frozenset[EntryState],
    *,
    procedure_id: int | None = None,
    cursor: str | None = None,
) -> Page[Entry]:
    """Their procedures in these states, by body, with both. One statement."""
    select = (
        sa.select(Entry)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.campaign_id == campaign.id, Entry.state.in_(states), *_of_municipalities(actor, campaign))
        .options(orm.contains_eager(Entry.participation), orm.contains_eager(Entry.procedure))
    )
    if procedure_id is not None:
        select = select.where(Entry.procedure_id == procedure_id)
    return paginate(
        db.session, select, order=[Participation.organisation_code, Procedure.position, Entry.id], cursor=cursor
    )


def _of_municipalities(actor: Actor, campaign: Campaign) -> tuple[sa.ColumnElement[bool], ...]:
    municipal = sa.select(Participation.id).where(
        Participation.campaign_id == campaign.id, sa.not_(Participation.is_prefecture)
    )
    is_theirs = Entry.prefecture_code == actor.prefecture_code if actor.is_prefecture else sa.false()
    return is_theirs, Entry.participation_id.in_(municipal)
