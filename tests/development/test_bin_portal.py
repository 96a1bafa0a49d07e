"""The one script: what it says when something of the machine is not as it should be, and how it stops its parts."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNREACHABLE = "http://127.0.0.1:9/simple"


def _environment(folder, **more):
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PORTAL_PYTHON": sys.executable, **more}


def _run(folder, *arguments, **environment):
    return subprocess.run(
        [str(folder / "bin" / "portal"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env=_environment(folder, **environment),
    )


def _one_line(outcome):
    """The one line of a refusal."""
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert outcome.stderr.count("\n") == 1, outcome.stderr
    return outcome.stderr


def _script(path, body):
    path.write_text(body, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path):
    """A copy of what bin/portal needs, so that nothing happens to this checkout."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "bin", folder / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


# The machine


def test_an_old_python_gets_one_clear_line(checkout, tmp_path):
    path = tmp_path / "path"
    path.mkdir()
    _script(path / "python3", '#!/bin/sh\nif [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi\n')
    for name in ("sh", "dirname"):
        (path / name).symlink_to(shutil.which(name))

    words = _one_line(_run(checkout, "run", PATH=str(path), PORTAL_PYTHON=""))

    assert "3.11" in words
    assert "3.9.2" in words


def test_no_python_gets_one_clear_line(checkout, tmp_path):
    path = tmp_path / "path"
    path.mkdir()
    for name in ("sh", "dirname"):
        (path / name).symlink_to(shutil.which(name))

    assert "no Python" in _one_line(_run(checkout, "run", PATH=str(path), PORTAL_PYTHON=""))


def test_a_missing_ensurepip_names_the_package(checkout, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n", encoding="ascii")

    assert "apt-get install python3-venv" in _one_line(_run(checkout, "setup", PYTHONPATH=str(hidden)))
    assert not (checkout / ".venv").exists()


def test_an_unreachable_package_index_gets_one_clear_line_and_an_interrupted_setup_is_begun_anew(checkout):
    half = checkout / ".venv" / "lib" / "half-a-package"
    half.mkdir(parents=True)
    (checkout / ".venv" / ".installed").write_text("unfinished", encoding="ascii")

    outcome = _run(checkout, "setup", PIP_INDEX_URL=UNREACHABLE, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull)

    assert "cannot be reached" in _one_line(outcome)
    assert not half.exists()
    assert (checkout / ".venv" / ".installed").read_text() == "unfinished"


def test_a_venv_of_somebody_else_is_left_alone(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()

    assert "rm -r .venv" in _one_line(_run(checkout, "setup"))
    assert (checkout / ".venv" / "mine").exists()


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may write everywhere")
def test_a_folder_that_is_not_writable_gets_one_clear_line(checkout, tmp_path):
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    checkout.chmod(0o555)
    lower = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    outcome = subprocess.run(
        [*lower, "/bin/sh", "bin/portal", "run"],
        capture_output=True,
        text=True,
        check=False,
        cwd=checkout,
        timeout=60,
        env=_environment(checkout, PORT=str(_free_port()), PORTAL_PYTHON="/usr/bin/python3"),
    )
    checkout.chmod(0o755)

    if "needs Python" in outcome.stderr:
        pytest.skip("the system's Python is too old, and ours is not open to others")
    assert "not writable" in _one_line(outcome) or "cannot be made" in outcome.stderr


def test_a_port_in_use_gets_one_clear_line(checkout):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        words = _one_line(_run(checkout, "run", PORT=str(busy.getsockname()[1])))

    assert "in use" in words
    assert "PORT=8001" in words


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "８０００"])
def test_a_wrong_port_gets_one_clear_line(checkout, port):
    assert "PORT must be" in _one_line(_run(checkout, "run", PORT=port))


def test_a_data_directory_that_cannot_be_made_gets_one_clear_line(checkout):
    blocked = str(checkout / "requirements.txt" / "var")

    assert "PORTAL_DATA_DIR" in _one_line(_run(checkout, "run", PORT=str(_free_port()), PORTAL_DATA_DIR=blocked))


def test_production_is_not_served_by_the_trial(checkout):
    assert "docs/operators.md" in _one_line(_run(checkout, "run", PORTAL_ENV="production"))


def test_an_unknown_task_is_told_what_there_is(checkout):
    outcome = _run(checkout, "dance")

    assert outcome.returncode == 2
    assert "serve the portal" in outcome.stderr


def test_help_lists_the_tasks(checkout):
    outcome = _run(checkout, "--help")

    assert outcome.returncode == 0
    assert "translations" in outcome.stdout


# The parts. A Python that plays all of them: "-m flask … prepare", "-m gunicorn", "-m flask … worker", the catcher.

_PLAYER = """#!{python}
import http.server, os, pathlib, signal, socket, sys, time
words = " ".join(sys.argv[1:])
here = pathlib.Path(os.environ["PORTAL_DATA_DIR"])
name = next(n for n in ("prepare", "gunicorn", "worker", "mail_catcher") if n in words)
(here / (name + ".pid")).write_text(str(os.getpid()))
(here / "environment").write_text(os.environ["PORTAL_SMTP_URL"] + " " + os.environ["PORTAL_SECRET_KEY"])
if os.environ.get("STUBBORN") == name:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.environ.get("BREAK") == name:
    time.sleep(0.5)
    print(os.environ.get("LAST_WORDS", "out of memory"), flush=True)
    sys.exit(3)
if name == "prepare":
    print("the accounts")
elif name == "gunicorn":
    class Ok(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200); self.end_headers()
    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ok).serve_forever()
else:
    if name == "mail_catcher":
        s = socket.socket(fileno=int(sys.argv[-1]))
    if os.fork() == 0:
        (here / (name + "-child.pid")).write_text(str(os.getpid()))
        time.sleep(100)
    while name == "mail_catcher":
        s.accept()[0].sendall(b"220 player\\r\\n")
    time.sleep(100)
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class _Trial:
    """A running ``bin/portal run`` over players."""

    def __init__(self, checkout, **environment):
        self.data = Path(environment.get("PORTAL_DATA_DIR", checkout / "var"))
        self.process = subprocess.Popen(
            [str(checkout / "bin" / "portal"), "run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=checkout,
            stdin=subprocess.DEVNULL,
            env=_environment(checkout, PORT=str(_free_port()), PORTAL_ENV="", **environment),
            preexec_fn=_heed_hangup,  # noqa: PLW1509 - nothing here runs threads
        )

    def read_until(self, words):
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        raise AssertionError(f"{words!r} was never said:\n{said}")

    def end(self):
        output, _ = self.process.communicate(timeout=30)
        return self.process.returncode, output

    def alive(self):
        pids = [int(path.read_text() or 0) for path in self.data.glob("*.pid")]
        return [pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and not _is_dead(pid)]


def _heed_hangup():
    """Tests run under nohup hand on that the signal is ignored, which a person at a terminal does not."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _is_dead(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def trial(checkout):
    """``trial(VARIABLE=…)`` starts one; what is left of it is killed after the test."""
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    _script(python, _PLAYER.format(python=sys.executable))
    stamp = subprocess.run(
        [sys.executable, "-c", "import setting_up as s; print(s._stamp(s.ROOT / 'requirements.txt'))"],
        cwd=checkout / "bin",
        capture_output=True,
        text=True,
        check=True,
    )
    (checkout / ".venv" / ".installed").write_text(stamp.stdout.strip(), encoding="utf-8")
    started = []

    def start(**environment):
        started.append(_Trial(checkout, **environment))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.communicate()
        for pid in each.alive():
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_part(trial, number):
    running = trial()
    said = running.read_until("Ctrl-C stops it.")
    assert len(running.alive()) >= 3

    running.process.send_signal(number)
    status, _ = running.end()

    assert "the accounts" in said
    assert status == 0
    assert running.alive() == []


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("gunicorn", "web server"),
        ("worker", "job worker"),
        ("mail_catcher", "mail catcher"),
        ("prepare", "preparation of the database"),
    ],
)
def test_a_part_that_ends_stops_the_others_and_is_named_with_its_last_words(trial, part, name):
    running = trial(BREAK=part)

    status, output = running.end()

    assert status == 1
    assert f"the {name} ended by itself" in output
    assert "out of memory" in output
    assert running.alive() == []


def test_a_wrong_setting_gets_one_clear_line(trial):
    running = trial(BREAK="prepare", LAST_WORDS="Traceback\nportal.config.SettingsError: PORTAL_BASE_URL is odd.")

    status, output = running.end()

    assert (status, output.splitlines()[-1]) == (1, "portal: PORTAL_BASE_URL is odd.")
    assert "Traceback" not in output


def test_a_second_signal_kills_what_does_not_end(trial):
    running = trial(STUBBORN="worker")
    running.read_until("Ctrl-C stops it.")

    running.process.send_signal(signal.SIGINT)
    running.read_until("Stopping")
    time.sleep(0.5)
    assert running.process.poll() is None
    running.process.send_signal(signal.SIGINT)
    running.end()

    assert running.alive() == []


def test_the_secret_key_is_made_once_and_is_nobody_elses(trial):
    keys = []
    for _ in range(2):
        running = trial()
        running.read_until("Ctrl-C stops it.")
        keys.append((running.data / "environment").read_text().split()[1])
        running.process.terminate()
        running.end()

    kept = running.data / "secret_key"
    assert keys == [kept.read_text(), kept.read_text()]
    assert len(keys[0]) >= 32
    assert kept.stat().st_mode & 0o777 == 0o600


def test_portals_started_at_once_catch_their_mail_on_ports_of_their_own(trial, tmp_path):
    several = [trial(PORTAL_DATA_DIR=str(tmp_path / name)) for name in ("one", "two", "three")]
    for each in several:
        each.read_until("Ctrl-C stops it.")

    addresses = {(each.data / "environment").read_text().split()[0] for each in several}

    assert len(addresses) == 3


def test_a_mail_server_of_ones_own_takes_the_place_of_the_catcher(trial):
    running = trial(PORTAL_SMTP_URL="smtp://mail.example:25")

    said = running.read_until("Ctrl-C stops it.")

    assert "mailbox" not in said
    assert (running.data / "environment").read_text().startswith("smtp://mail.example:25 ")
    assert not (running.data / "mail_catcher.pid").exists()
