"""Drafts of answers with versions, comments and who is writing; checklists; reply templates; notices of promises."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.directory.models import Organisation
from portal.drafts.states import NoticeStep, Side, SourceKind, VersionKind


class AnswerDraft(Versioned, Base):
    """What an answer is prepared in, for headquarters alone; an issue has one that is open at most.

    ``latest`` is the number of the newest version. It is closed once the answer was given from it.
    """

    __tablename__ = "answer_draft"
    __table_args__ = (
        sa.Index("ix_answer_draft_issue", "issue_id", "id"),
        sa.Index(
            "uq_answer_draft_open",
            "issue_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    latest: orm.Mapped[int] = orm.mapped_column(default=0, server_default="0")
    created_at: orm.Mapped[datetime]
    closed_at: orm.Mapped[datetime | None]
    post_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("post.id"), index=True)


class DraftVersion(Base):
    """One text of a draft, as somebody saved it; never changed. ``restored_from`` names an earlier version."""

    __tablename__ = "draft_version"
    __table_args__ = (sa.UniqueConstraint("draft_id", "number"),)

    id: orm.Mapped[Key]
    draft_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("answer_draft.id"))
    number: orm.Mapped[int]
    kind: orm.Mapped[VersionKind] = orm.mapped_column(EnumColumn(VersionKind))
    restored_from: orm.Mapped[int | None]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    author_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"))
    created_at: orm.Mapped[datetime]


class DraftComment(Base):
    """A remark on a draft, made while ``version_number`` was the newest."""

    __tablename__ = "draft_comment"
    __table_args__ = (sa.Index("ix_draft_comment_draft", "draft_id", "id"),)

    id: orm.Mapped[Key]
    draft_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("answer_draft.id"))
    version_number: orm.Mapped[int]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    author_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"))
    created_at: orm.Mapped[datetime]


class DraftPresence(Base):
    """When somebody last had the page open on which the answer to an issue is written."""

    __tablename__ = "draft_presence"

    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    seen_at: orm.Mapped[datetime]


class ChecklistStep(Versioned, Base):
    """One step towards settling an issue, which both sides see; ``party`` names a ministry in words."""

    __tablename__ = "checklist_step"
    __table_args__ = (sa.Index("ix_checklist_step_issue", "issue_id", "id"),)

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    side: orm.Mapped[Side] = orm.mapped_column(EnumColumn(Side))
    party: orm.Mapped[str] = orm.mapped_column(sa.String(100), default="")
    text: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    due_on: orm.Mapped[date | None]
    added_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    added_at: orm.Mapped[datetime]
    done_at: orm.Mapped[datetime | None]
    done_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"))
    done_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    removed_at: orm.Mapped[datetime | None]


class ReplyTemplate(Versioned, Base):
    """A text for answers, of one organisation or shared with all of headquarters, bound to what it draws on.

    ``source_mark`` is how the source stood when somebody last found the text to agree with it: when the source stands
    otherwise, the template is flagged until it is reviewed again.
    """

    __tablename__ = "reply_template"
    __table_args__ = (sa.Index("ix_reply_template_listing", "organisation_id", "is_shared", "id"),)

    id: orm.Mapped[Key]
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    is_shared: orm.Mapped[bool] = orm.mapped_column(default=False)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    body: orm.Mapped[str] = orm.mapped_column(sa.Text)
    source_kind: orm.Mapped[SourceKind | None] = orm.mapped_column(EnumColumn(SourceKind))
    source_id: orm.Mapped[int | None]
    source_mark: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    updated_at: orm.Mapped[datetime]
    updated_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    reviewed_at: orm.Mapped[datetime | None]
    reviewed_signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    retired_at: orm.Mapped[datetime | None]

    organisation: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")


class PromiseNotice(Base):
    """The division was reminded of a promised date, once for each step."""

    __tablename__ = "promise_notice"

    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    promised_on: orm.Mapped[date] = orm.mapped_column(primary_key=True)
    step: orm.Mapped[NoticeStep] = orm.mapped_column(EnumColumn(NoticeStep), primary_key=True)
    noticed_at: orm.Mapped[datetime]
