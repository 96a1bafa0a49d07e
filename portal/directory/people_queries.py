"""Reading of people and memberships, scoped by what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.core.pagination import Page
from portal.directory import policy
from portal.directory.actor import Actor
from portal.directory.kana import fold_code, fold_kana, fold_width
from portal.directory.models import Membership, Organisation, Person
from portal.directory.queries import counted_page
from portal.directory.roles import Role


@dataclass
class PersonRow:
    """A person in a list, with the memberships that hold and that the actor may see."""

    person: Person
    memberships: list[Membership] = field(default_factory=list)


def list_people(
    actor: Actor, *, text: str = "", role: Role | None = None, cursor: str | None = None
) -> Page[PersonRow]:
    """People by name, reading, address or body, in the order of their readings. Two statements and the count."""
    held = sa.exists().where(Membership.person_id == Person.id, _seen_by(actor))
    if role is not None:
        held = held.where(Membership.role == role)
    statement = sa.select(Person).where(held if role or actor.role is not Role.ADMIN else sa.true())
    if text.strip():
        statement = statement.where(_matches(actor, text))
    page = counted_page(statement, order=[Person.kana, Person.id], cursor=cursor)
    rows = {person.id: PersonRow(person) for person in page.items}
    memberships = db.session.scalars(
        sa.select(Membership)
        .where(Membership.person_id.in_(rows), _seen_by(actor))
        .options(orm.joinedload(Membership.organisation), orm.joinedload(Membership.section))
        .order_by(Membership.id)
    )
    for membership in memberships:
        rows[membership.person_id].memberships.append(membership)
    return page.with_items(list(rows.values()))


def get_person(actor: Actor, person_id: int) -> Person:
    """A person of whom the actor may see a membership that is not over (administrators: anybody). Raises NotFound."""
    statement = sa.select(Person).where(Person.id == person_id)
    if actor.role is not Role.ADMIN:
        statement = statement.where(sa.exists().where(Membership.person_id == Person.id, _seen_by(actor)))
    person = db.session.scalar(statement)
    if person is None:
        raise NotFound
    return person


def list_memberships(actor: Actor, person_id: int) -> Sequence[Membership]:
    """The person's memberships that the actor may see, those that are over last, with everything loaded."""
    return db.session.scalars(
        sa.select(Membership)
        .where(Membership.person_id == person_id, policy.members_viewable_by(actor))
        .options(*_whole())
        .order_by(Membership.ends_at.is_not(None), Membership.starts_at.desc(), Membership.id)
    ).all()


def list_current_memberships(person_id: int) -> Sequence[Membership]:
    """Every membership of the person that is not over, whoever asks, with its organisation: for deciding on rights."""
    return db.session.scalars(
        sa.select(Membership)
        .where(Membership.person_id == person_id, _not_over())
        .options(orm.joinedload(Membership.organisation))
        .order_by(Membership.id)
    ).all()


def get_membership(actor: Actor, membership_id: int) -> Membership:
    """A membership that the actor may see, with everything loaded. Raises NotFound."""
    membership = db.session.scalar(
        sa.select(Membership)
        .where(Membership.id == membership_id, policy.members_viewable_by(actor))
        .options(*_whole())
    )
    if membership is None:
        raise NotFound
    return membership


def page_members(organisation_id: int, *, cursor: str | None = None) -> Page[Membership]:
    """The same as a page of a list."""
    return counted_page(_members(organisation_id), order=[Membership.id], cursor=cursor)


def list_liaisons() -> Sequence[Membership]:
    """The liaisons who may be put in charge of posts, now or from a day to come, with the person loaded."""
    return db.session.scalars(
        sa.select(Membership)
        .join(Membership.person)
        .where(Membership.role == Role.LIAISON, _not_over())
        .options(orm.contains_eager(Membership.person))
        .order_by(Person.kana, Person.id)
    ).all()


def _members(organisation_id: int) -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.current_at(clock.now()))
        .options(*_whole())
    )


def _whole() -> tuple[orm.interfaces.ORMOption, ...]:
    return (
        orm.joinedload(Membership.person),
        orm.joinedload(Membership.organisation),
        orm.joinedload(Membership.section),
        orm.selectinload(Membership.duties),
    )


def _not_over() -> sa.ColumnElement[bool]:
    return sa.or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now())


def _seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(policy.members_viewable_by(actor), _not_over())


def _matches(actor: Actor, text: str) -> sa.ColumnElement[bool]:
    wanted = fold_width(text)
    body = sa.exists().where(
        Membership.person_id == Person.id,
        _seen_by(actor),
        Organisation.id == Membership.organisation_id,
        sa.or_(Organisation.code == fold_code(text), Organisation.name.contains(wanted, autoescape=True)),
    )
    return sa.or_(
        Person.name.contains(wanted, autoescape=True),
        sa.func.replace(Person.name, " ", "").contains(wanted.replace(" ", ""), autoescape=True),
        Person.kana.contains(fold_kana(text), autoescape=True),
        Person.email.contains(wanted.lower(), autoescape=True),
        body,
    )
