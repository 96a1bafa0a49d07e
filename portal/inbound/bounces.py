"""Reports of mail that could not be delivered (RFC 3464): which of our mails, to whom, why, and whether for good."""

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from email.utils import parseaddr

from portal.core.events import Audience, emit
from portal.directory.actor import SYSTEM
from portal.inbound.events import MailReturned
from portal.inbound.japanese import decode_words
from portal.inbound.models import InboundMail
from portal.notifications.failures import find_mail, record_failure
from portal.notifications.models import Delivery, Digest, FailureSource

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# A full mailbox and a mail that is too large say nothing against the address, though their code begins with 5.
_OF_THE_MOMENT = frozenset({("2", "2"), ("2", "3"), ("3", "1"), ("3", "4"), ("4", "7")})
_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one report says of one mail. ``address`` is the one to which we had written."""

    message_id: str
    address: str
    is_failed: bool
    status: str
    said: str

    @property
    def is_for_good(self) -> bool:
        """Whether no mail will reach the address: failed, with a code of class 5 that is not one of the moment."""
        found = _STATUS.search(self.status)
        if not self.is_failed or found is None:
            return False
        return found.group(1) == "5" and (found.group(2), found.group(3)) not in _OF_THE_MOMENT


def read_report(content: bytes) -> Report | None:
    """The report in a mail's bytes; None when it is none, or does not name the mail that it returns. Never raises."""
    message = message_from_bytes(content, policy=policy.compat32)
    status = next((part for part in message.walk() if part.get_content_type() == "message/delivery-status"), None)
    original = next((found for part in message.walk() if (found := _original_of(part)) is not None), None)
    if status is None or original is None:
        return None
    fields = _fields_of(status)
    return Report(
        message_id=str(original.get("Message-ID", "")).strip()[:300],
        address=parseaddr(str(original.get("To", "")))[1].lower(),
        is_failed=fields.get("action", "").lower() == "failed",
        status=fields.get("status", "")[:40],
        said=_said(fields.get("diagnostic-code", "")),
    )


def record_return(mail: InboundMail, report: Report) -> bool:
    """Tie the report to the mail that it returns; whether that is one of ours. In the caller's transaction.

    The Message-ID is a secret between us and the reader's servers: whoever does not know it can call nobody
    unreachable. Only what failed for good is kept as a failure of the address.
    """
    returned = find_mail(report.message_id)
    if returned is None:
        return False
    mail.person_id = returned.person_id
    mail.delivery_id = returned.id if isinstance(returned, Delivery) else None
    is_new = report.is_for_good and record_failure(
        returned, address=report.address, source=FailureSource.RETURNED, said=report.said, status=report.status
    )
    emit(SYSTEM, _event_of(mail, returned, report, is_new=is_new))
    return True


def _event_of(mail: InboundMail, returned: Delivery | Digest, report: Report, *, is_new: bool) -> MailReturned:
    return MailReturned(
        inbound_mail_id=mail.id,
        person_id=returned.person_id,
        delivery_id=returned.id if isinstance(returned, Delivery) else None,
        digest_id=returned.id if isinstance(returned, Digest) else None,
        status=report.status,
        is_for_good=is_new,
        audience=Audience.INTERNAL,
    )


def _fields_of(status: Message) -> dict[str, str]:
    """The fields of the first recipient: our mails have exactly one."""
    blocks = status.get_payload()
    if not isinstance(blocks, list):
        blocks = [message_from_string(str(blocks))]
    for block in blocks:
        if not isinstance(block, Message):
            continue
        fields = {name.lower(): " ".join(decode_words(value).split()) for name, value in block.items()}
        if "action" in fields or "status" in fields:
            return fields
    return {}


def _original_of(part: Message) -> Message | None:
    """The returned mail, or its headers."""
    if part.get_content_type() not in _ORIGINALS:
        return None
    payload = part.get_payload()
    if isinstance(payload, list):
        return next((each for each in payload if isinstance(each, Message)), None)
    decoded = part.get_payload(decode=True)
    return message_from_bytes(decoded, policy=policy.compat32) if isinstance(decoded, bytes) else None


def _said(diagnostic: str) -> str:
    """What the server said, without the kind of server before it."""
    return diagnostic.partition(";")[2].strip() or diagnostic
