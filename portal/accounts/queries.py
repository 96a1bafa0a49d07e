"""Reading of sign-in sessions."""

import hashlib
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.accounts.models import SignInSession
from portal.core import clock
from portal.core.db import db

ABSOLUTE_LIFE = timedelta(hours=12)  # security.md, sign-in
IDLE_LIFE = timedelta(minutes=60)


def digest_of(secret: str) -> str:
    """The SHA-256 under which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_live_session(secret: str) -> SignInSession | None:
    """The session of the secret with its person, unless it was ended or is older than twelve hours."""
    return db.session.scalar(
        sa.select(SignInSession)
        .where(
            SignInSession.secret_hash == digest_of(secret),
            SignInSession.ended_at.is_(None),
            SignInSession.created_at > clock.now() - ABSOLUTE_LIFE,
        )
        .options(orm.joinedload(SignInSession.person))
    )
