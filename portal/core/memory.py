"""What a process tells the garbage collector: once it has loaded everything, and where many objects come at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def settle() -> None:
    """What is loaded by now lives as long as the process: the collector looks at it no more, and at the rest less."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@contextmanager
def uncollected() -> Iterator[None]:
    """Around work that makes hundreds of thousands of objects that stay until it is done: nobody looks for garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
