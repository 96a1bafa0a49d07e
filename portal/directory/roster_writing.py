"""Writing of a planned replacement of a roster: who comes, changes and goes, at one instant."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import emit
from portal.directory.absence_models import RosterReplacement
from portal.directory.actor import Actor
from portal.directory.assignments import end_assignments_of
from portal.directory.changes import set_facts
from portal.directory.events import LiaisonAssigned, MembershipEnded, PersonChanged, RosterApplied
from portal.directory.models import LiaisonAssignment, Membership, Organisation, Person
from portal.directory.people_import import PlannedRow, write_people
from portal.directory.roles import Role
from portal.directory.roster_plans import Leaver, RosterPlan


@dataclass(frozen=True)
class Replacement:
    """What applying did: new people to invite, people with another address, and what passed from whom to whom."""

    newcomers: list[tuple[Person, Organisation]]
    moved_person_ids: list[int]
    gone_person_ids: list[int]
    passed_on: list[tuple[int, int, int]]  # leaving membership, its person, the taker's membership
    invites: bool
    actor: Actor


def write_roster(actor: Actor, roster: RosterReplacement, plan: RosterPlan, at: datetime) -> Replacement:
    """Write a plan without faults: addresses, ends, sections, people and memberships from the instant, posts."""
    _move(actor, plan)
    fresh = [row for row in plan.rows if row.membership is None]
    for leaver in plan.leavers:
        _end(actor, leaver.membership, at)
    db.session.flush()
    outcome = write_people(actor, plan.rows)
    for row in fresh:
        if row.membership is not None:
            row.membership.starts_at = at
    passed_on = [_hand_over(actor, leaver, leaver.taker, at) for leaver in plan.leavers if leaver.taker]
    for leaver in plan.leavers:
        end_assignments_of(actor, leaver.membership)
    db.session.flush()
    ended = len(plan.leavers)
    roster.summary = {"added": outcome.added, "changed": outcome.changed, "ended": ended}
    emit(
        actor,
        RosterApplied(
            roster_replacement_id=roster.id,
            organisation_id=roster.organisation_id,
            added=outcome.added,
            changed=outcome.changed,
            ended=ended,
        ),
    )
    return Replacement(
        newcomers=outcome.newcomers,
        moved_person_ids=[membership.person_id for membership, _ in plan.moved],
        gone_person_ids=_without_place({leaver.membership.person_id for leaver in plan.leavers}),
        passed_on=[each for each in passed_on if each[2]],
        invites=roster.invites,
        actor=actor,
    )


def _move(actor: Actor, plan: RosterPlan) -> None:
    """Change the addresses of those who have a new one."""
    for membership, email in plan.moved:
        changes = set_facts(membership.person, {"email": email})
        emit(
            actor,
            PersonChanged(person_id=membership.person_id, changes=changes, organisation_id=membership.organisation_id),
        )
    db.session.flush()


def _end(actor: Actor, membership: Membership, at: datetime) -> None:
    membership.ends_at = max(at, membership.starts_at)
    emit(
        actor,
        MembershipEnded(
            membership_id=membership.id,
            person_id=membership.person_id,
            role=membership.role.value,
            organisation_id=membership.organisation_id,
        ),
    )


def _hand_over(actor: Actor, leaver: Leaver, taker: PlannedRow, at: datetime) -> tuple[int, int, int]:
    """Put the taker in charge of the leaver's posts, in the same rank, unless they look after them already."""
    heir = taker.membership
    if heir is None:
        return leaver.membership.id, leaver.membership.person_id, 0
    for held in leaver.posts if heir.role is Role.LIAISON else ():
        twin = sa.select(LiaisonAssignment.id).where(
            LiaisonAssignment.membership_id == heir.id,
            LiaisonAssignment.post_id == held.post_id,
            sa.or_(LiaisonAssignment.ends_at.is_(None), LiaisonAssignment.ends_at > at),
        )
        if db.session.scalar(twin) is not None:
            continue
        begins = max(at, held.starts_at)
        row = LiaisonAssignment(
            membership_id=heir.id, post_id=held.post_id, rank=held.rank, starts_at=begins, ends_at=held.ends_at
        )
        db.session.add(row)
        db.session.flush()
        emit(
            actor,
            LiaisonAssigned(
                post_id=held.post_id,
                assignment_id=row.id,
                membership_id=heir.id,
                rank=held.rank.value,
                organisation_id=held.post_id,
            ),
        )
    return leaver.membership.id, leaver.membership.person_id, heir.id


def _without_place(person_ids: set[int]) -> list[int]:
    still = sa.select(Membership.person_id).where(
        Membership.person_id.in_(person_ids), sa.or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now())
    )
    return sorted(person_ids - set(db.session.scalars(still)))
