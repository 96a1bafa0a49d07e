"""People and memberships; a factory flushes and never commits."""

from datetime import timedelta
from itertools import count

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.directory.actor import Actor, find_actor
from portal.directory.models import LiaisonAssignment, Membership, Organisation, Person, Section
from portal.directory.roles import AssignmentRank, Role

_serial = count(1)


def organisation(code: str) -> Organisation:
    """The organisation of the master data with this code."""
    return db.session.scalars(sa.select(Organisation).where(Organisation.code == code)).one()


def make_person(name: str | None = None, email: str | None = None) -> Person:
    """A person with a unique address."""
    number = next(_serial)
    person = Person(
        name=name or f"試験担当{number:05}", email=email or f"person{number}@test.example", created_at=clock.now()
    )
    db.session.add(person)
    db.session.flush()
    return person


def make_section(code: str, name: str) -> Section:
    """A section of the body, made when it is not there."""
    body = organisation(code)
    found = db.session.scalar(sa.select(Section).where(Section.organisation_id == body.id, Section.name == name))
    section = found or Section(organisation_id=body.id, name=name)
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
        "organisation_id": organisation(code).id,
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


def make_liaison(*post_codes: str, rank: AssignmentRank = AssignmentRank.PRIMARY, **fields) -> Membership:
    """A liaison who looks after these posts."""
    membership = make_member("hq", Role.LIAISON, **fields)
    for code in post_codes:
        db.session.add(
            LiaisonAssignment(
                membership_id=membership.id,
                post_id=organisation(code).id,
                rank=rank,
                starts_at=clock.now() - timedelta(days=365),
            )
        )
    db.session.flush()
    return membership


def actor_of(membership: Membership) -> Actor:
    """The actor of a membership."""
    actor = find_actor(membership.id)
    assert actor is not None
    return actor
