"""One printing process for a whole run: each print would start one and load Pango, the fonts and the portal anew."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


class KeptPool:
    """Stands for ``ProcessPoolExecutor`` where one is opened for a block; its process outlives the block."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    @contextmanager
    def __call__(
        self, *arguments: Any, initializer: Callable[[], None], **options: Any
    ) -> Iterator[ProcessPoolExecutor]:
        """The pool, started with these arguments when it is first asked for."""
        if self._pool is None or self._is_broken(self._pool):
            self._pool = ProcessPoolExecutor(
                *arguments, initializer=_begin_as_quick, initargs=(initializer,), **options
            )
        yield self._pool

    @staticmethod
    def _is_broken(pool: ProcessPoolExecutor) -> bool:
        """Whether a test has killed its process."""
        try:
            pool.submit(os.getpid).result()
        except BrokenProcessPool:
            return True
        return False

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _begin_as_quick(begin: Callable[[], None]) -> None:
    """Begin as for people, but without yielding: a print would wait for the other processes of the run."""
    with patch("os.nice"):
        begin()
