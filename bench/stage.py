"""What the benchmarks share: an application over a database that goes away, a clock, the printing of ratios."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from portal.app import create_app
from portal.cli import upgrade
from portal.config import Settings
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.master import load_directory
from portal.themes.master import load_themes
from tests.support.databases import PostgresqlDatabase, postgresql_server
from tests.support.statements import recorded_statements


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database of the engine."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'portal.sqlite3'}"
        return
    with postgresql_server() as server:
        made = PostgresqlDatabase(server)
        yield made.url
        made.close()


@contextmanager
def stage(engine: str = "sqlite") -> Iterator[Flask]:
    """The application with the master data and nothing else; its context is open and may write."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, database(engine, Path(folder)) as url:
        app = create_app(Settings(environment="testing", secret_key="b" * 40, data_dir=Path(folder), database_url=url))
        announce_access(write=True)
        with app.app_context():
            upgrade(db.engine)
            with unit_of_work():
                load_directory()
                load_themes()
            yield app
            db.session.close()
            db.engine.dispose()


def measure(work: Callable[[], object], *, times: int = 1) -> tuple[float, int]:
    """The shortest time in seconds, and how many statements the last time sent."""
    shortest, statements = float("inf"), 0
    for _ in range(times):
        with recorded_statements(db.engine) as sent:
            began = time.perf_counter()
            work()
            shortest = min(shortest, time.perf_counter() - began)
        statements = len(sent)
    return shortest, statements


def compare(what: str, small: tuple[float, int], large: tuple[float, int]) -> None:
    """One line: how many times the statements and the time, and the figures themselves."""
    statements = large[1] / small[1] if small[1] else 1.0
    sys.stdout.write(
        f"{what}: statements {statements:.1f}× ({small[1]} → {large[1]}), time {large[0] / small[0]:.1f}× "
        f"({small[0] * 1000:.1f} → {large[0] * 1000:.1f} ms)\n"
    )
    sys.stdout.flush()
