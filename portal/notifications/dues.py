"""Dues that come near or have passed: requests not yet answered, issues whose next step is awaited."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import db
from portal.directory.models import LiaisonAssignment, Membership, Organisation
from portal.directory.roles import ADDRESSED_ROLES, Role
from portal.directory.substitutes import stand_ins
from portal.guidance.dues import due_between, effective_due
from portal.guidance.models import Guidance, Recipient
from portal.guidance.states import OPEN_RESPONSES, GuidanceState
from portal.issues.models import Consultation, Issue
from portal.issues.states import Holder, IssueState
from portal.notifications.campaign_dues import CAMPAIGN_COLUMNS, of_campaigns

DAYS_AHEAD, DAYS_PAST = 3, 10


@dataclass(frozen=True, kw_only=True)
class Due:
    """One thing that somebody has to do by a date."""

    subject_kind: str
    subject_id: int
    number: str | None
    title: str
    sender: str
    due_on: date


def people_with_dues(day: date, *, since: date) -> list[sa.Select[Any]]:
    """Selects of the ids of everyone for whom something is due around the day, or soon after ``since``."""
    around = _around(day, since)
    pairs = stand_ins()
    in_place = pairs, pairs.c.membership_id == Membership.id
    sources = (_of_guidance, _of_issues, _of_consultations, of_campaigns)
    return [
        *(of(around, Membership.person_id) for of in sources),
        *(of(around, pairs.c.person_id).join(*in_place) for of in sources),
    ]


def list_dues(person_id: int, day: date, *, since: date) -> list[Due]:
    """What is due for the person around the day, or soon after ``since``, earliest first."""
    return list_dues_of([person_id], day, since=since).get(person_id, [])


def list_dues_of(person_ids: Collection[int], day: date, *, since: date) -> dict[int, list[Due]]:
    """The same for several people, by person: their own dues and those of whom they stand in for. Eight statements.

    Of what several ministries were asked about one issue the earliest due stands for all.
    """
    around, pairs = _around(day, since), stand_ins()
    paper = (Guidance.id, Guidance.document_number, Guidance.title, Organisation.name, effective_due)
    issue = (Issue.id, Issue.number, Issue.title, Organisation.name)
    found: dict[int, dict[tuple[str, int], Due]] = {}
    for kind, select, columns, owner_id in (
        ("guidance", _of_guidance, paper, Guidance.sender_id),
        ("issue", _of_issues, (*issue, Issue.due_on), Issue.organisation_id),
        ("issue", _of_consultations, (*issue, Consultation.due_on), Issue.organisation_id),
        ("campaign", of_campaigns, CAMPAIGN_COLUMNS, Campaign.office_id),
    ):
        own = select(around, Membership.person_id, *columns).where(Membership.person_id.in_(person_ids))
        in_place = (
            select(around, pairs.c.person_id, *columns)
            .join(pairs, pairs.c.membership_id == Membership.id)
            .where(pairs.c.person_id.in_(person_ids))
        )
        for each in (own, in_place):
            for person_id, *row in db.session.execute(each.join(Organisation, Organisation.id == owner_id).distinct()):
                due, mine = _due(kind, row), found.setdefault(person_id, {})
                held = mine.get((kind, due.subject_id))
                if held is None or due.due_on < held.due_on:
                    mine[kind, due.subject_id] = due
    return {key: sorted(dues.values(), key=_by_day) for key, dues in found.items()}


def _by_day(due: Due) -> tuple[date, str, int]:
    return due.due_on, due.subject_kind, due.subject_id


def _due(kind: str, row: Any) -> Due:
    subject_id, number, title, sender, due_on = row
    return Due(subject_kind=kind, subject_id=subject_id, number=number, title=title, sender=sender, due_on=due_on)


def _around(day: date, since: date) -> tuple[date, date]:
    """From what passed a while ago to what comes within a few business days of ``since``."""
    return add_business_days(day, -DAYS_PAST), add_business_days(since, DAYS_AHEAD)


def _of_guidance(around: tuple[date, date], *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Guidance)
        .join(Recipient, Recipient.guidance_id == Guidance.id)
        .join(Membership, Membership.organisation_id == Recipient.organisation_id)
        .where(
            Guidance.state == GuidanceState.ISSUED,
            Guidance.taken_over_at.is_(None),
            due_between(*around),
            Recipient.response.in_(OPEN_RESPONSES),
            Recipient.delivered_at.is_not(None),
            Membership.role.in_(ADDRESSED_ROLES),
            Membership.current_at(clock.now()),
        )
    )


def _of_issues(around: tuple[date, date], *columns: Any) -> sa.Select[Any]:
    """Issues whose next step is due, with the memberships of whoever holds them."""
    now = clock.now()
    in_charge = sa.exists().where(
        LiaisonAssignment.membership_id == Membership.id,
        LiaisonAssignment.post_id == Issue.post_id,
        LiaisonAssignment.current_at(now),
    )
    holds = sa.or_(
        sa.and_(Issue.holder == Holder.LIAISON, Membership.role == Role.LIAISON, in_charge),
        sa.and_(Issue.holder == Holder.SECRETARIAT, Membership.role == Role.SECRETARIAT),
        sa.and_(
            Issue.holder == Holder.DIVISION,
            Membership.role == Role.DIVISION,
            Membership.organisation_id == Issue.holder_organisation_id,
        ),
    )
    return (
        sa.select(*columns)
        .select_from(Issue)
        .join(Membership, holds)
        .where(Issue.due_on.between(*around), Membership.current_at(now))
    )


def _of_consultations(around: tuple[date, date], *columns: Any) -> sa.Select[Any]:
    """Open questions to ministries: to each ministry its own, and once the due has passed to the division too."""
    is_ministry = sa.and_(Membership.role == Role.MINISTRY, Membership.organisation_id == Consultation.ministry_id)
    is_late = sa.and_(
        Membership.role == Role.DIVISION,
        Membership.organisation_id == Issue.division_id,
        Consultation.due_on < japan_date(clock.now()),
    )
    return (
        sa.select(*columns)
        .select_from(Consultation)
        .join(Issue, Issue.id == Consultation.issue_id)
        .join(Membership, sa.or_(is_ministry, is_late))
        .where(
            Consultation.due_on.between(*around),
            Consultation.replied_at.is_(None),
            Consultation.withdrawn_at.is_(None),
            Issue.state == IssueState.CONSULTING,
            Membership.current_at(clock.now()),
        )
    )
