"""Alembic's environment: one connection, one lock, the portal's own metadata."""

import os

import sqlalchemy as sa
from alembic import context

from portal.config import Settings
from portal.core.db import EnumColumn, UtcDateTime, engine_options
from portal.models import is_modelled, metadata

_LOCK = 7_105_2026  # any constant: the advisory lock that keeps two migrations apart on PostgreSQL


def _render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as the plain types under them, so that a migration never imports the portal."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumColumn):
        return "sa.String(length=32)"
    return False


def _configure(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
        render_item=_render_item,
        include_object=is_modelled,
    )


def run(connection: sa.Connection) -> None:
    """Migrate over an open connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET lock_timeout = '10s'"))
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
    _configure(connection)
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()


def _open_engine() -> sa.Engine:
    url = Settings.from_env(os.environ).engine_url
    return sa.create_engine(url, **engine_options(url))


connectable = context.config.attributes.get("connection")
if isinstance(connectable, sa.Connection):
    run(connectable)
else:
    engine = connectable or _open_engine()
    with engine.connect() as opened:
        run(opened)
        opened.commit()
