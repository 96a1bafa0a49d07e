"""Who reads and enters the progress of an inspection."""

import pytest

from portal.campaigns.states import CampaignKind, CampaignState
from portal.core.errors import Forbidden
from portal.decisions.states import TO_INSPECT, Outcome
from portal.directory.roles import Role
from portal.inspections import policy
from portal.inspections.snapshots import enter_snapshot
from tests.factories.inspections import BODY, NEIGHBOUR, day, decide, entry_of, figures, make_inspection
from tests.factories.people import actor_of, make_liaison, make_member

# who, with which code, role → sees the list, enters (○ only with a reason)
TABLE = [
    ("hq", Role.ADMIN, True, True),
    ("secretariat", Role.SECRETARIAT, True, True),
    ("juumin", Role.DIVISION, True, True),
    ("zaisei", Role.DIVISION, True, False),
    ("hq", Role.EXECUTIVE, True, False),
    ("hq", Role.AUDITOR, False, False),
    (BODY, Role.LOCAL_MANAGER, True, True),
    (BODY, Role.LOCAL_STAFF, True, True),
    (NEIGHBOUR, Role.LOCAL_MANAGER, True, False),
    ("150002", Role.LOCAL_STAFF, True, False),
]


def test_the_table_of_roles(arrange):
    with arrange():
        campaign = make_inspection()
        entry = entry_of(campaign)
        for code, role, lists, enters in TABLE:
            actor = actor_of(make_member(code, role))
            assert policy.can_list(actor) is lists, (code, role)
            assert policy.can_enter(actor, campaign, entry, Outcome.REQUIRED) is enters, (code, role)
            assert policy.can_raise_issue(actor, campaign, entry) is (code == BODY)
        assert not policy.can_enter(actor_of(make_liaison("150002")), campaign, entry, Outcome.REQUIRED)
        for code, role in (("shichokai", Role.ASSOCIATION), ("digital", Role.MINISTRY)):
            assert not policy.can_list(actor_of(make_member(code, role)))


def test_progress_is_asked_for_while_the_inspection_runs_and_the_decision_says_so(arrange):
    with arrange():
        campaign = make_inspection()
        entry, actor = entry_of(campaign), actor_of(make_member(BODY, Role.LOCAL_STAFF))
        for outcome in (*Outcome, None):
            assert policy.can_enter(actor, campaign, entry, outcome) is (outcome in TO_INSPECT)
        for fields in ({"state": CampaignState.CLOSED}, {"kind": CampaignKind.SURVEY}):
            other = make_inspection(**fields)
            with pytest.raises(Forbidden):
                enter_snapshot(actor, entry_of(other), figures(), day())
        decide(entry, Outcome.EXEMPT)
        with pytest.raises(Forbidden):
            enter_snapshot(actor, entry, figures(), day())
