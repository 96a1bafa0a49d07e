"""Passing on what merged bodies had: at the merger's day, and again for whatever came in meanwhile."""

import logging

from portal.answering.inheritance import inherit_answers
from portal.core.db import unit_of_work
from portal.directory.inheritance import Merger, get_successor, list_effective_mergers, record_matters
from portal.guidance.inheritance import inherit_recipients
from portal.issues.inheritance import inherit_issues
from portal.liaison.inheritance import inherit_contacts

_log = logging.getLogger(__name__)


def pass_on_matters() -> None:
    """Pass on for every merger that has taken effect, lot by lot, each in its own transaction."""
    with unit_of_work():
        mergers = list_effective_mergers()
    for merger in mergers:
        try:
            while True:
                with unit_of_work():
                    count = pass_on_lot(merger)
                if not count:
                    break
        except Exception:
            _log.exception("The matters of organisation %s could not be passed on", merger.predecessor_id)


def pass_on_lot(merger: Merger) -> int:
    """Pass on one lot in the caller's transaction; how many things."""
    successor = get_successor(merger)
    issues, rows = inherit_issues(merger, successor), inherit_recipients(merger, successor)
    contacts = inherit_contacts(merger, successor)
    campaigns = inherit_answers(merger, successor)
    record_matters(merger, issues=issues, guidance=rows, campaigns=campaigns)
    return issues + rows + contacts + campaigns
