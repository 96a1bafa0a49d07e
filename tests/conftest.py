"""Fixtures that every test may use: a fresh database of each engine, the application, visitors."""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

from portal.accounts import passwords
from portal.accounts.service import start_session
from portal.app import Portal, create_app
from portal.attachments.storage import DirectoryStore, use_store
from portal.cli import upgrade
from portal.config import Settings
from portal.core import clock, postgresql
from portal.core.db import announce_access, db, may_write, unit_of_work
from portal.directory.master import load_directory
from portal.directory.models import Membership
from portal.jobs import printing
from portal.jobs.engine import Lane, current_engine
from portal.themes.master import load_themes
from tests.support.databases import PostgresqlDatabase, SqliteDatabase, fast_folder, find_postgresql, postgresql_server
from tests.support.dealing import DealByModule
from tests.support.engines import ENGINES, MARKS, engines_of
from tests.support.pages import Visitor
from tests.support.printing import KeptPool

# The same examples each run, so that a red run is about the change; `--hypothesis-profile explore` looks further.
# No deadline: on a busy machine a slow example says nothing about the code.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("same")
postgresql.TRUSTED_SECONDS = 0.0  # between two tests their connections are ended
gc.set_threshold(100_000, 50, 100)

_NO_POSTGRESQL = pytest.mark.skipif(find_postgresql() is None, reason="PostgreSQL's server is not installed")
_PARAMETERS = {"sqlite": "sqlite", "postgresql": pytest.param("postgresql", marks=_NO_POSTGRESQL)}
Database = SqliteDatabase | PostgresqlDatabase


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--engines``, see tests/support/engines.py."""
    parser.addoption(
        "--engines",
        choices=(*ENGINES, "both"),
        default=os.environ.get("PORTAL_TEST_ENGINES") or None,
        help="run every test of the database on this engine, or on both; by default tests of pages run on one",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test of the database its engines."""
    if "database" in metafunc.fixturenames:
        engines = engines_of(
            metafunc.definition.nodeid,
            metafunc.fixturenames,
            marks=[mark for mark in MARKS if metafunc.definition.get_closest_marker(mark) is not None],
            wanted=metafunc.config.getoption("engines"),
            installed=find_postgresql() is not None,
        )
        metafunc.parametrize("database", [_PARAMETERS[name] for name in engines], indirect=True, scope="session")


@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def _forbid_reading_requests_to_write(*event: Any) -> None:
    """What was announced to read writes nothing: on SQLite it would fail whenever somebody else wrote meanwhile."""
    statement: str = event[2]
    assert may_write() or not statement.startswith(("INSERT", "UPDATE", "DELETE")), (
        f"a reader writes: {statement[:120]}"
    )


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One process more than there are cores, for what waits: see tests/support/dealing.py."""
    cores = yield
    return cores + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where a run has several processes, see tests/support/dealing.py."""
    return DealByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that no process is left alone with it at the end."""
    longest = ("browser", "access", "scale", "reporting")
    places = {folder: place for place, folder in enumerate(longest)}
    items.sort(key=lambda item: min(places.get(part, len(longest)) for part in item.path.parts))


class Prepared:
    """Each engine's database with its application, made once a run however often tests change engines."""

    def __init__(self, closing: ExitStack) -> None:
        self._closing = closing
        self._databases: dict[str, Database] = {}
        self._apps: dict[str, Flask] = {}

    def database(self, name: str) -> Database:
        """The engine's database, its schema not yet there."""
        if name not in self._databases:
            self._databases[name] = self._closing.enter_context(_DATABASES[name]())
        return self._databases[name]

    def app(self, name: str) -> Flask:
        """The application over the engine, its schema migrated and the master data kept as each test's start."""
        if name not in self._apps:
            self._apps[name] = _prepare(self.database(name), self._closing.enter_context(fast_folder("portal-data-")))
        return self._apps[name]


@contextmanager
def _sqlite() -> Iterator[SqliteDatabase]:
    with fast_folder("portal-sqlite-") as folder:
        yield SqliteDatabase(folder)


@contextmanager
def _postgresql() -> Iterator[PostgresqlDatabase]:
    with postgresql_server() as server:
        database = PostgresqlDatabase(server)
        yield database
        database.close()


_DATABASES: dict[str, Callable[[], AbstractContextManager[Database]]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def _prepare(database: Database, data_dir: Path) -> Flask:
    app = create_app(Settings(environment="testing", secret_key="t" * 40, data_dir=data_dir, database_url=database.url))
    announce_access(write=True)
    with app.app_context():
        upgrade(db.engine)
        with unit_of_work():
            load_directory()
            load_themes()
        db.session.close()
        _queues(app)  # opened for the first time they make their tables
        db.engine.dispose()
        database.serve(db.engine, lambda: _queues(app))
    database.keep_as_template()
    gc.freeze()  # what an application is made of stays; looking through it again and again took a sixth of the run
    return app


def _queues(app: Flask) -> list[Any]:
    with app.app_context():
        return [current_engine().huey(lane).storage for lane in Lane]


@pytest.fixture(scope="session", autouse=True)
def cheap_hashing() -> Iterator[None]:
    """Passwords are hashed in no time; tests/accounts/test_passwords.py looks at the parameters that people get."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", hasher)
        patch.setattr(passwords, "_DECOY", hasher.hash("nobody's"))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory, request) -> Iterator[None]:
    """Templates are compiled once for all applications and processes of a run."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if hasattr(request.config, "workerinput") else run) / "templates"
    folder.mkdir(exist_ok=True)
    options = {**Portal.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Portal, "jinja_options", options)
        yield


@pytest.fixture(scope="session", autouse=True)
def kept_printer() -> Iterator[None]:
    """All that prints in this process of the run shares one child."""
    kept = KeptPool()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "ProcessPoolExecutor", kept)
        yield
    kept.close()


@pytest.fixture(scope="session")
def prepared() -> Iterator[Prepared]:
    """The engines in use, closed at the end of the run."""
    with ExitStack() as closing:
        yield Prepared(closing)


@pytest.fixture(scope="session")
def database(request, prepared) -> Database:
    """An engine's database; ``reset`` brings back the migrated schema with master data."""
    return prepared.database(request.param)


@pytest.fixture(scope="session")
def prepared_app(database, prepared) -> Flask:
    """The application over the engine."""
    return prepared.app(database.name)


@pytest.fixture
def app(prepared_app, database) -> Flask:
    """The application with a database as after loading the master data."""
    database.reset()
    announce_access(write=True)
    files = prepared_app.config["PORTAL_SETTINGS"].data_dir / "files"
    shutil.rmtree(files, ignore_errors=True)
    use_store(DirectoryStore(files))
    return prepared_app


@pytest.fixture
def arrange(app) -> Callable[[], AbstractContextManager[None]]:
    """``with arrange():`` runs a block in the application's context and commits what it made."""

    @contextmanager
    def block() -> Iterator[None]:
        announce_access(write=True)
        with app.app_context(), unit_of_work():
            yield

    return block


@pytest.fixture
def visit(app, arrange) -> Callable[..., Visitor]:
    """``visit()`` is a browser of nobody, ``visit(membership)`` one signed in under that membership."""

    def make(membership: Membership | None = None, locale: str | None = None) -> Visitor:
        client = app.test_client()
        if membership is not None:
            with arrange():
                secret, row = start_session(membership.person_id)
                row.membership_id = membership.id
            with client.session_transaction() as session:
                session.update(_user_id=secret, _fresh=True, seen=clock.now().timestamp())
                if locale:
                    session["locale"] = locale
        return Visitor(app, client)

    return make
