"""The day sheet 今日の連絡表: whom of one's bodies to call today, why, and what lies behind. Seven statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import business_days_between, japan_date
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page, paginate
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation, Person, Section
from portal.directory.roles import LOCAL_ROLES, Role
from portal.issues.models import Issue
from portal.issues.states import Holder, IssueState
from portal.liaison import policy
from portal.liaison.models import Contact
from portal.liaison.reasons import reasons, settled
from portal.liaison.states import ContactKind, ReasonKind

BODIES, REASONS, CONTACTS, ISSUES, PHONES = 10, 4, 3, 2, 2
_FAR = date(9999, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason to call: what, since when or until when, and of an issue who holds it."""

    kind: ReasonKind
    subject_id: int
    number: str | None
    title: str | None
    due_on: date | None
    since_at: datetime | None
    holder: Holder | None = None
    holder_name: str | None = None

    @property
    def days_over(self) -> int:
        """Business days since the due date, 0 while it has not passed."""
        today = japan_date(clock.now())
        return max(1, business_days_between(self.due_on, today)) if self.due_on and self.due_on < today else 0

    @property
    def days_held(self) -> int:
        """Business days since the holder has it."""
        return business_days_between(japan_date(self.since_at), japan_date(clock.now())) if self.since_at else 0


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Somebody of the body who can be rung."""

    name: str
    section: str
    phone: str


@dataclass(kw_only=True)
class Line:
    """One body of the sheet."""

    body: Organisation
    is_settled: bool
    count: int
    reasons: list[Reason] = field(default_factory=list)
    phones: list[Desk] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many reasons stand nowhere on the line."""
        return self.count - len(self.reasons)

    @property
    def call(self) -> Contact | None:
        """The last call, where it settles the body for today."""
        if not self.is_settled:
            return None
        return next((each for each in self.contacts if each.kind is ContactKind.CALL), None)


def list_posts(actor: Actor) -> Sequence[Organisation]:
    """The posts whose sheet the actor may open: the liaison's own, all for those who run the portal."""
    query = sa.select(Organisation).where(Organisation.post_id == Organisation.id).order_by(Organisation.position)
    if actor.role is Role.LIAISON:
        query = query.where(Organisation.id.in_(actor.post_ids))
    return db.session.scalars(query).all()


def choose_posts(actor: Actor, posts: Sequence[Organisation], code: str | None) -> list[Organisation]:
    """The posts of the sheet: the one of the code, else all of the liaison's. Raises NotFound for another's."""
    if not code:
        return list(posts) if actor.role is Role.LIAISON else []
    chosen = [post for post in posts if post.code == code]
    if not chosen:
        raise NotFound
    return chosen


def get_day_sheet(posts: Iterable[Organisation], *, cursor: str | None = None) -> Page[Line]:
    """A page of the bodies of the posts that are to be called today: the most pressing first, those done last."""
    today = japan_date(clock.now())
    page = _page(frozenset(post.id for post in posts), today, cursor)
    lines = {body.id: Line(body=body, is_settled=bool(done), count=count) for body, done, count in page.items}
    if lines:
        ids = list(lines)
        for key, reason in _reasons(ids, today):
            lines[key].reasons.append(reason)
        _add_history(lines, ids)
        for key, desk in _phones(ids):
            lines[key].phones.append(desk)
    return page.with_items(list(lines.values()))


def _page(post_ids: frozenset[int], today: date, cursor: str | None) -> Page[Any]:
    reason = reasons(policy.bodies_of(post_ids), today)
    done = settled(today).where(Contact.organisation_id.in_(policy.bodies_of(post_ids))).subquery("settled")
    ranked = (
        sa.select(
            reason.c.organisation_id,
            sa.func.min(reason.c.rank).label("rank"),
            sa.func.min(sa.func.coalesce(reason.c.due_on, _FAR, type_=sa.Date)).label("due_on"),
            sa.func.count().label("reasons"),
            sa.func.count(sa.distinct(done.c.call_id)).label("done"),
        )
        .join(done, done.c.organisation_id == reason.c.organisation_id, isouter=True)
        .group_by(reason.c.organisation_id)
        .subquery("ranked")
    )
    return paginate(
        db.session,
        sa.select(Organisation, ranked.c.done, ranked.c.reasons).join(
            ranked, ranked.c.organisation_id == Organisation.id
        ),
        order=(ranked.c.done, ranked.c.rank, ranked.c.due_on, Organisation.position, Organisation.id),
        cursor=cursor,
        size=BODIES,
    )


def _reasons(ids: list[int], today: date) -> list[tuple[int, Reason]]:
    """The first reasons of each body, the most pressing first."""
    reason = reasons(ids, today)
    place = sa.func.row_number().over(
        partition_by=reason.c.organisation_id,
        order_by=(reason.c.rank, sa.func.coalesce(reason.c.due_on, _FAR, type_=sa.Date), reason.c.subject_id),
    )
    placed = sa.select(reason, place.label("place")).subquery("placed")
    rows = db.session.execute(
        sa.select(placed, Organisation.name.label("holder_name"))
        .outerjoin(Organisation, Organisation.id == placed.c.holder_id)
        .where(placed.c.place <= REASONS)
        .order_by(placed.c.organisation_id, placed.c.place)
    )
    return [
        (
            row.organisation_id,
            Reason(
                kind=ReasonKind(row.kind),
                subject_id=row.subject_id,
                number=row.number,
                title=row.title,
                due_on=row.due_on,
                since_at=row.since_at,
                holder=Holder(row.holder) if row.holder else None,
                holder_name=row.holder_name,
            ),
        )
        for row in rows
    ]


def _add_history(lines: dict[int, Line], ids: list[int]) -> None:
    """The last calls, notes and hearings of each body, and its issues that moved last."""
    contact = _newest(Contact.id, Contact.organisation_id, (Contact.contacted_at.desc(), Contact.id.desc())).where(
        Contact.organisation_id.in_(ids)
    )
    for each in db.session.scalars(_first(Contact, contact, CONTACTS).order_by(Contact.contacted_at.desc())):
        lines[each.organisation_id].contacts.append(each)
    issue = _newest(Issue.id, Issue.organisation_id, (Issue.last_activity_at.desc(), Issue.id.desc())).where(
        Issue.organisation_id.in_(ids), Issue.state != IssueState.DRAFT
    )
    for item in db.session.scalars(_first(Issue, issue, ISSUES).order_by(Issue.last_activity_at.desc())):
        lines[item.organisation_id].issues.append(item)


def _newest(key: Any, body: Any, order: tuple[Any, ...]) -> sa.Select[Any]:
    return sa.select(key.label("id"), sa.func.row_number().over(partition_by=body, order_by=order).label("place"))


def _first(model: Any, ranked: sa.Select[Any], count: int) -> sa.Select[Any]:
    rows = ranked.subquery()
    return sa.select(model).join(rows, rows.c.id == model.id).where(rows.c.place <= count)


def _phones(ids: list[int]) -> list[tuple[int, Desk]]:
    """The people of each body with a telephone number: heads and managers before staff."""
    place = sa.func.row_number().over(
        partition_by=Membership.organisation_id, order_by=(Membership.is_head.desc(), Membership.role, Membership.id)
    )
    rows = (
        sa.select(
            Membership.organisation_id, Person.name, Section.name.label("section"), Person.phone, place.label("place")
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Section, Section.id == Membership.section_id)
        .where(
            Membership.organisation_id.in_(ids),
            Membership.role.in_(LOCAL_ROLES),
            Membership.current_at(clock.now()),
            Person.phone.is_not(None),
            Person.phone != "",
        )
        .subquery()
    )
    found = db.session.execute(
        sa.select(rows).where(rows.c.place <= PHONES).order_by(rows.c.organisation_id, rows.c.place)
    )
    return [(row.organisation_id, Desk(name=row.name, section=row.section or "", phone=row.phone)) for row in found]
