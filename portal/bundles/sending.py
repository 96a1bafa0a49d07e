"""Sending a reply to many, one target after the other: each in a transaction of its own, once, with today's rights."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from portal.bundles import bulk, merging
from portal.bundles.models import BulkTarget
from portal.bundles.states import Failure, TargetState
from portal.core import clock
from portal.core.db import db
from portal.core.errors import DomainError, Forbidden, Invalid, NotFound
from portal.core.events import Audience
from portal.directory.actor import Actor, find_actor_for
from portal.issues import queries as issue_queries
from portal.issues import service as issue_service
from portal.issues.models import Post

MOST_ATTEMPTS = 5
_BACKOFF = timedelta(minutes=1)
_IS_WAITING = BulkTarget.state == sa.literal_column(f"'{TargetState.WAITING.value}'")  # the partial index's own words


def list_due_targets(limit: int = 200) -> list[int]:
    """The ids of the targets whose time has come, the earliest first."""
    return list(
        db.session.scalars(
            sa.select(BulkTarget.id)
            .where(_IS_WAITING, BulkTarget.sends_at <= clock.now())
            .order_by(BulkTarget.sends_at, BulkTarget.id)
            .limit(limit)
        )
    )


def send_target(target_id: int) -> TargetState | None:
    """Send to one target and note it, in the caller's one transaction; None when another worker has it or had it.

    A worker that dies in between leaves the target waiting and nothing told. The writer's rights are asked again, by
    the very queries and services of the pages; a refusal is noted and not tried again.
    """
    target = db.session.scalar(
        sa.select(BulkTarget)
        .where(BulkTarget.id == target_id, BulkTarget.state == TargetState.WAITING, BulkTarget.sends_at <= clock.now())
        .options(
            orm.joinedload(BulkTarget.bulk_reply, innerjoin=True), orm.joinedload(BulkTarget.issue, innerjoin=True)
        )
        .with_for_update(of=BulkTarget, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if target is None:
        return None
    actor = find_actor_for(target.bulk_reply.author_person_id, target.bulk_reply.author_membership_id)
    if actor is None:
        return _fail(target, Failure.AUTHOR_LEFT)
    try:
        with db.session.begin_nested():
            post = _write(actor, target)
    except NotFound:
        return _fail(target, Failure.HIDDEN)
    except Invalid:
        return _fail(target, Failure.REFUSED)
    except DomainError:
        return _fail(target, Failure.NOT_ALLOWED)
    target.state, target.settled_at, target.post_id = TargetState.SENT, clock.now(), post.id
    db.session.flush()
    return target.state


def record_broken(target_id: int) -> None:
    """Note that sending failed for a reason of the machine: it is tried again a little later, five times in all."""
    target = db.session.get(BulkTarget, target_id, populate_existing=True)
    if target is None or target.state is not TargetState.WAITING:
        return
    target.attempts += 1
    target.sends_at = clock.now() + _BACKOFF * target.attempts
    if target.attempts >= MOST_ATTEMPTS:
        _fail(target, Failure.BROKEN)


def _write(actor: Actor, target: BulkTarget) -> Post:
    issue = issue_queries.get_issue(actor, target.issue.number or "")
    reply = target.bulk_reply
    bulk.check_may_write(actor, reply.audience, issue)
    text, confirmed = merging.fill(reply.text, target.fields), reply.is_my_number_confirmed
    if reply.audience is Audience.INTERNAL:
        return issue_service.write_note(actor, issue, text=text, confirmed=confirmed)
    if reply.audience is Audience.PUBLIC:
        return issue_service.post_reply(actor, issue, text=text, confirmed=confirmed)
    raise Forbidden


def _fail(target: BulkTarget, failure: Failure) -> TargetState:
    target.state, target.failure, target.settled_at = TargetState.FAILED, failure, clock.now()
    db.session.flush()
    return target.state
