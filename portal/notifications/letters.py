"""The making of a mail: headers that let readers sort and stop it, plain text first, the same text linked as HTML."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from email.policy import compat32
from email.utils import parseaddr
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template
from flask_babel import force_locale, gettext
from flask_mail import Message

from portal.accounts.links import arm_link
from portal.config import Settings
from portal.core import clock
from portal.core.db import db
from portal.core.errors import DomainError
from portal.core.events import EventRecord
from portal.core.i18n import speaking
from portal.directory.models import Person
from portal.notifications.addresses import absolute, absolute_subject
from portal.notifications.ended import list_in_vain
from portal.notifications.models import Delivery, Notification, Topic
from portal.notifications.plain_text import encoded_header, fold, linked, one_line
from portal.notifications.preferences import NEVER_OFF, derive_secret, keep_secrets
from portal.notifications.reply_addresses import CUT_LINE, reply_address
from portal.notifications.rights import who_may_see
from portal.notifications.sending_progress import is_recalled_issue
from portal.notifications.wording import Wording, is_english, render

LONGEST_SUBJECT = 120
_AS_IT_STANDS = compat32.clone(linesep="\r\n", max_line_length=None)  # no header is read and folded anew


class NotNeeded(Exception):
    """The mail need not be sent: the person may not see its subject (any more), or a newer one replaces it."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail ready to be handed over: one sender, one recipient, its bytes."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What several mails say, read together: people, lines, and the deliveries whose reader may (still) have it."""

    people: dict[int, Person]
    lines: dict[int, Notification]
    due: frozenset[int]


def gather(deliveries: Sequence[Delivery]) -> Gathered:
    """Read what these mails need: so many statements for as many subjects, not for as many mails."""
    people = {
        person.id: person
        for person in db.session.scalars(
            sa.select(Person).where(Person.id.in_({each.person_id for each in deliveries}))
        )
    }
    lines = {
        line.id: line
        for line in db.session.scalars(
            sa.select(Notification).where(Notification.id.in_({each.notification_id for each in deliveries}))
        )
    }
    circles: dict[tuple[Any, ...], list[Delivery]] = {}
    for each in deliveries:
        if each.notification_id is not None:
            line = lines[each.notification_id]
            key = (line.event_id, line.kind, line.subject_kind, line.subject_id, line.audience, repr(line.facts))
            circles.setdefault(key, []).append(each)
    in_vain = list_in_vain([line.id for line in lines.values() if line.needs_action or line.due_on])
    due: set[int] = set()
    for group in circles.values():
        line = lines[group[0].notification_id or 0]
        asked = [each for each in group if each.notification_id not in in_vain]
        if not asked or is_recalled_issue(line):
            continue
        allowed = who_may_see(line, {each.person_id for each in asked})
        due.update(each.id for each in asked if each.person_id in allowed)
    keep_secrets({(each.person_id, lines[each.notification_id or 0].topic) for each in deliveries if each.id in due})
    return Gathered(people=people, lines=lines, due=frozenset(due))


def write_letter(delivery: Delivery, gathered: Gathered | None = None) -> Letter:
    """The mail of a delivery, in the language of its reader. Raises NotNeeded.

    The caller is in a transaction: the link of an invitation gets its secret here and nowhere else.
    """
    gathered = gathered or gather([delivery])
    person = gathered.people[delivery.person_id]
    with speaking(person.locale), force_locale(person.locale):
        if delivery.notification_id is None:
            return _account_letter(delivery, person)
        line = gathered.lines[delivery.notification_id]
        if delivery.id not in gathered.due:
            raise NotNeeded("nothing is asked any more, or the person may not see it any more")
        wording = Wording(
            kind=line.kind,
            facts=line.facts,
            needs_action=line.needs_action,
            is_urgent=line.is_urgent,
            due_on=line.due_on,
        )
        secret = derive_secret(person.id, line.topic)
        stop = None if line.topic is Topic.ACCOUNT else absolute("notifications.unsubscribe", secret=secret)
        reply_to = reply_address(delivery) if line.subject_kind == "issue" else None
        text = render(
            f"email/{line.kind}/body.txt",
            wording=wording,
            facts=line.facts,
            stop=stop,
            is_stoppable=line.topic not in NEVER_OFF,
            preferences=absolute("notifications.preferences"),
            cut_line=CUT_LINE if reply_to else None,
            url=absolute_subject(line.subject_kind, line.subject_id, line.facts),
        )
        return assemble(
            person,
            subject=_subject(wording),
            text=text,
            message_id=delivery.message_id or "",
            stop=stop,
            reply_to=reply_to,
            thread=f"{line.subject_kind}/{line.subject_id}",
        )


def assemble(
    person: Person,
    *,
    subject: str,
    text: str,
    message_id: str,
    stop: str | None = None,
    thread: str | None = None,
    reply_to: str | None = None,
) -> Letter:
    """The bytes of a mail: folded plain text, its HTML twin, and every header."""
    settings: Settings = current_app.config["PORTAL_SETTINGS"]
    folded = fold(text)
    subject = one_line(subject)
    html = render_template(
        "email/layout.html",
        subject=subject,
        locale="en" if is_english() else "ja",
        lines=[linked(line) for line in folded.splitlines()],
    )
    message = Message(
        subject=encoded_header(subject, "Subject"),
        recipients=[person.email],
        body=folded + "\n",
        html=html,
        sender=settings.mail_sender,
        reply_to=reply_to,
        date=clock.now().timestamp(),
        extra_headers=_headers(stop, thread),
    )
    message.msgId = message_id
    if message.has_bad_headers() or one_line(person.email) != person.email:
        raise NotNeeded("the address cannot stand in a header")
    # The library's own folding would turn a long List-Unsubscribe into encoded words, which no mail program follows.
    content = message._message().as_bytes(policy=_AS_IT_STANDS)
    return Letter(sender=parseaddr(settings.mail_sender)[1], recipient=person.email, content=content)


def _headers(stop: str | None, thread: str | None) -> dict[str, str]:
    """What tells mail programs that no person wrote it, what it belongs to and how it is stopped (RFC 3834, 8058)."""
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if thread is not None:
        headers["References"] = thread_id(thread)
    if stop is not None:
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return {name: one_line(value) for name, value in headers.items()}


def thread_id(subject: str) -> str:
    """The id that all mails about one subject refer to, so that mail programs keep them together."""
    settings: Settings = current_app.config["PORTAL_SETTINGS"]
    digest = hmac.new(settings.secret_key.encode(), f"thread/{subject}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"<thread.{digest}@{host_of(settings)}>"


def host_of(settings: Settings) -> str:
    """The domain of Message-IDs: the sender's."""
    return parseaddr(settings.mail_sender)[1].rpartition("@")[2] or "localhost"


def _subject(wording: Wording) -> str:
    subject = one_line(f"{wording.mark}{wording.headline} {wording.name}")
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1] + "…"


def _account_letter(delivery: Delivery, person: Person) -> Letter:
    """An invitation, a reset or the word that a password was changed. It is written whatever one has chosen.

    Sent again, it bears a new Message-ID: its link is new, and the earlier mail's is dead.
    """
    record = db.session.get_one(EventRecord, delivery.event_id)
    link_id = record.payload.get("link_id")
    url = absolute("accounts.sign_in")
    if link_id is not None:
        try:
            url = absolute("accounts.use_link", secret=arm_link(int(link_id)))
        except DomainError as error:
            raise NotNeeded("the link was used or replaced") from error
    wording = Wording(kind=record.kind, facts={"reason": "self"}, needs_action=link_id is not None)
    text = render(f"email/{record.kind}/body.txt", wording=wording, facts={}, url=url, person=person)
    message_id = delivery.message_id or ""
    if delivery.attempts > 1:
        message_id = message_id.replace("@", f".{delivery.attempts}@")
    subject = f"{wording.mark}{wording.headline} {gettext('地方連携リエゾンポータル')}"
    return assemble(person, subject=subject, text=text, message_id=message_id)
