"""One SMTP connection: with a timeout, one recipient a mail, and a stop just before the dot that hands a mail over."""

import re
import smtplib
import socket
import ssl
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

    def offer(self, sender: str, recipient: str, content: bytes) -> None:
        """Everything of a mail but its final dot; without the dot the server throws away what it got.

        Raises Refused or Unreachable: both surely not delivered.
        """
        smtp = self._open()
        try:
            self._expect(smtp.mail(sender), smtp, {250})
            self._expect(smtp.rcpt(recipient), smtp, {250, 251})
            self._expect(smtp.docmd("DATA"), smtp, {354})
            smtp.send(dot_stuffed(content))
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise Unreachable(_said(error)) from error

    def push_dot(self) -> None:
        """Hand the offered mail over. Raises FateUnknown."""
        if self._smtp is None:
            raise FateUnknown("the connection is gone")
        try:
            self._smtp.send(b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise FateUnknown(_said(error)) from error

    def read_verdict(self) -> None:
        """The server's answer to the dot. Raises Refused or FateUnknown."""
        if self._smtp is None:
            raise FateUnknown("the connection is gone")
        try:
            code, reply = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise FateUnknown(_said(error)) from error
        if code != 250:
            if code == 421:
                self.hang_up()
            raise Refused(code, reply)

    def freshen(self) -> None:
        """Let go of a connection that was kept and that the server has closed meanwhile."""
        if self._smtp is None:
            return
        try:
            if self._smtp.noop()[0] == 250:
                return
        except (smtplib.SMTPException, OSError):
            pass
        self.hang_up()

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            self._say_goodbye(self._smtp)

    def _expect(self, answer: tuple[int, bytes], smtp: smtplib.SMTP, wanted: set[int]) -> None:
        code, reply = answer
        if code in wanted:
            return
        if code == 421:
            self.hang_up()
            raise Unreachable(f"421 {reply.decode(errors='replace')[:500]}")
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.hang_up()
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
            if smtp.sock is not None:  # the dot is a packet of its own, which must not wait for the text's receipt
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.ehlo_or_helo_if_needed()
            self._log_in(smtp)
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            raise Unreachable(_said(error)) from error
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """A password goes over an encrypted line or over none, but for this very machine."""
        if not self.server.user:
            return
        if not self.server.is_encrypted and self.server.host not in _LOOPBACK:
            smtp.starttls(context=ssl.create_default_context())
        smtp.login(self.server.user, self.server.password)

    def hang_up(self) -> None:
        """End the connection; what was offered and has no dot is not delivered."""
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
