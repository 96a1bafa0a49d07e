"""How gunicorn serves the portal, in trial and in production; the command line may say otherwise."""

import ctypes
import sys
from typing import Any

from portal.core.memory import settle

_M_ARENA_MAX = -8  # malloc.h of glibc

worker_class = "gthread"
workers = 2
threads = 8
preload_app = True  # imported once, shared by the workers
timeout = 60
graceful_timeout = 10
control_socket_disable = True
limit_request_line = 8190  # a rule of addressees that is tried stands in its address


if sys.platform == "linux":
    # Each of the threads would keep an arena of memory of its own, of which most lies free; two serve as fast.
    # A C library without the option ignores it or lacks the function.
    getattr(ctypes.CDLL(None), "mallopt", lambda *_: 0)(_M_ARENA_MAX, 2)


def when_ready(_server: Any) -> None:
    """What is loaded before the fork is shared by the workers."""
    settle()
