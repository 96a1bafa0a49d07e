"""Papers that wait for their hour; a factory flushes and never commits."""

from datetime import datetime, time

from portal.core import calendar, clock
from portal.directory.actor import Actor
from portal.guidance.models import Guidance
from portal.issuing.models import IssuePlan
from portal.issuing.scheduling import schedule_issue
from tests.factories.guidance import fingerprint_now


def hour_in(days: int = 1, at: str = "09:00") -> datetime:
    """An hour of the business day so many business days from today."""
    day = calendar.add_business_days(calendar.japan_date(clock.now()), days)
    return datetime.combine(day, time.fromisoformat(at), calendar.JAPAN)


def plan_issue(chief: Actor, guidance: Guidance, issue_at: datetime | None = None, **options) -> IssuePlan:
    """Plan its issue for tomorrow morning, to whomever the rule addresses now."""
    seen = fingerprint_now(guidance)
    return schedule_issue(chief, guidance, issue_at=issue_at or hour_in(), fingerprint=seen, **options)
