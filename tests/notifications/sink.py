"""A small SMTP server of the tests that can refuse, hang, cut off, or wait at a point until it is told to go on."""

import email
import email.policy
import socket
import threading
from email.message import EmailMessage


class Sink:
    """Takes mail on a port of its own and keeps it.

    ``hold`` names a point at which it stops and sets ``reached``: ``connect``, ``mail`` (MAIL FROM came), ``rcpt`` or
    ``dot`` (it has the mail, and has not answered). ``behave`` maps a point to ``hang``, ``cut`` or an answer such as
    ``451 later``.
    """

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.mails: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.hold: str | None = None
        self.behave: dict[str, str] = {}
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.stopping = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.stopping.set()
        self.go_on.set()
        self.socket.close()

    def reset(self) -> None:
        """Serve normally from now on."""
        self.hold, self.behave = None, {}
        self.go_on.set()

    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.mails]

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)
        except (OSError, ValueError):
            return

    def _say(self, stream, point: str, answer: str) -> None:
        """Answer as this point is told to; ValueError ends the connection."""
        if self.hold == point:
            self.reached.set()
            self.go_on.wait(20)
        how = self.behave.get(point)
        if how == "cut":
            raise ValueError
        if how == "hang":
            self.stopping.wait(20)
            raise ValueError
        stream.write(((how or answer) + "\r\n").encode())
        stream.flush()

    def _talk(self, stream) -> None:
        self._say(stream, "connect", "220 sink")
        recipients: list[str] = []
        while line := stream.readline():
            verb = line[:4].upper()
            if verb == b"MAIL":
                recipients = []
                self._say(stream, "mail", "250 ok")
            elif verb == b"RCPT":
                recipients.append(line.decode().partition("<")[2].partition(">")[0])
                self._say(stream, "rcpt", "250 ok")
            elif verb == b"DATA":
                stream.write(b"354 go\r\n")
                stream.flush()
                self._take(stream, recipients)
            elif verb == b"QUIT":
                stream.write(b"221 bye\r\n")
                stream.flush()
                return
            else:
                stream.write(b"250 ok\r\n")
                stream.flush()

    def _take(self, stream, recipients: list[str]) -> None:
        lines: list[bytes] = []
        while (line := stream.readline()) != b".\r\n":
            if not line:
                raise ValueError
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.hold == "dot" or "dot" in self.behave:
            if self.behave.get("dot", "250") not in {"hang", "cut", "250"}:
                self._say(stream, "dot", "250 ok")
                return
            self._keep(lines, recipients)  # taken, but the sender does not learn of it
            self._say(stream, "dot", "250 ok")
            return
        self._keep(lines, recipients)
        self._say(stream, "dot", "250 ok")

    def _keep(self, lines: list[bytes], recipients: list[str]) -> None:
        self.mails.append(b"".join(lines))
        self.recipients.append(recipients)
