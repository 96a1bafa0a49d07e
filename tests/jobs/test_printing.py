"""The process beside the worker: what it gives, raises, and that it does not hold up the end."""

import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from portal.jobs import printing
from portal.jobs.engine import current_engine
from portal.jobs.printing import Stopped, open_child

pytestmark = pytest.mark.one_engine

SOON = 30  # seconds; a machine under load starts a process slowly


def _raise(words):
    raise ValueError(words)


@pytest.fixture(autouse=True)
def own_process(monkeypatch):
    """One for each block as people have it, not the one that all other tests share."""
    monkeypatch.setattr(printing, "ProcessPoolExecutor", ProcessPoolExecutor)


@pytest.fixture
def stopping(app):
    """The worker's sign to stop, taken back afterwards."""
    with app.app_context():
        sign = current_engine().stopping
        yield sign
        sign.clear()


def test_what_runs_there_gives_its_outcome_or_raises(stopping):
    with open_child() as child:
        assert child.run(os.getpid) != os.getpid()
        with pytest.raises(ValueError, match="on purpose"):
            child.run(_raise, "on purpose")


def test_it_yields_to_who_opens_a_page_and_ends_with_its_block(stopping):
    with open_child() as child:
        process = child.run(os.getpid)
        assert child.run(os.nice, 0) > os.nice(0)

    with pytest.raises(ProcessLookupError):
        os.kill(process, signal.SIG_DFL)


def test_what_is_nearly_through_when_the_worker_stops_is_finished(stopping):
    with open_child() as child:
        child.run(os.getpid)  # it is up
        threading.Timer(0.2, stopping.set).start()
        assert child.run(time.sleep, 1) is None


def test_what_takes_long_ends_with_the_worker(stopping):
    with open_child() as child:
        process = child.run(os.getpid)
        threading.Timer(0.2, stopping.set).start()
        began = time.monotonic()
        with pytest.raises(Stopped):
            child.run(time.sleep, 600)

    assert time.monotonic() - began < SOON
    with pytest.raises(ProcessLookupError):
        os.kill(process, signal.SIG_DFL)
