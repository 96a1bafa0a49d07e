"""Bundles of issues that ask the same, with their history, and replies to many with their targets."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.bundles.states import Failure, TargetState
from portal.core.db import Base, EnumColumn, Key
from portal.core.events import Audience
from portal.directory.models import Person
from portal.issues.models import Issue, Post


class Bundle(Base):
    """Issues that ask the same, round a lead issue. Its row is what whoever changes or answers it locks first."""

    __tablename__ = "bundle"

    id: orm.Mapped[Key]
    lead_issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)
    created_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    created_at: orm.Mapped[datetime]
    dissolved_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    dissolved_at: orm.Mapped[datetime | None]


class BundleTie(Base):
    """One stretch of time during which an issue was in a bundle; never deleted. An issue is in one bundle at most."""

    __tablename__ = "bundle_tie"
    __table_args__ = (
        sa.Index("ix_bundle_tie_bundle", "bundle_id", "id"),
        sa.Index(
            "uq_bundle_tie_issue",
            "issue_id",
            unique=True,
            sqlite_where=sa.text("untied_at IS NULL"),
            postgresql_where=sa.text("untied_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    bundle_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("bundle.id"))
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)
    tied_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    tied_at: orm.Mapped[datetime]
    untied_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    untied_at: orm.Mapped[datetime | None]

    issue: orm.Mapped[Issue] = orm.relationship(lazy="raise_on_sql")
    tied_by: orm.Mapped[Person] = orm.relationship(foreign_keys=[tied_by_person_id], lazy="raise_on_sql")
    untied_by: orm.Mapped[Person | None] = orm.relationship(foreign_keys=[untied_by_person_id], lazy="raise_on_sql")


class BulkReply(Base):
    """One text to many issues, sent at ``sends_at`` unless it is recalled before; written by a membership."""

    __tablename__ = "bulk_reply"
    __table_args__ = (sa.Index("ix_bulk_reply_author", "author_person_id", "id"),)

    id: orm.Mapped[Key]
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    author_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"))
    audience: orm.Mapped[Audience] = orm.mapped_column(EnumColumn(Audience))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    is_my_number_confirmed: orm.Mapped[bool] = orm.mapped_column(default=False)
    created_at: orm.Mapped[datetime]
    sends_at: orm.Mapped[datetime]
    recalled_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    recalled_at: orm.Mapped[datetime | None]

    author: orm.Mapped[Person] = orm.relationship(foreign_keys=[author_person_id], lazy="raise_on_sql")


class BulkTarget(Base):
    """One issue that a reply to many goes to, once; ``fields`` are the per-body words as they were previewed."""

    __tablename__ = "bulk_target"
    __table_args__ = (
        sa.UniqueConstraint("bulk_reply_id", "issue_id"),
        sa.Index(
            "ix_bulk_target_waiting",
            "sends_at",
            "id",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: orm.Mapped[Key]
    bulk_reply_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("bulk_reply.id"))
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)
    fields: orm.Mapped[dict[str, Any]]
    state: orm.Mapped[TargetState] = orm.mapped_column(EnumColumn(TargetState), default=TargetState.WAITING)
    sends_at: orm.Mapped[datetime]
    attempts: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    settled_at: orm.Mapped[datetime | None]
    failure: orm.Mapped[Failure | None] = orm.mapped_column(EnumColumn(Failure))
    post_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("post.id"))

    bulk_reply: orm.Mapped[BulkReply] = orm.relationship(lazy="raise_on_sql")
    issue: orm.Mapped[Issue] = orm.relationship(lazy="raise_on_sql")
    post: orm.Mapped[Post | None] = orm.relationship(lazy="raise_on_sql")
