"""The queue at 100,000 issues against 1,000, and its hundredth page against its first."""

from datetime import timedelta

import sqlalchemy as sa

from bench.stage import compare, measure, stage
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.directory.actor import Actor
from portal.directory.models import Membership, Organisation
from portal.directory.roles import Role
from portal.issues.models import Issue
from portal.issues.queue import IssueFilter, list_queue
from portal.issues.states import Holder, IssueKind, IssueState, Leak
from tests.factories.people import actor_of, make_member

FEW, MANY = 1_000, 100_000
PAGES = 100
STATES = [IssueState.CLOSED] * 17 + [IssueState.SUBMITTED, IssueState.ASSIGNED, IssueState.ANSWERED]
OPEN, EVERYTHING = IssueFilter(open_only=True, by_due=True), IssueFilter()


def put(first: int, last: int, writer: Membership, bodies: list[Organisation]) -> None:
    """Issues of these serial numbers, a quarter of an hour apart."""
    start = clock.now() - timedelta(days=1_100)
    rows = []
    for n in range(first, last + 1):
        at, body, state = start + n * timedelta(minutes=15), bodies[n * 7919 % len(bodies)], STATES[n % len(STATES)]
        rows.append(
            {
                "number": f"R8-L-{n:06}",
                "kind": IssueKind.QUESTION,
                "state": state,
                "organisation_id": body.id,
                "submitter_person_id": writer.person_id,
                "submitter_membership_id": writer.id,
                "post_id": body.post_id,
                "title": f"課題{n}",
                "body": "本文です。" * 40,
                "leak": Leak.NO,
                "created_at": at,
                "submitted_at": at,
                "holder": Holder.NOBODY if state is IssueState.CLOSED else Holder.LIAISON,
                "holder_since_at": at,
                "due_on": at.date() + timedelta(days=21),
                "last_activity_at": at,
                "last_public_activity_at": at,
            }
        )
    db.session.execute(sa.insert(Issue), rows)


def visit(actor: Actor, chosen: IssueFilter, cursor: str | None = None) -> str | None:
    """One page as its view reads it; the cursor to the following one."""
    announce_access(write=False)
    with unit_of_work() as session:
        session.expunge_all()
        return list_queue(actor, chosen, cursor=cursor).next_cursor


def main() -> None:
    """Both sizes for two orders of the queue, then a page far on."""
    with stage():
        with unit_of_work():
            actor = actor_of(make_member("secretariat", Role.SECRETARIAT))
            writer = make_member("152226", Role.LOCAL_STAFF, section="市民課")
            bodies = list(db.session.scalars(sa.select(Organisation).where(Organisation.post_id.is_not(None))))
            put(1, FEW, writer, bodies)
            db.session.execute(sa.text("ANALYZE"))
        small = {chosen: measure(lambda c=chosen: visit(actor, c), times=5) for chosen in (OPEN, EVERYTHING)}
        announce_access(write=True)
        with unit_of_work():
            for first in range(FEW + 1, MANY + 1, 11_000):
                put(first, min(first + 10_999, MANY), writer, bodies)
            db.session.execute(sa.text("ANALYZE"))
        large = {chosen: measure(lambda c=chosen: visit(actor, c), times=5) for chosen in (OPEN, EVERYTHING)}
        compare(f"open by due date, {MANY} vs {FEW} issues", small[OPEN], large[OPEN])
        compare(f"all by activity, {MANY} vs {FEW} issues", small[EVERYTHING], large[EVERYTHING])
        cursor = None
        for _ in range(PAGES - 1):
            cursor = visit(actor, EVERYTHING, cursor)
        far = measure(lambda: visit(actor, EVERYTHING, cursor), times=5)
        compare(f"page {PAGES} vs page 1 of {MANY}", large[EVERYTHING], far)


if __name__ == "__main__":
    main()
