"""Reminding bodies of their dues, on the mornings of business days."""

import logging

from portal.core.db import unit_of_work
from portal.jobs.engine import current_engine
from portal.reminders.queries import list_due_steps
from portal.reminders.service import take_step

_log = logging.getLogger(__name__)


def send_reminders() -> None:
    """Take every step that is due, each in a transaction of its own; one that fails stops no other."""
    with unit_of_work():
        due = list_due_steps()
    for each in due:
        if current_engine().stopping.is_set():
            return
        try:
            with unit_of_work():
                take_step(each)
        except Exception:
            _log.exception("The %s reminder of paper %s was not sent", each.step.value, each.guidance_id)
