"""Reading of campaigns, scoped by policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy
from portal.campaigns.models import Campaign, Check, DueChange, Entry, Participation, Procedure, Question
from portal.campaigns.states import ANSWERED, CampaignState
from portal.core.db import db, read_rows
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.core.statements import kept
from portal.directory.actor import Actor

_Part = TypeVar("_Part", Procedure, Question, Check)
_EARLIER = 30


@dataclass(frozen=True, kw_only=True)
class CampaignLine:
    """A campaign in a list, with the actor's own body's part in it.

    ``answered`` of ``asked`` are the own body's procedures; ``body_count`` says how many bodies it addresses in all.
    """

    campaign: Campaign
    participation: Participation | None
    body_count: int = 0
    answered: int = 0
    asked: int = 0


@dataclass(frozen=True, kw_only=True)
class CampaignSheet:
    """A campaign's page: the actor's own body's part, how many bodies are addressed, the round before it.

    ``is_put_off`` says whether all bodies were given a later due.
    """

    campaign: Campaign
    participation: Participation | None
    body_count: int
    previous_title: str | None
    is_put_off: bool = False


def list_campaigns(
    actor: Actor, state: CampaignState | None = None, *, cursor: str | None = None
) -> Page[CampaignLine]:
    """The campaigns that the actor may see, newest first. One statement, two for a local government."""
    own = orm.aliased(Participation)
    select = (
        policy.viewable_by(actor)
        .add_columns(own, _body_count())
        .outerjoin(own, sa.and_(own.campaign_id == Campaign.id, own.organisation_id == actor.organisation_id))
        .options(orm.joinedload(Campaign.office), orm.joinedload(Campaign.theme))
    )
    if state is not None:
        select = select.where(Campaign.state == state)
    page = paginate(db.session, select, order=[Campaign.id.desc()], cursor=cursor, size=30)
    parts = _count_own(actor, [campaign.id for campaign, part, _ in page if part is not None])
    return page.with_items(
        [
            CampaignLine(
                campaign=campaign,
                participation=part,
                body_count=count,
                answered=parts.get(campaign.id, (0, 0))[0],
                asked=parts.get(campaign.id, (0, 0))[1],
            )
            for campaign, part, count in page
        ]
    )


def get_sheet(actor: Actor, campaign_id: int) -> CampaignSheet:
    """A visible campaign with what its page says at once. Raises NotFound. One statement."""
    found = db.session.execute(_sheet(actor.pattern), {**actor.bindings, "campaign_id": campaign_id}).first()
    if found is None:
        raise NotFound
    campaign, part, count, title, is_put_off = found
    return CampaignSheet(
        campaign=campaign, participation=part, body_count=count, previous_title=title, is_put_off=is_put_off
    )


@kept
def _sheet(actor: Actor) -> sa.Select[Any]:
    own, before = orm.aliased(Participation), orm.aliased(Campaign)
    put_off = sa.exists().where(DueChange.campaign_id == Campaign.id).correlate(Campaign)
    return (
        _one(actor)
        .add_columns(own, _body_count(), before.title, put_off)
        .outerjoin(own, sa.and_(own.campaign_id == Campaign.id, own.organisation_id == actor.organisation_id))
        .outerjoin(before, before.id == Campaign.previous_id)
    )


def _body_count() -> sa.ScalarSelect[int]:
    counted = orm.aliased(Participation)
    return sa.select(sa.func.count(counted.id)).where(counted.campaign_id == Campaign.id).scalar_subquery()


def _count_own(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(answered, asked) of the actor's own body by campaign. No statement for none."""
    if not ids:
        return {}
    answered = sa.func.sum(sa.case((Entry.state.in_(ANSWERED), 1), else_=0))
    rows = db.session.execute(
        sa.select(Entry.campaign_id, answered, sa.func.count())
        .where(Entry.organisation_id == actor.organisation_id, Entry.campaign_id.in_(ids))
        .group_by(Entry.campaign_id)
    )
    return {key: (done, total) for key, done, total in rows}


def get_campaign(actor: Actor, campaign_id: int) -> Campaign:
    """A campaign that the actor may see. Raises NotFound."""
    found = db.session.scalar(_one(actor.pattern), {**actor.bindings, "campaign_id": campaign_id})
    if found is None:
        raise NotFound
    return found


@kept
def _one(actor: Actor) -> sa.Select[Campaign]:
    return (
        policy.viewable_by(actor)
        .where(Campaign.id == sa.bindparam("campaign_id"))
        .options(orm.joinedload(Campaign.office), orm.joinedload(Campaign.theme))
    )


def find_campaigns_by_ids(actor: Actor, ids: Sequence[int]) -> Sequence[Campaign]:
    """Those of the campaigns that the actor may see, newest first, for links from elsewhere. One statement at most."""
    if not ids:
        return []
    return db.session.scalars(policy.viewable_by(actor).where(Campaign.id.in_(ids)).order_by(Campaign.id.desc())).all()


def list_earlier(actor: Actor) -> Sequence[Campaign]:
    """The newest campaigns that the actor may see, from which a new round may begin. One statement."""
    return db.session.scalars(policy.viewable_by(actor).order_by(Campaign.id.desc()).limit(_EARLIER)).all()


def get_procedure(campaign: Campaign, procedure_id: int) -> Procedure:
    """A procedure of the campaign. Raises NotFound."""
    return _part_of(campaign, Procedure, procedure_id)


def get_question(campaign: Campaign, question_id: int) -> Question:
    """A question of the campaign. Raises NotFound."""
    return _part_of(campaign, Question, question_id)


def get_check(campaign: Campaign, check_id: int) -> Check:
    """A check of the campaign. Raises NotFound."""
    return _part_of(campaign, Check, check_id)


def _part_of(campaign: Campaign, kind: type[_Part], key: int) -> _Part:
    found = db.session.scalar(sa.select(kind).where(kind.id == key, kind.campaign_id == campaign.id))
    if found is None:
        raise NotFound
    return found


def get_entry(actor: Actor, campaign: Campaign, entry_id: int) -> Entry:
    """A body × procedure of a visible campaign, with its procedure and body. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Entry)
        .where(Entry.id == entry_id, Entry.campaign_id == campaign.id, policy.entries_viewable_by(actor))
        .options(*loaded())
    )
    if found is None:
        raise NotFound
    return found


def get_participation(actor: Actor, campaign: Campaign, participation_id: int) -> Participation:
    """An addressed body of a visible campaign. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Participation).where(
            Participation.id == participation_id,
            Participation.campaign_id == campaign.id,
            policy.participations_viewable_by(actor),
        )
    )
    if found is None:
        raise NotFound
    return found


def loaded() -> tuple[orm.interfaces.LoaderOption, ...]:
    """What is shown of an entry wherever one is shown."""
    return (orm.joinedload(Entry.procedure).joinedload(Procedure.ministry), orm.joinedload(Entry.participation))


def find_participation(actor: Actor, campaign: Campaign) -> Participation | None:
    """The actor's own body's part in the campaign."""
    return db.session.scalar(
        sa.select(Participation).where(
            Participation.campaign_id == campaign.id, Participation.organisation_id == actor.organisation_id
        )
    )


def list_entries_of(participation: Participation) -> Sequence[Entry]:
    """The procedures of one body in their order."""
    return db.session.scalars(
        sa.select(Entry)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Entry.participation_id == participation.id)
        .options(*loaded())
        .order_by(Procedure.position, Procedure.id)
    ).all()


def list_procedures(campaign: Campaign) -> Sequence[Procedure]:
    """The procedures in their order."""
    return db.session.scalars(_procedures(), {"campaign_id": campaign.id}).all()


class ProcedureName(NamedTuple):
    """What lists and filters show of a procedure."""

    id: int
    name: str


def list_procedure_names(campaign: Campaign) -> list[ProcedureName]:
    """The procedures in their order, by name alone."""
    return [ProcedureName._make(row) for row in read_rows(_procedure_names(), {"campaign_id": campaign.id})]


@kept
def _procedure_names() -> sa.Select[int, str]:
    return (
        sa.select(Procedure.id, Procedure.name)
        .where(Procedure.campaign_id == sa.bindparam("campaign_id"))
        .order_by(Procedure.position, Procedure.id)
    )


@kept
def _procedures() -> sa.Select[Procedure]:
    return (
        sa.select(Procedure)
        .where(Procedure.campaign_id == sa.bindparam("campaign_id"))
        .options(orm.joinedload(Procedure.ministry))
        .order_by(Procedure.position, Procedure.id)
    )


def list_questions(campaign: Campaign, procedure: Procedure | None = None) -> Sequence[Question]:
    """The questions in their order; for a procedure those of all and its own."""
    select = sa.select(Question).where(Question.campaign_id == campaign.id)
    if procedure is not None:
        select = select.where(sa.or_(Question.procedure_id.is_(None), Question.procedure_id == procedure.id))
    return db.session.scalars(select.order_by(Question.position, Question.id)).all()


def list_checks(campaign: Campaign) -> Sequence[Check]:
    """The checks in their order."""
    return db.session.scalars(
        sa.select(Check).where(Check.campaign_id == campaign.id).order_by(Check.position, Check.id)
    ).all()
