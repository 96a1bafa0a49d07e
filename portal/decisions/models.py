"""Decisions: which body × procedure must be inspected, with their history."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.models import Entry
from portal.core.db import Base, BigKey, EnumColumn, Key
from portal.decisions.states import Cause, Outcome


class Decision(Base):
    """One decision on an entry; the newest stands, the earlier ones stay with the moment at which they fell.

    ``outcome`` is what counts; ``by_rule`` what the rule says, which differs only where somebody overrode it with
    ``reason``. ``row`` is the row of the truth table, ``facts`` the typed answers that it was decided from, so that
    it can be decided again from what is stored. ``procedure_id`` is the entry's, for figures read from one index.
    """

    __tablename__ = "decision"
    __table_args__ = (
        sa.Index(
            "uq_decision_current",
            "entry_id",
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        ),
        sa.Index("ix_decision_entry", "entry_id", "id"),
        # All that ever fell, for what a recalculation changed; those that stand have an index of their own.
        sa.Index("ix_decision_campaign", "campaign_id", "outcome"),
        sa.Index(
            "ix_decision_standing",
            "campaign_id",
            "outcome",
            "procedure_id",
            "entry_id",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"))
    procedure_id: orm.Mapped[int] = orm.mapped_column(BigKey)
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    row: orm.Mapped[int]
    by_rule: orm.Mapped[Outcome] = orm.mapped_column(EnumColumn(Outcome))
    outcome: orm.Mapped[Outcome] = orm.mapped_column(EnumColumn(Outcome))
    facts: orm.Mapped[dict[str, Any]]
    cause: orm.Mapped[Cause] = orm.mapped_column(EnumColumn(Cause))
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="", server_default="")
    decided_at: orm.Mapped[datetime]
    decided_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="", server_default="")
    superseded_at: orm.Mapped[datetime | None]

    entry: orm.Mapped[Entry] = orm.relationship(lazy="raise_on_sql")

    @property
    def is_override(self) -> bool:
        """Whether a person decided otherwise than the rule."""
        return self.cause is Cause.OVERRIDE


class TargetList(Base):
    """対象一覧 as it was put into the draft of a paper: which entries it names as to be inspected.

    ``guidance_id`` is the paper's; what the paper shows and who sees it, its own feature says.
    """

    __tablename__ = "target_list"
    __table_args__ = (sa.Index("ix_target_list_campaign", "campaign_id", "id"),)

    id: orm.Mapped[Key]
    campaign_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("campaign.id"))
    guidance_id: orm.Mapped[int] = orm.mapped_column(BigKey, index=True)
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(32))
    made_at: orm.Mapped[datetime]
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))


class TargetEntry(Base):
    """An entry that a list names."""

    __tablename__ = "target_entry"

    list_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("target_list.id"), primary_key=True)
    entry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("entry.id"), primary_key=True, index=True)
