"""Fetching mail over IMAP: each message is taken in a transaction of its own and marked as seen only after it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from flask import current_app
from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.consts import MailMessageFlags

from portal.core.db import unit_of_work
from portal.inbound.service import hold_unreadable, take_mail

_log = logging.getLogger(__name__)
_LOT = 100
_PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True, kw_only=True)
class MailboxAddress:
    """Where the mail is: ``imaps://user:password@host:port/folder``."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def from_url(cls, url: str) -> "MailboxAddress":
        """Read the setting; config.py has checked its form."""
        parts = urlsplit(url)
        return cls(
            scheme=parts.scheme,
            host=parts.hostname or "localhost",
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )


def fetch_mails(should_stop: Callable[[], bool] = lambda: False) -> int:
    """Take every unseen mail of the configured mailbox, a hundred at most; how many. Nothing without a mailbox.

    A worker that is killed between taking and marking takes the same mail again, which has no effect.
    """
    settings = current_app.config["PORTAL_SETTINGS"]
    if not settings.imap_url:
        return 0
    address = MailboxAddress.from_url(settings.imap_url)
    count = 0
    with _open(address, settings.smtp_timeout) as box:
        for uid in box.uids("UNSEEN")[:_LOT]:
            if should_stop():
                break
            content = _content(box, uid)
            if content is not None and _take(content):
                box.flag(uid, MailMessageFlags.SEEN, True)
                count += 1
    return count


def _take(content: bytes) -> bool:
    """Take one mail; whether it is settled. What fails for a reason of ours is held back, so that it is not lost."""
    try:
        with unit_of_work():
            take_mail(content)
    except OSError:
        _log.exception("A mail could not be kept; it stays in the mailbox")
        return False
    except Exception:
        _log.exception("A mail could not be taken and is held back")
        with unit_of_work():
            hold_unreadable(content)
    return True


def _content(box: BaseMailBox, uid: str) -> bytes | None:
    """The bytes as the server has them, without marking the mail as seen."""
    _, parts = box.client.uid("fetch", uid, "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _open(address: MailboxAddress, timeout: float) -> BaseMailBox:
    kind = MailBox if address.scheme == "imaps" else MailBoxUnencrypted
    box = kind(address.host, address.port, timeout=timeout)
    return box.login(address.user, address.password, initial_folder=address.folder)
