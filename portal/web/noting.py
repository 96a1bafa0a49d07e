"""What a page notes of its being read."""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.core.db import write_between_reads
from portal.web.access import writes


@contextmanager
def noting() -> Iterator[None]:
    """Record that something was read, in a transaction of its own, so that nobody waits for the page being made.

    In a request that writes anyhow the block is a part of its transaction.
    """
    if writes():
        yield
        return
    with write_between_reads():
        yield
