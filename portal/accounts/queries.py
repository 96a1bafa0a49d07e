"""Reading of credentials, sign-in sessions and single-use links."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.accounts.models import Credential, SignInSession, SingleUseLink
from portal.accounts.throttle import fold_email
from portal.core import clock
from portal.core.db import UtcDateTime, db
from portal.core.errors import NotFound
from portal.directory.models import Membership, Organisation, Person, Section
from portal.directory.roles import Role
from portal.directory.substitutes import acts_for

ABSOLUTE_LIFE = timedelta(hours=12)  # security.md, sign-in
IDLE_LIFE = timedelta(minutes=60)


def digest_of(secret: str) -> str:
    """The SHA-256 under which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_live_session(secret: str) -> SignInSession | None:
    """The session of the secret, unless it was ended or is older than twelve hours."""
    return db.session.scalar(_SESSION, {"secret_hash": digest_of(secret)})


def list_live_sessions(person_id: int) -> Sequence[SignInSession]:
    """The person's sessions that have not ended, newest first; at most 50 are worth showing."""
    return db.session.scalars(
        sa.select(SignInSession)
        .where(SignInSession.person_id == person_id, *_live())
        .order_by(SignInSession.id.desc())
        .limit(50)
    ).all()


def get_live_session(person_id: int, session_id: int) -> SignInSession:
    """One of the person's own sessions. Raises NotFound."""
    row = db.session.scalar(
        sa.select(SignInSession).where(SignInSession.id == session_id, SignInSession.person_id == person_id, *_live())
    )
    if row is None:
        raise NotFound
    return row


def find_person(email: str) -> Person | None:
    """The person of a mail address, however it is typed."""
    return db.session.scalar(sa.select(Person).where(Person.email == fold_email(email)))


def get_person(person_id: int) -> Person:
    """The person whose account it is. Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def find_credential(person_id: int) -> Credential | None:
    """The person's password hash, or None before they have set a password."""
    return db.session.get(Credential, person_id)


def find_usable_link(secret: str) -> SingleUseLink | None:
    """The link of the secret with its person, unless it was used, replaced or has expired."""
    return db.session.scalar(
        sa.select(SingleUseLink)
        .where(
            SingleUseLink.secret_hash == digest_of(secret),
            SingleUseLink.used_at.is_(None),
            SingleUseLink.expires_at > clock.now(),
        )
        .options(orm.joinedload(SingleUseLink.person))
    )


@dataclass(frozen=True)
class Place:
    """A membership to choose from: where, and as what; ``absent_name`` is the person for whom one would stand in."""

    membership_id: int
    organisation_name: str
    section_name: str
    title: str
    role: Role
    absent_name: str = ""


def list_places(person_id: int) -> list[Place]:
    """The memberships under which the person may act now: their own, then those of absent people. One statement."""
    is_own = Membership.person_id == person_id
    rows = db.session.execute(
        sa.select(
            Membership.id,
            Organisation.name,
            sa.func.coalesce(Section.name, ""),
            Membership.title,
            Membership.role,
            sa.case((is_own, ""), else_=Person.name),
        )
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Section, Section.id == Membership.section_id)
        .where(acts_for(person_id), Membership.current_at(clock.now()))
        .order_by(sa.case((is_own, 0), else_=1), Membership.id)
    )
    return [Place(*row) for row in rows]


def _live() -> tuple[sa.ColumnElement[bool], ...]:
    return SignInSession.ended_at.is_(None), SignInSession.created_at > _OLDEST


def _oldest() -> datetime:
    return clock.now() - ABSOLUTE_LIFE


_OLDEST = sa.bindparam("oldest_session", callable_=_oldest, type_=UtcDateTime())
# Every request asks this, so the statement is made once.
_SESSION = sa.select(SignInSession).where(SignInSession.secret_hash == sa.bindparam("secret_hash"), *_live())
