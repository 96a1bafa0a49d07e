"""Setting up: .venv with the pinned packages, and the compiled translations. Standard library only."""

import fcntl
import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"  # what is installed; "unfinished" while it is being made
UNFINISHED = "unfinished"
PO = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
_UNREACHABLE = (
    "Failed to establish a new connection",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "Max retries exceeded",
    "ConnectTimeoutError",
    "ProxyError",
    "SSLError",
    "No matching distribution",
)


def fail(message: str) -> NoReturn:
    """End with one clear line."""
    print(f"portal: {message}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def set_up(*, develop: bool = False) -> None:
    """Make .venv with the pinned requirements; nothing happens when it is as it should be."""
    requirements = ROOT / ("requirements-dev.txt" if develop else "requirements.txt")
    if _installed() not in _wanted(develop):
        if not os.access(ROOT, os.W_OK):
            fail(f"{ROOT} is not writable for you. Clone the portal to a folder of your own.")
        with _alone():
            if _installed() not in _wanted(develop):  # another one may have done it meanwhile
                _make_venv()
                _install(requirements)
    _compile_translations()


def _stamp(requirements: Path) -> str:
    return f"{hashlib.sha256(requirements.read_bytes()).hexdigest()} {_place()}"


def _place() -> str:
    """Where .venv stands and for which Python: its scripts hold both, so another place or Python needs a new one."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {VENV}"


def _wanted(develop: bool) -> set[str]:
    """The stamps that will do: what developing needs holds all that running needs."""
    wanted = {_stamp(ROOT / "requirements-dev.txt")}
    return wanted if develop else wanted | {_stamp(ROOT / "requirements.txt")}


def _installed() -> str | None:
    try:
        return STAMP.read_text(encoding="utf-8") if PYTHON.exists() else None
    except OSError:
        return None


@contextmanager
def _alone() -> Iterator[None]:
    """Let one set-up at a time change this checkout; the others wait."""
    with (ROOT / "requirements.txt").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another bin/portal is setting up here: waiting for it …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_venv() -> None:
    try:
        importlib.import_module("ensurepip")
        importlib.import_module("venv")
    except ImportError:
        fail("this Python cannot make virtual environments. On Debian: apt-get install python3-venv")
    if VENV.exists() and not STAMP.exists() and any(VENV.iterdir()):
        fail(f"{VENV} was not made by bin/portal. Remove it (rm -r .venv) and start again.")
    print("Setting up Python packages (once, about a minute) …", flush=True)
    if (_installed() or UNFINISHED).endswith(_place()):  # whole, only with other packages
        STAMP.write_text(UNFINISHED, encoding="utf-8")
        return
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    python = getattr(sys, "_base_executable", None) or sys.executable  # the .venv may be active while it is remade
    made = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        if "ensurepip" in made.stdout + made.stderr:
            fail("this Python cannot make virtual environments. On Debian: apt-get install python3-venv")
        fail(f"could not make .venv: {_last_line(made.stderr or made.stdout)}")


def _install(requirements: Path) -> None:
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "-r",
        str(requirements),
    ]
    log = VENV / "pip.log"
    with log.open("w+", encoding="utf-8", errors="replace") as output:
        outcome = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        ).returncode
        output.seek(0)
        said = output.read()
    if outcome == 0:
        STAMP.write_text(_stamp(requirements), encoding="utf-8")
        return
    if any(sign in said for sign in _UNREACHABLE):
        fail(
            "the Python package index cannot be reached, so the packages were not installed. Check the network "
            f"(or set PIP_INDEX_URL to a mirror) and start again. pip's words: {log}"
        )
    fail(f"pip could not install the packages: {_last_line(said)} (all of it: {log})")


def _last_line(text: str) -> str:
    """The last line that tells an error, or the last of all."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["no message"]
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])


def _compile_translations() -> None:
    compiled = PO.with_suffix(".mo")
    if PO.exists() and (not compiled.exists() or compiled.stat().st_mtime < PO.stat().st_mtime):
        subprocess.run([str(PYTHON), "tools/translations.py", "--compile"], cwd=ROOT, check=True)
