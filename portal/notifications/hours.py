"""When mail may go out: what tells of targets waits for office hours, unless it is urgent."""

from datetime import datetime

from portal.core import clock
from portal.core.db import db
from portal.escalation.events import DivisionFollowedUp, LeakUnanswered, SameProblemReported, TargetMissed
from portal.issues.events import IssueClockResumed, IssueClockStopped
from portal.notifications.models import Delivery, Notification
from portal.targets.arithmetic import is_open, next_opening
from portal.targets.queries import get_closures

ABOUT_TARGETS = frozenset(
    each.kind()
    for each in (
        DivisionFollowedUp,
        TargetMissed,
        SameProblemReported,
        LeakUnanswered,
        IssueClockStopped,
        IssueClockResumed,
    )
)


def find_opening(delivery: Delivery) -> datetime | None:
    """Until when the mail has to wait; None for one that may go at once. Asked whenever a mail is about to go out.

    However late a worker takes it up, and whatever failed before, it goes only from 8:30 to 17:15 on business days.
    """
    if delivery.is_urgent or delivery.notification_id is None:
        return None
    line = db.session.get_one(Notification, delivery.notification_id)
    if line.kind not in ABOUT_TARGETS:
        return None
    now, closures = clock.now(), get_closures()
    return None if is_open(now, closures) else next_opening(now, closures)
