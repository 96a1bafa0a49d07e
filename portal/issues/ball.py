"""Who has the ball, since when, and by when: the hops of an issue."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from portal.core import clock
from portal.core.db import db
from portal.core.events import Audience
from portal.issues.clocks import end_pause
from portal.issues.models import Hop, Issue
from portal.issues.states import Holder, Urgency
from portal.targets.arithmetic import due_day
from portal.targets.queries import get_rules

# Business days of steps within an issue's own targets: a desk that it comes back to, a ministry that is asked.
DESK_DAYS = 1
CONSULTED_DAYS = 5


def pass_ball(issue: Issue, holder: Holder, organisation_id: int | None = None, *, due_on: date | None = None) -> None:
    """Hand the ball over: the hop that was open ends, a new one begins, and a clock that stood goes on.

    Without a due nothing is awaited of the new holder.
    """
    now = clock.now()
    end_pause(issue)
    db.session.execute(sa.update(Hop).where(Hop.issue_id == issue.id, Hop.ended_at.is_(None)).values(ended_at=now))
    if holder is not Holder.NOBODY:
        db.session.add(Hop(issue_id=issue.id, holder=holder, organisation_id=organisation_id, started_at=now))
    issue.holder, issue.holder_organisation_id, issue.holder_since_at = holder, organisation_id, now
    issue.due_on = due_on


def share_ball(issue: Issue, organisation_id: int) -> None:
    """Another ministry has the ball too: a hop of its own runs beside those that do."""
    db.session.add(
        Hop(issue_id=issue.id, holder=Holder.MINISTRY, organisation_id=organisation_id, started_at=clock.now())
    )


def leave_ball(issue: Issue, organisation_id: int) -> None:
    """One of the ministries that have the ball is done; the others' hops go on."""
    db.session.execute(
        sa.update(Hop)
        .where(
            Hop.issue_id == issue.id,
            Hop.holder == Holder.MINISTRY,
            Hop.organisation_id == organisation_id,
            Hop.ended_at.is_(None),
        )
        .values(ended_at=clock.now())
    )


def lock_issue(issue: Issue) -> None:
    """Hold the issue's row until the end of the transaction and read it as it stands now.

    For steps of several parties who may act at the same instant, none of whom undoes what another did.
    """
    db.session.flush()
    db.session.refresh(issue, [column.key for column in sa.inspect(Issue).column_attrs], with_for_update=True)


def target(issue: Issue, days: int) -> date:
    """The date by which a step is due: so many business days from now, the same day for what is urgent."""
    rules = get_rules()
    if issue.urgency is Urgency.URGENT:
        days = min(days, rules.targets.urgent_days)
    return due_day(clock.now(), days, closures=rules.closures)


def touch(issue: Issue, audience: Audience) -> None:
    """Note that something happened, without raising the version: a note must leave no trace in anyone's form."""
    now = clock.now()
    values = {"last_activity_at": now}
    if audience is Audience.PUBLIC:
        values["last_public_activity_at"] = now
    db.session.flush()
    db.session.execute(
        sa.update(Issue).where(Issue.id == issue.id).values(values).execution_options(synchronize_session=False)
    )
    for name, value in values.items():
        orm.attributes.set_committed_value(issue, name, value)
