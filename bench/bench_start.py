"""Starting the web process: its time to the first page, first and again, and its memory after some pages."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WAIT = 60
PAGES = 30


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(port: int) -> None:
    """The page where everybody begins."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=10) as answer:
        answer.read()


def memory(parent: int) -> list[int]:
    """The resident memory in MB of the process and of its children."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [_resident(pid) for pid in [str(parent), *children]]


def start(environment: dict[str, str]) -> tuple[float, list[int]]:
    """Seconds to the first page of a single gunicorn worker, and the memory of both processes after some more."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:app",
            "--bind",
            f"127.0.0.1:{port}",
            "--worker-class",
            "gthread",
            "--workers",
            "1",
            "--threads",
            "8",
            "--no-control-socket",
            "--log-level",
            "error",
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait(port)
        seconds = time.perf_counter() - began
        for _ in range(PAGES):
            fetch(port)
        return seconds, memory(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def main() -> None:
    """Prepare a database, start twice."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        environment = dict(
            os.environ,
            PORTAL_ENV="development",
            PORTAL_DATA_DIR=folder,
            PORTAL_SECRET_KEY="b" * 40,
            PORTAL_BASE_URL="http://127.0.0.1",
            PORTAL_DATABASE_URL=f"sqlite:///{folder}/portal.sqlite3",
        )
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "migrate"],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        first, second = start(environment), start(environment)
    print(f"second start vs first: time {second[0] / first[0]:.1f}× ({first[0]:.1f} → {second[0]:.1f} s)")
    print(
        f"worker vs the 150 MB it may take: {max(second[1][1:]) / 150:.2f}× (worker {second[1][1:]}, "
        f"parent {second[1][0]} MB)"
    )


def _wait(port: int) -> None:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        try:
            return fetch(port)
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError(f"no page within {WAIT} s")


def _resident(pid: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
