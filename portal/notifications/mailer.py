"""The sending of what waits: a few kept connections, no transaction open while the server is spoken to."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from portal.config import Settings
from portal.core.db import unit_of_work
from portal.notifications import outbox
from portal.notifications.lots import Held, claim_lot, size_of_lot
from portal.notifications.models import DeliveryState
from portal.notifications.outbox import Sendable
from portal.notifications.smtp import Connection, FateUnknown, Refused, Server, Unreachable

_log = logging.getLogger(__name__)
LANES = 4  # connections side by side: as many mails at most are uncertain when a worker is killed
PAUSE_SECONDS = 15.0  # how long a process leaves a server alone that it could not reach


@dataclass
class _Breaker:
    """Until when (monotonic) this process does not try the server again."""

    until: float = 0.0


_breaker = _Breaker()
_kept = threading.local()


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
    """Send these mails or digests and count what became of them.

    When the server cannot be reached, the rest stays as it is for a later sweep. Never raises for a mail's sake.
    """
    run, left, size = _Run(model, _kept_lanes()), list(ids), size_of_lot(model)
    try:
        while left and not run.is_over and not should_stop():
            held, left = claim_lot(model, left[:size]), left[size:]
            while held:
                if run.is_over or should_stop():
                    _release(model, held)
                    break
                group, held = held[: len(run.lanes)], held[len(run.lanes) :]
                run.send(group)
    finally:
        run.settle()
    return run.outcomes


class _Run:
    """Mails going out over several connections side by side.

    Each is offered on a connection of its own; then one transaction settles what became of the group before and marks
    this one, and only then go the final dots. So every mark is committed before its dot, at one commit for the group.
    """

    def __init__(self, model: Sendable, lanes: list[Connection]) -> None:
        self.model = model
        self.lanes = lanes
        self.is_over = False
        self.outcomes: Counter[DeliveryState] = Counter()
        self._unsettled: list[Callable[[], None]] = []
        self._sent: list[Held] = []

    def send(self, group: list[Held]) -> None:
        """Send one group, no more mails than there are lanes."""
        offered = [(lane, held) for lane, held in zip(list(self.lanes), group, strict=False) if self._offer(lane, held)]
        handed: list[tuple[Connection, Held]] = []
        for lane, held in self._mark(offered):
            try:
                lane.push_dot()
            except FateUnknown as error:
                self._end(DeliveryState.UNKNOWN, outbox.settle_unknown, held, str(error))
            else:
                handed.append((lane, held))
        for lane, held in handed:
            self._read(lane, held)

    def settle(self) -> None:
        """Write down what became of the last group."""
        if self._unsettled or self._sent:
            with unit_of_work():
                self._advance([])

    def _offer(self, lane: Connection, held: Held) -> bool:
        try:
            lane.offer(held.letter.sender, held.letter.recipient, held.letter.content)
        except Refused as error:
            state = DeliveryState.FAILED if error.is_final else DeliveryState.PENDING
            self._refuse(state, held, error)
        except Unreachable as error:
            self._lose(lane, held, error)
        else:
            return True
        return False

    def _lose(self, lane: Connection, held: Held, error: Unreachable) -> None:
        """Without its first lane the server counts as away; without another it only takes fewer mails at once."""
        if lane is not self.lanes[0]:
            self.lanes.remove(lane)
            _release(self.model, [held])
            return
        _log.warning("The mail server cannot be reached: %s", error)
        _breaker.until, self.is_over = time.monotonic() + PAUSE_SECONDS, True
        self._later(outbox.settle_retry, held, str(error), is_final=False, may_fail=False)

    def _mark(self, offered: list[tuple[Connection, Held]]) -> list[tuple[Connection, Held]]:
        """Those whose claim still held; the others are hung up on before their dot."""
        try:
            with unit_of_work():
                marked = self._advance([held for _, held in offered])
                kept = [(lane, held) for lane, held in offered if held.row_id in marked]
        except BaseException:
            for lane, _ in offered:
                lane.hang_up()
            raise
        for lane, held in offered:
            if (lane, held) not in kept:
                lane.hang_up()
        return kept

    def _read(self, lane: Connection, held: Held) -> None:
        try:
            lane.read_verdict()
        except Refused as error:
            state = DeliveryState.FAILED if error.is_final else DeliveryState.PENDING
            self._refuse(state, held, error)
        except FateUnknown as error:
            self._end(DeliveryState.UNKNOWN, outbox.settle_unknown, held, str(error))
        else:
            self.outcomes[DeliveryState.SENT] += 1
            self._sent.append(held)

    def _refuse(self, state: DeliveryState, held: Held, error: Refused) -> None:
        address = held.letter.recipient
        self._end(state, outbox.settle_retry, held, str(error), is_final=error.is_final, address=address)

    def _end(self, state: DeliveryState, step: Callable[..., None], held: Held, *said: str, **named: Any) -> None:
        self.outcomes[state] += 1
        self._later(step, held, *said, **named)

    def _later(self, step: Callable[..., None], held: Held, *said: str, **named: Any) -> None:
        self._unsettled.append(lambda: step(self.model, held.row_id, held.claimed_at, *said, **named))

    def _advance(self, offered: list[Held]) -> set[int]:
        """Mark what is offered and settle the group before; the ids of those whose claim still held."""
        sent, self._sent = self._sent, []
        waiting, self._unsettled = self._unsettled, []
        marked = outbox.advance(self.model, marked=_by_claim(offered), sent=_by_claim(sent))
        for step in waiting:
            step()
        return marked


def _by_claim(held: Iterable[Held]) -> dict[datetime, list[int]]:
    claims: dict[datetime, list[int]] = {}
    for each in held:
        claims.setdefault(each.claimed_at, []).append(each.row_id)
    return claims


def _kept_lanes() -> list[Connection]:
    """This thread's connections, kept from one lot of mails to the next while the settings name the same server."""
    server = Server.from_url(settings().smtp_url, settings().smtp_timeout)
    lanes: list[Connection] = getattr(_kept, "lanes", [])
    if not lanes or lanes[0].server != server:
        for lane in lanes:
            lane.close()
        lanes = _kept.lanes = [Connection(server) for _ in range(LANES)]
    for lane in lanes:
        lane.freshen()
    return list(lanes)


def _release(model: Sendable, held: list[Held]) -> None:
    """Give back what was claimed and not tried."""
    with unit_of_work():
        for claimed_at, row_ids in _by_claim(held).items():
            outbox.release(model, row_ids, claimed_at)
