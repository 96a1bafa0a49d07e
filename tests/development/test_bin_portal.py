"""The one script: what it says when something of the machine is not as it should be."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(folder, *arguments, **environment):
    return subprocess.run(
        [str(folder / "bin" / "portal"), *arguments], capture_output=True, text=True, check=False, cwd=folder,
        timeout=60, env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment})


def _fake_python(folder, body):
    script = folder / "python3"
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
    script.chmod(0o755)
    for name in ("sh", "dirname", "echo"):
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return str(folder)


@pytest.fixture
def checkout(tmp_path):
    """A copy of what bin/portal needs, so that nothing happens to this checkout."""
    for name in ("bin", "tools", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "requirements-dev.txt", "wsgi.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_an_old_python_gets_one_clear_line(checkout, tmp_path):
    folder = tmp_path / "path"
    folder.mkdir()
    path = _fake_python(folder, 'if [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi')

    outcome = _run(checkout, "run", PATH=path)

    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert "3.11" in outcome.stderr
    assert "3.9.2" in outcome.stderr


def test_a_port_in_use_gets_one_clear_line(checkout):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        outcome = _run(checkout, "run", PORT=str(busy.getsockname()[1]))

    assert outcome.returncode == 1
    assert "in use" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_wrong_port_gets_one_clear_line(checkout):
    outcome = _run(checkout, "run", PORT="eighty")

    assert (outcome.returncode, outcome.stderr.count("\n")) == (1, 1)
    assert "PORT" in outcome.stderr


def test_a_missing_ensurepip_names_the_package(checkout):
    python = checkout / "fake-python"
    python.write_text(
        f'#!/bin/sh\nif [ "$1" = bin/tasks.py ]; then exec {sys.executable} {checkout}/driver.py "$@"; fi\n'
        f'exec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    broken = checkout / "broken-venv"
    broken.write_text(
        '#!/bin/sh\necho "The virtual environment was not created because ensurepip is not available." >&2\n'
        "exit 1\n", encoding="ascii")
    broken.chmod(0o755)
    (checkout / "driver.py").write_text(
        f"import sys, runpy; sys.executable = {str(broken)!r}; sys.argv = sys.argv[1:]; "
        "runpy.run_path('bin/tasks.py', run_name='__main__')", encoding="utf-8")

    outcome = _run(checkout, "setup", PORTAL_PYTHON=str(python))

    assert outcome.returncode == 1
    assert "python3-venv" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_an_unknown_task_is_told_what_there_is(checkout):
    outcome = _run(checkout, "dance")

    assert outcome.returncode == 2
    assert "run" in outcome.stderr
