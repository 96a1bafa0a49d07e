"""Taking charge, steps for several issues at once, saved filters, and what is new since one looked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation, NotFound
from portal.core.events import Audience, EventRecord
from portal.directory.models import LiaisonAssignment, Membership
from portal.directory.roles import Role
from portal.issues import service as issues
from portal.issues.models import Follower, Issue, Post, Reading
from portal.issues.queue import IssueFilter
from portal.issues.states import IssueKind, IssueState, Leak, PostKind, Urgency
from portal.workbench import bulk, claims, filters, queries
from portal.workbench.board import BoardFilter, News, count_board, list_board
from portal.workbench.models import Claim
from portal.workbench.states import BulkAction, Sharing
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_liaison, make_member

EVERYTHING = BoardFilter(IssueFilter())


@pytest.fixture
def cast(arrange):
    with arrange():
        return make_cast()


@pytest.fixture
def stage(app):
    """The application's context with a transaction that is thrown away at the end."""
    announce_access(write=True)
    with app.app_context():
        yield
        db.session.rollback()


def _kinds(*wanted: str) -> list[str]:
    found = db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id))
    return [kind for kind in found if kind in wanted]


def _names(membership, issue) -> list[str]:
    return [each.name for each in queries.find_in_charge(actor_of(membership), [issue]).get(issue.id, [])]


def _person(membership) -> str:
    return actor_of(membership).person_name


# Taking charge


def test_who_takes_charge_stands_on_the_issue_until_they_let_go(stage, cast):
    issue, liaison = make_issue(cast), actor_of(cast.liaison)

    claims.claim_issue(liaison, issue)
    claims.claim_issue(liaison, issue)

    assert _names(cast.deputy, issue) == [liaison.person_name]
    assert _names(cast.staff, issue) == []
    with pytest.raises(Conflict) as told:
        claims.claim_issue(actor_of(cast.deputy), issue)
    assert told.value.params == {"name": liaison.person_name}

    claims.release_claim(liaison, issue, seen=liaison.membership_id)
    assert _names(cast.liaison, issue) == []
    claims.claim_issue(actor_of(cast.deputy), issue)
    assert _names(cast.liaison, issue) == [_person(cast.deputy)]
    assert _kinds("issue_claimed", "claim_released") == ["issue_claimed", "claim_released", "issue_claimed"]
    assert set(db.session.scalars(sa.select(EventRecord.audience).where(EventRecord.kind == "issue_claimed"))) == {
        Audience.INTERNAL
    }


def test_each_team_has_its_own_and_the_one_with_the_ball_stands_first(stage, cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    claims.claim_issue(actor_of(cast.liaison), issue)
    claims.claim_issue(actor_of(cast.division), issue)

    assert _names(cast.secretariat, issue) == [_person(cast.division), _person(cast.liaison)]
    with pytest.raises(Forbidden):
        claims.claim_issue(actor_of(cast.secretariat), issue)
    associations = make_issue(cast, by=cast.association, kind=IssueKind.REQUEST)
    claims.claim_issue(actor_of(cast.secretariat), associations)
    assert _names(cast.chief, associations) == [_person(cast.secretariat)]


@pytest.mark.parametrize("who", ["other_liaison", "staff", "prefecture", "executive", "admin", "ministry", "auditor"])
def test_nobody_else_takes_charge(stage, cast, who):
    issue = make_issue(cast)

    with pytest.raises(Forbidden):
        claims.claim_issue(actor_of(getattr(cast, who)), issue)
    with pytest.raises(Forbidden):
        claims.release_claim(actor_of(getattr(cast, who)), issue, seen=cast.liaison.id)


def test_what_has_ended_is_nobodys(stage, cast):
    issue = make_issue(cast, IssueState.CLOSED)

    with pytest.raises(Forbidden):
        claims.claim_issue(actor_of(cast.liaison), issue)


def test_a_claim_ends_with_its_members_time_in_the_team(stage, cast):
    issue = make_issue(cast)
    claims.claim_issue(actor_of(cast.liaison), issue)
    db.session.execute(
        sa.update(LiaisonAssignment)
        .where(LiaisonAssignment.membership_id == cast.liaison.id)
        .values(ends_at=clock.now() - timedelta(hours=1))
    )

    assert _names(cast.deputy, issue) == []
    claims.claim_issue(actor_of(cast.deputy), issue)
    assert _names(cast.deputy, issue) == [_person(cast.deputy)]


def test_it_is_handed_to_a_colleague_of_the_team_alone(stage, cast):
    issue, liaison = make_issue(cast), actor_of(cast.liaison)
    claims.claim_issue(liaison, issue)

    for stranger in (cast.other_liaison.id, cast.staff.id, cast.liaison.id, None):
        with pytest.raises(Invalid):
            claims.hand_over_issue(liaison, issue, membership_id=stranger, seen=cast.liaison.id)
    name = claims.hand_over_issue(liaison, issue, membership_id=cast.deputy.id, seen=cast.liaison.id)

    assert [name] == [_person(cast.deputy)] == _names(cast.liaison, issue)
    with pytest.raises(Conflict):
        claims.hand_over_issue(liaison, issue, membership_id=cast.liaison.id, seen=cast.other_liaison.id)
    with pytest.raises(Conflict):
        claims.release_claim(liaison, issue, seen=cast.liaison.id)
    assert {membership for membership, _ in queries.list_colleagues(liaison, issue)} == {
        cast.liaison.id,
        cast.deputy.id,
    }


def test_of_fifty_claims_at_once_one_wins_and_the_others_are_told_who(app, arrange):
    with arrange():
        cast = make_cast()
        issue_id = make_issue(cast).id
        members = [make_liaison("150002").id for _ in range(50)]
    parallel = 8 if db_is_postgresql(app) else 2

    def claim(membership_id):
        announce_access(write=True)
        with app.app_context():
            try:
                with unit_of_work():
                    actor = actor_of(db.session.get_one(Membership, membership_id))
                    claims.claim_issue(actor, db.session.get_one(Issue, issue_id))
            except Conflict as refusal:
                return refusal.params["name"]
            return membership_id

    with ThreadPoolExecutor(parallel) as pool:
        outcomes = list(pool.map(claim, members))

    with arrange():
        winner = db.session.scalars(sa.select(Claim.membership_id)).one()
        name = _person(db.session.get_one(Membership, winner))
        assert len(_kinds("issue_claimed")) == 1
    assert sorted(map(str, outcomes)) == sorted([str(winner), *[name] * 49])


def db_is_postgresql(app) -> bool:
    with app.app_context():
        return db.engine.dialect.name == "postgresql"


# Several at once


def _seen(*made: Issue) -> dict[str, int | None]:
    return {issue.number or "": issue.version for issue in made}


def test_triage_and_routing_take_what_can_take_them_and_say_why_not(stage, cast):
    liaison = actor_of(cast.liaison)
    first, second, done = make_issue(cast), make_issue(cast), make_issue(cast, IssueState.ASSIGNED)
    foreign = make_issue(cast, by=cast.other_body)
    stale = make_issue(cast)
    seen = {**_seen(first, second, done, foreign), stale.number: stale.version - 1}
    choices = {choice.issue.id: choice.obstacle for choice in bulk.list_choices(liaison, BulkAction.TRIAGE, list(seen))}
    assert choices == {first.id: None, second.id: None, stale.id: None, done.id: "いまの状態では行えません。"}

    outcome = bulk.apply_step(liaison, BulkAction.TRIAGE, seen)

    assert outcome.done == [first.number, second.number]
    assert {number for number, _, _ in outcome.refused} == {done.number, foreign.number, stale.number}
    assert [first.state, stale.state, foreign.state] == [IssueState.TRIAGED, IssueState.SUBMITTED, IssueState.SUBMITTED]
    choice = bulk.list_choices(liaison, BulkAction.ROUTE, [first.number or ""])[0]
    assert choice.leads_to == "マイナンバー制度支援室"
    assert bulk.apply_step(liaison, BulkAction.ROUTE, _seen(first, second)).done == [first.number, second.number]
    assert first.division_id == cast.division.organisation_id
    assert len(_kinds("issue_routed")) == 3


def test_one_text_goes_to_all_of_them_or_to_none(stage, cast):
    liaison = actor_of(cast.liaison)
    made = [make_issue(cast) for _ in range(3)]
    for text, refusal in (
        ("  ", Invalid),
        ("個人番号 123456789018", Invalid),
        ("整理番号 123456789018", NeedsConfirmation),
    ):
        with pytest.raises(refusal) as told:
            bulk.apply_step(liaison, BulkAction.RETURN, _seen(*made), text=text)
        assert told.value.field == "text"

    bulk.apply_step(liaison, BulkAction.NOTE, _seen(*made), text="県と電話で確認済み。")
    outcome = bulk.apply_step(liaison, BulkAction.RETURN, _seen(*made), text="内訳を教えてください。")

    assert len(outcome.done) == 3
    posts = db.session.execute(sa.select(Post.kind, Post.audience, Post.body)).all()
    assert sorted((kind.value, audience.value) for kind, audience, _ in posts) == [
        *[(PostKind.NOTE.value, "internal")] * 3,
        *[(PostKind.RETURN.value, "public")] * 3,
    ]


def test_a_proposed_decline_stands_in_the_way(stage, cast):
    issue = make_issue(cast)
    issues.propose_decline(actor_of(cast.liaison), issue, desk="県の担当課", reason="所管外です。")

    outcome = bulk.apply_step(actor_of(cast.liaison), BulkAction.TRIAGE, _seen(issue))

    assert outcome.refused == [(issue.number, "対象外の提案を判断しています。", {})]


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("staff", BulkAction.NOTE),
        ("executive", BulkAction.FOLLOW),
        ("ministry", BulkAction.TRIAGE),
        ("admin", BulkAction.CLAIM),
    ],
)
def test_a_step_that_is_not_the_roles_is_refused(stage, cast, who, action):
    issue = make_issue(cast, IssueState.CONSULTING)

    with pytest.raises(Forbidden):
        bulk.apply_step(actor_of(getattr(cast, who)), action, _seen(issue), text="本文")


def test_following_reading_and_taking_charge_of_several(stage, cast):
    made = [make_issue(cast) for _ in range(2)]
    liaison, staff = actor_of(cast.liaison), actor_of(cast.staff)

    assert len(bulk.apply_step(liaison, BulkAction.CLAIM, _seen(*made)).done) == 2
    assert bulk.apply_step(actor_of(cast.deputy), BulkAction.CLAIM, _seen(made[0])).refused[0][2] == {
        "name": liaison.person_name
    }
    bulk.apply_step(staff, BulkAction.FOLLOW, _seen(*made))
    bulk.apply_step(staff, BulkAction.UNFOLLOW, _seen(made[0]))
    assert list(db.session.scalars(sa.select(Follower.issue_id))) == [made[1].id]
    assert count_board(liaison, BoardFilter(IssueFilter(unread=True))) == 2
    bulk.apply_step(liaison, BulkAction.READ, _seen(*made))
    assert count_board(liaison, BoardFilter(IssueFilter(unread=True))) == 0


# What is new


def _row(membership, issue: Issue):
    return next(row for row in list_board(actor_of(membership), EVERYTHING) if row.issue.id == issue.id)


def _look(membership, issue: Issue) -> None:
    """Open the issue, an instant before whatever comes next."""
    issues.reading_of_issue(actor_of(membership), issue).write()
    db.session.execute(sa.update(Reading).values(read_at=clock.now() - timedelta(seconds=1)))
    past = clock.now() - timedelta(seconds=2)
    db.session.execute(sa.update(Issue).values(last_activity_at=past, last_public_activity_at=past))
    db.session.execute(sa.update(EventRecord).values(occurred_at=past))
    db.session.execute(sa.update(Post).values(created_at=past))
    db.session.expire_all()


def test_a_row_says_what_others_did_since_one_looked(stage, cast):
    issue = make_issue(cast)
    assert (_row(cast.liaison, issue).is_unread, _row(cast.liaison, issue).news) == (True, None)
    _look(cast.liaison, issue)
    assert _row(cast.liaison, issue).is_unread is False

    issues.post_reply(actor_of(cast.staff), issue, text="追記します。")
    issues.post_reply(actor_of(cast.manager), issue, text="補足します。")
    issues.post_reply(actor_of(cast.liaison), issue, text="承知しました。")
    assert _row(cast.liaison, issue).news == News(posts=2)
    issues.return_issue(actor_of(cast.deputy), issue, reason="内訳を教えてください。")
    assert _row(cast.liaison, issue).news == News(posts=3, is_moved=True)
    assert count_board(actor_of(cast.liaison), BoardFilter(IssueFilter(changed=True))) == 1
    assert count_board(actor_of(cast.deputy), BoardFilter(IssueFilter(changed=True))) == 0


def test_a_body_feels_nothing_of_what_stays_inside(stage, cast):
    issue = make_issue(cast)
    _look(cast.staff, issue)
    before = _row(cast.staff, issue)

    issues.write_note(actor_of(cast.liaison), issue, text="県と確認済み。")
    issues.propose_decline(actor_of(cast.liaison), issue, desk="県の担当課", reason="所管外です。")
    claims.claim_issue(actor_of(cast.liaison), issue)
    assert (_row(cast.staff, issue).is_unread, _row(cast.staff, issue).news) == (before.is_unread, None)

    issues.post_reply(actor_of(cast.deputy), issue, text="確認しています。")
    row = _row(cast.staff, issue)
    assert row.news == News(posts=1)
    assert row.in_charge is None
    assert row.steps == ()


# The order


def test_leaks_come_first_then_urgent_then_overdue_then_due(stage, cast):
    later, overdue, urgent, leak = (
        make_issue(cast),
        make_issue(cast),
        make_issue(cast, urgency=Urgency.URGENT),
        make_issue(cast, leak=Leak.SUSPECTED),
    )
    over = make_issue(cast, IssueState.CLOSED, leak=Leak.YES)
    overdue.due_on = japan_date(clock.now()) - timedelta(days=3)
    later.due_on = japan_date(clock.now()) + timedelta(days=9)
    db.session.flush()

    chosen = BoardFilter(IssueFilter(by_priority=True))
    first = list_board(actor_of(cast.liaison), chosen, size=3)
    rest = list_board(actor_of(cast.liaison), chosen, cursor=first.next_cursor, size=3)

    assert [row.issue.id for row in (*first, *rest)] == [each.id for each in (leak, urgent, overdue, later, over)]
    issues.withdraw_issue(actor_of(cast.staff), leak, reason="解決しました。")
    db.session.flush()
    assert next(iter(list_board(actor_of(cast.liaison), chosen))).issue.id == urgent.id


def test_what_one_is_in_charge_of_can_be_chosen(stage, cast):
    mine, _other = make_issue(cast), make_issue(cast)
    claims.claim_issue(actor_of(cast.liaison), mine)

    assert [row.issue.id for row in list_board(actor_of(cast.liaison), BoardFilter(IssueFilter(), claimed=True))] == [
        mine.id
    ]


# Saved filters


def _menu(membership) -> list[str]:
    return [each.kept.name for each in queries.list_filters(actor_of(membership))]


def _save(membership, name="緊急", team=None, **options):
    condition = {"urgency": ["urgent"]}
    return filters.save_filter(actor_of(membership), name=name, condition=condition, team=team, **options)


def test_a_filter_is_shared_within_the_team_and_no_further(stage, cast):
    post = actor_of(cast.liaison).post_ids
    post_id = next(iter(post))
    _save(cast.liaison, "県の緊急", (Sharing.POST, post_id))
    _save(cast.liaison, "自分の緊急")
    _save(cast.division, "室の緊急", (Sharing.ORGANISATION, cast.division.organisation_id))

    assert _menu(cast.liaison) == ["県の緊急", "自分の緊急"]
    assert _menu(cast.deputy) == ["県の緊急"]
    assert _menu(cast.division_head) == ["室の緊急"]
    for outsider in (cast.other_liaison, cast.prefecture, cast.staff, cast.secretariat, cast.admin, cast.executive):
        assert _menu(outsider) == []
    with pytest.raises(Invalid):
        _save(cast.liaison, "ほかの県", (Sharing.POST, next(iter(actor_of(cast.other_liaison).post_ids))))
    with pytest.raises(Invalid):
        _save(cast.executive, "本部", (Sharing.ORGANISATION, cast.executive.organisation_id))


def test_names_and_words_are_checked(stage, cast):
    _save(cast.liaison)
    for name in ("", "緊急", "あ" * 61, "個人番号 123456789018"):
        with pytest.raises(Invalid) as told:
            _save(cast.liaison, name)
        assert told.value.field == "name"
    with pytest.raises(Invalid):
        filters.save_filter(actor_of(cast.liaison), name="空", condition={})
    with pytest.raises(Invalid):
        filters.save_filter(actor_of(cast.liaison), name="語", condition={"words": ["個人番号 123456789018"]})
    assert filters.condition_of({"cursor": ["x"], "open": ["R8-L-000001"], "flags": ["leak", ""], "evil": ["1"]}) == {
        "flags": ["leak"]
    }


def test_each_member_has_an_order_and_a_default_of_their_own(stage, cast):
    post_id = next(iter(actor_of(cast.liaison).post_ids))
    first, second = (
        _save(cast.liaison, "一", (Sharing.POST, post_id)),
        _save(cast.liaison, "二", (Sharing.POST, post_id)),
    )
    liaison, deputy = actor_of(cast.liaison), actor_of(cast.deputy)

    filters.move_filter(liaison, second, up=True)
    filters.move_filter(liaison, second, up=True)
    filters.set_default(deputy, second)
    filters.set_default(deputy, first)

    assert _menu(cast.liaison) == ["二", "一"]
    assert _menu(cast.deputy) == ["一", "二"]
    assert queries.find_default(liaison) is None
    found = queries.find_default(deputy)
    assert found is not None
    assert found.kept.id == first.id
    filters.set_default(deputy, None)
    assert queries.find_default(deputy) is None


def test_only_its_maker_changes_it_until_they_have_left(stage, cast):
    post_id = next(iter(actor_of(cast.liaison).post_ids))
    kept = _save(cast.liaison, "県の緊急", (Sharing.POST, post_id))
    deputy = actor_of(cast.deputy)
    with pytest.raises(Forbidden):
        filters.rename_filter(deputy, queries.get_filter(deputy, kept.id), name="別の名前", team=None)
    with pytest.raises(NotFound):
        queries.get_filter(actor_of(cast.other_liaison), kept.id)

    filters.rename_filter(actor_of(cast.liaison), kept, name="県の緊急（新）", team=(Sharing.POST, post_id))
    cast_member = db.session.get_one(Membership, cast.liaison.id)
    cast_member.ends_at = clock.now() - timedelta(hours=1)
    db.session.flush()
    filters.set_default(deputy, kept)
    filters.delete_filter(deputy, queries.get_filter(deputy, kept.id))

    assert _menu(cast.deputy) == []


def test_a_body_shares_within_itself(stage, cast):
    _save(cast.staff, "市の緊急", (Sharing.ORGANISATION, cast.staff.organisation_id))

    assert _menu(cast.manager) == ["市の緊急"]
    assert _menu(make_member("152226", Role.LOCAL_STAFF, section="税務課")) == ["市の緊急"]
    assert _menu(cast.other_body) == []
