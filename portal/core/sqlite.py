"""SQLite: which of the libraries at hand opens the file, and how its connections behave."""

import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import plugins
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

try:
    from pysqlite3 import dbapi2 as _bundled
except ImportError:  # no wheel for this system: Python's own serves
    _bundled = sqlite3.dbapi2

DRIVER: ModuleType = max(sqlite3.dbapi2, _bundled, key=lambda each: each.sqlite_version_info)
ENGINE_OPTIONS = {
    "module": DRIVER,
    "connect_args": {"timeout": 15, "check_same_thread": False},
    "plugins": ["portal_sqlite"],
}

_SAFE_LOGS = ((3, 44, 6), (3, 50, 7), (3, 51, 3))  # the first of each branch that cannot corrupt the log on its reset


def journal_mode(version: tuple[int, ...]) -> str:
    """``wal`` where that version of SQLite keeps a write-ahead log safely, else ``delete``, the rollback journal.

    With the log, whoever reads and whoever writes do not wait for each other. Source: https://sqlite.org/wal.html#walresetbug
    """
    is_mended = version >= _SAFE_LOGS[-1] or any(version[:2] == safe[:2] and version >= safe for safe in _SAFE_LOGS)
    return "wal" if is_mended else "delete"


def copy_database(engine: sa.Engine, path: Path) -> None:
    """Write a whole copy of the database into a new file while others go on reading and writing.

    Raises OSError where there is such a file already or it cannot be written, and then leaves none of its own.
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already.")
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    except DRIVER.OperationalError as error:
        path.unlink(missing_ok=True)
        raise OSError(f"{path}: {error}") from error
    finally:
        connection.close()


class _Compiler(SQLiteCompiler):
    """Writes out how many rows to read, and from which on.

    A number bound there makes SQLite plan the whole statement anew each time that it is sent, which takes longer than
    many a statement itself. Source: ``sqlite3VdbeSetVarmask`` in ``sqlite3ExprIsInteger`` (expr.c).
    """

    def limit_clause(self, select: Any, **kwargs: Any) -> str:
        limit, offset = select._limit_clause, select._offset_clause
        first = sa.literal(-1) if limit is None else limit
        text = f"\n LIMIT {self._written(first, **kwargs)}"
        return text if offset is None else f"{text} OFFSET {self._written(offset, **kwargs)}"

    def _written(self, number: sa.ColumnElement[int], **kwargs: Any) -> str:
        if isinstance(number, sa.BindParameter):
            number = number.render_literal_execute()
        return str(self.process(number, **kwargs))


class _Plugin(sa.CreateEnginePlugin):
    """Gives an engine the compiler."""

    def update_url(self, url: sa.URL) -> sa.URL:
        return url

    def engine_created(self, engine: sa.Engine) -> None:
        engine.dialect.statement_compiler = _Compiler


plugins.register("portal_sqlite", __name__, _Plugin.__name__)


@event.listens_for(sa.Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    if not isinstance(connection, (sqlite3.Connection, DRIVER.Connection)):
        return
    connection.isolation_level = None  # BEGIN is ours to send: core/db.py
    cursor = connection.cursor()
    version = tuple(int(part) for part in cursor.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    for pragma in (
        "foreign_keys=ON",
        "busy_timeout=15000",
        f"journal_mode={journal_mode(version)}",
        "synchronous=FULL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
