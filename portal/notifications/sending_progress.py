"""How the mails about the issue of a paper, or the start of a campaign, go out; the stopping of those of a paper."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from portal.campaigns.events import CampaignPublished
from portal.core.db import db
from portal.core.events import EventRecord
from portal.core.pagination import Page, paginate
from portal.directory.models import Membership, Organisation
from portal.forwarding.events import GuidanceForwarded, SupplementAdded
from portal.guidance.events import GuidanceIssued
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from portal.issuing.recalling import Stopped
from portal.notifications.models import (
    Delivery,
    DeliveryState,
    Digest,
    FailureSource,
    MailFailure,
    MailMode,
    Notification,
)
from portal.revisions.events import GuidanceCorrected

# by which a paper reaches bodies: at once, through their prefecture, and what is added to it or put right later
_REACHES = (GuidanceIssued.kind(), GuidanceForwarded.kind(), SupplementAdded.kind(), GuidanceCorrected.kind())
_WAITING = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.MARKED)
TROUBLED = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The mails of an event by what became of them; ``is_told`` once everybody to be told has a line or a mail.

    ``returned`` of those that were sent came back as undeliverable.
    """

    is_told: bool
    sent: int
    returned: int
    waiting: int
    failed: int
    unknown: int
    dropped: int

    @property
    def total(self) -> int:
        """All mails, as far as they have been written."""
        return self.sent + self.waiting + self.failed + self.unknown + self.dropped

    @property
    def is_done(self) -> bool:
        """Whether nothing is under way any more."""
        return self.is_told and not self.waiting


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """A mail that may not have arrived, with its reader's body and the address to which it went then."""

    delivery: Delivery
    body: str
    address: str
    returned: MailFailure | None


def count_mails(guidance_id: int) -> Progress:
    """How far the mails of a paper's issue, handing on, supplements and corrections have come. One statement."""
    return _count(*_is_issue_of(guidance_id))


def count_campaign_mails(campaign_id: int) -> Progress:
    """How far the mails of a campaign's publication have come. One statement."""
    return _count(
        EventRecord.subject_kind == CampaignPublished.subject,
        EventRecord.subject_id == campaign_id,
        EventRecord.kind == CampaignPublished.kind(),
    )


def _count(*events: sa.ColumnElement[bool]) -> Progress:
    rows = db.session.execute(
        sa.select(EventRecord.handled_at, Delivery.state, sa.func.count(Delivery.id), sa.func.count(MailFailure.id))
        .outerjoin(Delivery, Delivery.event_id == EventRecord.id)
        .outerjoin(MailFailure, _came_back())
        .where(*events)
        .group_by(EventRecord.handled_at, Delivery.state)
    ).all()
    counts: dict[DeliveryState, int] = {}
    for _, state, count, _ in rows:
        if state is not None:
            counts[state] = counts.get(state, 0) + count
    return Progress(
        is_told=all(handled_at is not None for handled_at, *_ in rows),
        returned=sum(returned for *_, returned in rows),
        sent=counts.get(DeliveryState.SENT, 0),
        waiting=sum(counts.get(state, 0) for state in _WAITING),
        failed=counts.get(DeliveryState.FAILED, 0),
        unknown=counts.get(DeliveryState.UNKNOWN, 0),
        dropped=counts.get(DeliveryState.DROPPED, 0),
    )


def list_troubled(guidance_id: int, *, cursor: str | None = None) -> Page[Troubled]:
    """The mails of a paper's issue that may not have arrived: failed, unknown or returned. One statement."""
    body = (
        sa.select(sa.func.min(Organisation.name))
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == Delivery.person_id, Membership.current_at(Delivery.created_at))
        .scalar_subquery()
    )
    known = orm.aliased(MailFailure)
    address = sa.select(sa.func.max(known.address)).where(known.delivery_id == Delivery.id).scalar_subquery()
    page: Page[Any] = paginate(
        db.session,
        sa.select(Delivery, body, address, MailFailure)
        .outerjoin(MailFailure, _came_back())
        .where(
            Delivery.event_id.in_(_events(guidance_id)),
            sa.or_(Delivery.state.in_(TROUBLED), MailFailure.id.is_not(None)),
        )
        .options(orm.joinedload(Delivery.person)),
        order=[Delivery.id],
        cursor=cursor,
    )
    return page.with_items(
        [
            Troubled(delivery=delivery, body=name or "", address=at or delivery.person.email, returned=failure)
            for delivery, name, at, failure in page
        ]
    )


def stop_mails(guidance_id: int) -> Stopped:
    """Stop every mail that takes a paper, or what was added to it, to bodies and has not gone out, in the caller's
    transaction.

    A mail that a worker has written but not marked is dropped under its hands: it cannot mark it any more and hangs up
    before the final dot. One that is marked may arrive. Lines that wait for a digest, or stand in one that is not
    written yet, are not in it.
    """
    events = _events(guidance_id)
    unwritten = sa.select(Digest.id).where(Digest.state.in_((DeliveryState.PENDING, DeliveryState.CLAIMED)))
    db.session.execute(
        sa.update(Notification)
        .where(
            Notification.event_id.in_(events),
            Notification.mode == MailMode.DIGEST,
            sa.or_(Notification.digest_id.is_(None), Notification.digest_id.in_(unwritten)),
        )
        .values(mode=MailMode.OFF)
        .execution_options(synchronize_session=False)
    )
    dropped = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.event_id.in_(events), Delivery.state.in_((DeliveryState.PENDING, DeliveryState.CLAIMED)))
        .values(state=DeliveryState.DROPPED, error="recalled")
        .execution_options(synchronize_session=False)
        .returning(Delivery.unknown_at)
    ).all()
    again = sum(1 for (unknown_at,) in dropped if unknown_at is not None)  # went out once, was to go out again
    found = count_mails(guidance_id)
    handed_over = sa.and_(Delivery.event_id.in_(events), Delivery.state == DeliveryState.MARKED)
    marked = db.session.scalar(sa.select(sa.func.count()).where(handed_over)) or 0
    return Stopped(stopped=len(dropped) - again, sent=found.sent, uncertain=found.unknown + marked + again)


def is_recalled_issue(line: Notification) -> bool:
    """Whether the line tells that a paper, or something of it, came which has been taken back since."""
    if line.kind not in _REACHES:
        return False
    state = db.session.scalar(sa.select(Guidance.state).where(Guidance.id == line.subject_id))
    return state is GuidanceState.RECALLED


def reached_by_mail(guidance_id: int) -> sa.Select[Any]:
    """The ids of the people to whom a mail of the paper went out, or may have."""
    may_have = sa.or_(
        Delivery.state.in_((DeliveryState.SENT, DeliveryState.MARKED, DeliveryState.UNKNOWN)),
        Delivery.unknown_at.is_not(None),
    )
    return sa.select(Delivery.person_id).where(Delivery.event_id.in_(_events(guidance_id)), may_have)


def _came_back() -> sa.ColumnElement[bool]:
    return sa.and_(MailFailure.delivery_id == Delivery.id, MailFailure.source == FailureSource.RETURNED)


def _events(guidance_id: int) -> sa.Select[Any]:
    return sa.select(EventRecord.id).where(*_is_issue_of(guidance_id))


def _is_issue_of(guidance_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        EventRecord.subject_kind == "guidance",
        EventRecord.subject_id == guidance_id,
        EventRecord.kind.in_(_REACHES),
    )
