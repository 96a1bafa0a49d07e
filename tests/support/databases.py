"""Real databases for the tests: an SQLite file, and a PostgreSQL server started from the system's binaries."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from tests.support.postgresql_reset import PostgresqlReset

_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
_ROOM = 2 * 1024**3  # bytes


def find_postgresql() -> Path | None:
    """The folder of the newest installed PostgreSQL server, or None."""
    if _BIN:
        return _BIN[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def fast_folder(prefix: str) -> Iterator[Path]:
    """A folder for the test databases, in memory where there is room: commits wait for the disk otherwise."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else "/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A throw-away server on a socket of its own; yields the URL of its maintenance database."""
    binaries = find_postgresql()
    assert binaries is not None
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def run(*command: str) -> None:
        subprocess.run([*as_postgres, *command], check=True, capture_output=True, cwd=folder)

    with fast_folder("portal-pg-") as folder:
        if as_postgres:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        run(
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "portal",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        settings = (
            "random_page_cost=1.1",  # as docs/operators.md asks for
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "max_connections=60",
            "autovacuum_naptime=10s",
            "wal_level=minimal",
            "max_wal_senders=0",
        )
        options = f"-k {folder} -h '' " + " ".join(f"-c {setting}" for setting in settings)
        run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://portal@/postgres?host={folder}"
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


class SqliteDatabase:
    """A database file brought back to a prepared one for each test."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "portal.sqlite3"
        self.template = folder / "template.sqlite3"
        self.url = f"sqlite:///{self.path}"
        self._state: tuple[object, ...] | None = None
        self._engine: sa.Engine | None = None

    def serve(self, engine: sa.Engine, _queues: Callable[[], list[Any]]) -> None:
        """Know whose connections are to be closed before the file is replaced; the queues have a file of their own."""
        self._engine = engine

    def keep_as_template(self) -> None:
        """Remember what stands now as the state that each test begins with."""
        shutil.copyfile(self.path, self.template)

    def reset(self) -> None:
        """Back to the template; nothing to do when nothing was committed."""
        if self._engine is not None:
            self._engine.dispose()
        if self._state is not None and self._state == self._look():
            return
        for path in (self.path, *self._beside()):  # a connection forgotten somewhere keeps the file that it had
            path.unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)
        self._state = self._look()

    def _look(self) -> tuple[object, ...]:
        """The file itself and its change counter, which rises with every commit, and whether a journal is left."""
        if not self.path.exists():
            return ()
        with self.path.open("rb") as file:
            header = file.read(100)
        status = self.path.stat()
        return header, status.st_ino, status.st_size, status.st_mtime_ns, any(path.exists() for path in self._beside())

    def _beside(self) -> list[Path]:
        return [Path(f"{self.path}{suffix}") for suffix in ("-journal", "-wal", "-shm")]


class PostgresqlDatabase:
    """A database of the worker's own, brought back to a prepared state for each test."""

    name = "postgresql"

    def __init__(self, server: str) -> None:
        self._admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        self.url = server.replace("/postgres?", "/portal?")
        self._undoing = PostgresqlReset(self.url)
        self._queues: Callable[[], list[Any]] = list
        self._execute("CREATE DATABASE portal")

    def serve(self, engine: sa.Engine, queues: Callable[[], list[Any]]) -> None:
        """Let the connections in the engine's pool and those of Huey's storages outlive the tests."""
        self._queues = queues
        sa.event.listen(engine, "connect", lambda connection, _record: self._undoing.spare(connection))

    def keep_as_template(self) -> None:
        """Remember what stands now as the state that each test begins with."""
        prepared = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        with prepared.begin() as connection:
            PostgresqlReset.keep(connection)
        self._execute("ALTER DATABASE portal RENAME TO portal_template")

    def reset(self) -> None:
        """Back to the template: by undoing what was committed, or by a new copy where that would not do."""
        with suppress(psycopg.OperationalError):
            self._spare_queues()
        if self._undoing.restore():
            return
        self._undoing.close()
        for queue in self._queues():
            queue.close()
        self._execute("DROP DATABASE IF EXISTS portal WITH (FORCE)")
        self._execute("CREATE DATABASE portal TEMPLATE portal_template")
        self._undoing.begin()
        self._spare_queues()

    def close(self) -> None:
        """Leave the server."""
        self._undoing.close()
        self._admin.dispose()

    def _spare_queues(self) -> None:
        for queue in self._queues():
            self._undoing.spare(queue.conn)

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)
