"""When bodies are reminded of a paper or campaign, and who was."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Campaign
from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.guidance.models import Guidance
from portal.reminders.states import ReminderStep


class _Plan(Versioned):
    """Steps of one thing, {step: business days after the due}; a step that is missing is not taken."""

    days: orm.Mapped[dict[str, Any]]
    set_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    set_at: orm.Mapped[datetime]


class ReminderPlan(_Plan, Base):
    """The steps of one paper; a paper without a row keeps to the defaults."""

    __tablename__ = "reminder_plan"

    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"), primary_key=True)


class CampaignReminderPlan(_Plan, Base):
    """The steps of one campaign; a campaign without a row keeps to the defaults."""

    __tablename__ = "campaign_reminder_plan"

    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"), primary_key=True)


class _Sent:
    """One step taken for some bodies at one moment; by nobody when the portal took it."""

    id: orm.Mapped[Key]
    step: orm.Mapped[ReminderStep] = orm.mapped_column(EnumColumn(ReminderStep))
    count: orm.Mapped[int]
    sent_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    sent_at: orm.Mapped[datetime]


class ReminderBatch(_Sent, Base):
    """A step of a paper."""

    __tablename__ = "reminder_batch"
    __table_args__ = (sa.Index("ix_reminder_batch_guidance", "guidance_id", "id"),)

    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")


class Reminder(Base):
    """A body that was reminded; ``key`` is the step, or the day of a reminder by hand: each at most once."""

    __tablename__ = "reminder"

    recipient_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("recipient.id"), primary_key=True)
    key: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    batch_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("reminder_batch.id"), index=True)


class CampaignReminderBatch(_Sent, Base):
    """A step of a campaign."""

    __tablename__ = "campaign_reminder_batch"
    __table_args__ = (sa.Index("ix_campaign_reminder_batch_campaign", "campaign_id", "id"),)

    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))

    campaign: orm.Mapped[Campaign] = orm.relationship(lazy="raise_on_sql")


class CampaignReminder(Base):
    """A body of a campaign that was reminded; ``key`` as for papers: each at most once."""

    __tablename__ = "campaign_reminder"

    participation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("participation.id"), primary_key=True)
    key: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    batch_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign_reminder_batch.id"), index=True)
