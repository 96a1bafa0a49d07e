"""What a prefecture adds to a paper for its municipalities, and that it handed the paper on to them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, Key
from portal.guidance.models import Guidance

_HANDS_ON = sa.text("hands_on")


class Forwarding(Base):
    """A prefecture's cover note 鑑文 or supplement 補足 to its municipalities, with its own earlier, compiled due.

    ``hands_on`` marks the one by which a paper via the prefecture reached them; without a person the portal itself
    handed it on, as the prefecture had not.
    """

    __tablename__ = "forwarding"
    __table_args__ = (
        sa.Index(
            "uq_forwarding_hands_on",
            "guidance_id",
            "prefecture_code",
            unique=True,
            sqlite_where=_HANDS_ON,
            postgresql_where=_HANDS_ON,
        ),
        sa.Index("ix_forwarding_listing", "guidance_id", "prefecture_code", "id"),
    )

    id: orm.Mapped[Key]
    guidance_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("guidance.id"))
    prefecture_code: orm.Mapped[str] = orm.mapped_column(sa.String(2))
    hands_on: orm.Mapped[bool]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    due_on: orm.Mapped[date | None]
    delivered: orm.Mapped[int]
    forwarded_by_person_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    signature: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    forwarded_at: orm.Mapped[datetime]

    guidance: orm.Mapped[Guidance] = orm.relationship(lazy="raise_on_sql")
