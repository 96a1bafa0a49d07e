"""Who sees and undoes bundles, replies to many and splits: the twins agree, and nothing exceeds the issues' pages."""

import pytest
import sqlalchemy as sa

from portal.bundles import policy, service
from portal.bundles.bulk_queries import list_bulk_replies
from portal.bundles.models import BulkReply, Bundle
from portal.bundles.queries import find_panel, get_bundle, list_bundled, list_history
from portal.bundles.scoping import preview_told
from portal.bundles.states import BundleStep
from portal.core.db import db
from portal.core.errors import Forbidden, NotFound
from portal.core.events import Audience
from portal.directory.roles import Role
from portal.issues import policy as issue_policy
from portal.issues.models import Issue
from portal.issues.queries import get_issue
from portal.issues.states import IssueState
from tests.factories.bundles import make_bundle, prepare
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.people import actor_of, make_member, organisation

EVERYONE = list(Cast.__dataclass_fields__)
SEEING = {"liaison", "deputy", "division", "division_head", "secretariat", "chief", "executive", "admin"}
STATES = [state for state in IssueState if state is not IssueState.DRAFT]


def test_the_twins_agree_for_every_role(arrange):
    with arrange():
        cast = make_cast()
        bundle, issues = make_bundle(cast, IssueState.SUBMITTED, IssueState.ASSIGNED)
        for who in EVERYONE:
            actor = actor_of(getattr(cast, who))
            seen = set(db.session.scalars(sa.select(Issue.id).where(issue_policy.submitted_viewable_by(actor))))
            may = policy.can_view(actor, issues, lambda issue, seen=seen: issue.id in seen)
            selected = db.session.scalar(sa.select(Bundle.id).where(policy.viewable_by(actor)))
            assert (selected == bundle.id) == may == (who in SEEING), who
            assert (find_panel(actor, issues[0]) is not None) == may, who
            assert {issue.id for issue in list_bundled(actor, bundle)} <= seen, who
            assert {tie.issue_id for tie in list_history(actor, bundle)} <= seen, who
            if who not in SEEING:
                with pytest.raises(NotFound):
                    get_bundle(actor, bundle.id)


def test_a_liaison_sees_nothing_of_what_is_not_in_charge(arrange):
    with arrange():
        cast = make_cast()
        stranger = make_member("011002", Role.LOCAL_MANAGER)
        inside = make_issue(cast)
        hidden = make_issue(cast, by=stranger)
        from_both = make_issue(cast, by=make_member("010006", Role.LOCAL_MANAGER))
        bundle, _ = _tie(cast, [inside, hidden, from_both])
        liaison = find_panel(actor_of(cast.liaison), inside)
        everything = find_panel(actor_of(cast.secretariat), inside)

        assert liaison is not None
        assert everything is not None
        assert [issue.id for issue in liaison.issues] == [inside.id]
        told = preview_told(actor_of(cast.liaison), inside, BundleStep.RETURN)
        assert told is not None
        assert ([issue.id for issue in told.told], told.has_others) == ([inside.id], True)
        assert (liaison.reach.issue_count, liaison.reach.body_count, liaison.reach.has_others) == (1, 1, True)
        assert (everything.reach.issue_count, everything.reach.body_count, everything.reach.has_others) == (3, 3, False)
        assert [issue.id for issue in list_bundled(actor_of(cast.other_liaison), bundle)] == [from_both.id]
        with pytest.raises(NotFound):
            find_panel_for(cast.liaison, hidden)


def test_people_are_counted_once_where_a_prefecture_and_its_city_both_ask(arrange):
    with arrange():
        cast = make_cast()
        for code, people in (("152226", 180_000), ("150002", 2_100_000), ("151009", 770_000), ("010006", 5_000_000)):
            _populate(code, people)
        issues = [
            make_issue(cast),
            make_issue(cast),
            make_issue(cast, by=make_member("151009", Role.LOCAL_MANAGER)),
            make_issue(cast, by=make_member("010006", Role.LOCAL_MANAGER)),
        ]
        bundle, _ = _tie(cast, issues)
        panel = find_panel(actor_of(cast.secretariat), issues[0])
        assert panel is not None
        assert (panel.reach.body_count, panel.reach.population) == (3, 180_000 + 770_000 + 5_000_000)

        whole = make_issue(cast, by=make_member("150002", Role.LOCAL_MANAGER))
        service.tie_issues(actor_of(cast.secretariat), [issues[0].number or "", whole.number or ""])
        panel = find_panel(actor_of(cast.secretariat), issues[0])
        assert panel is not None
        assert (panel.reach.body_count, panel.reach.population) == (4, 2_100_000 + 5_000_000)
        assert bundle.id == panel.bundle_id


def test_what_may_be_told_to_all_is_what_each_page_allows(arrange):
    predicates = {
        BundleStep.OFFICIAL: issue_policy.can_answer_officially,
        BundleStep.PROVISIONAL: issue_policy.can_answer_provisionally,
        BundleStep.RETURN: issue_policy.can_return,
        BundleStep.QUOTE: issue_policy.can_quote_answer,
    }
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast, state) for state in STATES]
        for who in EVERYONE:
            actor = actor_of(getattr(cast, who))
            for issue in issues:
                for step, can in predicates.items():
                    assert (policy.why_not(actor, step, issue) is None) == can(actor, issue), (who, step, issue.state)
                writes = issue_policy.can_post_publicly(actor, issue)
                assert policy.can_be_written_to(actor, Audience.PUBLIC, issue) == writes
                assert not policy.can_be_written_to(actor, Audience.CONSULT, issue)
                assert policy.can_tie(actor, issue) == (
                    issue_policy.can_write_note(actor, issue) and actor.is_headquarters
                )
                assert policy.can_split(actor, issue) <= policy.can_tie(actor, issue)


def test_a_reply_to_many_is_seen_by_its_writer_and_the_secretariat(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
        bulk = prepare(cast.liaison, [issue])
        for who in EVERYONE:
            actor = actor_of(getattr(cast, who))
            selected = set(db.session.scalars(sa.select(BulkReply.id).where(policy.bulk_viewable_by(actor))))
            assert (bulk.id in selected) == policy.can_view_bulk(actor, bulk)
            assert (bulk.id in selected) == (who in {"liaison", "secretariat", "chief", "admin"}), who
            assert [row.bulk.id for row in list_bulk_replies(actor)] == sorted(selected)
            if who in {"executive", "auditor", "ministry", "manager"}:
                assert not policy.can_bundle(actor)
                assert not policy.can_dissolve(actor, [issue])
                with pytest.raises(Forbidden):
                    prepare(getattr(cast, who), [issue])


def _tie(cast, issues):
    return service.tie_issues(actor_of(cast.secretariat), [issue.number or "" for issue in issues]), issues


def find_panel_for(membership, issue):
    return find_panel(actor_of(membership), get_issue(actor_of(membership), issue.number or ""))


def _populate(code: str, people: int) -> None:
    organisation(code).population = people
    db.session.flush()
