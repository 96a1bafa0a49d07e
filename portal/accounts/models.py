"""Passwords, sign-in sessions, single-use links and the throttle's record of tries."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core.db import Base, EnumColumn, Key
from portal.core.enums import LabelledEnum
from portal.directory.models import Person


class Credential(Base):
    """A person's password hash (argon2id)."""

    __tablename__ = "credential"

    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    password_hash: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    changed_at: orm.Mapped[datetime]


class SignInSession(Base):
    """One signed-in browser. The cookie holds the secret whose SHA-256 stands here; an ended one never revives.

    ``second_factor_at`` is the place of the second factor: empty until one has been shown.
    """

    __tablename__ = "sign_in_session"

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    membership_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("membership.id"))
    secret_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    user_agent: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    created_at: orm.Mapped[datetime]
    seen_at: orm.Mapped[datetime]
    ended_at: orm.Mapped[datetime | None]
    second_factor_at: orm.Mapped[datetime | None]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class LinkPurpose(LabelledEnum):
    """What a single-use link is for."""

    INVITATION = ("invitation", "招待", "Invitation")
    RESET = ("reset", "パスワード再設定", "Password reset")


class SingleUseLink(Base):
    """A mailed link that works once, until it expires.

    The secret is made when the mail is written and only its SHA-256 is stored here, so neither the outbox nor a
    backup can open an account. Until then ``secret_hash`` is empty and the link opens nothing.
    """

    __tablename__ = "single_use_link"

    id: orm.Mapped[Key]
    person_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("person.id"), index=True)
    purpose: orm.Mapped[LinkPurpose] = orm.mapped_column(EnumColumn(LinkPurpose))
    secret_hash: orm.Mapped[str | None] = orm.mapped_column(sa.String(64), unique=True)
    created_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    used_at: orm.Mapped[datetime | None]

    person: orm.Mapped[Person] = orm.relationship(lazy="raise_on_sql")


class SignInTry(Base):
    """One try to sign in or to ask for a reset; the throttle counts the recent ones per account and address."""

    __tablename__ = "sign_in_try"
    __table_args__ = (
        sa.Index("ix_sign_in_try_account", "account", "tried_at"),
        sa.Index("ix_sign_in_try_address", "address", "tried_at"),
    )

    id: orm.Mapped[Key]
    account: orm.Mapped[str] = orm.mapped_column(sa.String(64))  # SHA-256 of the address typed
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    tried_at: orm.Mapped[datetime]
    succeeded: orm.Mapped[bool]
