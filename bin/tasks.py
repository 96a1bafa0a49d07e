"""What bin/portal and make can do: set up, run, test, check. Standard library only."""

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
PO = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
START_SECONDS = 60
STOP_SECONDS = 15


def fail(message: str) -> NoReturn:
    """End with one clear line."""
    print(f"portal: {message}", file=sys.stderr)
    raise SystemExit(1)


# Setting up


def set_up(*, develop: bool = False) -> None:
    """Make .venv with the pinned requirements; nothing happens when it is as it should be."""
    requirements = ROOT / ("requirements-dev.txt" if develop else "requirements.txt")
    if _installed() not in _wanted(develop):
        _make_venv()
        _install(requirements)
        STAMP.write_text(_digest(requirements), encoding="ascii")
    _compile_translations()


def _digest(requirements: Path) -> str:
    version = ".".join(map(str, sys.version_info[:2]))
    return hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()


def _wanted(develop: bool) -> set[str]:
    """The stamps that will do: what developing needs holds all that running needs."""
    wanted = {_digest(ROOT / "requirements-dev.txt")}
    return wanted if develop else wanted | {_digest(ROOT / "requirements.txt")}


def _installed() -> str | None:
    try:
        return STAMP.read_text(encoding="ascii") if PYTHON.exists() else None
    except OSError:
        return None


def _make_venv() -> None:
    if not os.access(ROOT, os.W_OK):
        fail(f"{ROOT} is not writable. Clone the portal to a folder of your own.")
    if STAMP.exists() and PYTHON.exists():
        STAMP.unlink()
        return
    print("Setting up Python packages (once, about a minute) …", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        if "ensurepip" in made.stdout + made.stderr:
            fail("this Python cannot make virtual environments. On Debian: apt-get install python3-venv")
        fail("could not make .venv: " + (made.stderr or made.stdout).strip().splitlines()[-1])


def _install(requirements: Path) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
               "-r", str(requirements)]
    if subprocess.run(command, check=False).returncode != 0:
        fail("pip could not install the packages (its message is above). Is the package index reachable?")


def _compile_translations() -> None:
    compiled = PO.with_suffix(".mo")
    if PO.exists() and (not compiled.exists() or compiled.stat().st_mtime < PO.stat().st_mtime):
        subprocess.run([str(PYTHON), "tools/translations.py", "--compile"], cwd=ROOT, check=True)


# Running


@dataclass
class Process:
    """One part of the running portal and the file that its output goes to."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, environment: dict[str, str]) -> None:
        """Start it in a process group of its own, so that all of it can be stopped."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True)

    @property
    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        """Signal the whole group, if any of it is left."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def tail(self) -> str:
        """The last lines of its output."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-15:])


class Stop(Exception):
    """Somebody asked to stop."""


def run() -> None:
    """Serve the portal with its worker and mail catcher until Ctrl-C."""
    began = time.monotonic()
    port = _port()
    environment, catcher_port = _environment(port)
    set_up()
    logs = Path(environment["PORTAL_DATA_DIR"]) / "log"
    logs.mkdir(parents=True, exist_ok=True)
    prepared = subprocess.run(
        _flask("prepare"), cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, text=True)
    if prepared.returncode != 0:
        fail("the database could not be prepared (the message is above)")
    processes = _processes(port, catcher_port, logs)
    signal.signal(signal.SIGTERM, _raise_stop)
    signal.signal(signal.SIGINT, _raise_stop)
    try:
        for process in processes:
            process.start(environment)
        _wait_until_up(port, processes)
        print(prepared.stdout)
        print(f"The portal is at {environment['PORTAL_BASE_URL']} (up in {time.monotonic() - began:.0f} s)")
        if catcher_port is not None:
            print(f"Mail that it sends is shown at {environment['PORTAL_BASE_URL']}/development/mailbox")
        print("Ctrl-C stops it.", flush=True)
        _watch(processes)
    except Stop:
        print("\nStopping …", flush=True)
    finally:
        _stop(processes)


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"PORT must be a number from 1 to 65535, not {text!r}.")
    if not _is_free(int(text)):
        fail(f"port {text} is in use. Stop what listens there, or choose another: PORT=8001 bin/portal run")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _environment(port: int) -> tuple[dict[str, str], int | None]:
    """The environment of the parts, and the port of the mail catcher (None: mail goes elsewhere)."""
    environment = dict(os.environ, PORT=str(port))
    data_dir = Path(environment.setdefault("PORTAL_DATA_DIR", str(ROOT / "var"))).resolve()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"PORTAL_DATA_DIR {data_dir} cannot be made: {error.strerror}")
    environment["PORTAL_DATA_DIR"] = str(data_dir)
    environment.setdefault("PORTAL_ENV", "development")
    environment.setdefault("PORTAL_BASE_URL", f"http://127.0.0.1:{port}")
    environment.setdefault("PORTAL_SECRET_KEY", _secret_key(data_dir))
    environment["PYTHONUNBUFFERED"] = "1"
    if "PORTAL_SMTP_URL" in environment:
        return environment, None
    catcher_port = next(number for number in range(1025, 1125) if _is_free(number))
    environment["PORTAL_SMTP_URL"] = f"smtp://127.0.0.1:{catcher_port}"
    return environment, catcher_port


def _secret_key(data_dir: Path) -> str:
    kept = data_dir / "secret_key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return kept.read_text(encoding="ascii").strip()


def _flask(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "flask", "--app", "wsgi", *arguments]


def _processes(port: int, catcher_port: int | None, logs: Path) -> list[Process]:
    gunicorn = [str(PYTHON), "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
                "--workers", "2", "--threads", "8", "--timeout", "60", "--no-control-socket"]
    processes = [Process("web", gunicorn, logs / "web.log"), Process("worker", _flask("worker"), logs / "worker.log")]
    if catcher_port is not None:
        catcher = _flask("mail-catcher", "--port", str(catcher_port))
        processes.append(Process("mail catcher", catcher, logs / "mail-catcher.log"))
    return processes


def _wait_until_up(port: int, processes: list[Process]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        _complain_of_ended(processes)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    fail(f"the portal did not answer within {START_SECONDS} s. See {processes[0].log}")


def _watch(processes: list[Process]) -> None:
    while True:
        _complain_of_ended(processes)
        time.sleep(0.5)


def _complain_of_ended(processes: list[Process]) -> None:
    for process in processes:
        if process.has_ended:
            fail(f"the {process.name} ended by itself. Its last lines ({process.log}):\n{process.tail()}")


def _raise_stop(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGINT, _raise_stop_again)
    signal.signal(signal.SIGTERM, _raise_stop_again)
    raise Stop


def _raise_stop_again(_number: int, _frame: object) -> None:
    raise TimeoutError


def _stop(processes: list[Process]) -> None:
    """Ask every part to end, then make it."""
    try:
        for process in processes:
            process.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            if process.process is not None:
                process.process.wait(timeout=max(0.1, deadline - time.monotonic()))
    except (subprocess.TimeoutExpired, TimeoutError):
        print("Some parts did not stop in time and were killed.", file=sys.stderr)
    finally:
        for process in processes:
            process.send(signal.SIGKILL)


# Developing

_CHECKS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "translations": ["python", "tools/translations.py", "--check"],
}


def check() -> None:
    """Lint, types, order of imports, templates and translations, side by side; prints what fails."""
    set_up(develop=True)
    if _failing_checks():
        raise SystemExit(1)


def _failing_checks() -> list[str]:
    began = time.monotonic()
    running: list[tuple[str, subprocess.Popen[str]]] = [
        (name, subprocess.Popen(_tool(command), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        for name, command in _CHECKS.items()
    ]
    failing = []
    for name, process in running:
        output, _ = process.communicate()
        print(f"{'ok  ' if process.returncode == 0 else 'FAIL'} {name}", flush=True)
        if process.returncode != 0:
            failing.append(name)
            print(output)
    print(f"{time.monotonic() - began:.0f} s")
    return failing


def test() -> None:
    """The checks, then the whole test suite; arguments after ``test`` go to pytest."""
    set_up(develop=True)
    failing = _failing_checks()
    _say_what_is_missing()
    command = _tool(["pytest", "-n", os.environ.get("PORTAL_TEST_PROCESSES", "2"), "--dist", "loadfile", *sys.argv[2:]])
    outcome = subprocess.run(command, cwd=ROOT, check=False).returncode
    if failing:
        fail(f"failing checks: {', '.join(failing)}")
    raise SystemExit(outcome)


def _say_what_is_missing() -> None:
    if shutil.which("initdb") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        print("PostgreSQL's server is not installed: the tests on it are skipped (apt-get install postgresql).")
    if shutil.which("chromium") is None:
        print("Chromium is not installed: the browser tests are skipped (apt-get install chromium fonts-noto-cjk).")


def bench() -> None:
    """Every benchmark; each prints ratios."""
    set_up(develop=True)
    for script in sorted((ROOT / "bench").glob("bench_*.py")):
        print(f"== {script.stem}", flush=True)
        subprocess.run([str(PYTHON), str(script)], cwd=ROOT, check=True, env=dict(os.environ, PYTHONPATH=str(ROOT)))


def reformat() -> None:
    """Sort imports and mend what the linter can mend."""
    set_up(develop=True)
    subprocess.run(_tool(["ruff", "check", "--fix", "."]), cwd=ROOT, check=False)


def lock() -> None:
    """Pin requirements*.in anew, with hashes."""
    set_up(develop=True)
    for name in ("requirements", "requirements-dev"):
        subprocess.run(
            _tool(["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes",
                   "--no-header", "--quiet", f"{name}.in", "--output-file", f"{name}.txt"]), cwd=ROOT, check=True)


def translations() -> None:
    """Bring the catalogue up to date with the source strings."""
    set_up(develop=True)
    subprocess.run(_tool(["python", "tools/translations.py"]), cwd=ROOT, check=True)


def _tool(command: list[str]) -> list[str]:
    return [str(VENV / "bin" / command[0]), *command[1:]]


TASKS: dict[str, Callable[[], None]] = {
    "run": run, "test": test, "check": check, "bench": bench, "format": reformat, "lock": lock,
    "translations": translations, "setup": set_up,
}


def main() -> None:
    """Run the task that the first argument names."""
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    task = TASKS.get(name)
    if task is None:
        output: IO[str] = sys.stdout if name in {"help", "-h", "--help"} else sys.stderr
        print(f"usage: bin/portal {'|'.join(TASKS)}", file=output)
        raise SystemExit(0 if output is sys.stdout else 2)
    task()


if __name__ == "__main__":
    main()
