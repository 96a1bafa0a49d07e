"""Absences; a factory flushes and never commits."""

from datetime import datetime, timedelta

from portal.core import clock
from portal.core.db import db
from portal.directory.absence_models import Absence
from portal.directory.models import Membership


def make_absence(
    membership: Membership,
    substitute: Membership | None = None,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    **fields,
) -> Absence:
    """An absence of today and tomorrow."""
    now = clock.now()
    absence = Absence(
        membership_id=membership.id,
        substitute_id=substitute.id if substitute else None,
        starts_at=starts_at or now - timedelta(hours=1),
        ends_at=ends_at or now + timedelta(days=1),
        entered_by_person_id=membership.person_id,
        created_at=now,
        **{"may_sign": False, "reason": "", **fields},
    )
    db.session.add(absence)
    db.session.flush()
    return absence
