"""Issuing what was planned for now, and telling planners of what changed before."""

import logging

from portal.core.db import unit_of_work
from portal.issuing.scheduling import issue_planned, list_coming_plans, list_due_plans, tell_of_change

_log = logging.getLogger(__name__)


def issue_due_guidance() -> None:
    """Issue every paper whose hour has come, each in its own transaction: one that fails stops no other.

    A worker killed in the middle leaves the paper scheduled; of two workers one issues it.
    """
    with unit_of_work():
        due = list_due_plans()
    for guidance_id in due:
        try:
            with unit_of_work():
                issue_planned(guidance_id)
        except Exception:
            _log.exception("Guidance %s could not be issued at its hour; it is tried again", guidance_id)


def tell_of_changes() -> None:
    """Tell planners whose addressees are no longer those that they saw."""
    with unit_of_work():
        coming = list_coming_plans()
    for guidance_id in coming:
        try:
            with unit_of_work():
                tell_of_change(guidance_id)
        except Exception:
            _log.exception("The addressees of guidance %s could not be compared", guidance_id)
