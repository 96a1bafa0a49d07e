"""How far a mail or digest has come: claimed, marked just before the final dot, then sent, failed or unknown.

Each step is one statement that names the state it comes from, so of several workers one wins, and a worker that was
too slow and lost its claim can neither mark nor settle.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from portal.core import clock
from portal.core.db import EnumColumn, UtcDateTime, db
from portal.notifications.failures import record_failure
from portal.notifications.models import Delivery, DeliveryState, Digest, FailureSource, Notification

Sendable = Any  # type[Delivery] | type[Digest]: the two share these columns and no base
Claims = Mapping[datetime, Collection[int]]  # rows by the instant that names their claim
MOST_ATTEMPTS = 60  # with the longest backoff more than two days of a server that is down
_SHORTEST, _LONGEST, _UNREACHED = timedelta(seconds=15), timedelta(hours=1), timedelta(minutes=5)


def list_due(model: Sendable, limit: int = 500) -> list[int]:
    """The ids of what waits to be sent now, what is urgent first."""
    order: list[Any] = [model.id]
    if model is Delivery:
        order.insert(0, Delivery.is_urgent.desc())
    return list(
        db.session.scalars(
            sa.select(model.id)
            .where(model.state == DeliveryState.PENDING, model.not_before_at <= clock.now())
            .order_by(*order)
            .limit(limit)
        )
    )


def claim(model: Sendable, row_ids: Sequence[int], host: str) -> list[Any]:
    """Take the rows for this worker, but those that another took or that need not be sent (yet). One statement.

    The first claim gives a mail its Message-ID, which later tries keep. All that are taken bear one ``claimed_at``.
    """
    now = clock.now()
    fresh = sa.literal("<") + sa.cast(model.id, sa.String) + sa.literal(f".{uuid4().hex}@{host}>")
    places = {row_id: place for place, row_id in enumerate(row_ids)}
    taken = db.session.scalars(
        sa.update(model)
        .where(model.id.in_(row_ids), model.state == DeliveryState.PENDING, model.not_before_at <= now)
        .values(
            state=DeliveryState.CLAIMED,
            claimed_at=now,
            attempts=model.attempts + 1,
            message_id=sa.func.coalesce(model.message_id, fresh),
        )
        .execution_options(synchronize_session=False, populate_existing=True)
        .returning(model)
    )
    return sorted(taken, key=lambda row: places[row.id])


def advance(model: Sendable, *, marked: Claims, sent: Claims) -> set[int]:
    """claimed → marked, the last thing before the final dots; marked → sent, of those before that the server took.

    The ids of the marked whose claim held. One statement for both, so that the marker that must be committed before
    its final dot is all that a mail costs; none where there is nothing to move.
    """
    if not (marked or sent):
        return set()
    is_offered = model.state == DeliveryState.CLAIMED
    moved = db.session.execute(
        sa.update(model)
        .where(sa.or_(_held(model, marked, DeliveryState.CLAIMED), _held(model, sent, DeliveryState.MARKED)))
        .values(
            state=sa.case((is_offered, _literal(DeliveryState.MARKED)), else_=_literal(DeliveryState.SENT)),
            sent_at=sa.case((is_offered, model.sent_at), else_=sa.literal(clock.now(), UtcDateTime())),
            error=sa.case((is_offered, model.error), else_=None),
        )
        .execution_options(synchronize_session=False)
        .returning(model.id, model.state)
    )
    return {row_id for row_id, state in moved if state is DeliveryState.MARKED}


def settle_dropped(model: Sendable, row_ids: Collection[int], claimed_at: datetime, why: str) -> None:
    """claimed → dropped: the people may not see it any more, or have nothing to read.

    A statement for all, another for what their digests held.
    """
    moved = _move_all(model, row_ids, claimed_at, DeliveryState.CLAIMED, state=DeliveryState.DROPPED, error=why)
    if moved and model is Digest:
        _release(moved)


def settle_retry(
    model: Sendable,
    row_id: int,
    claimed_at: datetime,
    error: str,
    *,
    is_final: bool,
    may_fail: bool = True,
    address: str = "",
) -> None:
    """claimed or marked → pending after a pause that grows, or failed: the mail was surely not delivered.

    ``may_fail`` is false where the server is at fault, not the mail: then it waits as long as it takes. What failed
    for good at an ``address`` is kept with it (portal.notifications.failures).
    """
    row = db.session.get_one(model, row_id, populate_existing=True)
    if is_final or (may_fail and row.attempts >= MOST_ATTEMPTS):
        values: dict[str, Any] = {"state": DeliveryState.FAILED}
    else:
        pause = min(_SHORTEST * 2 ** min(row.attempts - 1, 12), _LONGEST if may_fail else _UNREACHED)
        values = {"state": DeliveryState.PENDING, "not_before_at": clock.now() + pause}
    for before in (DeliveryState.CLAIMED, DeliveryState.MARKED):
        if not _move(model, row_id, claimed_at, before, error=error[:2000], **values):
            continue
        if model is Digest:
            _release([row_id])
        if address and values["state"] is DeliveryState.FAILED:
            record_failure(row, address=address, source=FailureSource.REFUSED, said=error)


def postpone(row_id: int, claimed_at: datetime, until: datetime) -> None:
    """claimed → pending until then: its hour has not come, and this was no try."""
    values = {"state": DeliveryState.PENDING, "not_before_at": until, "attempts": Delivery.attempts - 1}
    _move(Delivery, row_id, claimed_at, DeliveryState.CLAIMED, **values)


def release(model: Sendable, row_ids: Collection[int], claimed_at: datetime) -> None:
    """claimed → pending at once: they were not tried. A statement for all, another for what their digests held."""
    values = {"state": DeliveryState.PENDING, "attempts": model.attempts - 1}
    moved = _move_all(model, row_ids, claimed_at, DeliveryState.CLAIMED, **values)
    if moved and model is Digest:
        _release(moved)


def settle_unknown(model: Sendable, row_id: int, claimed_at: datetime, error: str) -> None:
    """marked → unknown: it was handed over and nobody knows whether it arrived.

    A digest is never sent again; what it held goes into the next. Any other mail goes out once more under the same
    Message-ID, and when that is unknown too, only a person sends it again.
    """
    now = clock.now()
    first = model is Delivery and db.session.get_one(Delivery, row_id, populate_existing=True).unknown_at is None
    state = DeliveryState.PENDING if first else DeliveryState.UNKNOWN
    moved = _move(
        model,
        row_id,
        claimed_at,
        DeliveryState.MARKED,
        state=state,
        unknown_at=now,
        not_before_at=now + _SHORTEST,
        error=error[:2000],
    )
    if moved and model is Digest:
        _release([row_id])


def recover(stale_after: timedelta) -> int:
    """Go on with what a dead worker left: claimed goes back to pending, marked becomes unknown. How many rows."""
    limit = clock.now() - stale_after
    count = 0
    models: tuple[Sendable, ...] = (Delivery, Digest)
    for model in models:
        rows = db.session.execute(
            sa.select(model.id, model.state, model.claimed_at)
            .where(model.state.in_([DeliveryState.CLAIMED, DeliveryState.MARKED]), model.claimed_at < limit)
            .limit(500)
        ).all()
        for row_id, state, claimed_at in rows:
            if state is DeliveryState.CLAIMED:
                _move(model, row_id, claimed_at, state, state=DeliveryState.PENDING)
                if model is Digest:
                    _release([row_id])
            else:
                settle_unknown(model, row_id, claimed_at, "the worker ended while the mail was being handed over")
        count += len(rows)
    return count


def _move(model: Sendable, row_id: int, claimed_at: datetime, before: DeliveryState, **values: Any) -> bool:
    return bool(_move_all(model, [row_id], claimed_at, before, **values))


def _move_all(
    model: Sendable, row_ids: Collection[int], claimed_at: datetime, before: DeliveryState, **values: Any
) -> set[int]:
    return set(
        db.session.scalars(
            sa.update(model)
            .where(model.id.in_(row_ids), model.state == before, model.claimed_at == claimed_at)
            .values(**values)
            .execution_options(synchronize_session=False)
            .returning(model.id)
        )
    )


def _held(model: Sendable, claims: Claims, state: DeliveryState) -> sa.ColumnElement[bool]:
    """The condition that a row stands where its claim has brought it."""
    ours = [sa.and_(model.claimed_at == claimed_at, model.id.in_(ids)) for claimed_at, ids in claims.items()]
    return sa.and_(model.state == state, sa.or_(sa.false(), *ours))


def _literal(state: DeliveryState) -> sa.ColumnElement[DeliveryState]:
    return sa.literal(state, EnumColumn(DeliveryState))


def _release(digest_ids: Collection[int]) -> None:
    """Give what digests held back to the next ones."""
    db.session.execute(
        sa.update(Notification)
        .where(Notification.digest_id.in_(digest_ids))
        .values(digest_id=None)
        .execution_options(synchronize_session=False)
    )
