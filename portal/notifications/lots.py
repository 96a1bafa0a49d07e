"""Mails claimed and written a lot at a time, before any of them is handed over.

A lot costs a fixed number of statements, whatever the number of its readers. A claim must not become stale while the
mails before it go out, which bounds a lot.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app

from portal.config import Settings
from portal.core.db import db, reading, unit_of_work
from portal.notifications import outbox
from portal.notifications.digests import gather_digests, take_lines, write_digest
from portal.notifications.hours import find_opening
from portal.notifications.letters import Letter, NotNeeded, gather, host_of, write_letter
from portal.notifications.models import Delivery, Digest
from portal.notifications.outbox import Sendable
from portal.notifications.preferences import keep_secrets

_log = logging.getLogger(__name__)
_SIZES: dict[Sendable, int] = {Delivery: 48, Digest: 500}


@dataclass(frozen=True)
class Held:
    """A mail that this worker has claimed and written."""

    row_id: int
    claimed_at: datetime
    letter: Letter


def size_of_lot(model: Sendable) -> int:
    """How many of them are claimed together at most."""
    return _SIZES[model]


def claim_lot(model: Sendable, ids: Sequence[int]) -> list[Held]:
    """Claim the rows and write their mails; what needs none, or cannot be written, is settled."""
    return _claim_digests(ids) if model is Digest else _claim_deliveries(ids)


def _claim_digests(ids: Sequence[int]) -> list[Held]:
    """While they are read and written nobody else waits: the claim with its lines is a transaction of its own."""
    with unit_of_work():
        rows = outbox.claim(Digest, ids, _host())
        take_lines(rows)
        keep_secrets([(person_id, None) for person_id in sorted({row.person_id for row in rows})])
    if not rows:
        return []
    claimed, claimed_at = [row.id for row in rows], rows[0].claimed_at
    try:
        with reading():
            materials = gather_digests(rows)
    except BaseException:
        with unit_of_work():
            outbox.release(Digest, claimed, claimed_at)
        raise
    lot = _Lot(Digest)
    for row in rows:
        lot.write(row, partial(write_digest, materials[row.id]))
    with unit_of_work():
        lot.settle()
    return lot.held


def _claim_deliveries(ids: Sequence[int]) -> list[Held]:
    """In one transaction: the link in a mail about an account is made when it is written, and goes with the claim."""
    lot = _Lot(Delivery)
    with unit_of_work():
        rows = outbox.claim(Delivery, ids, _host())
        gathered = gather(rows)
        for row in rows:
            opens_at = find_opening(row)
            if opens_at is not None:
                outbox.postpone(row.id, row.claimed_at, opens_at)
            elif row.notification_id is not None:
                lot.write(row, partial(write_letter, row, gathered))
            else:
                lot.write(row, partial(_write_with_its_link, row))
        lot.settle()
    return lot.held


def _write_with_its_link(row: Delivery) -> Letter:
    with db.session.begin_nested():  # the link that is made for it goes with it where it cannot be written
        return write_letter(row)


@dataclass
class _Lot:
    """What became of the rows of a lot as they were written."""

    model: Sendable
    held: list[Held] = field(default_factory=list)
    _needless: dict[tuple[str, datetime], list[int]] = field(default_factory=dict)
    _broken: list[tuple[int, datetime, str]] = field(default_factory=list)

    def write(self, row: Any, make: Callable[[], Letter]) -> None:
        """Make the mail of a row; one that cannot be written does not stop the others."""
        try:
            self.held.append(Held(row.id, row.claimed_at, make()))
        except NotNeeded as error:
            self._needless.setdefault((str(error), row.claimed_at), []).append(row.id)
        except Exception as error:
            _log.exception("Mail %s/%s cannot be written", self.model.__tablename__, row.id)
            self._broken.append((row.id, row.claimed_at, f"{type(error).__name__}: {error}"))

    def settle(self) -> None:
        """Write down which need not be sent, or could not be written. No statement where there are none."""
        for (why, claimed_at), row_ids in self._needless.items():
            outbox.settle_dropped(self.model, row_ids, claimed_at, why)
        for row_id, claimed_at, error in self._broken:
            outbox.settle_retry(self.model, row_id, claimed_at, error, is_final=False)


def _host() -> str:
    settings: Settings = current_app.config["PORTAL_SETTINGS"]
    return host_of(settings)
