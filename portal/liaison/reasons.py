"""Why a body is to be called today: one row for each reason, over issues, guidance, campaigns, promises and records."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns import dues as campaign_dues
from portal.campaigns.models import Campaign, Participation
from portal.core import clock
from portal.core.calendar import add_business_days, start_of_day
from portal.core.db import UtcDateTime
from portal.guidance.dues import effective_due
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState
from portal.issues.models import Issue
from portal.issues.states import BEFORE_ANSWER, Holder, Leak, Urgency
from portal.liaison.models import Contact, Promise
from portal.liaison.queries import unconfirmed_before
from portal.liaison.states import CallOutcome, ContactKind, ReasonKind

STUCK_AFTER = 5  # business days with the body (product.md section 3, follow-up)
SOON = 2  # business days before a reply is due
UNRECEIVED_AFTER = 3  # business days after the issue
WINDOW = 90  # days back to which guidance is looked at

# Which reason comes first; a paper past its due comes before one that is due soon.
RANK = {
    ReasonKind.ALARM: 0,
    ReasonKind.AGAIN: 1,
    ReasonKind.PROMISE: 2,
    ReasonKind.PROVISIONAL: 3,
    ReasonKind.UNANSWERED: 4,
    ReasonKind.SURVEY: 4,
    ReasonKind.STUCK: 5,
    ReasonKind.UNCONFIRMED: 7,
    ReasonKind.UNRECEIVED: 8,
}
_DUE_SOON = 6


def reasons(bodies: sa.ColumnElement[bool] | Any, today: date) -> sa.Subquery:
    """Every reason of the bodies (a select or list of ids), as rows of one shape."""
    legs = (
        _issues(bodies, today),
        _papers(bodies, today),
        _surveys(bodies, today),
        _promises(bodies, today),
        _unconfirmed(bodies, today),
        _again(bodies, today),
    )
    return sa.union_all(*legs).subquery("reason")


def _row(
    organisation_id: Any, kind: Any, rank: Any, subject_id: Any, *, number: Any = None, title: Any = None,
    due_on: Any = None, since_at: Any = None, holder: Any = None, holder_id: Any = None,
) -> sa.Select[Any]:  # fmt: skip
    """One leg; what it has not is an empty value of the column's type, which PostgreSQL asks for."""
    return sa.select(
        organisation_id.label("organisation_id"),
        sa.cast(kind, sa.String(32)).label("kind"),
        sa.cast(rank, sa.Integer).label("rank"),
        subject_id.label("subject_id"),
        sa.cast(number, sa.String(64)).label("number"),
        sa.cast(title, sa.Text).label("title"),
        _date(due_on).label("due_on"),
        _instant(since_at).label("since_at"),
        sa.cast(holder, sa.String(32)).label("holder"),
        sa.cast(holder_id, sa.BigInteger).label("holder_id"),
    )


def _date(value: Any) -> Any:
    return sa.cast(sa.null(), sa.Date) if value is None else value


def _instant(value: Any) -> Any:
    return sa.cast(sa.null(), UtcDateTime) if value is None else value


def _kind(kind: ReasonKind) -> Any:
    return sa.literal(kind.value)


def _issues(bodies: Any, today: date) -> sa.Select[Any]:
    """Urgent or leaking ones, overdue promised answers, and those past their target or long with the body."""
    alarm = sa.or_(Issue.urgency == Urgency.URGENT, Issue.leak.in_((Leak.YES, Leak.SUSPECTED)))
    late = Issue.promised_on < today
    waited = Issue.holder_since_at < start_of_day(add_business_days(today, 1 - STUCK_AFTER))
    stuck = sa.and_(
        Issue.promised_on.is_(None), sa.or_(Issue.due_on < today, sa.and_(Issue.holder == Holder.SUBMITTER, waited))
    )
    return _row(
        Issue.organisation_id,
        sa.case((alarm, ReasonKind.ALARM.value), (late, ReasonKind.PROVISIONAL.value), else_=ReasonKind.STUCK.value),
        sa.case((alarm, RANK[ReasonKind.ALARM]), (late, RANK[ReasonKind.PROVISIONAL]), else_=RANK[ReasonKind.STUCK]),
        Issue.id,
        number=Issue.number,
        title=Issue.title,
        due_on=sa.case((late, Issue.promised_on), else_=Issue.due_on),
        since_at=Issue.holder_since_at,
        holder=Issue.holder,
        holder_id=Issue.holder_organisation_id,
    ).where(Issue.organisation_id.in_(bodies), Issue.state.in_(BEFORE_ANSWER), sa.or_(alarm, late, stuck))


def _papers(bodies: Any, today: date) -> sa.Select[Any]:
    """Papers not answered though their reply is due, and papers that nobody of the body has received for days."""
    unanswered = sa.and_(Recipient.response.in_(OPEN_RESPONSES), effective_due <= add_business_days(today, SOON))
    unreceived = sa.and_(
        Recipient.received_at.is_(None), Guidance.issued_on <= add_business_days(today, -UNRECEIVED_AFTER)
    )
    since = today - timedelta(days=WINDOW)
    is_unanswered = sa.and_(effective_due.is_not(None), unanswered)
    return (
        _row(
            Recipient.organisation_id,
            sa.case((is_unanswered, ReasonKind.UNANSWERED.value), else_=ReasonKind.UNRECEIVED.value),
            sa.case(
                (sa.and_(is_unanswered, effective_due < today), RANK[ReasonKind.UNANSWERED]),
                (is_unanswered, _DUE_SOON),
                else_=RANK[ReasonKind.UNRECEIVED],
            ),
            Guidance.id,
            number=Guidance.document_number,
            title=Guidance.title,
            due_on=effective_due,
            since_at=Recipient.received_at,
        )
        .join_from(Recipient, Guidance, Guidance.id == Recipient.guidance_id)
        .where(
            Recipient.organisation_id.in_(bodies),
            Recipient.delivered_at.is_not(None),
            Guidance.state == GuidanceState.ISSUED,
            Guidance.taken_over_at.is_(None),
            Guidance.issued_on >= since,
            sa.or_(is_unanswered, unreceived),
        )
    )


def _surveys(bodies: Any, today: date) -> sa.Select[Any]:
    """Campaigns of which the body owes an answer though it is due; no drill is worth a call."""
    due = campaign_dues.effective_due
    return (
        _row(
            Participation.organisation_id,
            _kind(ReasonKind.SURVEY),
            sa.case((due < today, RANK[ReasonKind.SURVEY]), else_=_DUE_SOON),
            Campaign.id,
            number=sa.func.nullif(Campaign.document_number, ""),
            title=Campaign.title,
            due_on=due,
            since_at=Campaign.published_at,
        )
        .join_from(Participation, Campaign, Campaign.id == Participation.campaign_id)
        .where(
            Participation.organisation_id.in_(bodies),
            sa.not_(Campaign.is_drill),
            campaign_dues.owes_answers(),
            campaign_dues.due_between(today - timedelta(days=WINDOW), add_business_days(today, SOON)),
        )
    )


def _promises(bodies: Any, today: date) -> sa.Select[Any]:
    return _row(
        Promise.organisation_id,
        _kind(ReasonKind.PROMISE),
        RANK[ReasonKind.PROMISE],
        Promise.contact_id,
        title=Promise.text,
        due_on=Promise.due_on,
        since_at=Promise.created_at,
    ).where(Promise.organisation_id.in_(bodies), Promise.done_at.is_(None), Promise.due_on <= today)


def _unconfirmed(bodies: Any, today: date) -> sa.Select[Any]:
    return _row(
        Contact.organisation_id,
        _kind(ReasonKind.UNCONFIRMED),
        RANK[ReasonKind.UNCONFIRMED],
        Contact.id,
        title=Contact.text,
        since_at=Contact.created_at,
    ).where(Contact.organisation_id.in_(bodies), unconfirmed_before(today))


def _again(bodies: Any, today: date) -> sa.Select[Any]:
    """Calls that were put off to today or before, with no call since."""
    later = orm.aliased(Contact)
    return _row(
        Contact.organisation_id,
        _kind(ReasonKind.AGAIN),
        RANK[ReasonKind.AGAIN],
        Contact.id,
        due_on=Contact.again_on,
        since_at=Contact.contacted_at,
    ).where(
        Contact.organisation_id.in_(bodies),
        Contact.kind == ContactKind.CALL,
        Contact.outcome == CallOutcome.AGAIN,
        Contact.again_on <= today,
        sa.not_(
            sa.exists().where(
                later.organisation_id == Contact.organisation_id, later.kind == ContactKind.CALL, later.id > Contact.id
            )
        ),
    )


def settled(today: date) -> sa.Select[int, int]:
    """The bodies called today, or put off to a later day, with how it went: the last call of each."""
    later = orm.aliased(Contact)
    return sa.select(Contact.organisation_id, Contact.id.label("call_id")).where(
        Contact.kind == ContactKind.CALL,
        sa.or_(Contact.contacted_at >= start_of_day(today), Contact.again_on > today),
        Contact.contacted_at <= clock.now(),
        sa.not_(
            sa.exists().where(
                later.organisation_id == Contact.organisation_id, later.kind == ContactKind.CALL, later.id > Contact.id
            )
        ),
    )
