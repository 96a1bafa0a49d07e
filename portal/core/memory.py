"""What a process that lives long tells the garbage collector once it has loaded everything."""

import gc


def settle() -> None:
    """What is loaded by now lives as long as the process: the collector looks at it no more, and at the rest less."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
