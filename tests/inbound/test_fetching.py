"""Fetching from a real IMAP server: dovecot, started by the test on a port of its own."""

import dataclasses
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.errors import Conflict
from portal.inbound import fetching
from portal.inbound.fetching import MailboxAddress, fetch_mails
from portal.inbound.models import InboundMail
from portal.inbound.states import HeldReason, MailState
from portal.issues.states import IssueState
from portal.jobs.tasks import fetch_replies
from tests.factories.issues import make_cast, make_issue
from tests.inbound.mails import mail
from tests.support.databases import fast_folder

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(DOVECOT is None, reason="dovecot is not installed (apt-get install dovecot-imapd)")
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 0
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""


class Mailbox:
    """A server with one mailbox, into which mails are laid as a mail transfer agent does."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"imap://portal:secret@127.0.0.1:{port}/INBOX"
        self._count = 0

    def lay(self, content: bytes) -> None:
        self._count += 1
        name = f"{int(time.time())}.{self._count}.test"
        (self.folder / "mail" / "tmp" / name).write_bytes(content)
        _own(self.folder / "mail" / "tmp" / name)
        (self.folder / "mail" / "tmp" / name).rename(self.folder / "mail" / "new" / name)


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


@pytest.fixture(scope="module")
def mailbox():
    with fast_folder("portal-imap-") as folder:
        yield from _serve(folder)


def _serve(folder: Path) -> Iterator[Mailbox]:
    for name in ("mail", "mail/new", "mail/cur", "mail/tmp"):
        (folder / name).mkdir()
        _own(folder / name)
    _own(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    is_root = os.geteuid() == 0
    uid, gid = (65534, 65534) if is_root else (os.getuid(), os.getgid())
    user, group = ("nobody", "nogroup") if is_root else (str(uid), str(gid))
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(folder=folder, port=port, uid=uid, gid=gid, user=user, group=group)
    )
    server = subprocess.Popen([str(DOVECOT), "-F", "-c", str(folder / "dovecot.conf")])
    _wait_for(port, folder)
    yield Mailbox(folder, port)
    server.terminate()
    server.wait(timeout=20)


def _wait_for(port: int, folder: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            log = folder / "log"
            assert time.monotonic() < deadline, log.read_text() if log.exists() else "dovecot did not start"
            time.sleep(0.1)


@pytest.fixture
def answered(arrange, address_for, replying, mailbox):
    """An issue that waits for an answer, the address for it, and the portal with the mailbox."""
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.RETURNED)
    address = address_for(cast.staff, issue)
    settings = replying.config["PORTAL_SETTINGS"]
    replying.config["PORTAL_SETTINGS"] = dataclasses.replace(settings, imap_url=mailbox.url)
    yield replying, address
    with replying.app_context():
        fetch_mails()  # leaves nothing for the next test


def taken(arrange) -> list[InboundMail]:
    with arrange():
        return list(db.session.scalars(sa.select(InboundMail).order_by(InboundMail.id)))


def test_unseen_mails_are_taken_once(arrange, answered, mailbox):
    app, address = answered
    mailbox.lay(mail(address))
    mailbox.lay(mail("reply@portal.example"))
    with app.app_context():
        assert fetch_mails() == 2
        assert fetch_mails() == 0

    assert [(row.state, row.reason) for row in taken(arrange)] == [
        (MailState.POSTED, None),
        (MailState.HELD, HeldReason.UNKNOWN_ADDRESS),
    ]


def test_a_worker_killed_after_taking_takes_nothing_twice(arrange, answered, mailbox, monkeypatch):
    app, address = answered
    mailbox.lay(mail(address))

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched, app.app_context():
        patched.setattr("imap_tools.BaseMailBox.flag", die)
        with pytest.raises(Killed):
            fetch_mails()
    with app.app_context():
        assert fetch_mails() == 1

    assert [row.state for row in taken(arrange)] == [MailState.POSTED]


def test_a_full_disk_leaves_the_mail_in_the_mailbox(arrange, answered, mailbox, monkeypatch):
    app, address = answered
    mailbox.lay(mail(address))

    def fail(_content):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, app.app_context():
        patched.setattr("portal.inbound.service.keep_original", fail)
        assert fetch_mails() == 0
    assert taken(arrange) == []
    with app.app_context():
        assert fetch_mails() == 1
    assert [row.state for row in taken(arrange)] == [MailState.POSTED]


def test_a_mail_that_breaks_something_is_held_back_and_the_next_is_taken(arrange, answered, mailbox, monkeypatch):
    app, address = answered
    mailbox.lay(mail(address, "これは失敗します。"))
    mailbox.lay(mail(address, "これは届きます。"))
    take = fetching.take_mail

    def fail_once(content):
        monkeypatch.setattr(fetching, "take_mail", take)
        raise Conflict("x")

    monkeypatch.setattr(fetching, "take_mail", fail_once)
    with app.app_context():
        assert fetch_mails() == 2

    assert [(row.state, row.reason) for row in taken(arrange)] == [
        (MailState.HELD, HeldReason.FAILED),
        (MailState.POSTED, None),
    ]


def test_a_server_that_is_away_is_no_error_of_the_worker(replying, caplog):
    with replying.app_context():
        fetch_replies()

    assert "mailbox of replies cannot be read" in caplog.text


def test_the_address_of_the_mailbox_is_read():
    address = MailboxAddress.from_url("imaps://portal%40x:p%2Fw@mail.example/Replies")

    assert (address.host, address.port, address.user, address.password, address.folder) == (
        "mail.example",
        993,
        "portal@x",
        "p/w",
        "Replies",
    )
