"""One SMTP connection: with a timeout, one recipient a mail, and a call just before the dot that hands a mail over."""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Refused(Exception):
    """The server does not take this mail. ``is_final``: it never will (5xx); the connection stays good."""

    def __init__(self, code: int, reply: bytes) -> None:
        super().__init__(f"{code} {reply.decode(errors='replace')[:500]}")
        self.is_final = 500 <= code < 600


class Unreachable(Exception):
    """The server refuses connections, hangs or cuts off before it was handed the mail: nothing was sent."""


class FateUnknown(Exception):
    """The mail was handed over and no answer came: it may or may not arrive."""


@dataclass(frozen=True)
class Server:
    """Where mail goes: from ``smtp://user:password@host:port`` or smtps://."""

    host: str
    port: int
    is_encrypted: bool
    user: str
    password: str
    timeout: float

    @classmethod
    def from_url(cls, url: str, timeout: float) -> Self:
        """Read the URL of the settings."""
        parts = urlsplit(url)
        is_encrypted = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (465 if is_encrypted else 25),
            is_encrypted=is_encrypted,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            timeout=timeout,
        )


class Connection:
    """A connection that is opened when first needed and used for one mail after another."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._smtp is not None:
            self._say_goodbye(self._smtp)

    def send(self, sender: str, recipient: str, content: bytes, mark: Callable[[], None]) -> None:
        """Send the mail; ``mark`` is called between its last line and the final dot, and may raise to stop it.

        Raises Refused, Unreachable (both: surely not delivered) or FateUnknown.
        """
        smtp = self._open()
        try:
            self._expect(smtp.mail(sender), smtp, {250})
            self._expect(smtp.rcpt(recipient), smtp, {250, 251})
            self._expect(smtp.docmd("DATA"), smtp, {354})
            smtp.send(dot_stuffed(content))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unreachable(_said(error)) from error
        try:
            mark()
        except BaseException:
            self._drop()  # without the dot the server throws away what it got
            raise
        self._hand_over(smtp)

    def _hand_over(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise FateUnknown(_said(error)) from error
        if code != 250:
            if code == 421:
                self._drop()
            raise Refused(code, reply)

    def _expect(self, answer: tuple[int, bytes], smtp: smtplib.SMTP, wanted: set[int]) -> None:
        code, reply = answer
        if code in wanted:
            return
        if code == 421:
            self._drop()
            raise Unreachable(f"421 {reply.decode(errors='replace')[:500]}")
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        raise Refused(code, reply)

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        server = self.server
        try:
            if server.is_encrypted:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=server.timeout, context=ssl.create_default_context()
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
            self._smtp = smtp
            smtp.ehlo_or_helo_if_needed()
            self._log_in(smtp)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unreachable(_said(error)) from error
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """A password goes over an encrypted line or over none, but for this very machine."""
        if not self.server.user:
            return
        if not self.server.is_encrypted and self.server.host not in _LOOPBACK:
            smtp.starttls(context=ssl.create_default_context())
        smtp.login(self.server.user, self.server.password)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _say_goodbye(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()
        self._smtp = None


def dot_stuffed(content: bytes) -> bytes:
    """The content as DATA carries it: CRLF, leading dots doubled, ending with a line end (RFC 5321 section 4.5.2)."""
    lines = _LINE_END.sub(b"\r\n", content)
    stuffed = _LEADING_DOT.sub(b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
