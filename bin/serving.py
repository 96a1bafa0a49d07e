"""Serving the portal for trial: web server, job worker and mail catcher, watched and stopped together."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from setting_up import PYTHON, ROOT, fail, set_up

START_SECONDS = 60
STOP_SECONDS = 15
_SETTINGS_ERROR = re.compile(r"^portal\.config\.SettingsError: (.+)$", re.MULTILINE)


@dataclass
class Part:
    """One part of the running portal and the file that its output goes to."""

    name: str
    command: list[str]
    log: Path
    sockets: Sequence[socket.socket] = ()  # handed to it, listening already
    process: subprocess.Popen[bytes] | None = None

    def start(self, environment: dict[str, str]) -> None:
        """Start it in a process group of its own, so that all of it can be stopped; its last log is kept as .1."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=[each.fileno() for each in self.sockets],
            )

    @property
    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        """Signal the whole group, if any of it is left."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return

    def output(self) -> str:
        """What it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def complain(self) -> None:
        """End with what went wrong in it: one line for a wrong setting, the last lines of its output otherwise."""
        wrong_setting = _SETTINGS_ERROR.search(self.output())
        if wrong_setting is not None:
            fail(wrong_setting[1])
        tail = "\n".join(f"  {line}" for line in self.output().splitlines()[-15:])
        fail(f"the {self.name} ended by itself. Its last lines ({self.log}):\n{tail}")


class Parts:
    """What runs. The first signal asks for an end, which the loops look for; the second kills at once."""

    def __init__(self) -> None:
        self.running: list[Part] = []
        self.signals = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored under nohup
            signal.signal(signal.SIGHUP, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.signals += 1
        if self.signals > 1:
            for part in self.running:
                part.send(signal.SIGKILL)

    def start(self, part: Part, environment: dict[str, str]) -> None:
        """Start a part, unless somebody asked to stop."""
        if not self.signals:
            self.running.append(part)
            part.start(environment)

    def check(self) -> bool:
        """Whether to go on. Ends with a message when a part has ended by itself."""
        for part in self.running:
            if part.has_ended and not self.signals:
                part.complain()
        return not self.signals

    def stop(self) -> None:
        """Ask every part to end, and make what does not."""
        for part in self.running:
            part.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(not part.has_ended for part in self.running) and time.monotonic() < deadline:
            time.sleep(0.05)
        slow = [part.name for part in self.running if not part.has_ended]
        for part in self.running:
            part.send(signal.SIGKILL)
        if slow:
            print(f"Killed, as it did not end within {STOP_SECONDS} s: {', '.join(slow)}.", file=sys.stderr)


def run() -> None:
    """Serve the portal with its worker and mail catcher until Ctrl-C."""
    if os.environ.get("PORTAL_ENV") == "production":
        fail("this is for trial and development. docs/operators.md says how to start the portal in production.")
    port = _port()
    environment, mail = _environment(port)
    logs = _make_folder(Path(environment["PORTAL_DATA_DIR"]) / "log")
    set_up()
    began = time.monotonic()
    parts = Parts()
    try:
        told = _prepare(parts, environment, logs)
        for part in _parts(port, mail, environment, logs):
            parts.start(part, environment)
        if _wait_until_up(parts, port, mail):
            _announce(environment, told, mail, time.monotonic() - began)
        while parts.check():
            time.sleep(0.3)
        print("\nStopping …", flush=True)
    finally:
        parts.stop()


def _prepare(parts: Parts, environment: dict[str, str], logs: Path) -> str:
    """Migrate, load what is missing, and return what that printed."""
    if not (Path(environment["PORTAL_DATA_DIR"]) / "portal.sqlite3").exists():
        print("Preparing the database (once, about half a minute) …", flush=True)
    part = Part("preparation of the database", _flask("prepare"), logs / "prepare.log")
    parts.start(part, environment)
    while part.process is not None and not part.has_ended and not parts.signals:
        time.sleep(0.05)
    if part.has_ended:
        if part.process is not None and part.process.returncode != 0 and not parts.signals:
            part.complain()
        parts.running.remove(part)
    return part.output() if part.log.exists() else ""


def _announce(environment: dict[str, str], told: str, mail: socket.socket | None, seconds: float) -> None:
    print(told)
    print(f"The portal is at {environment['PORTAL_BASE_URL']} (up in {seconds:.0f} s)")
    if mail is not None:
        print(f"Mail that it sends is shown at {environment['PORTAL_BASE_URL']}/development/mailbox")
    print("Ctrl-C stops it.", flush=True)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"PORT must be a number from 1 to 65535, not {text!r}.")
    try:
        _bind(int(text))
    except PermissionError:
        fail(f"port {text} is not open to you. Choose one from 1024 on: PORT=8001 bin/portal run")
    except OSError:
        fail(f"port {text} is in use. Stop what listens there, or choose another: PORT=8001 bin/portal run")
    return int(text)


def _bind(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def _listen(numbers: Iterable[int]) -> socket.socket | None:
    """Take the first of these ports that is free: it listens from here on, so nobody else can choose it too."""
    for number in numbers:
        try:
            return socket.create_server(("127.0.0.1", number))
        except OSError:
            continue
    return None


def _environment(port: int) -> tuple[dict[str, str], socket.socket | None]:
    """The environment of the parts, and where the mail catcher is to listen (None: mail goes elsewhere)."""
    environment = {name: value for name, value in os.environ.items() if value or not name.startswith("PORTAL_")}
    data_dir = _make_folder(Path(environment.get("PORTAL_DATA_DIR", ROOT / "var")).resolve())
    environment |= {"PORT": str(port), "PORTAL_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}
    environment.setdefault("PORTAL_ENV", "development")
    environment.setdefault("PORTAL_BASE_URL", f"http://127.0.0.1:{port}")
    if "PORTAL_SECRET_KEY" not in environment:
        environment["PORTAL_SECRET_KEY"] = _secret_key(data_dir / "secret_key")
    if "PORTAL_SMTP_URL" in environment:
        return environment, None
    mail = _listen(number for number in range(1025, 1125) if number != port)
    if mail is None:
        fail("no port from 1025 to 1124 is free for the mail catcher. Set PORTAL_SMTP_URL to a mail server.")
    environment["PORTAL_SMTP_URL"] = f"smtp://127.0.0.1:{_number_of(mail)}"
    return environment, mail


def _number_of(listening: socket.socket) -> int:
    number: int = listening.getsockname()[1]
    return number


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"the folder {folder} cannot be made: {error.strerror}. PORTAL_DATA_DIR may name another.")
    if not os.access(folder, os.W_OK | os.X_OK):
        fail(f"the folder {folder} is not writable for you. PORTAL_DATA_DIR may name another.")
    return folder


def _secret_key(kept: Path) -> str:
    """The key of this data directory, made when there is none; never half written."""
    key = kept.read_text(encoding="ascii").strip() if kept.exists() else ""
    if not key:
        key = secrets.token_urlsafe(48)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(key, encoding="ascii")
        unfinished.replace(kept)
    return key


def _flask(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "flask", "--app", "wsgi", *arguments]


def _parts(port: int, mail: socket.socket | None, environment: dict[str, str], logs: Path) -> list[Part]:
    gunicorn = [str(PYTHON), "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]  # and gunicorn.conf.py
    parts = [Part("web server", gunicorn, logs / "web.log"), Part("job worker", _flask("worker"), logs / "worker.log")]
    if mail is not None:
        mailbox = str(Path(environment["PORTAL_DATA_DIR"]) / "mailbox")
        catcher = [str(PYTHON), "-m", "portal.development.mail_catcher", mailbox, str(_number_of(mail))]
        command = [*catcher, "--socket", str(mail.fileno())]
        parts.append(Part("mail catcher", command, logs / "mail-catcher.log", sockets=[mail]))
    return parts


def _wait_until_up(parts: Parts, port: int, mail: socket.socket | None) -> bool:
    """Whether everything answers; False when somebody asked to stop before."""
    deadline = time.monotonic() + START_SECONDS
    while parts.check():
        if _answers(f"http://127.0.0.1:{port}/healthz") and (mail is None or _greets(_number_of(mail))):
            return True
        if time.monotonic() > deadline:
            fail(f"the portal did not answer within {START_SECONDS} s. See {parts.running[0].log}")
        time.sleep(0.1)
    return False


def _answers(address: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _greets(port: int) -> bool:
    """Whether a mail server speaks there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            return line.recv(3) == b"220"
    except OSError:
        return False
