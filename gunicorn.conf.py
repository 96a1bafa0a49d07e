"""How gunicorn serves the portal, in trial and in production; the command line may say otherwise."""

import gc
from typing import Any

worker_class = "gthread"
workers = 2
threads = 8
preload_app = True  # imported once, shared by the workers
timeout = 60
graceful_timeout = 10
control_socket_disable = True
limit_request_line = 8190  # a rule of addressees that is tried stands in its address


def when_ready(_server: Any) -> None:
    """What is loaded before the fork lives for ever: the collector need not look at it again, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
