"""The job engine's set-up: Huey over SQLite or PostgreSQL, woken by each commit that emitted an event.

The queue holds only wake-ups; what is to be done stands in our own rows. A lost task, a lost queue or a worker killed
in the middle loses nothing: the sweep finds the rows again.
"""

import contextlib
import logging
from collections.abc import Callable
from threading import Event, Lock
from typing import Any

import psycopg
from flask import Flask, current_app
from flask_mail import Mail
from huey import Huey, PostgresHuey, SqliteHuey

from portal.config import Settings
from portal.core.db import after_commit
from portal.core.events import on_emit

_log = logging.getLogger(__name__)
SCHEMA = "jobs"  # Huey's tables stand apart from those that the migrations know


class Engine:
    """The queue of one application. It is opened when first used, so that commands without jobs leave no trace."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.stopping = Event()
        self.tasks: dict[str, Callable[..., Any]] = {}
        self._wrappers: dict[str, Any] = {}
        self._huey: Huey | None = None
        self._lock = Lock()

    @property
    def huey(self) -> Huey:
        """The queue with its tasks."""
        with self._lock:
            if self._huey is None:
                self._huey = self._open()
        return self._huey

    def register(self, function: Callable[..., Any]) -> None:
        """Let a function run as a task under its own name, in the application's context."""
        self.tasks[function.__name__] = function

    def enqueue(self, name: str, *arguments: Any, priority: int = 0) -> None:
        """Queue a task. Never raises: whatever is missed, the next sweep finds."""
        try:
            huey = self.huey
            huey.enqueue(self._wrappers[name].s(*arguments, priority=priority))
        except Exception as error:
            _log.warning("Task %s was not queued, the next sweep makes up for it: %s", name, error)
            self._reopen()

    def _reopen(self) -> None:
        """Let the next use open the queue anew: its file or connection may be gone."""
        with self._lock:
            huey, self._huey = self._huey, None
        if huey is not None:
            with contextlib.suppress(Exception):
                huey.storage.close()

    def count_queued(self) -> int:
        """How many tasks wait."""
        return int(self.huey.pending_count())

    def _open(self) -> Huey:
        huey = (
            _open_postgresql(self.settings)
            if not self.settings.is_sqlite
            else SqliteHuey(
                "portal",
                filename=str(self.settings.data_dir / "jobs.sqlite3"),
                results=False,
                utc=True,
                journal_mode="delete",
                timeout=5,
            )
        )  # WAL only on SQLite versions without its reset fault
        for name, function in self.tasks.items():
            self._wrappers[name] = huey.task(name=name)(self._in_context(name, function))
        return huey

    def _in_context(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> None:
            with self.app.app_context():
                function(*arguments)

        run.__name__, run.__module__ = name, "portal.jobs"
        return run


def init_jobs(app: Flask, settings: Settings, tasks: list[Callable[..., Any]]) -> None:
    """Give the application its queue and wake the worker after each commit that emitted an event."""
    engine = Engine(app, settings)
    for task in tasks:
        engine.register(task)
    app.extensions["jobs"] = engine
    Mail(app)  # Message wants the extension; the connection is our own
    on_emit(_wake_after_commit)


def current_engine() -> Engine:
    """The queue of the application at hand."""
    engine: Engine = current_app.extensions["jobs"]
    return engine


def _wake_after_commit() -> None:
    after_commit("wake the worker", lambda: current_engine().enqueue("tell_events"))


def _open_postgresql(settings: Settings) -> Huey:
    dsn = settings.engine_url.replace("postgresql+psycopg://", "postgresql://", 1)

    def connect() -> psycopg.Connection[Any]:
        connection = psycopg.connect(dsn, autocommit=True, connect_timeout=5)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"SET search_path TO {SCHEMA}")
        return connection

    return PostgresHuey("portal", connection=connect, results=False, utc=True)
