"""People and memberships; a factory flushes and never commits."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.directory.actor import Actor, find_actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation, Person, Section
from portal.directory.roles import AssignmentRank, Role

_serial = count(1)

# Sent thousands of times in a run of the tests, so made once.
_ORGANISATION_ID = sa.select(Organisation.id).where(Organisation.code == sa.bindparam("code"))
_ORGANISATION = sa.select(Organisation).where(Organisation.code == sa.bindparam("code"))
_SEAT = (
    sa.select(Membership)
    .where(Membership.id == sa.bindparam("id"))
    .options(*(orm.joinedload(part) for part in (Membership.person, Membership.organisation, Membership.section)))
)


def organisation(code: str) -> Organisation:
    """The organisation of the master data with this code."""
    return db.session.scalars(_ORGANISATION, {"code": code}).one()


def organisation_id(code: str) -> int:
    """The id of the organisation of the master data with this code."""
    return db.session.scalars(_ORGANISATION_ID, {"code": code}).one()


def new_person(name: str | None = None, email: str | None = None) -> Person:
    """A person with a unique address, not yet in the session."""
    number = next(_serial)
    return Person(
        name=name or f"試験担当{number:05}", email=email or f"person{number}@test.example", created_at=clock.now()
    )


def make_person(name: str | None = None, email: str | None = None) -> Person:
    """A person with a unique address."""
    person = new_person(name, email)
    db.session.add(person)
    db.session.flush()
    return person


def make_section(code: str, name: str) -> Section:
    """A section of the body, made when it is not there."""
    body = organisation_id(code)
    found = db.session.scalar(sa.select(Section).where(Section.organisation_id == body, Section.name == name))
    section = found or Section(organisation_id=body, name=name)
    db.session.add(section)
    db.session.flush()
    return section


def make_member(
    code: str, role: Role, *, section: str | None = None, person: Person | None = None, **fields
) -> Membership:
    """A membership that began a year ago: ``make_member("152226", Role.LOCAL_STAFF, section="市民課")``."""
    person = person or make_person()
    values = {
        "person_id": person.id,
        "organisation_id": organisation_id(code),
        "role": role,
        "title": "係長",
        "section_id": make_section(code, section).id if section else None,
        "starts_at": clock.now() - timedelta(days=365),
        **fields,
    }
    membership = Membership(**values)
    db.session.add(membership)
    db.session.flush()
    return membership


@dataclass(frozen=True)
class Seat:
    """A membership to be made: where, as what, in which section, and the posts that a liaison looks after."""

    code: str
    role: Role
    section: str | None = None
    posts: tuple[str, ...] = ()
    is_head: bool = False
    is_approver: bool = False


def make_members(seats: list[Seat]) -> list[Membership]:
    """A membership of a new person for each seat: as ``make_member`` one by one, with a few statements for all."""
    since = clock.now() - timedelta(days=365)
    codes = {code for seat in seats for code in (seat.code, *seat.posts)}
    found = db.session.execute(sa.select(Organisation.code, Organisation.id).where(Organisation.code.in_(codes)))
    ids = dict(found.all())
    people = [new_person() for _ in seats]
    places = {(seat.code, seat.section): make_section(seat.code, seat.section) for seat in seats if seat.section}
    db.session.add_all(people)
    db.session.flush()
    members = [
        Membership(
            person_id=person.id,
            organisation_id=ids[seat.code],
            role=seat.role,
            title="係長",
            section_id=places[seat.code, seat.section].id if seat.section else None,
            is_head=seat.is_head,
            is_approver=seat.is_approver,
            starts_at=since,
        )
        for seat, person in zip(seats, people, strict=True)
    ]
    db.session.add_all(members)
    db.session.flush()
    assignments = [
        LiaisonAssignment(membership_id=member.id, post_id=ids[post], rank=AssignmentRank.PRIMARY, starts_at=since)
        for seat, member in zip(seats, members, strict=True)
        for post in seat.posts
    ]
    db.session.add_all(assignments)
    db.session.flush()
    return members


def make_liaison(*post_codes: str, rank: AssignmentRank = AssignmentRank.PRIMARY, **fields) -> Membership:
    """A liaison who looks after these posts."""
    membership = make_member("hq", Role.LIAISON, **fields)
    for code in post_codes:
        db.session.add(
            LiaisonAssignment(
                membership_id=membership.id,
                post_id=organisation_id(code),
                rank=rank,
                starts_at=clock.now() - timedelta(days=365),
            )
        )
    db.session.flush()
    return membership


def actor_of(membership: Membership) -> Actor:
    """The actor of a membership, whose person, organisation and section are loaded on the way."""
    actor = find_actor(membership.id)
    assert actor is not None
    db.session.scalars(_SEAT, {"id": membership.id}).one()
    return actor
