"""The job engine's set-up: Huey over SQLite or PostgreSQL, woken by each commit that emitted an event.

The queue holds only wake-ups; what is to be done stands in our own rows. A lost task, a lost queue or a worker killed
in the middle loses nothing: the sweep finds the rows again.

Tasks wait in lanes, each with threads of its own: however much there is to print or to index, an event is told and its
mails go out.
"""

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
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


class Lane(Enum):
    """A queue, and how many of the worker's threads serve it and no other."""

    TELLING = ("telling", 2)  # events to tell and what happens at a set minute: soon done
    MAIL = ("mail", 2)
    HEAVY = ("heavy", 1)  # printing, indexing, reminding, tidying: may take minutes, and nobody waits for it

    def __init__(self, queue: str, threads: int) -> None:
        self.queue = queue
        self.threads = threads


Tasks = Mapping[Lane, Sequence[Callable[..., Any]]]


class Engine:
    """The queues of one application. Each is opened when first used, so that commands without jobs leave no trace."""

    def __init__(self, app: Flask, settings: Settings, tasks: Tasks) -> None:
        self.app = app
        self.settings = settings
        self.stopping = Event()
        self.tasks = tasks
        self._lanes = {task.__name__: lane for lane, functions in tasks.items() for task in functions}
        self._wrappers: dict[str, Any] = {}
        self._hueys: dict[Lane, Huey] = {}
        self._lock = Lock()

    def huey(self, lane: Lane) -> Huey:
        """The queue of a lane with its tasks."""
        with self._lock:
            if lane not in self._hueys:
                self._hueys[lane] = self._open(lane)
            return self._hueys[lane]

    def enqueue(self, name: str, *arguments: Any, priority: int = 0) -> None:
        """Queue a task in its lane. Never raises: whatever is missed, the next sweep finds."""
        try:
            huey = self.huey(self._lanes[name])
            huey.enqueue(self._wrappers[name].s(*arguments, priority=priority))
        except Exception as error:
            _log.warning("Task %s was not queued, the next sweep makes up for it: %s", name, error)
            self._reopen()

    def enqueue_once(self, name: str, *, priority: int = 0) -> None:
        """Queue a task without arguments unless it waits already. Never raises."""
        try:
            if any(task.name == name for task in self.huey(self._lanes[name]).pending()):
                return
        except Exception:
            self._reopen()
        self.enqueue(name, priority=priority)

    def _reopen(self) -> None:
        """Let the next use open the queues anew: their file or connection may be gone."""
        with self._lock:
            hueys, self._hueys = list(self._hueys.values()), {}
        for huey in hueys:
            with contextlib.suppress(Exception):
                huey.storage.close()

    def count_queued(self, lane: Lane) -> int:
        """How many tasks wait in the lane; none as long as the queue cannot be reached."""
        try:
            return int(self.huey(lane).pending_count())
        except Exception:
            self._reopen()
            return 0

    def _open(self, lane: Lane) -> Huey:
        huey = (
            _open_postgresql(self.settings, lane.queue)
            if not self.settings.is_sqlite
            else SqliteHuey(
                lane.queue,
                filename=str(self.settings.data_dir / "jobs.sqlite3"),
                results=False,
                utc=True,
                journal_mode="delete",  # Huey takes Python's own SQLite, whose log may not be safe: core/sqlite.py
                timeout=5,
            )
        )
        for function in self.tasks[lane]:
            name = function.__name__
            self._wrappers[name] = huey.task(name=name)(self._in_context(name, function))
        return huey

    def _in_context(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> None:
            with self.app.app_context():
                function(*arguments)

        run.__name__, run.__module__ = name, "portal.jobs"
        return run


def init_jobs(app: Flask, settings: Settings, tasks: Tasks) -> None:
    """Give the application its queues and wake the worker after each commit that emitted an event."""
    app.extensions["jobs"] = Engine(app, settings, tasks)
    Mail(app)  # Message wants the extension; the connection is our own
    on_emit(_wake_after_commit)


def current_engine() -> Engine:
    """The queues of the application at hand."""
    engine: Engine = current_app.extensions["jobs"]
    return engine


def _wake_after_commit() -> None:
    after_commit("wake the worker", lambda: current_engine().enqueue("tell_events"))


def _open_postgresql(settings: Settings, queue: str) -> Huey:
    dsn = settings.engine_url.replace("postgresql+psycopg://", "postgresql://", 1)

    def connect() -> psycopg.Connection[Any]:
        connection = psycopg.connect(dsn, autocommit=True, connect_timeout=5)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"SET search_path TO {SCHEMA}")
        return connection

    return PostgresHuey(queue, connection=connect, results=False, utc=True)
