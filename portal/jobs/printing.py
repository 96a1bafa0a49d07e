"""Making PDF/UA of a page, in a process of its own: its computing holds up no mail, and its memory is given back."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from typing import ParamSpec, TypeVar

from portal.jobs.engine import current_engine

_log = logging.getLogger(__name__)
_LEVELS_LESS = 10  # of priority: who opens a page goes first
_GRACE_SECONDS = 5.0  # for what is under way when the worker is asked to stop
_LOOK_SECONDS = 0.2
_missing: set[str] = set()
_Arguments = ParamSpec("_Arguments")
_Outcome = TypeVar("_Outcome")
Printer = Callable[[str, str], bytes]


class Stopped(Exception):
    """The worker was asked to stop and what was under way took too long: whoever claimed it gives the claim back."""


class Child:
    """A process of its own for what is heavy."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self._process = pool.submit(os.getpid)

    def run(
        self, function: Callable[_Arguments, _Outcome], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Outcome:
        """What the function gives there. Raises what it raises, and Stopped."""
        under_way = self._pool.submit(function, *arguments, **named)
        stopping = current_engine().stopping
        while not stopping.is_set() and not wait([under_way], _LOOK_SECONDS).done:
            pass
        if wait([under_way], _GRACE_SECONDS).not_done:
            os.kill(self._process.result(), signal.SIGKILL)
            raise Stopped
        return under_way.result()


@contextmanager
def open_printer() -> Iterator[Printer | None]:
    """While the block runs, what makes a PDF of a page and its styles; None without Pango, which is said once."""
    if _missing:
        yield None
        return
    with open_child() as child:
        lack = child.run(_find_lack)
        if lack:
            _missing.add(lack)
            _log.warning("No PDF can be made: install Pango (libpango-1.0-0, libpangoft2-1.0-0). %s", lack)
        yield None if lack else lambda html, styles: child.run(print_page, html, styles)


@contextmanager
def open_child() -> Iterator[Child]:
    """A process for the block; it ends with it and gives its memory back."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin) as pool:
        yield Child(pool)


def print_page(html: str, styles: str) -> bytes:
    """The page as PDF/UA-1, fetching nothing: all that it shows stands in it."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - 50 MB and the system's Pango, which only this process needs
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
    return bytes(page.write_pdf(stylesheets=[CSS(string=styles)], pdf_variant="pdf/ua-1"))


def _find_lack() -> str:
    """What the printer lacks here, or nothing."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except OSError as error:
        return str(error)
    return ""


def _begin() -> None:
    """Leave it to the worker when to end, but do not outlive it."""
    os.nice(_LEVELS_LESS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
