"""Visits over HTTP to a gunicorn with two workers: times, throughput, bytes and memory."""

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.bench_start import ROOT, free_port, memory

WORKERS = 2
_GUNICORN = ("--workers", str(WORKERS), "--threads", "8", "--worker-class", "gthread", "--log-level", "error")


@dataclass
class Measured:
    """What some visits took."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    size: int = 0

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.seconds) / self.elapsed


@contextmanager
def served(module: str, environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A gunicorn of the module; yields its port and process."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603
        [
            sys.executable,
            "-m",
            "gunicorn",
            module,
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            str(WORKERS),
            *_GUNICORN,
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait(port)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def resident(process: subprocess.Popen[bytes]) -> int:
    """The memory of the largest worker in MB."""
    return max(memory(process.pid)[1:])


def visit(port: int, path: Callable[[int], str], cookie: str, *, clients: int, times: int) -> Measured:
    """Fetch ``times`` pages by so many clients at once."""
    return _measure(clients, times, lambda n: _send(port, "GET", path(n), cookie, None))


def visit_in_turn(pages: Sequence[tuple[int, str, str]], *, times: int) -> list[Measured]:
    """Fetch the pages (port, path, cookie) one after another, so many times: what slows the machine slows them all."""
    measured = [Measured() for _ in pages]
    for n in range(-2 * WORKERS, times):
        for (port, path, cookie), each in zip(pages, measured, strict=True):
            began = time.perf_counter()
            _, body = _send(port, "GET", path, cookie, None)
            if n >= 0:  # warm before
                each.seconds.append(time.perf_counter() - began)
                each.size = len(body)
    return measured


def post(
    port: int, make: Callable[[int], tuple[str, dict[str, str]]], cookie: str, *, clients: int, times: int
) -> Measured:
    """Send ``times`` forms by so many clients at once."""

    def send(n: int) -> tuple[int, bytes]:
        path, values = make(n)
        return _send(port, "POST", path, cookie, values)

    return _measure(clients, times, send)


def fetch(port: int, path: str, cookie: str) -> str:
    """One page as text."""
    return _send(port, "GET", path, cookie, None)[1].decode()


def _measure(clients: int, times: int, send: Callable[[int], tuple[int, bytes]]) -> Measured:
    for n in range(2 * WORKERS):
        send(-1 - n)  # warm
    measured, lock, left = Measured(), threading.Lock(), iter(range(times))

    def run() -> None:
        while True:
            with lock:
                n = next(left, None)
            if n is None:
                return
            began = time.perf_counter()
            _, body = send(n)
            took = time.perf_counter() - began
            with lock:
                measured.seconds.append(took)
                measured.size = max(measured.size, len(body))

    began = time.perf_counter()
    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.elapsed = time.perf_counter() - began
    return measured


def _send(port: int, method: str, path: str, cookie: str, values: dict[str, str] | None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie}
    if values is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, urlencode(values) if values is not None else None, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status not in {200, 302}:
        raise RuntimeError(f"{method} {path}: {answer.status} {body[:200]!r}")
    return answer.status, body


def _wait(port: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("gunicorn does not answer")
