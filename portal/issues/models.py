"""Issues, their posts, the hops of the ball, consultations, followers and what each reader has seen."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key, Versioned
from portal.core.events import Audience
from portal.directory.models import Membership, Organisation, Person, Section
from portal.issues.states import BEFORE_ANSWER, Holder, IssueKind, IssueState, Leak, PauseKind, PostKind, Urgency
from portal.themes.models import SubTopic, Theme


class Issue(Versioned, Base):
    """A numbered thread that a body (or association) brings up.

    ``number`` is given on submission (R8-L-000123). ``post_id`` is the liaison post that owns it (None for an
    association's, which the secretariat owns). ``holder`` and ``holder_organisation_id`` say who has the ball
    since ``holder_since_at``. ``accepted_at`` is set once the division has accepted. A pending decline is a
    ``decline_desk`` on an issue that is not yet declined.

    ``last_activity_at`` moves with everything, ``last_public_activity_at`` only with what the body may see: lists
    and unread marks of people outside headquarters read nothing but the latter, so that a note leaves no trace.

    ``priority`` is the key of the queue's own order, kept in step by ``keep_priority``: what waits for an answer with
    a leak, then the urgent, then the rest, then what is answered or over; in each the earliest due first.
    """

    __tablename__ = "issue"
    __table_args__ = (
        sa.Index("ix_issue_body", "organisation_id", "state", "last_public_activity_at", "id"),
        sa.Index("ix_issue_post", "post_id", "state", "last_activity_at", "id"),
        sa.Index("ix_issue_division", "division_id", "state", "last_activity_at", "id"),
        sa.Index("ix_issue_state", "state", "last_activity_at", "id"),
        sa.Index("ix_issue_activity", "last_activity_at", "id"),
        sa.Index("ix_issue_public_activity", "last_public_activity_at", "id"),
        sa.Index("ix_issue_due", "due_on", "id"),
        sa.Index("ix_issue_priority", "priority", "id"),
        sa.Index("ix_issue_holder", "holder", "holder_organisation_id", "due_on", "id"),
        sa.Index("ix_issue_theme", "theme_id", "last_activity_at", "id"),
        sa.Index("ix_issue_submitter", "submitter_person_id", "last_activity_at", "id"),
    )

    id: orm.Mapped[Key]
    number: orm.Mapped[str | None] = orm.mapped_column(sa.String(16), unique=True)
    kind: orm.Mapped[IssueKind] = orm.mapped_column(EnumColumn(IssueKind))
    state: orm.Mapped[IssueState] = orm.mapped_column(EnumColumn(IssueState), default=IssueState.DRAFT)
    organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    section_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("section.id"))
    submitter_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    submitter_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"), index=True)
    post_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    division_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    theme_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("theme.id"))
    sub_topic_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("sub_topic.id"))
    title: orm.Mapped[str] = orm.mapped_column(sa.String(120), default="")
    body: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    tried: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    impact_count: orm.Mapped[int | None]
    urgency: orm.Mapped[Urgency] = orm.mapped_column(EnumColumn(Urgency), default=Urgency.NORMAL)
    needed_by_on: orm.Mapped[date | None]
    leak: orm.Mapped[Leak | None] = orm.mapped_column(EnumColumn(Leak))
    is_shared_with_prefecture: orm.Mapped[bool] = orm.mapped_column(default=True)
    holder: orm.Mapped[Holder] = orm.mapped_column(EnumColumn(Holder), default=Holder.SUBMITTER)
    holder_organisation_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    holder_since_at: orm.Mapped[datetime]
    due_on: orm.Mapped[date | None]
    priority: orm.Mapped[int] = orm.mapped_column(default=299991231, server_default="299991231")
    decline_desk: orm.Mapped[str | None] = orm.mapped_column(sa.String(100))
    promised_on: orm.Mapped[date | None]
    created_at: orm.Mapped[datetime]
    submitted_at: orm.Mapped[datetime | None]
    accepted_at: orm.Mapped[datetime | None]
    answered_at: orm.Mapped[datetime | None]
    closed_at: orm.Mapped[datetime | None]
    last_activity_at: orm.Mapped[datetime]
    last_public_activity_at: orm.Mapped[datetime]

    organisation: orm.Mapped[Organisation] = orm.relationship(foreign_keys=[organisation_id], lazy="raise_on_sql")
    section: orm.Mapped[Section | None] = orm.relationship(lazy="raise_on_sql")
    submitter: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")
    submitter_membership: orm.Mapped[Membership] = orm.relationship(lazy="raise_on_sql")
    post: orm.Mapped[Organisation | None] = orm.relationship(foreign_keys=[post_id], lazy="raise_on_sql")
    division: orm.Mapped[Organisation | None] = orm.relationship(foreign_keys=[division_id], lazy="raise_on_sql")
    holder_organisation: orm.Mapped[Organisation | None] = orm.relationship(
        foreign_keys=[holder_organisation_id], lazy="raise_on_sql"
    )
    theme: orm.Mapped[Theme | None] = orm.relationship(lazy="raise_on_sql")
    sub_topic: orm.Mapped[SubTopic | None] = orm.relationship(lazy="raise_on_sql")
    clock: orm.Mapped["IssueClock | None"] = orm.relationship(lazy="raise_on_sql", uselist=False, viewonly=True)


_RUNS = "stopped_at IS NULL"


def _running(name: str, column: str, condition: str) -> sa.Index:
    """An index of what still runs, so that watching the targets costs nothing for what has ended."""
    where = sa.text(f"{condition} AND {_RUNS}")
    return sa.Index(name, column, "issue_id", sqlite_where=where, postgresql_where=where)


class IssueClock(Base):
    """The targets of a submitted issue, each with its due and when it was met.

    The days are those that held on submission. ``answer_from_at`` is the submission or the last reopening, which
    begins a new ``round``. ``assigned_at`` is since when a division has had it; ``follow_up_on`` when it is asked.
    ``stopped_at`` is set while the issue is answered or ended, ``pause_id`` while the clock stands still.
    """

    __tablename__ = "issue_clock"
    __table_args__ = (
        _running("ix_issue_clock_first_reply", "first_reply_due_on", "first_reply_at IS NULL"),
        _running("ix_issue_clock_routed", "routed_due_on", "routed_at IS NULL"),
        _running("ix_issue_clock_answered", "answered_due_on", "answered_at IS NULL"),
        _running("ix_issue_clock_follow_up", "follow_up_on", "follow_up_on IS NOT NULL"),
        sa.Index("ix_issue_clock_answered_at", "answered_at"),
    )

    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    round: orm.Mapped[int] = orm.mapped_column(default=1)
    first_reply_days: orm.Mapped[int]
    routed_days: orm.Mapped[int]
    answered_days: orm.Mapped[int]
    urgent_days: orm.Mapped[int]
    follow_up_days: orm.Mapped[int]
    started_at: orm.Mapped[datetime]
    answer_from_at: orm.Mapped[datetime]
    first_reply_due_on: orm.Mapped[date]
    first_reply_at: orm.Mapped[datetime | None]
    routed_due_on: orm.Mapped[date]
    routed_at: orm.Mapped[datetime | None]
    assigned_at: orm.Mapped[datetime | None]
    follow_up_on: orm.Mapped[date | None]
    answered_due_on: orm.Mapped[date]
    answered_at: orm.Mapped[datetime | None]
    is_answered_late: orm.Mapped[bool | None]
    stopped_at: orm.Mapped[datetime | None]
    pause_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("issue_pause.id"), index=True)

    pause: orm.Mapped["Pause | None"] = orm.relationship(lazy="raise_on_sql", foreign_keys=[pause_id])


class Pause(Base):
    """A stretch of time during which an issue's clock stood, for the reason that the post gives."""

    __tablename__ = "issue_pause"
    __table_args__ = (
        sa.Index("ix_issue_pause_issue", "issue_id", "id"),
        sa.Index(
            "ix_issue_pause_open",
            "expected_on",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    kind: orm.Mapped[PauseKind] = orm.mapped_column(EnumColumn(PauseKind))
    post_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("post.id"), index=True)
    started_at: orm.Mapped[datetime]
    expected_on: orm.Mapped[date | None]
    ended_at: orm.Mapped[datetime | None]

    post: orm.Mapped["Post"] = orm.relationship(lazy="raise_on_sql")


@sa.event.listens_for(Issue, "before_insert")
@sa.event.listens_for(Issue, "before_update")
def keep_priority(_mapper: Any, _connection: Any, issue: Issue) -> None:
    """Set the key of the queue's own order from what it depends on, whoever changed that."""
    if issue.state not in BEFORE_ANSWER:
        rank = 3
    elif issue.leak in {Leak.YES, Leak.SUSPECTED}:
        rank = 0
    else:
        rank = 1 if issue.urgency is Urgency.URGENT else 2
    due = issue.due_on or date.max
    issue.priority = rank * 100_000_000 + due.year * 10_000 + due.month * 100 + due.day


class IssueRevision(Base):
    """What the reported text was before an edit after submission."""

    __tablename__ = "issue_revision"
    __table_args__ = (sa.UniqueConstraint("issue_id", "version"),)

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    version: orm.Mapped[int]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    body: orm.Mapped[str] = orm.mapped_column(sa.Text)
    edited_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    edited_at: orm.Mapped[datetime]


class Hop(Base):
    """One stretch of time during which one party held the ball."""

    __tablename__ = "issue_hop"
    __table_args__ = (sa.Index("ix_issue_hop_issue", "issue_id", "id"),)

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    holder: orm.Mapped[Holder] = orm.mapped_column(EnumColumn(Holder))
    organisation_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    started_at: orm.Mapped[datetime]
    ended_at: orm.Mapped[datetime | None]

    organisation: orm.Mapped[Organisation | None] = orm.relationship(lazy="raise_on_sql")


class Post(Base):
    """A text in the thread; its audience is set when it is written and never widens."""

    __tablename__ = "post"
    __table_args__ = (
        sa.Index("ix_post_issue", "issue_id", "audience", "id"),
        sa.Index("ix_post_author", "author_person_id", "issue_id"),
    )

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"))
    kind: orm.Mapped[PostKind] = orm.mapped_column(EnumColumn(PostKind))
    audience: orm.Mapped[Audience] = orm.mapped_column(EnumColumn(Audience))
    consultation_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("consultation.id"), index=True)
    body: orm.Mapped[str] = orm.mapped_column(sa.Text)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    author_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    author_membership_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("membership.id"))
    author_organisation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    promised_on: orm.Mapped[date | None]
    created_at: orm.Mapped[datetime]


class Consultation(Versioned, Base):
    """A question that the division puts to one ministry; the reply is material, the division signs."""

    __tablename__ = "consultation"
    __table_args__ = (sa.Index("ix_consultation_ministry", "ministry_id", "replied_at", "id"),)

    id: orm.Mapped[Key]
    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), index=True)
    ministry_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("organisation.id"))
    asked_by_person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"))
    asked_at: orm.Mapped[datetime]
    due_on: orm.Mapped[date | None]
    replied_at: orm.Mapped[datetime | None]
    withdrawn_at: orm.Mapped[datetime | None]

    ministry: orm.Mapped[Organisation] = orm.relationship(lazy="raise_on_sql")
    questions: orm.Mapped[list["SubQuestion"]] = orm.relationship(
        lazy="raise_on_sql", order_by="SubQuestion.position", viewonly=True
    )

    @property
    def is_open(self) -> bool:
        """Whether the ministry still owes a reply."""
        return self.replied_at is None and self.withdrawn_at is None


class SubQuestion(Base):
    """One numbered question of a consultation, which the ministry may answer by itself; ``post_id`` is the reply."""

    __tablename__ = "sub_question"
    __table_args__ = (sa.UniqueConstraint("consultation_id", "position"),)

    id: orm.Mapped[Key]
    consultation_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("consultation.id"))
    position: orm.Mapped[int]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    answer: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    post_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("post.id"), index=True)
    replied_at: orm.Mapped[datetime | None]


class Follower(Base):
    """A person who wants to hear of an issue that they may see."""

    __tablename__ = "issue_follower"

    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    followed_at: orm.Mapped[datetime]


class Reading(Base):
    """Up to when a person has read an issue; later activity shows it as unread again."""

    __tablename__ = "issue_reading"

    issue_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    read_at: orm.Mapped[datetime]
