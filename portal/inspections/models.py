"""Snapshots of an inspection's progress: immutable, one per body × procedure × date, corrected only by new ones."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Entry
from portal.core.db import Base, EnumColumn, Key
from portal.inspections.states import LeakState, Stage

_ALARM = "mislinks > 0 OR leak IN ('investigating', 'confirmed')"


class Snapshot(Base):
    """The figures of one entry as of a date; nothing changes once entered.

    Figures are cumulative counts of records: target T, extracted E, matched M, mismatched X, confirmed C, pending P,
    mislinks F, corrected R. ``causes`` are counts by MislinkCause and sum to F. ``corrects_id`` names the snapshot
    that this one corrects, with ``reason``; a cumulative figure that falls needs the reason too.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        sa.Index("ix_snapshot_entry", "entry_id", "as_of", "id"),
        sa.Index("ix_snapshot_campaign", "campaign_id", "as_of", "entry_id", "id"),
        sa.Index(
            "ix_snapshot_alarm", "campaign_id", "id", sqlite_where=sa.text(_ALARM), postgresql_where=sa.text(_ALARM)
        ),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"))
    as_of: orm.Mapped[date]
    stage: orm.Mapped[Stage] = orm.mapped_column(EnumColumn(Stage))
    target: orm.Mapped[int]
    extracted: orm.Mapped[int] = orm.mapped_column(default=0)
    matched: orm.Mapped[int] = orm.mapped_column(default=0)
    mismatched: orm.Mapped[int] = orm.mapped_column(default=0)
    confirmed: orm.Mapped[int] = orm.mapped_column(default=0)
    pending: orm.Mapped[int] = orm.mapped_column(default=0)
    mislinks: orm.Mapped[int] = orm.mapped_column(default=0)
    corrected: orm.Mapped[int] = orm.mapped_column(default=0)
    causes: orm.Mapped[dict[str, Any]]
    is_linkage_stopped: orm.Mapped[bool] = orm.mapped_column(default=False)
    leak: orm.Mapped[LeakState] = orm.mapped_column(EnumColumn(LeakState), default=LeakState.NONE)
    inquiries: orm.Mapped[int] = orm.mapped_column(default=0)
    prevention: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    expected_on: orm.Mapped[date | None]
    delay_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    published_on: orm.Mapped[date | None]
    published_url: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="", server_default="")
    corrects_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("snapshot.id"), index=True)
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    entered_at: orm.Mapped[datetime]
    entered_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))

    entry: orm.Mapped[Entry] = orm.relationship(lazy="raise_on_sql")


def alarming() -> sa.ColumnElement[bool]:
    """Figures with mislinks or a leak, in the very words of the index, so that it is used.

    It has no type: SQLite would be asked whether a truth value equals 1, which is not what the index says.
    """
    return sa.literal_column(f"({_ALARM})")


class Progress(Base):
    """The newest snapshot of each entry, so that lists need not look for it."""

    __tablename__ = "inspection_progress"
    __table_args__ = (sa.Index("ix_inspection_progress_campaign", "campaign_id", "stage"),)

    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"), primary_key=True)
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    snapshot_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("snapshot.id"), index=True)
    stage: orm.Mapped[Stage] = orm.mapped_column(EnumColumn(Stage))

    snapshot: orm.Mapped[Snapshot] = orm.relationship(lazy="raise_on_sql")
