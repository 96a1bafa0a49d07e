"""Reports of campaigns with their frozen figures, the versions of their texts, the files and pictures made of them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign
from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.reporting.states import Edition, FileForm, MakingState, ReportKind, ReportState

FILE_KIND = "report_file"  # the kind of the attachments that are such files


class Report(Versioned, Base):
    """A report as of a date: its figures are frozen when it is begun, its texts when it is published.

    ``previous_on`` is the date since which ``new`` figures are counted. ``digest`` is the hash of ``figures``.
    ``corrects_id`` names the published report that this one replaces, with ``correction_reason``. The author and
    ``editor_person_id``, who last changed it, never publish it. ``ready_at`` is when they asked for its publication;
    a change takes that back.
    """

    __tablename__ = "report"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "number"),
        sa.Index("ix_report_listing", "campaign_id", "state", "id"),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    number: orm.Mapped[int]
    kind: orm.Mapped[ReportKind] = orm.mapped_column(EnumColumn(ReportKind))
    state: orm.Mapped[ReportState] = orm.mapped_column(EnumColumn(ReportState), default=ReportState.DRAFT)
    as_of: orm.Mapped[date]
    previous_on: orm.Mapped[date | None]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    intro: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    findings: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    next_steps: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    figures: orm.Mapped[dict[str, Any]] = orm.mapped_column(deferred=True)
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    corrects_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    correction_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    editor_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: orm.Mapped[datetime]
    counted_at: orm.Mapped[datetime]
    ready_at: orm.Mapped[datetime | None]
    ready_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")
    published_at: orm.Mapped[datetime | None]
    published_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    published_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")

    campaign: orm.Mapped[Campaign] = orm.relationship(lazy="raise_on_sql")


class ReportText(Base):
    """The texts of a report as they once stood; nothing changes once saved."""

    __tablename__ = "report_text"
    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)

    id: orm.Mapped[Key]
    report_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("report.id"))
    number: orm.Mapped[int]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    intro: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    findings: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    next_steps: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    saved_at: orm.Mapped[datetime]
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))


class ReportFile(Base):
    """A file of a report that somebody asked for: how far it is, and the attachment once it is made.

    ``digest`` is that of what it was asked to show; a draft that changed since has an old one. ``tries`` numbers the
    claims of workers: only the newest keeps its file.
    """

    __tablename__ = "report_file"

    report_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("report.id"), primary_key=True)
    form: orm.Mapped[FileForm] = orm.mapped_column(EnumColumn(FileForm), primary_key=True)
    edition: orm.Mapped[Edition] = orm.mapped_column(EnumColumn(Edition), primary_key=True)
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    state: orm.Mapped[MakingState] = orm.mapped_column(EnumColumn(MakingState))
    asked_at: orm.Mapped[datetime]
    tries: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    tried_at: orm.Mapped[datetime | None]
    made_at: orm.Mapped[datetime | None]
    error: orm.Mapped[str | None] = orm.mapped_column(sa.String(500))
    attachment_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("attachment.id"), index=True)


class Chart(Base):
    """A picture by the hash of its specification; the same figures are drawn once."""

    __tablename__ = "chart"

    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    specification: orm.Mapped[dict[str, Any]] = orm.mapped_column(deferred=True)
    state: orm.Mapped[MakingState] = orm.mapped_column(EnumColumn(MakingState), default=MakingState.WAITING)
    tries: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    tried_at: orm.Mapped[datetime | None]
    svg: orm.Mapped[str | None] = orm.mapped_column(sa.Text)
