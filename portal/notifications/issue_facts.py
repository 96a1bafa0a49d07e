"""What a line about an issue says of it: number, title, names and dates, never the text of a post."""

from typing import Any

import sqlalchemy as sa

from portal.bundles.events import IssueSplit
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Organisation
from portal.issues.events import (
    AnswerPromisedAnew,
    ConsultationAnswered,
    IssueAccepted,
    IssueClockStopped,
    IssueEvent,
    IssueRouted,
    IssueSubmitted,
    ProvisionalAnswerGiven,
)
from portal.issues.models import Issue
from portal.notifications.telling import sender_of


def facts_of(event: IssueEvent, issue: Issue, record: EventRecord, ministry_id: int | None) -> dict[str, Any]:
    """The facts of an event of the issue; ``ministry_id`` is the ministry of its consultation, if it is of one."""
    facts: dict[str, Any] = {
        "number": issue.number,
        "title": issue.title,
        "body": issue.organisation.name,
        "sender": sender_of(record),
    }
    if isinstance(event, IssueRouted | IssueAccepted):
        division_id = event.division_id if isinstance(event, IssueRouted) else issue.division_id
        facts["division"] = _name(division_id)
    if ministry_id is not None:
        facts |= {"ministry_id": ministry_id, "ministry": _name(ministry_id)}
    if isinstance(event, ProvisionalAnswerGiven | AnswerPromisedAnew):
        facts["promised_on"] = event.promised_on
    if isinstance(event, ConsultationAnswered):
        facts["is_partial"] = event.is_partial
    if isinstance(event, AnswerPromisedAnew):
        facts["previous_on"] = event.previous_on
    if isinstance(event, IssueSplit):
        facts["new_number"] = event.new_number
    if isinstance(event, IssueSubmitted):
        facts["leak"] = event.leak
    facts |= {"resumes_on": event.resumes_on} if isinstance(event, IssueClockStopped) else {}
    return facts


def _name(organisation_id: int | None) -> str | None:
    return db.session.scalar(sa.select(Organisation.name).where(Organisation.id == organisation_id))
