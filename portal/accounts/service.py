"""Signing in and out, the sessions' lives, and acting under one of several memberships."""

import secrets
from typing import Any, cast

import sqlalchemy as sa

from portal.accounts import throttle
from portal.accounts.events import SignedIn, SignedOut
from portal.accounts.models import Credential, SignInSession
from portal.accounts.passwords import hash_password, needs_rehash, verify_password
from portal.accounts.queries import Place, digest_of, get_live_session, list_places
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import emit
from portal.core.i18n import N_
from portal.directory.models import Person


def sign_in(email: str, password: str, *, address: str, user_agent: str) -> tuple[str, SignInSession] | None:
    """Begin a session for whoever knows the password; return its secret and row, or None for any wrong pair.

    An unknown address, an account without a password and a wrong password cost the same work and are counted the
    same. Raises TooManyAttempts (nothing is counted then) while the account or the address has to wait.
    """
    credential = _find_credential(email)
    throttle.check_sign_in(email, address)
    is_right = verify_password(credential.password_hash if credential else None, password)
    throttle.record_try(email, address, succeeded=is_right)
    if credential is None or not is_right:
        return None
    if needs_rehash(credential.password_hash):
        credential.password_hash = hash_password(password)
    secret, row = start_session(credential.person_id, address=address, user_agent=user_agent)
    emit(_acting(row), SignedIn(person_id=row.person_id))
    return secret, row


def start_session(person_id: int, *, address: str = "", user_agent: str = "") -> tuple[str, SignInSession]:
    """Begin a session for a person who has proved who they are; return its secret and its row.

    It acts under the person's first current membership until they choose another.
    """
    secret = secrets.token_urlsafe(32)
    places = list_places(person_id)
    row = SignInSession(
        person_id=person_id,
        membership_id=places[0].membership_id if places else None,
        secret_hash=digest_of(secret),
        address=address[:64],
        user_agent=user_agent[:200],
        created_at=clock.now(),
        seen_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return secret, row


def sign_out(row: SignInSession) -> None:
    """End this session; its cookie is worth nothing from now on."""
    if row.ended_at is None:
        row.ended_at = clock.now()
        db.session.flush()
        emit(_acting(row), SignedOut(person_id=row.person_id))


def sign_out_everywhere(row: SignInSession) -> int:
    """End every session of this session's person, this one too; return how many ended."""
    count = end_sessions(row.person_id)
    emit(_acting(row), SignedOut(person_id=row.person_id))
    return count


def end_session(row: SignInSession, session_id: int) -> None:
    """End another session of the same person. Raises NotFound for anyone else's or one that is over."""
    other = get_live_session(row.person_id, session_id)
    other.ended_at = clock.now()
    db.session.flush()
    emit(_acting(row), SignedOut(person_id=row.person_id))


def end_sessions(person_id: int, *, except_id: int | None = None) -> int:
    """End every live session of the person but one; return how many ended."""
    statement = sa.update(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
    if except_id is not None:
        statement = statement.where(SignInSession.id != except_id)
    result = db.session.execute(statement.values(ended_at=clock.now()))
    return cast("sa.CursorResult[Any]", result).rowcount


def act_as(row: SignInSession, membership_id: int | None) -> Place:
    """Let the session act under another current membership of its person. Raises Invalid for any other."""
    place = next((each for each in list_places(row.person_id) if each.membership_id == membership_id), None)
    if place is None:
        raise Invalid(N_("この所属では操作できません。一覧から選んでください。"), field="membership_id")
    row.membership_id = place.membership_id
    db.session.flush()
    return place


def mark_seen(row: SignInSession) -> None:
    """Note that the session was in use just now, for the list of one's sessions."""
    row.seen_at = clock.now()


def _find_credential(email: str) -> Credential | None:
    """The credential, locked until the try is counted, so that tries sent together are counted one by one."""
    return db.session.scalar(
        sa.select(Credential)
        .join(Person, Person.id == Credential.person_id)
        .where(Person.email == throttle.fold_email(email))
        .with_for_update(of=Credential)
    )


class _Person:
    """Whoever owns the session, as the event table wants it: also one whose memberships have all ended."""

    def __init__(self, row: SignInSession) -> None:
        self.person_id = row.person_id
        self.membership_id = row.membership_id


def _acting(row: SignInSession) -> _Person:
    return _Person(row)
