"""Real databases for the tests: an SQLite file, and a PostgreSQL server started from the system's binaries."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def find_postgresql() -> Path | None:
    """The folder of the newest installed PostgreSQL server, or None."""
    if _BIN:
        return _BIN[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A throw-away server on a socket of its own; yields the URL of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp"))  # socket paths must be short
    binaries = find_postgresql()
    assert binaries is not None
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*as_postgres, *command], check=True, capture_output=True, cwd=folder)

    run(str(binaries / "initdb"), "-D", str(data), "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C",
        "--no-sync")
    options = f"-k {folder} -h '' -c fsync=off -c full_page_writes=off -c max_connections=60"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://portal@/postgres?host={folder}"
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


class SqliteDatabase:
    """A database file made anew from a prepared one for each test."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "portal.sqlite3"
        self.template = folder / "template.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def keep_as_template(self) -> None:
        """Remember what stands now as the state that each test begins with."""
        shutil.copyfile(self.path, self.template)

    def reset(self) -> None:
        """Back to the template."""
        for suffix in ("-journal", "-wal", "-shm"):
            Path(str(self.path) + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)


class PostgresqlDatabase:
    """A database of the worker's own, made anew from a template database for each test."""

    name = "postgresql"

    def __init__(self, server: str) -> None:
        self._admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        self.url = server.replace("/postgres?", "/portal?")
        self._execute("CREATE DATABASE portal")

    def keep_as_template(self) -> None:
        """Remember what stands now as the state that each test begins with."""
        self._execute("ALTER DATABASE portal RENAME TO portal_template")

    def reset(self) -> None:
        """Back to the template."""
        self._execute("DROP DATABASE IF EXISTS portal WITH (FORCE)")
        self._execute("CREATE DATABASE portal TEMPLATE portal_template")

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)
