"""Reading of the inbox."""

import sqlalchemy as sa

from portal.core.db import db
from portal.directory.actor import Actor
from portal.notifications.models import Notification

SHOWN_UNREAD = 100


def count_unread(actor: Actor) -> int:
    """How many entries the person has not read, counted no further than 100."""
    unread = sa.select(Notification.id).where(
        Notification.person_id == actor.person_id, Notification.read_at.is_(None)).limit(SHOWN_UNREAD)
    return db.session.scalar(sa.select(sa.func.count()).select_from(unread.subquery())) or 0
