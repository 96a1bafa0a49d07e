"""A mail server for development: it keeps what it is sent as files and delivers nothing."""

import argparse
import asyncio
import email
import email.policy
import os
import re
import socket
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.core import clock

_KEY = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_ENVELOPE = b"X-Envelope-To: "


@dataclass(frozen=True)
class CaughtMail:
    """One caught mail, decoded. ``html`` is the source of its HTML part, only ever shown as text."""

    key: str
    caught_at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: list[str]
    headers: list[tuple[str, str]]


class _Keeper:
    """The handler: one file per message, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        stamp = f"{clock.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
        recipients = ", ".join(envelope.rcpt_tos).encode("ascii", "replace")
        unfinished = self.folder / f".{stamp}"
        unfinished.write_bytes(_ENVELOPE + recipients + b"\r\n" + content)
        os.replace(unfinished, self.folder / f"{stamp}.eml")
        return "250 Kept"


def mailbox_of(data_dir: Path) -> Path:
    """The folder of the caught mails."""
    return data_dir / "mailbox"


class _Catcher(Controller):
    """A controller that may be given a socket which listens already."""

    listening: socket.socket | None = None

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        if self.listening is None:
            return super()._create_server()
        return self.loop.create_server(self._factory_invoker, sock=self.listening)


def start(folder: Path, port: int, host: str = "127.0.0.1", *, listening: socket.socket | None = None) -> Controller:
    """Catch mail in a thread until the controller is stopped. Raises OSError when the port is in use.

    ``listening`` is a socket that listens on the port already, for who had to know beforehand that it is free.
    """
    folder.mkdir(parents=True, exist_ok=True)
    controller = _Catcher(_Keeper(folder), hostname=host, port=port)
    controller.listening = listening
    controller.start()
    return controller


def serve(folder: Path, port: int, *, listening: socket.socket | None = None) -> None:
    """Catch mail until the process is ended. A port in use ends it with a line that says so."""
    try:
        controller = start(folder, port, listening=listening)
    except OSError as error:
        raise SystemExit(f"Mail cannot be caught on port {port}: {error.strerror or error}") from error
    try:
        asyncio.run(asyncio.Event().wait())
    except KeyboardInterrupt:
        pass
    finally:
        controller.stop()


def list_mails(folder: Path, *, recipient: str = "", before: str | None = None, size: int = 50) -> list[CaughtMail]:
    """The caught mails, newest first, to those whose address contains ``recipient``; older than the key ``before``.

    One more than ``size`` is given when there are more.
    """
    wanted = recipient.strip().lower().encode("ascii", "replace")
    found: list[CaughtMail] = []
    for path in sorted(_files(folder), reverse=True):
        if (before is None or path.stem < before) and wanted in _envelope(path):
            found.append(_read(path))
        if len(found) > size:
            break
    return found


def find_mail(folder: Path, key: str) -> CaughtMail | None:
    """The mail of the key, or None."""
    path = folder / f"{key}.eml"
    return _read(path) if _KEY.fullmatch(key) and path.is_file() else None


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.eml") if _KEY.fullmatch(path.stem)]


def _envelope(path: Path) -> bytes:
    """The recipients, without reading the mail: a search goes through thousands of them."""
    with path.open("rb") as file:
        return file.readline().removeprefix(_ENVELOPE).lower()


def _read(path: Path) -> CaughtMail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return CaughtMail(
        key=path.stem,
        caught_at=datetime.strptime(path.stem[:21] + "+0000", "%Y%m%dT%H%M%S%f%z"),
        sender=str(message["From"] or ""),
        recipient=str(message["X-Envelope-To"] or ""),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=[part.get_filename() or part.get_content_type() for part in message.iter_attachments()],
        headers=[(name, str(value)) for name, value in message.items()],
    )


def _part(message: EmailMessage, kind: str) -> str:
    """The text of the plain or the html part, decoded as far as can be."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    try:
        text = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset that Python does not know
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _main() -> None:
    """Catch mail without loading the portal: ``python -m portal.development.mail_catcher FOLDER PORT``.

    ``--socket N``: the port listens already as the file descriptor N, which was inherited.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--socket", type=int)
    arguments = parser.parse_args()
    listening = None if arguments.socket is None else socket.socket(fileno=arguments.socket)
    serve(arguments.folder, arguments.port, listening=listening)


if __name__ == "__main__":
    _main()
