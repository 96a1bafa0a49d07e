"""Handing on what prefectures have kept for a business day."""

import logging

from portal.core.db import unit_of_work
from portal.forwarding.queries import list_overdue_held
from portal.forwarding.service import forward_automatically

_log = logging.getLogger(__name__)


def forward_overdue() -> None:
    """Hand each on in a transaction of its own; one that fails stops no other."""
    with unit_of_work():
        overdue = list_overdue_held()
    for held in overdue:
        try:
            with unit_of_work():
                forward_automatically(held.guidance_id, held.prefecture_code)
        except Exception:
            _log.exception("Paper %s could not be handed on in %s", held.guidance_id, held.prefecture_code)
