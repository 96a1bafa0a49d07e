"""Reading a mail's bytes: who sent it to which address, what was written, which files, and what sort of mail it is."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser
from io import BytesIO

from portal.attachments.inspection import Upload
from portal.inbound.cutting import cut_history
from portal.inbound.japanese import decode, decode_words

_ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_LONGEST_TEXT = 200_000
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote"})
_FAILED = re.compile(r"\b(?:dmarc|spf|dkim)\s*=\s*(\w+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ReadMail:
    """What the portal takes from a mail. ``text`` is what was written above the history.

    ``sender`` is None unless there is exactly one From address. ``is_failed_authentication`` says that the trusted
    server of our own side found the sender not genuine.
    """

    message_id: str
    sender: str | None
    addresses: tuple[str, ...]
    subject: str
    text: str
    files: tuple[Upload, ...]
    is_automatic: bool
    is_bounce: bool
    is_failed_authentication: bool


def read_mail(content: bytes, *, trusted_server: str = "") -> ReadMail:
    """Take a mail apart. Never raises for what is in it; what is unreadable is empty.

    ``trusted_server`` is the name that our own mail server writes into Authentication-Results (RFC 8601); the
    headers of others are not believed.
    """
    message = message_from_bytes(content, policy=policy.compat32)
    return ReadMail(
        message_id=decode_words(message.get("Message-ID"))[:300],
        sender=_sender(message),
        addresses=tuple(
            address.lower()
            for name in _ADDRESSED
            for _, address in getaddresses([str(value) for value in message.get_all(name, [])])
            if address
        ),
        subject=decode_words(message.get("Subject"))[:500],
        text=cut_history(_text_of(message)[:_LONGEST_TEXT]),
        files=tuple(_files_of(message)),
        is_automatic=_is_automatic(message),
        is_bounce=_is_bounce(message),
        is_failed_authentication=_is_failed(message, trusted_server),
    )


def _sender(message: Message) -> str | None:
    addresses = getaddresses([str(value) for value in message.get_all("From", [])])
    return addresses[0][1].lower() if len(addresses) == 1 and "@" in addresses[0][1] else None


def _is_automatic(message: Message) -> bool:
    """Replies of machines, after RFC 3834 and what mail programs do besides; a human's reply has none of these."""
    if str(message.get("Auto-Submitted", "no")).strip().lower().split(";")[0] != "no":
        return True
    if str(message.get("Precedence", "")).strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    return any(message.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Loop"))


def _is_bounce(message: Message) -> bool:
    if message.get_content_type() == "multipart/report":
        return True
    path = message.get("Return-Path")
    if path is not None and not parseaddr(str(path))[1]:
        return True
    sender = parseaddr(str(message.get("From", "")))[1].lower()
    return sender.split("@")[0] in {"mailer-daemon", "postmaster"}


def _is_failed(message: Message, trusted_server: str) -> bool:
    """DMARC decides where our server asked it; else SPF and DKIM must not both have failed."""
    if not trusted_server:
        return False
    for value in message.get_all("Authentication-Results", []):
        server, _, results = str(value).partition(";")
        if server.strip().split(" ")[0].lower() != trusted_server.lower():
            continue
        dmarc = re.search(r"\bdmarc\s*=\s*(\w+)", results, re.IGNORECASE)
        if dmarc is not None:
            return dmarc.group(1).lower() == "fail"
        found = [word.lower() for word in _FAILED.findall(results)]
        return bool(found) and all(word in {"fail", "softfail", "permerror"} for word in found)
    return False


def _text_of(message: Message) -> str:
    """The first plain text; without one the first HTML as text."""
    for wanted in ("text/plain", "text/html"):
        for part in message.walk():
            if part.get_content_type() == wanted and not _is_file(part):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes):
                    text = decode(payload, part.get_content_charset())
                    return text if wanted == "text/plain" else _plain(text)
    return ""


def _files_of(message: Message) -> list[Upload]:
    files = []
    for part in message.walk():
        if part.is_multipart() or not _is_file(part):
            continue
        payload = part.get_payload(decode=True)
        name = decode_words(part.get_filename()) or "attachment"
        if isinstance(payload, bytes):
            files.append(Upload(name, BytesIO(payload), part.get_content_type()))
    return files


def _is_file(part: Message) -> bool:
    """A file that somebody attached; a picture of the letterhead, which the text refers to, is none."""
    if part.get_content_disposition() == "attachment":
        return True
    return part.get_filename() is not None and part.get("Content-ID") is None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "head"}:
            self._silent += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"}:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(" ".join(data.split()) if data.strip() else "")


def _plain(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip()
