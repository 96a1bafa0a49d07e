"""Reading of answers: where each came from, what was sent back, requests for a later due."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from portal.answering.models import AnswerChange, AnswerReturn, DueExtension
from portal.answering.states import ExtensionState
from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Question
from portal.campaigns.queries import loaded
from portal.campaigns.states import ANSWERABLE, CampaignState, EntryState
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor

_MOST_CHANGES = 300


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A running campaign with what the actor's body still has to do: entries to answer, of which some came back."""

    campaign: Campaign
    participation: Participation
    open: int
    returned: int


def list_changes(entry: Entry) -> Sequence[AnswerChange]:
    """The newest changes of an entry's answers, newest first."""
    return db.session.scalars(
        sa.select(AnswerChange)
        .where(AnswerChange.entry_id == entry.id)
        .order_by(AnswerChange.id.desc())
        .limit(_MOST_CHANGES)
    ).all()


def list_returns(entry: Entry) -> Sequence[AnswerReturn]:
    """What was sent back, newest first, settled or not."""
    return db.session.scalars(
        sa.select(AnswerReturn).where(AnswerReturn.entry_id == entry.id).order_by(AnswerReturn.id.desc())
    ).all()


def list_open_returns(participation: Participation) -> Sequence[AnswerReturn]:
    """What was sent back to the body and waits."""
    return db.session.scalars(
        sa.select(AnswerReturn)
        .join(Entry, Entry.id == AnswerReturn.entry_id)
        .where(Entry.participation_id == participation.id, AnswerReturn.settled_at.is_(None))
        .order_by(AnswerReturn.id)
    ).all()


def list_waiting(actor: Actor) -> list[Waiting]:
    """The running campaigns in which the actor's body still has something to answer, by due. One statement."""
    if not actor.is_local:
        return []
    is_returned = sa.case((Entry.state == EntryState.RETURNED, 1), else_=0)
    due = sa.func.coalesce(Participation.due_on, Campaign.survey_due_on)
    counted = (
        sa.select(Entry.campaign_id, sa.func.count().label("open"), sa.func.sum(is_returned).label("returned"))
        .where(Entry.organisation_id == actor.organisation_id, Entry.state.in_(ANSWERABLE))
        .group_by(Entry.campaign_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Campaign, Participation, counted.c.open, counted.c.returned)
        .join(Participation, Participation.campaign_id == Campaign.id)
        .join(counted, counted.c.campaign_id == Campaign.id)
        .where(Campaign.state == CampaignState.PUBLISHED, Participation.organisation_id == actor.organisation_id)
        .order_by(due, Campaign.id)
    )
    return [
        Waiting(campaign=campaign, participation=participation, open=count, returned=returned)
        for campaign, participation, count, returned in rows
    ]


def list_own_extensions(participation: Participation) -> Sequence[DueExtension]:
    """What the body asked for, newest first."""
    return db.session.scalars(
        sa.select(DueExtension)
        .where(DueExtension.participation_id == participation.id)
        .options(orm.joinedload(DueExtension.participation))
        .order_by(DueExtension.id.desc())
    ).all()


def list_extensions(
    actor: Actor, campaign: Campaign, state: ExtensionState | None, *, cursor: str | None = None
) -> Page[DueExtension]:
    """The requests of the bodies that the actor may see, oldest first."""
    select = (
        sa.select(DueExtension)
        .join(Participation, Participation.id == DueExtension.participation_id)
        .where(DueExtension.campaign_id == campaign.id, campaign_policy.participations_viewable_by(actor))
        .options(orm.contains_eager(DueExtension.participation))
    )
    if state is not None:
        select = select.where(DueExtension.state == state)
    return paginate(db.session, select, order=[DueExtension.id], cursor=cursor)


def get_extension(actor: Actor, campaign: Campaign, extension_id: int) -> DueExtension:
    """A request that the actor may see, with its body. Raises NotFound."""
    found = db.session.scalar(
        sa.select(DueExtension)
        .join(Participation, Participation.id == DueExtension.participation_id)
        .where(
            DueExtension.id == extension_id,
            DueExtension.campaign_id == campaign.id,
            campaign_policy.participations_viewable_by(actor),
        )
        .options(orm.contains_eager(DueExtension.participation))
    )
    if found is None:
        raise NotFound
    return found


def get_entries(actor: Actor, campaign: Campaign, ids: Sequence[int]) -> Sequence[Entry]:
    """Those of the entries that the actor may see, at most 500."""
    return db.session.scalars(
        sa.select(Entry)
        .where(Entry.campaign_id == campaign.id, Entry.id.in_(ids[:500]), campaign_policy.entries_viewable_by(actor))
        .options(*loaded())
        .order_by(Entry.id)
    ).all()


def list_returns_of(participation: Participation) -> Sequence[AnswerReturn]:
    """Everything that was sent back to the body, settled or not, newest first, with its procedure. One statement."""
    return db.session.scalars(
        sa.select(AnswerReturn)
        .join(Entry, Entry.id == AnswerReturn.entry_id)
        .where(Entry.participation_id == participation.id)
        .options(orm.contains_eager(AnswerReturn.entry).joinedload(Entry.procedure))
        .order_by(AnswerReturn.id.desc())
        .limit(_MOST_CHANGES)
    ).all()


def count_extensions(actor: Actor, campaign: Campaign) -> dict[ExtensionState, int]:
    """How many requests of bodies that the actor may see stand in each state. One statement."""
    rows = db.session.execute(
        sa.select(DueExtension.state, sa.func.count())
        .join(Participation, Participation.id == DueExtension.participation_id)
        .where(DueExtension.campaign_id == campaign.id, campaign_policy.participations_viewable_by(actor))
        .group_by(DueExtension.state)
    )
    return {state: count for state, count in rows}


def get_extensions(actor: Actor, campaign: Campaign, ids: Sequence[int]) -> Sequence[DueExtension]:
    """Those of the requests that the actor may see, with their bodies, at most 200."""
    return db.session.scalars(
        sa.select(DueExtension)
        .join(Participation, Participation.id == DueExtension.participation_id)
        .where(
            DueExtension.campaign_id == campaign.id,
            DueExtension.id.in_(ids[:200]),
            campaign_policy.participations_viewable_by(actor),
        )
        .options(orm.contains_eager(DueExtension.participation))
        .order_by(DueExtension.id)
    ).all()


def find_previous(entry: Entry, campaign: Campaign) -> Entry | None:
    """The same body's entry of the same procedure in the round before, if there was one.

    Where a successor answers for bodies merged into it, each has its own.
    """
    if campaign.previous_id is None:
        return None
    other = orm.aliased(type(entry.procedure))
    return db.session.scalar(
        sa.select(Entry)
        .join(other, other.id == Entry.procedure_id)
        .where(
            Entry.campaign_id == campaign.previous_id,
            Entry.organisation_id == entry.organisation_id,
            other.code == entry.procedure.code,
        )
        .join(Participation, Participation.id == Entry.participation_id)
        .order_by(Participation.organisation_code != entry.participation.organisation_code, Entry.id)
        .limit(1)
    )


def list_questions_before(campaign: Campaign) -> Sequence[Question]:
    """What was asked in the round before, in its order."""
    select = sa.select(Question).where(Question.campaign_id == campaign.previous_id)
    return db.session.scalars(select.order_by(Question.position, Question.id)).all()
