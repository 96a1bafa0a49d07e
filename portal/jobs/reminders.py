"""Reminding bodies of their dues, on the mornings of business days."""

import logging
from collections.abc import Callable
from typing import Any

from portal.core.db import unit_of_work
from portal.jobs.engine import current_engine
from portal.reminders.campaign_queries import list_due_campaign_steps
from portal.reminders.campaign_service import take_campaign_step
from portal.reminders.queries import list_due_steps
from portal.reminders.service import take_step

_log = logging.getLogger(__name__)


def send_reminders() -> None:
    """Take every step that is due, each in a transaction of its own; one that fails stops no other."""
    with unit_of_work():
        papers, campaigns = list_due_steps(), list_due_campaign_steps()
    for due in papers:
        _take(due, take_step)
    for each in campaigns:
        _take(each, take_campaign_step)


def _take(due: Any, take: Callable[[Any], int]) -> None:
    if current_engine().stopping.is_set():
        return
    try:
        with unit_of_work():
            take(due)
    except Exception:
        _log.exception("The reminder %s was not sent", due)
