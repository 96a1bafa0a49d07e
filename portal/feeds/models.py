"""The private addresses of feeds."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base


class FeedKey(Base):
    """A person's feed: only the SHA-256 of the secret in its address is kept, so the database gives no feed away."""

    __tablename__ = "feed_key"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    digest: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    created_at: orm.Mapped[datetime]
