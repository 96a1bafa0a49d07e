"""A mail server for development: it keeps what it is sent as files and delivers nothing."""

import asyncio
import email
import email.policy
import os
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.core import clock


@dataclass(frozen=True)
class CaughtMail:
    """One caught mail, decoded; HTML is never shown, only its plain twin."""

    key: str
    caught_at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
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
        unfinished.write_bytes(b"X-Envelope-To: " + recipients + b"\r\n" + content)
        os.replace(unfinished, self.folder / f"{stamp}.eml")
        return "250 Kept"


def mailbox_of(data_dir: Path) -> Path:
    """The folder of the caught mails."""
    return data_dir / "mailbox"


def start(folder: Path, port: int, host: str = "127.0.0.1") -> Controller:
    """Catch mail in a thread until the controller is stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(_Keeper(folder), hostname=host, port=port)
    controller.start()
    return controller


def serve(folder: Path, port: int) -> None:
    """Catch mail until the process is ended."""
    controller = start(folder, port)
    try:
        asyncio.run(asyncio.Event().wait())
    except KeyboardInterrupt:
        pass
    finally:
        controller.stop()


def list_mails(folder: Path, *, recipient: str = "", before: str | None = None, size: int = 50) -> list[CaughtMail]:
    """The caught mails, newest first, of those recipients that contain ``recipient``; older than the key ``before``."""
    found: list[CaughtMail] = []
    for path in sorted(folder.glob("*.eml"), reverse=True):
        if before is not None and path.stem >= before:
            continue
        mail = _read(path)
        if recipient.strip().lower() in mail.recipient.lower():
            found.append(mail)
        if len(found) > size:
            break
    return found


def find_mail(folder: Path, key: str) -> CaughtMail | None:
    """The mail of the key, or None."""
    return next((_read(path) for path in folder.glob("*.eml") if path.stem == key), None)


def _read(path: Path) -> CaughtMail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes nothing else
    body = message.get_body(preferencelist=("plain",))
    return CaughtMail(
        key=path.stem, caught_at=datetime.strptime(path.stem[:21] + "+0000", "%Y%m%dT%H%M%S%f%z"),
        sender=str(message["From"] or ""), recipient=str(message["X-Envelope-To"] or ""),
        subject=str(message["Subject"] or ""), text=body.get_content().replace("\r\n", "\n") if body is not None else "",
        headers=[(name, str(value)) for name, value in message.items()])
