"""The sending of what waits: one connection for many mails, no transaction open while the server is spoken to."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from portal.config import Settings
from portal.core.db import db, unit_of_work
from portal.notifications import outbox
from portal.notifications.digests import write_digest
from portal.notifications.hours import find_opening
from portal.notifications.letters import Letter, NotNeeded, host_of, write_letter
from portal.notifications.models import Delivery, DeliveryState
from portal.notifications.outbox import Sendable
from portal.notifications.smtp import Connection, FateUnknown, Refused, Server, Unreachable

_log = logging.getLogger(__name__)
PAUSE_SECONDS = 15.0  # how long a process leaves a server alone that it could not reach


class LostClaim(Exception):
    """The sweep took the mail for abandoned and gave it back; whoever held it must not hand it over."""


@dataclass
class _Breaker:
    """Until when (monotonic) this process does not try the server again."""

    until: float = 0.0


_breaker = _Breaker()


def settings() -> Settings:
    """The settings of the application at hand."""
    found: Settings = current_app.config["PORTAL_SETTINGS"]
    return found


def stale_after() -> timedelta:
    """After how long a claim counts as abandoned: far longer than a server may take for one mail."""
    return timedelta(seconds=15 * settings().smtp_timeout)


def is_paused() -> bool:
    """Whether the server could not be reached a moment ago."""
    return time.monotonic() < _breaker.until


def send_mails(
    model: Sendable, ids: Iterable[int], should_stop: Callable[[], bool] = lambda: False
) -> Counter[DeliveryState]:
    """Send these mails or digests one after another and count what became of them.

    When the server cannot be reached, the rest stays as it is for a later sweep. Never raises for a mail's sake.
    """
    outcomes: Counter[DeliveryState] = Counter()
    server = Server.from_url(settings().smtp_url, settings().smtp_timeout)
    with Connection(server) as connection:
        for row_id in ids:
            if should_stop():
                break
            try:
                outcome = _send_one(model, row_id, connection)
            except Unreachable as error:
                _log.warning("The mail server cannot be reached: %s", error)
                _breaker.until = time.monotonic() + PAUSE_SECONDS
                break
            if outcome is not None:
                outcomes[outcome] += 1
    return outcomes


def _send_one(model: Sendable, row_id: int, connection: Connection) -> DeliveryState | None:
    """Claim, write, hand over, settle; None when there was nothing to claim. Raises Unreachable."""
    claimed = _claim(model, row_id)
    if claimed is None:
        return None
    claimed_at, letter = claimed
    return None if letter is None else _hand_over(model, row_id, claimed_at, letter, connection)


def _hand_over(
    model: Sendable, row_id: int, claimed_at: datetime, letter: Letter, connection: Connection
) -> DeliveryState | None:
    def mark() -> None:
        with unit_of_work():
            if not outbox.mark(model, row_id, claimed_at):
                raise LostClaim

    try:
        connection.send(letter.sender, letter.recipient, letter.content, mark)
    except LostClaim:
        return None
    except Unreachable as error:
        _settle(outbox.settle_retry, model, row_id, claimed_at, str(error), is_final=False, may_fail=False)
        raise
    except Refused as error:
        _settle(outbox.settle_retry, model, row_id, claimed_at, str(error), is_final=error.is_final)
        return DeliveryState.FAILED if error.is_final else DeliveryState.PENDING
    except FateUnknown as error:
        _settle(outbox.settle_unknown, model, row_id, claimed_at, str(error))
        return DeliveryState.UNKNOWN
    _settle(outbox.settle_sent, model, row_id, claimed_at)
    return DeliveryState.SENT


def _claim(model: Sendable, row_id: int) -> tuple[datetime, Letter | None] | None:
    """Claim the row and write its mail, in one transaction; the letter is None where none is needed or possible."""
    with unit_of_work():
        row: Any = outbox.claim(model, row_id, host_of(settings()))
        if row is None:
            return None
        claimed_at: datetime = row.claimed_at
        opens_at = find_opening(row) if model is Delivery else None
        if opens_at is not None:
            outbox.postpone(row_id, claimed_at, opens_at)
            return None
        try:
            with db.session.begin_nested():
                return claimed_at, write_letter(row) if model is Delivery else write_digest(row)
        except NotNeeded as error:
            outbox.settle_dropped(model, row_id, claimed_at, str(error))
        except Exception as error:  # a mail that cannot be written must not stop the others
            _log.exception("Mail %s/%s cannot be written", model.__tablename__, row_id)
            outbox.settle_retry(model, row_id, claimed_at, f"{type(error).__name__}: {error}", is_final=False)
        return claimed_at, None


def _settle(step: Callable[..., None], *arguments: Any, **named: Any) -> None:
    with unit_of_work():
        step(*arguments, **named)
