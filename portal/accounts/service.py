"""Signing in and out: passwords, sessions and single-use links."""

import secrets

import sqlalchemy as sa

from portal.accounts.models import SignInSession
from portal.accounts.queries import digest_of
from portal.core import clock
from portal.core.db import db
from portal.directory.actor import list_actors


def start_session(person_id: int, *, address: str = "", user_agent: str = "") -> tuple[str, SignInSession]:
    """Begin a session for a person who has proved who they are; return its secret and its row.

    It acts under the person's first current membership until they choose another.
    """
    secret = secrets.token_urlsafe(32)
    actors = list_actors(person_id)
    row = SignInSession(
        person_id=person_id, membership_id=actors[0].membership_id if actors else None, secret_hash=digest_of(secret),
        address=address[:64], user_agent=user_agent[:200], created_at=clock.now(), seen_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return secret, row


def end_sessions(person_id: int, *, except_id: int | None = None) -> int:
    """End every live session of the person but one; return how many ended."""
    statement = sa.update(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
    if except_id is not None:
        statement = statement.where(SignInSession.id != except_id)
    return db.session.execute(statement.values(ended_at=clock.now())).rowcount
