"""Who sees decisions, who decides otherwise than the rule, who chooses its version, lists exceptions and targets."""

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Entry
from portal.campaigns.publishing import close_campaign
from portal.core.db import db
from portal.core.errors import Forbidden
from portal.decisions import policy
from portal.decisions.listing import record_targets
from portal.decisions.models import Decision
from portal.decisions.overriding import lift_override, override_decision
from portal.decisions.recalculating import choose_rule, keep_exceptions
from portal.decisions.states import Outcome
from portal.directory.models import Organisation
from portal.directory.roles import Role
from tests.factories.campaigns import answer, entry_of, make_publisher, make_running
from tests.factories.people import actor_of, make_liaison, make_member

BODY = "152226"
# code, role, is head → sees the pages, decides otherwise, chooses the version, lists exceptions
TABLE = [
    ("hq", Role.ADMIN, False, True, True, True, True),
    ("secretariat", Role.SECRETARIAT, False, True, True, False, False),
    ("secretariat", Role.SECRETARIAT, True, True, True, True, False),
    ("juumin", Role.DIVISION, False, True, True, False, False),
    ("juumin", Role.DIVISION, True, True, True, False, False),
    ("zaisei", Role.DIVISION, True, True, False, False, False),
    ("hq", Role.EXECUTIVE, False, True, False, False, False),
    ("hq", Role.AUDITOR, False, False, False, False, False),
    (BODY, Role.LOCAL_MANAGER, False, True, False, False, False),
    ("150002", Role.LOCAL_MANAGER, False, True, False, False, False),
    ("shichokai", Role.ASSOCIATION, False, False, False, False, False),
    ("digital", Role.MINISTRY, False, False, False, False, False),
]


def test_the_table_of_roles(arrange):
    with arrange():
        campaign = make_running()
        for code, role, is_head, sees, overrides, chooses, excepts in TABLE:
            actor = actor_of(make_member(code, role, is_head=is_head))
            who = (code, role, is_head)
            assert policy.can_see(actor) is sees, who
            assert policy.can_override(actor, campaign) is overrides, who
            assert policy.can_publish_targets(actor, campaign) is overrides, who
            assert policy.can_recalculate(actor, campaign) is chooses, who
            assert policy.can_except(actor, campaign) is excepts, who
            assert policy.can_read_rules(actor) is (role is not Role.AUDITOR), who
        assert not policy.can_override(actor_of(make_liaison("150002")), campaign)


def test_the_twins_agree_on_every_decision(arrange):
    with arrange():
        campaign = make_running()
        posts = dict(
            db.session.execute(
                sa.select(Entry.id, Organisation.post_id).join(Organisation, Organisation.id == Entry.organisation_id)
            ).all()
        )
        actors = [actor_of(make_member(code, role, is_head=is_head)) for code, role, is_head, *_ in TABLE]
        actors += [actor_of(make_liaison("150002")), actor_of(make_liaison("151009")), actor_of(make_liaison("130001"))]
        entries = db.session.scalars(sa.select(Entry).where(Entry.campaign_id == campaign.id)).all()
        for actor in actors:
            listed = set(db.session.scalars(sa.select(Decision.entry_id).where(policy.viewable_by(actor))))
            may = {each.id for each in entries if policy.can_view(actor, each, posts[each.id])}
            assert listed == may, actor


def test_only_while_it_runs_and_by_those_who_run_it(arrange):
    with arrange():
        campaign, head = make_running(), make_publisher()
        entry = answer(campaign, entry_of(campaign))
        body, staff = actor_of(make_member(BODY, Role.LOCAL_MANAGER)), actor_of(make_member("juumin", Role.DIVISION))
        for actor in (body, actor_of(make_member("hq", Role.EXECUTIVE))):
            with pytest.raises(Forbidden):
                override_decision(actor, campaign, entry, outcome=Outcome.REQUIRED, reason="x")
            with pytest.raises(Forbidden):
                lift_override(actor, campaign, entry)
            with pytest.raises(Forbidden):
                record_targets(actor, campaign, 1)
        for work in (lambda: choose_rule(staff, campaign, "mic-2023-06"), lambda: keep_exceptions(head, campaign, [])):
            with pytest.raises(Forbidden):
                work()
        close_campaign(staff, campaign)
        with pytest.raises(Forbidden):
            override_decision(head, campaign, entry, outcome=Outcome.REQUIRED, reason="x")
