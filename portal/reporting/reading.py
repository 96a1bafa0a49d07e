"""Reading what reports are counted from: the raw snapshots as of a date, in a few statements however many there are.

For each body × procedure the newest snapshot with ``as_of`` up to the date counts; of several of one date the one
entered last, which is how corrections replace what they correct. The decision is the one that stood at the end of
the date; where nothing was decided by then, the first that was decided later. The index (entry_id, as_of, id) gives
each entry's snapshot in one step, whatever the number of earlier ones.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import policy as campaign_policy
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.core.calendar import end_of_day
from portal.core.db import db, first_row, read_rows
from portal.decisions.models import Decision
from portal.directory.actor import Actor
from portal.directory.models import Organisation
from portal.directory.roles import OrganisationKind
from portal.inspections.models import Snapshot
from portal.reporting.states import Breakdown
from portal.reporting.tallying import NOWHERE, Body, Labels, Unit

_PLAIN = sa.String()
_FIGURES = ("target", "matched", "pending", "mislinks", "corrected")


def read_bodies(actor: Actor | None, campaign: Campaign, as_of: date) -> dict[int, Body]:
    """The addressed bodies by participation; with an actor those that they see one by one. One statement."""
    published = sa.case((Participation.published_on <= as_of, Participation.published_on))
    rows = db.session.execute(
        sa.select(
            Participation.id,
            Participation.organisation_code,
            Participation.organisation_name,
            Participation.prefecture_code,
            sa.type_coerce(Organisation.kind, _PLAIN),
            sa.type_coerce(published, sa.Date()),
            Participation.published_url,
        )
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.campaign_id == campaign.id, *_seen(actor))
        .order_by(Participation.organisation_code)
    )
    return {
        row[0]: Body(
            id=row[0],
            code=row[1],
            name=row[2],
            prefecture=row[3] or NOWHERE,
            kind=row[4],
            published_on=row[5],
            published_url=row[6] if row[5] is not None else "",
        )
        for row in rows
    }


def read_units(actor: Actor | None, campaign: Campaign, as_of: date) -> list[Unit]:
    """Every body × procedure with its figures and its decision as of the date, in their order. One statement."""
    newest, is_newest = _newest(as_of)
    is_published = sa.and_(newest.published_on.is_not(None), newest.published_on <= as_of)
    select = (
        sa.select(
            Entry.id,
            Entry.participation_id,
            Entry.procedure_id,
            sa.type_coerce(Decision.outcome, _PLAIN),
            sa.type_coerce(newest.stage, _PLAIN),
            *(sa.func.coalesce(getattr(newest, name), 0) for name in _FIGURES),
            sa.case((newest.mislinks > 0, newest.causes)),
            sa.type_coerce(newest.leak, _PLAIN),
            sa.case((is_published, newest.published_on)),
            sa.case((is_published, newest.published_url), else_=""),
        )
        .select_from(Entry)
        .outerjoin(newest, is_newest)
        .outerjoin(Decision, sa.and_(Decision.entry_id == Entry.id, _stood(as_of)))
        .where(Entry.campaign_id == campaign.id, *seen_entries(actor))
        .order_by(Entry.id)
    )
    return [Unit._make(row) for row in read_rows(select)]


def read_mislinks(actor: Actor | None, campaign: Campaign, as_of: date) -> dict[int, int]:
    """The mislinks known at the date, by entry; entries without any are missing. One statement."""
    newest, is_newest = _newest(as_of)
    rows = read_rows(
        sa.select(Entry.id, newest.mislinks)
        .select_from(Entry)
        .join(newest, is_newest)
        .where(Entry.campaign_id == campaign.id, newest.mislinks > 0, *seen_entries(actor))
    )
    return {entry_id: count for entry_id, count in rows}


def read_amounts(campaign: Campaign, as_of: date, counted_at: datetime) -> dict[int, tuple[int, int]]:
    """Records to inspect and those pending, by entry, as they were counted then. One statement.

    Rows never change, so what had been entered by the moment at which a report was counted is what it was counted from.
    """
    newest, is_newest = _newest(as_of, counted_at)
    rows = read_rows(
        sa.select(Entry.id, newest.target, newest.pending)
        .select_from(Entry)
        .join(newest, is_newest)
        .where(Entry.campaign_id == campaign.id)
    )
    return {entry_id: (target or 0, pending or 0) for entry_id, target, pending in rows}


def read_labels(campaign: Campaign) -> Labels:
    """The lines of each table in their order. Two statements."""
    procedures = db.session.execute(
        sa.select(Procedure.id, Procedure.name)
        .where(Procedure.campaign_id == campaign.id)
        .order_by(Procedure.position, Procedure.id)
    )
    prefectures = db.session.execute(
        sa.select(Organisation.prefecture_code, Organisation.name, Organisation.name_en)
        .where(Organisation.kind == OrganisationKind.PREFECTURE)
        .order_by(Organisation.prefecture_code)
    )
    return {
        Breakdown.PROCEDURE: [(str(key), name, name) for key, name in procedures],
        Breakdown.PREFECTURE: [
            *((str(code), name, name_en or name) for code, name, name_en in prefectures),
            (NOWHERE, "地方公共団体以外", "Other bodies"),
        ],
        Breakdown.KIND: [(kind.value, kind.label("ja"), kind.label("en")) for kind in OrganisationKind],
    }


def find_previous_date(campaign: Campaign, as_of: date) -> date | None:
    """The last date before this one as of which any figures were reported. One statement."""
    return db.session.scalar(
        sa.select(sa.func.max(Snapshot.as_of)).where(Snapshot.campaign_id == campaign.id, Snapshot.as_of < as_of)
    )


def find_newest_date(campaign: Campaign) -> date | None:
    """The last date as of which any figures were reported. One statement."""
    return db.session.scalar(sa.select(sa.func.max(Snapshot.as_of)).where(Snapshot.campaign_id == campaign.id))


def _newest(as_of: date, entered_by: datetime | None = None) -> tuple[Any, sa.ColumnElement[bool]]:
    """To join to entries: the snapshot of each that counts at the date, of those entered by the moment."""
    rows = (
        sa.select(Snapshot)
        .where(Snapshot.entry_id == Entry.id, Snapshot.as_of <= as_of)
        .order_by(Snapshot.as_of.desc(), Snapshot.id.desc())
    )
    return first_row(Snapshot, rows if entered_by is None else rows.where(Snapshot.entered_at <= entered_by), Entry)


def _stood(as_of: date) -> sa.ColumnElement[bool]:
    end = end_of_day(as_of)
    if end is None:
        return Decision.superseded_at.is_(None)
    earlier = orm.aliased(Decision)
    is_first = ~sa.exists().where(earlier.entry_id == Decision.entry_id, earlier.id < Decision.id)
    is_open = sa.or_(Decision.superseded_at.is_(None), Decision.superseded_at >= end)
    return sa.or_(sa.and_(Decision.decided_at < end, is_open), sa.and_(Decision.decided_at >= end, is_first))


def _seen(actor: Actor | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if actor is None else (campaign_policy.participations_viewable_by(actor),)


def seen_entries(actor: Actor | None) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition on entries by which an actor sees them one by one; none without an actor."""
    return () if actor is None else (campaign_policy.entries_viewable_by(actor),)
