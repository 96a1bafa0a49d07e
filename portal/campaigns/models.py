"""Campaigns, their procedures and questions, and the addressed bodies × procedures."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.states import WHOLE_CODE, CampaignKind, CampaignState, EntryState, QuestionKind, Severity, titled
from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.models import Organisation
from portal.themes.models import Theme


class Campaign(Versioned, Base):
    """A survey or inspection that addressed bodies answer, per procedure.

    ``addressees`` is the rule of the bodies, frozen into participations and entries when it is published. ``rule``
    names the decision rule of an inspection, ``juki_exceptions`` the bodies (codes) for which linkage with the
    resident register does not exempt. ``editor_person_id`` last changed it and, like the author, never publishes it.
    ``document_number`` and ``requested_on`` are those of the paper that asks, cited in the bodies' replies.
    """

    __tablename__ = "campaign"
    __table_args__ = (sa.Index("ix_campaign_listing", "state", "id"),)

    id: orm.Mapped[Key]
    kind: orm.Mapped[CampaignKind] = orm.mapped_column(EnumColumn(CampaignKind))
    state: orm.Mapped[CampaignState] = orm.mapped_column(EnumColumn(CampaignState), default=CampaignState.DRAFT)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    purpose: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    legal_basis: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    document_number: orm.Mapped[str] = orm.mapped_column(sa.String(50), default="")
    requested_on: orm.Mapped[date | None]
    contact: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    office_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    theme_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("theme.id"), index=True)
    addressees: orm.Mapped[dict[str, Any]]
    survey_due_on: orm.Mapped[date | None]
    interim_on: orm.Mapped[date | None]
    final_on: orm.Mapped[date | None]
    rule: orm.Mapped[str | None] = orm.mapped_column(sa.String(32))
    juki_exceptions: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    is_drill: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    previous_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("campaign.id"), index=True)
    again_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    return_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    editor_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    created_at: orm.Mapped[datetime]
    published_at: orm.Mapped[datetime | None]
    published_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    published_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    closed_at: orm.Mapped[datetime | None]

    office: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    theme: orm.Mapped[Theme] = orm.relationship(lazy="raise_on_sql")

    @property
    def shown_title(self) -> str:
        """The title; a drill says that it is one."""
        return titled(self.title, is_drill=self.is_drill)


class DueChange(Base):
    """A later due that was given to every body at once, and why; rows are only ever added."""

    __tablename__ = "campaign_due_change"
    __table_args__ = (sa.Index("ix_campaign_due_change_listing", "campaign_id", "id"),)

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    before_on: orm.Mapped[date]
    due_on: orm.Mapped[date]
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    changed_at: orm.Mapped[datetime]


class CampaignMinistry(Base):
    """A ministry from which the campaign originates."""

    __tablename__ = "campaign_ministry"

    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"), primary_key=True, index=True)


class Procedure(Base):
    """事務: what is asked about, body by body.

    ``kinds`` (of organisations) and ``includes_core_cities`` narrow the campaign's bodies to those that may handle it;
    none means all. ``is_always`` marks what the later rule always inspects, ``is_prior`` what an earlier stream of
    inspections has covered. ``information`` lists the kinds of information that it provides to Mynaportal.
    """

    __tablename__ = "procedure"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "code"),)

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    code: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    ministry_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"), index=True)
    information: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    kinds: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    includes_core_cities: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    is_always: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    is_prior: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())

    ministry: orm.Mapped[Organisation | None] = orm.relationship(lazy="raise_on_sql")

    @property
    def is_whole(self) -> bool:
        """Whether it stands for the body as a whole: what a survey asks that asks about no procedures."""
        return self.code == WHOLE_CODE


class Question(Base):
    """One question, asked for every procedure or for one.

    ``options`` are [value, label] pairs of a choice; ``rows`` and ``columns`` those of a table of whole numbers.
    ``shown_when`` is a list of [code, comparison, value], all of which must hold for the question to be asked.
    ``formula`` is the expression of a calculated answer. ``asks_reason_for`` is the answer (yes or no) that needs a
    reason. ``code`` is what expressions, workbooks and rules call it.
    """

    __tablename__ = "question"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "code"),)

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    procedure_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("procedure.id"), index=True)
    code: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    section: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    kind: orm.Mapped[QuestionKind] = orm.mapped_column(EnumColumn(QuestionKind))
    label: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    hint: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")
    unit: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    is_required: orm.Mapped[bool] = orm.mapped_column(default=True, server_default=sa.true())
    options: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    rows: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    columns: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    shown_when: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")
    formula: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    asks_reason_for: orm.Mapped[str] = orm.mapped_column(sa.String(3), default="", server_default="")


class Check(Base):
    """A rule within or across the answers: ``expression`` must hold, else ``message`` is shown at ``question_code``."""

    __tablename__ = "answer_check"
    __table_args__ = (sa.Index("ix_answer_check_campaign", "campaign_id", "position"),)

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    position: orm.Mapped[int] = orm.mapped_column(default=0)
    question_code: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    expression: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    message: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    severity: orm.Mapped[Severity] = orm.mapped_column(EnumColumn(Severity), default=Severity.ERROR)


class Participation(Versioned, Base):
    """An addressed body of a campaign, with its name and place as they were when it was published.

    ``due_on`` is the body's own due where it was extended. ``reply_number`` and ``reply_on`` are those of the body's
    official reply; ``published_url`` and ``published_on`` say where the body has published its results.
    """

    __tablename__ = "participation"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "organisation_id"),
        sa.Index("ix_participation_listing", "campaign_id", "organisation_code"),
        sa.Index("ix_participation_organisation", "organisation_id", "campaign_id"),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    organisation_code: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    organisation_name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    prefecture_code: orm.Mapped[str | None] = orm.mapped_column(sa.String(2))
    is_prefecture: orm.Mapped[bool] = orm.mapped_column(default=False)
    due_on: orm.Mapped[date | None]
    reply_number: orm.Mapped[str] = orm.mapped_column(sa.String(50), default="")
    reply_on: orm.Mapped[date | None]
    published_on: orm.Mapped[date | None]
    published_url: orm.Mapped[str] = orm.mapped_column(sa.String(500), default="")

    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    campaign: orm.Mapped[Campaign] = orm.relationship(lazy="raise_on_sql")


class Entry(Versioned, Base):
    """One addressed body × one procedure: the current answers and where they stand.

    ``answers`` holds them by question code; who entered which and when, the changes say. ``not_applicable_reason``
    is set where the body says that the procedure does not concern it. ``reasons`` justify failed warnings by code.
    """

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("participation_id", "procedure_id"),
        sa.Index("ix_entry_campaign", "campaign_id", "prefecture_code", "state"),
        sa.Index("ix_entry_procedure", "procedure_id", "state"),
        sa.Index("ix_entry_organisation", "organisation_id", "campaign_id"),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    procedure_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("procedure.id"))
    participation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participation.id"))
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    prefecture_code: orm.Mapped[str | None] = orm.mapped_column(sa.String(2))
    state: orm.Mapped[EntryState] = orm.mapped_column(EnumColumn(EntryState), default=EntryState.BLANK)
    answers: orm.Mapped[dict[str, Any]]
    reasons: orm.Mapped[dict[str, Any]]
    not_applicable_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    pending_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    pending_until: orm.Mapped[date | None]
    changed_at: orm.Mapped[datetime | None]
    submitted_at: orm.Mapped[datetime | None]
    submitted_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")
    forwarded_at: orm.Mapped[datetime | None]
    forwarded_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")

    procedure: orm.Mapped[Procedure] = orm.relationship(lazy="raise_on_sql")
    participation: orm.Mapped[Participation] = orm.relationship(lazy="raise_on_sql")
    campaign: orm.Mapped[Campaign] = orm.relationship(lazy="raise_on_sql")
