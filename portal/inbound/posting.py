"""From a mail to a post: whose it is, to whom it may be shown, and what stands in the way."""

import sqlalchemy as sa

from portal.attachments.service import store_attachments
from portal.core.db import db
from portal.core.errors import DomainError, Forbidden, NeedsConfirmation, NotFound
from portal.core.events import Audience, EventRecord
from portal.core.my_number import gravest, scan
from portal.directory.actor import Actor, list_actors
from portal.inbound.reading import ReadMail
from portal.inbound.states import HeldReason
from portal.issues import policy, queries, service
from portal.issues.models import Consultation, Issue, Post
from portal.notifications.models import Delivery, Notification


class Held(Exception):
    """The mail is not posted; ``reason`` says why and ``detail`` what exactly was refused."""

    def __init__(self, reason: HeldReason, detail: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


def post_mail(delivery: Delivery, mail: ReadMail, *, confirmed: bool = False) -> Post:
    """Write the mail into the thread that its delivery told of, in the delivery's audience and never a wider one.

    Raises Held, having changed nothing that the caller keeps: it runs in a savepoint of its own. ``confirmed`` says
    that a person looked at a number and found that it is no My Number.
    """
    if not mail.text and not mail.files:
        raise Held(HeldReason.EMPTY)
    try:
        with db.session.begin_nested():
            return _write(delivery, mail, confirmed=confirmed)
    except NeedsConfirmation as error:
        raise Held(HeldReason.NUMBER) from error
    except (NotFound, Forbidden) as error:
        raise Held(HeldReason.NOT_ALLOWED) from error
    except DomainError as error:
        raise Held(HeldReason.REFUSED, error.message % error.params if error.params else error.message) from error


def holds_my_number(mail: ReadMail, *, surely: bool) -> bool:
    """Whether a My Number stands in what would be kept: for sure (beside a word for it), or perhaps."""
    finding = gravest(scan(part) for part in (mail.subject, mail.text, *(file.file_name for file in mail.files)))
    return finding is not None and (finding.value == "refused" or not surely)


def find_issue_id(delivery: Delivery) -> int | None:
    """The issue that the mail told of, or None when it told of something else."""
    line = db.session.get(Notification, delivery.notification_id) if delivery.notification_id else None
    return line.subject_id if line is not None and line.subject_kind == "issue" else None


def _write(delivery: Delivery, mail: ReadMail, *, confirmed: bool) -> Post:
    line = db.session.get(Notification, delivery.notification_id) if delivery.notification_id else None
    if line is None or line.subject_kind != "issue":
        raise NotFound
    text = mail.text or "（添付ファイルのみ）"
    for actor in list_actors(delivery.person_id):
        number = queries.find_number_of(actor, line.subject_id)
        if number is None:
            continue
        post = _post_as(actor, queries.get_issue(actor, number), line, text, confirmed=confirmed)
        if post is not None:
            files = list(mail.files)
            store_attachments(actor, "post", post.id, files, field="files", audience=post.audience, confirmed=confirmed)
            return post
    raise NotFound


def _post_as(actor: Actor, issue: Issue, line: Notification, text: str, *, confirmed: bool) -> Post | None:
    """The post by this membership, or None when it may not write to the audience of the line."""
    if line.audience is Audience.PUBLIC and policy.can_post_publicly(actor, issue):
        return service.post_reply(actor, issue, text=text, confirmed=confirmed)
    if line.audience is Audience.INTERNAL and policy.can_write_note(actor, issue):
        return service.write_note(actor, issue, text=text, confirmed=confirmed)
    if line.audience is Audience.CONSULT:
        consultation = _consultation_of(line)
        if consultation is not None and policy.can_reply_to_consultation(actor, consultation):
            return service.reply_to_consultation(actor, issue, consultation, text=text, confirmed=confirmed)
    return None


def _consultation_of(line: Notification) -> Consultation | None:
    payload = db.session.scalar(sa.select(EventRecord.payload).where(EventRecord.id == line.event_id)) or {}
    key = payload.get("consultation_id")
    return db.session.get(Consultation, int(key)) if key is not None else None
