"""Processes of the portal for tests that start and kill them, each forked from one that has imported the portal.

They run what a command line of Python says, with its environment and its output, and die of the same signals. Only the
import, which takes longer than what most of these tests look at, is done once for all.
"""

import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from subprocess import TimeoutExpired

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(["portal.app", "flask.cli"])


class PythonProcess:
    """``python -c CODE …`` or ``python -m MODULE …``, begun; used as ``subprocess.Popen`` is."""

    def __init__(self, *arguments: str, environment: Mapping[str, str]) -> None:
        handle, name = tempfile.mkstemp(prefix="portal-output-")
        os.close(handle)
        self._output = Path(name)
        self._process = _FORKING.Process(target=_run, args=(arguments, dict(environment), name))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """As of Popen: negative for a signal, None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The code that it ended with; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Signal it, if it still runs."""
        if self._process.pid is not None and self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def kill(self) -> None:
        """End it at once, as a machine that fails does."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its code once it has ended; raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it printed, errors among it, once it has ended; raises TimeoutExpired."""
        self.wait(timeout)
        if not self._output.exists():
            return "", ""
        output = self._output.read_text(encoding="utf-8")
        self._output.unlink()
        return output, output


def _run(arguments: tuple[str, ...], environment: dict[str, str], output: str) -> None:
    handle = os.open(output, os.O_WRONLY | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(handle, number)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kind, what, *rest = arguments
    sys.argv = [what if kind == "-m" else kind, *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<test>", "exec"), {"__name__": "__main__"})  # noqa: S102 - the test's own program
