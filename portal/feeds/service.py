"""An Atom feed per person behind an unguessable address that they may change or close at any time."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.core.errors import NotFound
from portal.core.events import emit
from portal.directory.actor import Actor, list_actors
from portal.directory.models import Person
from portal.feeds.events import FeedClosed, FeedOpened
from portal.feeds.models import FeedKey
from portal.notifications.queries import InboxLine, list_inbox


@dataclass(frozen=True, kw_only=True)
class Feed:
    """Whose feed it is, its lines, the newest first, and when it last changed: at the newest line, or its opening."""

    person: Person
    lines: list[InboxLine]
    updated_at: datetime


def open_feed(actor: Actor) -> str:
    """A new secret for the person's feed, told this once; an earlier one leads nowhere any more."""
    secret = secrets.token_urlsafe(32)
    values = {"digest": _digest(secret), "created_at": clock.now()}
    opening = insert(FeedKey).values(person_id=actor.person_id, **values)
    db.session.execute(opening.on_conflict_do_update(index_elements=["person_id"], set_=values))
    emit(actor, FeedOpened(person_id=actor.person_id))
    return secret


def close_feed(actor: Actor) -> None:
    """Close the person's feed; one that is not open is no error."""
    gone = db.session.execute(
        sa.delete(FeedKey).where(FeedKey.person_id == actor.person_id).returning(FeedKey.person_id)
    ).all()
    if gone:
        emit(actor, FeedClosed(person_id=actor.person_id))


def find_feed(actor: Actor) -> FeedKey | None:
    """The person's feed, if it is open. One statement."""
    return db.session.get(FeedKey, actor.person_id)


def read_feed(secret: str) -> Feed:
    """Whose feed it is, and their newest lines: what the inbox shows, as far as they may see it now.

    Raises NotFound for an address that was never given, was changed or closed, and once the person has no membership.
    """
    found = db.session.execute(
        sa.select(Person, FeedKey.created_at)
        .join(FeedKey, FeedKey.person_id == Person.id)
        .where(FeedKey.digest == _digest(secret))
    ).one_or_none()
    actors = list_actors(found[0].id) if found is not None else []
    if found is None or not actors:
        raise NotFound
    person, opened_at = found
    lines = [line for line in list_inbox(actors[0]).items if line.is_visible]
    return Feed(person=person, lines=lines, updated_at=lines[0].at if lines else opened_at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
