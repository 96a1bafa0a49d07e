"""Tying and untying: nothing of an issue ever changes by it, and the history stays."""

import random
import threading

import pytest
import sqlalchemy as sa

from portal.bundles import service
from portal.bundles.models import Bundle, BundleTie
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.issues.models import Hop, Issue, Post
from portal.issues.states import IssueState
from tests.factories.bundles import make_bundle, numbers_of
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member


def members_of(bundle: Bundle) -> list[int]:
    """The ids of what is in the bundle now, in the order in which it came."""
    ties = sa.select(BundleTie.issue_id).where(BundleTie.bundle_id == bundle.id, BundleTie.untied_at.is_(None))
    return list(db.session.scalars(ties.order_by(BundleTie.id)))


def everything_of(issues: list[Issue]) -> list[tuple[object, ...]]:
    """Every row that makes up the issues, as it stands in the database."""
    ids = [issue.id for issue in issues]
    found: list[tuple[object, ...]] = []
    for table, column in ((Issue, Issue.id), (Post, Post.issue_id), (Hop, Hop.issue_id)):
        rows = db.session.execute(
            sa.select(*table.__table__.c).where(column.in_(ids)).order_by(*table.__table__.primary_key)
        )
        found += [tuple(row) for row in rows]
    return found


def events_of(kind: str) -> list[EventRecord]:
    """The events of a kind."""
    return list(db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == kind).order_by(EventRecord.id)))


def test_tying_leaves_the_issues_as_they_are_and_says_so_once(arrange):
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast), make_issue(cast, IssueState.CONSULTING), make_issue(cast, IssueState.CLOSED)]
        before = everything_of(issues)
        bundle = service.tie_issues(actor_of(cast.liaison), numbers_of(issues))

        assert everything_of(issues) == before
        assert members_of(bundle) == [issue.id for issue in issues]
        assert bundle.lead_issue_id == issues[0].id
        (event,) = events_of("issues_tied")
        assert event.payload == {"bundle_id": bundle.id, "issue_ids": [issue.id for issue in issues]}
        assert (event.audience.value, event.organisation_id) == ("internal", None)


def test_another_issue_joins_the_bundle_that_one_is_in(arrange):
    with arrange():
        cast = make_cast()
        bundle, issues = make_bundle(cast, IssueState.SUBMITTED, IssueState.SUBMITTED)
        third = make_issue(cast)
        joined = service.tie_issues(actor_of(cast.secretariat), [third.number or "", issues[1].number or ""])

        assert joined.id == bundle.id
        assert bundle.lead_issue_id == issues[0].id
        assert members_of(bundle) == [issues[0].id, issues[1].id, third.id]


def test_what_cannot_be_tied_is_refused_at_the_field(arrange):
    with arrange():
        cast = make_cast()
        first, _ = make_bundle(cast, IssueState.SUBMITTED, IssueState.SUBMITTED)
        _, others = make_bundle(cast, IssueState.SUBMITTED, IssueState.SUBMITTED)
        one = db.session.get_one(Issue, first.lead_issue_id)
        hidden = make_issue(cast, by=make_member("010006", Role.LOCAL_MANAGER))
        secretariat, liaison = actor_of(cast.secretariat), actor_of(cast.liaison)
        for actor, numbers in (
            (secretariat, []),
            (secretariat, [one.number]),
            (secretariat, [one.number, one.number]),
            (secretariat, [one.number, others[0].number]),  # two bundles
            (secretariat, numbers_of(others)),  # nothing new
            (liaison, [one.number, hidden.number]),  # not in charge
            (liaison, [one.number, "R8-L-999999"]),
            (actor_of(cast.division), [one.number, others[0].number]),  # sees both, works on neither
        ):
            with pytest.raises(Invalid) as refusal:
                service.tie_issues(actor, numbers)
            assert refusal.value.field == "numbers"
        missing = [
            _message(liaison, [one.number or "", number]).replace(number, "?")
            for number in (hidden.number or "", "R8-L-999999")
        ]
        assert missing[0] == missing[1]


def test_numbers_are_read_as_people_paste_them():
    assert service.read_numbers("R8-L-000123、r8-l-000124\nＲ８－Ｌ－０００１２５ ; R8‐L‐000123") == [
        "R8-L-000123",
        "R8-L-000124",
        "R8-L-000125",
    ]


def test_the_lead_passes_on_and_one_alone_is_no_bundle(arrange):
    with arrange():
        cast = make_cast()
        bundle, issues = make_bundle(cast, IssueState.SUBMITTED, IssueState.SUBMITTED, IssueState.SUBMITTED)
        secretariat = actor_of(cast.secretariat)
        service.change_lead(secretariat, bundle, issues[2])
        with pytest.raises(Conflict):
            service.change_lead(secretariat, bundle, issues[2])

        assert service.untie_issue(secretariat, bundle, issues[2]) is False
        assert bundle.lead_issue_id == issues[0].id
        with pytest.raises(Conflict):
            service.untie_issue(secretariat, bundle, issues[2])
        assert service.untie_issue(secretariat, bundle, issues[0]) is True
        assert members_of(bundle) == []
        assert bundle.dissolved_at is not None
        with pytest.raises(Conflict):
            service.dissolve_bundle(secretariat, bundle)
        assert len(events_of("issue_untied")) == 2
        assert len(db.session.scalars(sa.select(BundleTie)).all()) == 3


def test_only_who_works_on_all_of_it_dissolves_it_but_one_s_own_may_leave(arrange):
    with arrange():
        cast = make_cast()
        mine = [make_issue(cast), make_issue(cast)]
        other = make_issue(cast, by=make_member("010006", Role.LOCAL_MANAGER))
        bundle = service.tie_issues(actor_of(cast.secretariat), numbers_of([*mine, other]))
        liaison = actor_of(cast.liaison)
        with pytest.raises(Forbidden):
            service.dissolve_bundle(liaison, bundle)
        with pytest.raises(Forbidden):
            service.untie_issue(liaison, bundle, other)
        with pytest.raises(Forbidden):
            service.untie_issue(actor_of(cast.executive), bundle, mine[0])

        service.untie_issue(liaison, bundle, mine[0])
        assert members_of(bundle) == [mine[1].id, other.id]
        service.dissolve_bundle(actor_of(cast.secretariat), bundle)
        assert members_of(bundle) == []


def test_whatever_is_tied_and_untied_nothing_is_lost(arrange):
    """Random sequences: the issues stay to the byte, no tie is ever lost, an issue is in one bundle at most."""
    chance = random.Random(7)
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast, state) for state in (IssueState.SUBMITTED, IssueState.ASSIGNED) * 3]
        before, ties = everything_of(issues), 0
        actor = actor_of(cast.secretariat)
        for _ in range(50):
            bundles = list(db.session.scalars(sa.select(Bundle)))
            try:
                with db.session.begin_nested():
                    _do_something(chance, actor, issues, bundles)
            except (Invalid, Conflict, NotFound):
                continue
            now = list(db.session.scalars(sa.select(BundleTie)))
            assert len(now) >= ties
            ties = len(now)
            open_ties = [tie.issue_id for tie in now if tie.untied_at is None]
            assert len(open_ties) == len(set(open_ties))
            for bundle in db.session.scalars(sa.select(Bundle)):
                members = members_of(bundle)
                assert (len(members) >= 2) == (bundle.dissolved_at is None)
                assert bundle.lead_issue_id in members or bundle.dissolved_at is not None
        assert everything_of(issues) == before


def test_of_two_who_tie_the_same_issue_at_once_one_wins(app, arrange):
    with arrange():
        cast = make_cast()
        wanted, *others = [make_issue(cast) for _ in range(3)]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def tie(other: Issue) -> None:
        announce_access(write=True)
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    service.tie_issues(actor_of(cast.secretariat), [other.number or "", wanted.number or ""])
                outcomes.append("tied")
            except (Conflict, Invalid) as refusal:
                outcomes.append(type(refusal).__name__)

    threads = [threading.Thread(target=tie, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with arrange():
        held = db.session.scalars(
            sa.select(BundleTie).where(BundleTie.issue_id == wanted.id, BundleTie.untied_at.is_(None))
        ).all()
        assert len(held) == 1
    assert "tied" in outcomes  # the second joins the first one's bundle, or is told


def _do_something(chance, actor, issues, bundles) -> None:
    move = chance.choice(["tie", "tie", "untie", "lead", "dissolve"])
    if move == "tie":
        service.tie_issues(actor, numbers_of(chance.sample(issues, chance.randint(2, 4))))
    elif not bundles:
        raise NotFound
    elif move == "untie":
        service.untie_issue(actor, chance.choice(bundles), chance.choice(issues))
    elif move == "lead":
        service.change_lead(actor, chance.choice(bundles), chance.choice(issues))
    else:
        service.dissolve_bundle(actor, chance.choice(bundles))


def _message(actor, numbers: list[str]) -> str:
    with pytest.raises(Invalid) as refusal:
        service.tie_issues(actor, numbers)
    return refusal.value.message % refusal.value.params
