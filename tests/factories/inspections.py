"""A running inspection as rows, and figures; a factory flushes and never commits."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.states import CampaignKind, CampaignState, EntryState
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.decisions.models import Decision
from portal.decisions.states import Cause, Outcome
from portal.directory.roles import OrganisationKind, Role
from portal.inspections.figures import Figures
from portal.themes.models import Theme
from tests.factories.people import make_member, organisation

BODY, NEIGHBOUR = "152226", "152048"


def day(before: int = 0) -> date:
    """Today in Japan, or so many days before."""
    return japan_date(clock.now()) - timedelta(days=before)


def make_inspection(
    codes: Sequence[str] = (BODY,), procedures: Sequence[str] = ("児童手当",), **fields: Any
) -> Campaign:
    """An inspection by 住民制度課 that runs; every body must inspect every procedure."""
    author = make_member("juumin", Role.DIVISION)
    values: dict[str, Any] = {
        "kind": CampaignKind.INSPECTION,
        "state": CampaignState.PUBLISHED,
        "title": "紐付け総点検",
        "office_id": organisation("juumin").id,
        "theme_id": db.session.scalars(sa.select(Theme.id).order_by(Theme.id).limit(1)).one(),
        "addressees": {},
        "final_on": day(-30),
        "author_person_id": author.person_id,
        "editor_person_id": author.person_id,
        "created_at": clock.now(),
        "published_at": clock.now(),
        **fields,
    }
    campaign = Campaign(**values)
    db.session.add(campaign)
    db.session.flush()
    asked = [
        Procedure(campaign_id=campaign.id, code=f"p{number}", name=name, position=number)
        for number, name in enumerate(procedures, start=1)
    ]
    db.session.add_all(asked)
    db.session.flush()
    for code in codes:
        _add_body(campaign, asked, code)
    return campaign


def _add_body(campaign: Campaign, asked: Sequence[Procedure], code: str) -> None:
    body = organisation(code)
    part = Participation(
        campaign_id=campaign.id,
        organisation_id=body.id,
        organisation_code=code,
        organisation_name=body.name,
        prefecture_code=body.prefecture_code,
        is_prefecture=body.kind is OrganisationKind.PREFECTURE,
    )
    db.session.add(part)
    db.session.flush()
    for procedure in asked:
        entry = Entry(
            campaign_id=campaign.id,
            procedure_id=procedure.id,
            participation_id=part.id,
            organisation_id=body.id,
            prefecture_code=body.prefecture_code,
            state=EntryState.SUBMITTED,
            answers={},
            reasons={},
        )
        db.session.add(entry)
        db.session.flush()
        decide(entry, Outcome.REQUIRED)


def decide(entry: Entry, outcome: Outcome) -> None:
    """Another decision that stands."""
    db.session.execute(
        sa.update(Decision)
        .where(Decision.entry_id == entry.id, Decision.superseded_at.is_(None))
        .values(superseded_at=clock.now())
    )
    db.session.add(
        Decision(
            campaign_id=entry.campaign_id,
            entry_id=entry.id,
            procedure_id=entry.procedure_id,
            rule="digital-2023-08",
            row=9,
            by_rule=outcome,
            outcome=outcome,
            facts={},
            cause=Cause.ANSWER,
            decided_at=clock.now(),
        )
    )
    db.session.flush()


def entry_of(campaign: Campaign, code: str = BODY, position: int = 1) -> Entry:
    """The entry of a body, of the procedure at this place."""
    return db.session.scalars(
        sa.select(Entry)
        .join(Procedure, Procedure.id == Entry.procedure_id)
        .where(
            Entry.campaign_id == campaign.id,
            Entry.organisation_id == organisation(code).id,
            Procedure.position == position,
        )
        .options(orm.joinedload(Entry.procedure), orm.joinedload(Entry.participation))
    ).one()


def figures(**fields: Any) -> Figures:
    """Figures that are right: of 100 records 80 are extracted and 60 matched, unless said otherwise."""
    return Figures(**{"target": 100, "extracted": 80, "matched": 60, **fields})


def found(**fields: Any) -> Figures:
    """Everything is matched and identified; 2 mislinks are found, one of them is corrected."""
    values: dict[str, Any] = {
        "extracted": 100,
        "matched": 100,
        "mismatched": 5,
        "confirmed": 5,
        "mislinks": 2,
        "corrected": 1,
        "causes": {"same_name": 1, "input": 1},
        **fields,
    }
    return figures(**values)
