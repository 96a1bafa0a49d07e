"""Which mails did not reach their readers, by the address to which they were: refused at once, or returned later."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db, insert
from portal.notifications.models import Delivery, Digest, FailureSource, MailFailure

LONGEST_SAID = 500


def record_failure(
    mail: Delivery | Digest, *, address: str, source: FailureSource, said: str = "", status: str = ""
) -> bool:
    """Note that a mail did not reach its reader; False when that is known already. One statement."""
    is_digest = isinstance(mail, Digest)
    added = (
        insert(MailFailure)
        .values(
            person_id=mail.person_id,
            address=address.strip()[:320],
            source=source,
            delivery_id=None if is_digest else mail.id,
            digest_id=mail.id if is_digest else None,
            status=status[:16],
            said=said[:LONGEST_SAID],
            occurred_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    return db.session.execute(added.returning(MailFailure.id)).first() is not None


def find_mail(message_id: str) -> Delivery | Digest | None:
    """The mail or digest of this Message-ID. Two statements at most."""
    if not message_id:
        return None
    return db.session.scalar(sa.select(Delivery).where(Delivery.message_id == message_id)) or db.session.scalar(
        sa.select(Digest).where(Digest.message_id == message_id)
    )
