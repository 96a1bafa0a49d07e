"""Making PDF/UA of a page, in a process of its own: its computing holds up no mail, and its memory is given back."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from threading import Thread

_log = logging.getLogger(__name__)
_LEVELS_LESS = 10  # of priority: who opens a page goes first
_missing: set[str] = set()
Printer = Callable[[str, str], bytes]


@contextmanager
def open_printer() -> Iterator[Printer | None]:
    """While the block runs, what makes a PDF of a page and its styles; None without Pango, which is said once."""
    if _missing:
        yield None
        return
    with open_child() as child:
        lack = child.submit(_find_lack).result()
        if lack:
            _missing.add(lack)
            _log.warning("No PDF can be made: install Pango (libpango-1.0-0, libpangoft2-1.0-0). %s", lack)
        yield None if lack else lambda html, styles: child.submit(print_page, html, styles).result()


@contextmanager
def open_child() -> Iterator[ProcessPoolExecutor]:
    """A process of its own for what is heavy; it ends with the block and gives its memory back."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin) as child:
        yield child


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
    """Finish what is under way when the worker is asked to stop, but do not outlive it."""
    os.nice(_LEVELS_LESS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
