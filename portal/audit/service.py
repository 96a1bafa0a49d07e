"""An auditor's recorded reason for reading a text."""

from datetime import timedelta

from portal.audit.events import ReadingGranted
from portal.audit.models import ReadingGrant
from portal.audit.policy import can_ask_to_read
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.events import Audience, emit
from portal.core.i18n import N_
from portal.core.my_number import check_text
from portal.directory.actor import Actor
from portal.directory.authorize import authorize

LONGEST_GRANT = timedelta(hours=8)  # security.md, note 4


def grant_reading(actor: Actor, subject_kind: str, subject_id: int, *, reason: str, hours: int) -> ReadingGrant:
    """Let the auditor read one subject for some hours; administrators are told by the event.

    Raises Forbidden for anyone but an auditor, Invalid without a reason of ten characters or beyond eight hours.
    """
    authorize(can_ask_to_read, actor)
    if len(reason.strip()) < 10:
        raise Invalid(N_("閲覧する理由を10文字以上で入力してください。"), field="reason")
    if not 1 <= hours <= LONGEST_GRANT.total_seconds() // 3600:
        raise Invalid(N_("閲覧できる時間は8時間までです。"), field="hours")
    check_text("reason", reason, False)
    now = clock.now()
    grant = ReadingGrant(
        person_id=actor.person_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reason=reason.strip(),
        granted_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    db.session.add(grant)
    db.session.flush()
    emit(
        actor,
        ReadingGranted(
            reading_grant_id=grant.id, granted_kind=subject_kind, granted_id=subject_id, audience=Audience.INTERNAL
        ),
    )
    return grant
