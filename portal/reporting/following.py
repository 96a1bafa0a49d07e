"""Whom to ask: bodies that are late, and bodies with mislinks that have yet to publish. For the headquarters alone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.pagination import Page, paginate
from portal.decisions.models import Decision
from portal.decisions.states import TO_INSPECT
from portal.directory.actor import Actor
from portal.directory.authorize import authorize
from portal.inspections.models import Progress, Snapshot
from portal.inspections.states import Stage
from portal.reporting import policy

_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class LateLine:
    """A body × procedure that is behind, and why: not reported, or not done by the final date, or planned later."""

    participation: Participation
    entry_id: int
    procedure: str
    stage: Stage | None
    expected_on: date | None
    delay_reason: str


@dataclass(frozen=True, kw_only=True)
class PublicationLine:
    """A body with mislinks: how many, and where and since when it has published them."""

    participation: Participation
    mislinks: int
    unpublished: int
    published_on: date | None
    published_url: str


def list_late(
    actor: Actor, campaign: Campaign, *, prefecture: str | None = None, cursor: str | None = None
) -> Page[LateLine]:
    """Those behind, by body, never ranked. Raises Forbidden. One statement."""
    authorize(policy.can_see_late, actor)
    select: Any = (
        sa.select(Participation, Entry.id, Procedure.name, Progress.stage, Snapshot.expected_on, Snapshot.delay_reason)
        .join(Entry, Entry.participation_id == Participation.id)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .join(Decision, sa.and_(Decision.entry_id == Entry.id, Decision.superseded_at.is_(None)))
        .outerjoin(Progress, Progress.entry_id == Entry.id)
        .outerjoin(Snapshot, Snapshot.id == Progress.snapshot_id)
        .where(
            Entry.campaign_id == campaign.id,
            Decision.outcome.in_(TO_INSPECT),
            campaign_policy.entries_viewable_by(actor),
            _is_late(campaign),
        )
    )
    if prefecture:
        select = select.where(Participation.prefecture_code == prefecture)
    page = paginate(db.session, select, order=[Participation.organisation_code, Entry.id], cursor=cursor, size=_AT_ONCE)
    return page.with_items(
        [
            LateLine(
                participation=participation,
                entry_id=entry_id,
                procedure=name,
                stage=stage,
                expected_on=expected_on,
                delay_reason=reason or "",
            )
            for participation, entry_id, name, stage, expected_on, reason in page
        ]
    )


def list_publications(
    actor: Actor, campaign: Campaign, *, only_missing: bool = False, cursor: str | None = None
) -> Page[PublicationLine]:
    """The bodies with mislinks, by code, and what each has published. Raises Forbidden. One statement."""
    authorize(policy.can_see_late, actor)
    found = _mislinks_by_body(campaign).subquery()
    select: Any = (
        sa.select(Participation, found.c.mislinks, found.c.unpublished, found.c.published_on, found.c.published_url)
        .join(found, found.c.participation_id == Participation.id)
        .where(Participation.campaign_id == campaign.id, campaign_policy.participations_viewable_by(actor))
    )
    if only_missing:
        select = select.where(Participation.published_on.is_(None), found.c.unpublished > 0)
    page = paginate(
        db.session, select, order=[Participation.organisation_code, Participation.id], cursor=cursor, size=_AT_ONCE
    )
    return page.with_items([_publication(*row) for row in page])


def count_publications(actor: Actor, campaign: Campaign) -> tuple[int, int]:
    """How many bodies have mislinks, and how many of them have yet to publish. One statement."""
    found = _mislinks_by_body(campaign).subquery()
    is_missing = sa.and_(Participation.published_on.is_(None), found.c.unpublished > 0)
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((is_missing, 1), else_=0)), 0))
        .select_from(Participation)
        .join(found, found.c.participation_id == Participation.id)
        .where(Participation.campaign_id == campaign.id, campaign_policy.participations_viewable_by(actor))
    ).one()
    return int(row[0]), int(row[1])


def _mislinks_by_body(campaign: Campaign) -> Any:
    unpublished = sa.case((Snapshot.published_on.is_(None), Snapshot.mislinks), else_=0)
    select: Any = (
        sa.select(
            Entry.participation_id,
            sa.func.sum(Snapshot.mislinks).label("mislinks"),
            sa.func.sum(unpublished).label("unpublished"),
            sa.func.min(Snapshot.published_on).label("published_on"),
            sa.func.max(Snapshot.published_url).label("published_url"),
        )
        .join(Progress, Progress.entry_id == Entry.id)
        .join(Snapshot, Snapshot.id == Progress.snapshot_id)
        .where(Entry.campaign_id == campaign.id, Snapshot.mislinks > 0)
        .group_by(Entry.participation_id)
    )
    return select


def _publication(
    participation: Participation, mislinks: int, unpublished: int, published_on: date | None, url: str | None
) -> PublicationLine:
    own = participation.published_on is not None
    return PublicationLine(
        participation=participation,
        mislinks=int(mislinks),
        unpublished=0 if own else int(unpublished),
        published_on=participation.published_on or published_on,
        published_url=participation.published_url or url or "",
    )


def _is_late(campaign: Campaign) -> sa.ColumnElement[bool]:
    """After the final date: not done. Before it: expected to be done after it, or nothing reported by the interim."""
    today = japan_date(clock.now())
    is_done = sa.func.coalesce(Progress.stage == Stage.DONE, sa.false())
    if campaign.final_on is not None and today > campaign.final_on:
        return sa.not_(is_done)
    conditions: list[sa.ColumnElement[bool]] = [sa.false()]
    if campaign.final_on is not None:
        conditions.append(sa.and_(sa.not_(is_done), Snapshot.expected_on > campaign.final_on))
    if campaign.interim_on is not None and today > campaign.interim_on:
        conditions.append(Progress.entry_id.is_(None))
    return sa.func.coalesce(sa.or_(*conditions), sa.false())
