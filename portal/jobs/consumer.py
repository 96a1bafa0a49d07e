"""The worker process: Huey's threads for the tasks, and a pulse that sweeps and keeps the hours."""

import logging
import threading
import time
from collections import Counter

from flask import Flask
from huey.consumer import Consumer, Scheduler, Worker

from portal.core.memory import settle
from portal.jobs.engine import Engine, Lane
from portal.jobs.schedule import run_due_jobs
from portal.jobs.tasks import sweep

_log = logging.getLogger(__name__)
THREADS = sum(lane.threads for lane in Lane)
PULSE_SECONDS = 5.0
STOP_SECONDS = 10


class _PulsedConsumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """A consumer that stops gracefully on SIGTERM: what is under way is finished, what is queued stays queued."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.worker_threads: list[tuple[Worker, threading.Thread]] = []
        super().__init__(
            engine.huey(Lane.TELLING),
            workers=THREADS,
            periodic=False,
            initial_delay=0.1,
            backoff=1.2,
            max_delay=0.5,
            worker_type="thread",
            check_worker_health=True,
            shutdown_timeout=STOP_SECONDS,
            graceful_signal="TERM",
        )

    def stop(self, graceful: bool = False) -> None:
        """Let running tasks know, so that a lot of mails ends after the mail at hand."""
        self.engine.stopping.set()
        super().stop(graceful)

    def _create_worker(self) -> Worker:
        """A worker for the first lane that lacks one: each lane has its own, and nothing heavy takes another's."""
        served = Counter(worker.huey.name for worker, thread in self.worker_threads if _lives(thread))
        lane = next(lane for lane in Lane if served[lane.queue] < lane.threads)
        return Worker(self.engine.huey(lane), self.stop_flag, self.default_delay, self.max_delay, self.backoff)

    def _create_scheduler(self) -> Scheduler:
        return _Pulse(self.engine, self.stop_flag)


class _Pulse(Scheduler):  # type: ignore[misc]
    """In place of Huey's scheduler: nothing of ours waits in its schedule, everything in our rows."""

    def __init__(self, engine: Engine, stop_flag: threading.Event) -> None:
        super().__init__(huey=engine.huey, stop_flag=stop_flag, interval=1, periodic=False)
        self.engine = engine

    def loop(self, now: object = None) -> None:
        """One beat. A database that is away for a while is no reason to end."""
        started = time.monotonic()
        try:
            with self.engine.app.app_context():
                run_due_jobs()
                sweep()
        except Exception:
            _log.exception("The sweep failed; it is tried again in a moment")
        self.sleep_for_interval(started, PULSE_SECONDS)


def _lives(thread: threading.Thread) -> bool:
    return thread.ident is None or thread.is_alive()  # None: it is about to be started


def run_worker(app: Flask) -> None:
    """Run until SIGTERM or SIGINT."""
    engine: Engine = app.extensions["jobs"]
    settle()
    _log.info("The worker is up with %s threads", THREADS)
    _PulsedConsumer(engine).run()
    _log.info("The worker has stopped")
