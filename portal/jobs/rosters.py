"""Applying the rosters whose day has come: each as a whole in one transaction, or not at all and said so."""

import logging

from portal.accounts.invitations import invite_newcomers
from portal.accounts.links import void_links
from portal.accounts.service import end_sessions
from portal.core.db import unit_of_work
from portal.core.errors import DomainError
from portal.directory import rosters
from portal.issues.leaving import pass_on_issues

_log = logging.getLogger(__name__)


def apply_rosters() -> None:
    """Apply what is due. A worker killed in the middle leaves nothing half done; the next one starts anew."""
    with unit_of_work():
        due = rosters.list_due_rosters()
    for roster_id in due:
        try:
            with unit_of_work():
                apply_now(roster_id)
        except DomainError as refusal:
            with unit_of_work():
                rosters.record_failure(roster_id, refusal.message % refusal.params)
        except Exception:
            _log.exception("The roster %s could not be applied; it is tried again within the hour", roster_id)


def apply_now(roster_id: int) -> bool:
    """Apply one in the caller's transaction, with all that follows; False when it is done or another's.

    Whoever has no place left loses sessions and links at once; whoever has another address signs in with that.
    """
    outcome = rosters.apply_roster(roster_id)
    if outcome is None:
        return False
    for leaver_id, _, taker_id in outcome.passed_on:
        pass_on_issues(leaver_id, taker_id)
    for person_id in (*outcome.gone_person_ids, *outcome.moved_person_ids):
        end_sessions(person_id)
        void_links(person_id)
    if outcome.invites:
        invite_newcomers(outcome.actor, outcome.newcomers)
    return True
