"""What bin/portal and make can do: set up, run, test, check. Standard library only."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from serving import run
from setting_up import PYTHON, ROOT, VENV, fail, set_up

_CHECKS: dict[str, list[str]] = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "translations": ["python", "tools/translations.py", "--check"],
}


def check() -> None:
    """Format, lint, types, order of imports, templates and translations, side by side; prints what fails."""
    set_up(develop=True)
    if _failing_checks():
        raise SystemExit(1)


def _failing_checks() -> list[str]:
    began = time.monotonic()
    running = [
        (
            name,
            subprocess.Popen(
                _tool(command),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ),
        )
        for name, command in _CHECKS.items()
    ]
    failing = []
    for name, process in running:
        output, _ = process.communicate()
        if process.returncode != 0:
            failing.append(name)
            print(f"== {name}\n{output}", flush=True)
    words = "; ".join(f"{name}: {'FAILED' if name in failing else 'ok'}" for name in _CHECKS)
    print(f"{words} ({time.monotonic() - began:.0f} s)", flush=True)
    return failing


def test() -> None:
    """The checks, then the whole test suite; arguments after ``test`` go to pytest."""
    set_up(develop=True)
    failing = _failing_checks()
    _say_what_is_missing()
    processes = os.environ.get("PORTAL_TEST_PROCESSES", "auto")
    outcome = _follow(["pytest", "-n", processes, "--no-loadscope-reorder", *sys.argv[2:]])
    if failing:
        fail(f"failing checks: {', '.join(failing)}")
    raise SystemExit(outcome)


def _say_what_is_missing() -> None:
    if shutil.which("initdb") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        print("PostgreSQL's server is not installed: the tests on it are skipped (apt-get install postgresql).")
    if shutil.which("chromium") is None:
        print("Chromium is not installed: the browser tests are skipped (apt-get install chromium fonts-noto-cjk).")
    if shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin") is None:
        print("Dovecot is not installed: the tests of fetching mail are skipped (apt-get install dovecot-imapd).")
    sys.stdout.flush()


def bench() -> None:
    """Every benchmark of bench/; arguments after ``bench`` choose by name."""
    set_up(develop=True)
    scripts = [
        script
        for script in sorted((ROOT / "bench").glob("bench_*.py"))
        if not sys.argv[2:] or any(name in script.stem for name in sys.argv[2:])
    ]
    if not scripts:
        fail("there is no such benchmark in bench/.")
    failing = []
    for script in scripts:
        print(f"== {script.stem}", flush=True)
        if _follow(["python", str(script)], PYTHONPATH=str(ROOT)) != 0:
            failing.append(script.stem)
    if failing:
        fail(f"failing benchmarks: {', '.join(failing)}")


def reformat() -> None:
    """Mend what the linter can mend, then lay every file out."""
    set_up(develop=True)
    outcomes = [_follow(["ruff", "check", "--fix", "."]), _follow(["ruff", "format", "."])]
    raise SystemExit(max(outcomes))


def lock() -> None:
    """Pin requirements*.in anew, with hashes; ``lock --upgrade`` takes newer versions."""
    set_up(develop=True)
    for name, constraints in (("requirements", []), ("requirements-dev", ["-c", "requirements.txt"])):
        command = [
            "uv",
            "pip",
            "compile",
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--quiet",
            "--no-header",
            f"{name}.in",
            *constraints,
            "--output-file",
            f"{name}.txt",
            *sys.argv[2:],
        ]
        if _follow(command) != 0:
            fail(f"{name}.txt was not pinned anew (the message is above).")


def translations() -> None:
    """Bring the catalogue up to date with the source strings."""
    set_up(develop=True)
    raise SystemExit(_follow(["python", "tools/translations.py", *sys.argv[2:]]))


def _follow(command: list[str], **environment: str) -> int:
    """Run a tool to its end. On Ctrl-C it is asked to end, and given the time to put away what it started."""
    process = subprocess.Popen(_tool(command), cwd=ROOT, env=dict(os.environ, **environment))
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _tool(command: list[str]) -> list[str]:
    return [str(PYTHON if command[0] == "python" else VENV / "bin" / command[0]), *command[1:]]


TASKS: dict[str, tuple[Callable[[], None], str]] = {
    "run": (run, "set up and serve the portal with demonstration data until Ctrl-C"),
    "test": (test, "everything that CI runs; further arguments go to pytest"),
    "check": (check, "format, lint, types, order of imports, templates, translations"),
    "bench": (bench, "measurements"),
    "format": (reformat, "lay every file out and mend what the linter can mend"),
    "lock": (lock, "pin the requirements anew (--upgrade for newer versions)"),
    "translations": (translations, "bring the catalogue up to date with the source"),
    "setup": (set_up, "only make .venv"),
}


def _usage() -> str:
    tasks = "\n".join(f"  {name:13} {words}" for name, (_, words) in TASKS.items())
    return f"usage: bin/portal TASK\n{tasks}"


def main() -> None:
    """Run the task that the first argument names."""
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    if name in {"help", "-h", "--help"}:
        print(_usage())
        return
    if name not in TASKS:
        print(f"There is no task {name!r}.\n{_usage()}", file=sys.stderr)
        raise SystemExit(2)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # images set it; compiling all modules anew costs a process 2 s
    try:
        TASKS[name][0]()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        raise SystemExit(130) from None
    except PermissionError as error:
        fail(f"{error.filename} is not writable for you. Clone the portal to a folder of your own.")
    except BrokenPipeError:
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
