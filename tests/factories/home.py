"""Issues in any state, put straight into the table, for the home pages; a factory flushes and never commits."""

from datetime import timedelta
from itertools import count

import sqlalchemy as sa

from portal.core import calendar, clock
from portal.core.db import db
from portal.directory.models import Membership, Organisation
from portal.issues.models import Issue
from portal.issues.states import Holder, IssueKind, IssueState, Leak
from portal.themes.models import Theme

_serial = count(1)


def day(business_days: int):
    """The date so many business days from today."""
    return calendar.add_business_days(calendar.japan_date(clock.now()), business_days)


def put_issue(submitter: Membership, *, theme: str = "linkage", days_old: int = 0, **fields) -> Issue:
    """An issue of the member's organisation, submitted so many days ago and held by its liaison since."""
    number, then = next(_serial), clock.now() - timedelta(days=days_old)
    body = db.session.get(Organisation, submitter.organisation_id)
    values = {
        "number": f"R8-L-{number:06}",
        "title": f"課題{number}",
        "kind": IssueKind.PROBLEM,
        "state": IssueState.SUBMITTED,
        "organisation_id": body.id,
        "section_id": submitter.section_id,
        "submitter_person_id": submitter.person_id,
        "submitter_membership_id": submitter.id,
        "post_id": body.post_id,
        "leak": Leak.NO,
        "holder": Holder.LIAISON,
        "theme_id": db.session.scalar(sa.select(Theme.id).where(Theme.code == theme)),
        "holder_since_at": then,
        "created_at": then,
        "submitted_at": then,
        "last_activity_at": clock.now(),
        "last_public_activity_at": clock.now(),
        **fields,
    }
    issue = Issue(**values)
    db.session.add(issue)
    db.session.flush()
    return issue
