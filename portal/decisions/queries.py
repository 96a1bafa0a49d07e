"""Reading of decisions, scoped by policy."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.actor import Actor
from portal.directory.models import Organisation


def find_current(entry_id: int, *, lock: bool = False) -> Decision | None:
    """The decision that stands; ``lock`` keeps others from replacing it until the transaction ends."""
    select = sa.select(Decision).where(Decision.entry_id == entry_id, Decision.superseded_at.is_(None))
    return db.session.scalar(select.with_for_update() if lock else select)


def list_history(entry: Entry) -> Sequence[Decision]:
    """Every decision on the entry, the newest first."""
    return db.session.scalars(
        sa.select(Decision).where(Decision.entry_id == entry.id).order_by(Decision.id.desc())
    ).all()


def count_outcomes(actor: Actor, campaign: Campaign) -> dict[tuple[int, Outcome], int]:
    """How many entries that the actor may see, by procedure and outcome. One statement."""
    rows = db.session.execute(
        sa.select(Entry.procedure_id, Decision.outcome, sa.func.count())
        .join(Entry, Entry.id == Decision.entry_id)
        .where(
            Decision.campaign_id == campaign.id,
            Decision.superseded_at.is_(None),
            campaign_policy.entries_viewable_by(actor),
        )
        .group_by(Entry.procedure_id, Decision.outcome)
    )
    return {(procedure, outcome): count for procedure, outcome, count in rows}


def list_decisions(
    actor: Actor,
    campaign: Campaign,
    *,
    outcome: Outcome | None = None,
    procedure_id: int | None = None,
    prefecture: str | None = None,
    overridden: bool = False,
    cursor: str | None = None,
) -> Page[Decision]:
    """Decisions that stand, by body and procedure, narrowed. One statement."""
    select = (
        sa.select(Decision)
        .join(Entry, Entry.id == Decision.entry_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .where(
            Decision.campaign_id == campaign.id,
            Decision.superseded_at.is_(None),
            campaign_policy.entries_viewable_by(actor),
        )
        .options(
            orm.contains_eager(Decision.entry).contains_eager(Entry.participation),
            orm.contains_eager(Decision.entry).joinedload(Entry.procedure),
        )
    )
    if outcome is not None:
        select = select.where(Decision.outcome == outcome)
    if procedure_id is not None:
        select = select.where(Entry.procedure_id == procedure_id)
    if prefecture:
        select = select.where(Participation.prefecture_code == prefecture)
    if overridden:
        select = select.where(Decision.cause == "override")
    return paginate(db.session, select, order=[Participation.organisation_code, Decision.entry_id], cursor=cursor)


def list_target_bodies(campaign: Campaign) -> Sequence[tuple[str, str, list[str]]]:
    """対象一覧: (code, name, names of procedures) of every body with something to inspect. One statement."""
    rows = db.session.execute(
        sa.select(Organisation.code, Participation.organisation_name, Procedure.name)
        .select_from(Decision)
        .join(Entry, Entry.id == Decision.entry_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(Decision.campaign_id == campaign.id, Decision.superseded_at.is_(None), Decision.outcome.in_(TO_INSPECT))
        .order_by(Organisation.code, Procedure.position, Procedure.id)
    )
    found: dict[str, tuple[str, str, list[str]]] = {}
    for code, name, procedure in rows:
        found.setdefault(code, (code, name, []))[2].append(procedure)
    return list(found.values())
