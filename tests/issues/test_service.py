"""Every state and transition of an issue, with what each refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import add_business_days, japan_date
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NeedsConfirmation, NotFound
from portal.core.events import Audience, EventRecord
from portal.directory.models import Membership
from portal.issues import service
from portal.issues.models import Consultation, Hop, Issue, IssueRevision, Post
from portal.issues.queries import get_issue, list_posts
from portal.issues.states import Holder, IssueKind, IssueState, Leak, PostKind, Urgency
from portal.targets.arithmetic import arrival_day
from tests.factories.issues import content, make_cast, make_issue, theme
from tests.factories.people import actor_of, make_member, organisation


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


def _kinds() -> list[str]:
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


def test_submitting_gives_number_owner_and_due(stage, cast):
    issue = make_issue(cast)

    assert issue.number == "R8-L-000001"
    assert issue.state is IssueState.SUBMITTED
    assert issue.holder is Holder.LIAISON
    assert issue.holder_organisation_id == organisation("150002").id
    assert issue.due_on == add_business_days(japan_date(clock.now()), 1)
    assert _kinds() == ["issue_submitted"]


def test_each_theme_counts_its_own_numbers(stage, cast):
    first, second = make_issue(cast), make_issue(cast)
    other = make_issue(cast, theme_id=theme("card").id, sub_topic_id=None)

    assert [first.number, second.number, other.number] == ["R8-L-000001", "R8-L-000002", "R8-C-000001"]


def test_a_designated_city_has_its_own_post(stage, cast):
    niigata = make_member("151009", cast.staff.role, section="区政推進課")

    issue = make_issue(cast, by=niigata)

    assert issue.post_id == organisation("151009").id


def test_an_association_is_looked_after_by_the_secretariat(stage, cast):
    issue = make_issue(cast, by=cast.association, kind=IssueKind.REQUEST)

    assert issue.holder is Holder.SECRETARIAT
    assert issue.post_id is None


@pytest.mark.parametrize("leak", [Leak.YES, Leak.SUSPECTED])
def test_a_leak_makes_it_urgent_and_due_today(stage, cast, leak):
    issue = make_issue(cast, leak=leak)

    assert issue.urgency is Urgency.URGENT
    assert issue.due_on == arrival_day(clock.now())
    record = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "issue_submitted")).one()
    assert record.payload["leak"] == leak.value


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": "  "}),
        ("theme_id", {"theme_id": None, "sub_topic_id": None}),
        ("body", {"body": ""}),
        ("leak", {"leak": None}),
        ("needed_by_on", {"needed_by_on": japan_date(clock.now()) - timedelta(days=1)}),
    ],
)
def test_an_incomplete_draft_is_not_submitted(stage, cast, field, changes):
    issue = make_issue(cast, IssueState.DRAFT, **changes)

    with pytest.raises(Invalid) as refusal:
        service.submit_issue(actor_of(cast.staff), issue)

    assert refusal.value.field == field
    assert issue.state is IssueState.DRAFT
    assert issue.number is None


def test_a_my_number_is_refused_in_every_text(stage, cast):
    for field in ("title", "body", "tried"):
        with pytest.raises(Invalid) as refusal:
            service.draft_issue(actor_of(cast.staff), content(**{field: "個人番号 123456789018"}))
        assert refusal.value.field == field
    with pytest.raises(NeedsConfirmation):
        service.draft_issue(actor_of(cast.staff), content(body="整理番号 123456789018"))


def test_a_negative_count_is_refused(stage, cast):
    with pytest.raises(Invalid) as refusal:
        service.draft_issue(actor_of(cast.staff), content(impact_count=-1))

    assert refusal.value.field == "impact_count"


def test_return_and_supplement_pass_the_ball(stage, cast):
    issue = make_issue(cast, IssueState.RETURNED)
    assert issue.holder is Holder.SUBMITTER
    assert issue.due_on is None

    post = service.resubmit_issue(actor_of(cast.staff), issue, text="内訳は身体20件、療育6件です。")

    assert post.audience is Audience.PUBLIC
    assert issue.state is IssueState.SUBMITTED
    assert issue.holder is Holder.LIAISON
    holders = list(db.session.scalars(sa.select(Hop.holder).where(Hop.issue_id == issue.id).order_by(Hop.id)))
    assert holders == [Holder.LIAISON, Holder.SUBMITTER, Holder.LIAISON]
    open_hops = db.session.scalar(
        sa.select(sa.func.count()).select_from(Hop).where(Hop.issue_id == issue.id, Hop.ended_at.is_(None))
    )
    assert open_hops == 1


def test_routing_follows_the_table(stage, cast):
    issue = make_issue(cast, IssueState.TRIAGED)

    division = service.route_issue(actor_of(cast.liaison), issue)

    assert division.code == "mynumber"
    assert issue.due_on == add_business_days(japan_date(clock.now()), 10)


def test_only_the_secretariat_routes_past_the_table(stage, cast):
    issue = make_issue(cast, IssueState.TRIAGED)
    zaisei = organisation("zaisei").id

    with pytest.raises(Forbidden):
        service.route_issue(actor_of(cast.liaison), issue, division_id=zaisei)
    service.route_issue(actor_of(cast.secretariat), issue, division_id=zaisei)

    assert issue.division_id == zaisei


@pytest.mark.parametrize("is_accepted", [False, True])
def test_the_secretariat_takes_back_what_a_division_left_lying(stage, cast, is_accepted):
    issue = make_issue(cast, IssueState.ASSIGNED if is_accepted else IssueState.TRIAGED)
    if not is_accepted:
        service.route_issue(actor_of(cast.liaison), issue)
    division_id = issue.division_id
    for who in (cast.division, cast.liaison, cast.executive):
        with pytest.raises(Forbidden):
            service.take_back_issue(actor_of(who), issue, reason="後任がいません。")
    with pytest.raises(Invalid):
        service.take_back_issue(actor_of(cast.secretariat), issue, reason=" ")
    service.take_back_issue(actor_of(cast.secretariat), issue, reason="後任がいません。")

    assert (issue.state, issue.division_id, issue.accepted_at) == (IssueState.TRIAGED, None, None)
    assert issue.holder is Holder.SECRETARIAT
    assert _kinds()[-1] == "issue_taken_back"
    taken = db.session.scalars(sa.select(EventRecord).order_by(EventRecord.id.desc()).limit(1)).one()
    assert (taken.audience, taken.payload["division_id"]) == (Audience.INTERNAL, division_id)
    service.route_issue(actor_of(cast.secretariat), issue)
    assert issue.state is IssueState.ASSIGNED


def test_a_bounced_issue_goes_to_the_secretariat_with_an_internal_reason(stage, cast):
    issue = make_issue(cast, IssueState.TRIAGED)
    service.route_issue(actor_of(cast.liaison), issue)

    service.bounce_issue(actor_of(cast.division), issue, reason="財政措置の照会です。")

    assert (issue.state, issue.holder, issue.division_id) == (IssueState.TRIAGED, Holder.SECRETARIAT, None)
    assert [post.body for post in list_posts(actor_of(cast.staff), issue)] == []
    assert [post.body for post in list_posts(actor_of(cast.secretariat), issue)] == ["財政措置の照会です。"]


def test_consulting_ends_when_every_ministry_has_replied(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)
    division = actor_of(cast.division)
    second = service.consult_ministry(
        division, issue, ministry_id=cast.other_ministry.organisation_id, question="所管を教えてください。"
    )
    first = db.session.scalars(
        sa.select(Consultation).where(Consultation.ministry_id == cast.ministry.organisation_id)
    ).one()

    service.reply_to_consultation(actor_of(cast.ministry), issue, first, text="見解は次のとおりです。")
    assert issue.state is IssueState.CONSULTING
    service.reply_to_consultation(actor_of(cast.other_ministry), issue, second, text="当省の所管です。")

    assert issue.state is IssueState.ASSIGNED
    assert issue.holder is Holder.DIVISION


def test_a_ministry_sees_its_own_consultation_alone(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)
    service.consult_ministry(
        actor_of(cast.division),
        issue,
        ministry_id=cast.other_ministry.organisation_id,
        question="所管を教えてください。",
    )

    assert [post.body for post in list_posts(actor_of(cast.ministry), issue)] == ["見解を教えてください。"]
    assert [post.body for post in list_posts(actor_of(cast.other_ministry), issue)] == ["所管を教えてください。"]
    assert list_posts(actor_of(cast.staff), issue) == []


def test_the_same_ministry_is_not_asked_twice_at_once(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)

    with pytest.raises(Invalid) as refusal:
        service.consult_ministry(
            actor_of(cast.division), issue, ministry_id=cast.ministry.organisation_id, question="再度の照会です。"
        )

    assert refusal.value.field == "ministry_ids"


def test_a_question_can_be_taken_back(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)
    asked = db.session.scalars(sa.select(Consultation)).one()

    service.withdraw_consultation(actor_of(cast.division), issue, asked, reason="不要になりました。")

    assert issue.state is IssueState.ASSIGNED
    with pytest.raises(Conflict):
        service.reply_to_consultation(actor_of(cast.ministry), issue, asked, text="回答します。")


def test_the_official_answer_is_the_heads(stage, cast):
    issue = make_issue(cast, IssueState.ASSIGNED)

    with pytest.raises(Forbidden):
        service.answer_officially(actor_of(cast.division), issue, text="回答します。")
    post = service.answer_officially(actor_of(cast.division_head), issue, text="回答します。")

    assert post.kind is PostKind.OFFICIAL_ANSWER
    assert issue.state is IssueState.ANSWERED
    assert issue.holder is Holder.SUBMITTER


def test_no_official_answer_while_a_ministry_is_asked(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)

    with pytest.raises(Conflict):
        service.answer_officially(actor_of(cast.division_head), issue, text="回答します。")


def test_a_provisional_answer_stays_open_and_promises(stage, cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    promised = japan_date(clock.now()) + timedelta(days=7)

    service.answer_provisionally(actor_of(cast.division), issue, text="確認中です。", promised_on=promised)

    assert issue.state is IssueState.ASSIGNED
    assert issue.promised_on == promised
    with pytest.raises(Invalid):
        service.answer_provisionally(actor_of(cast.division), issue, text="確認中です。", promised_on=None)


def test_closing_and_reopening(stage, cast):
    issue = make_issue(cast, IssueState.CLOSED)
    assert issue.holder is Holder.NOBODY

    with clock.pretending(clock.now() + timedelta(days=29)):
        service.reopen_issue(actor_of(cast.staff), issue, reason="別の例が見つかりました。")

    assert issue.state is IssueState.ASSIGNED
    assert issue.closed_at is None


def test_reopening_ends_after_thirty_days(stage, cast):
    issue = make_issue(cast, IssueState.CLOSED)

    with clock.pretending(clock.now() + timedelta(days=31)), pytest.raises(Forbidden):
        service.reopen_issue(actor_of(cast.staff), issue, reason="別の例が見つかりました。")


def test_what_is_answered_closes_by_itself_after_fourteen_days(stage, cast):
    issue = make_issue(cast, IssueState.ANSWERED)
    assert service.list_to_close(clock.now() + timedelta(days=13)) == []

    with clock.pretending(clock.now() + timedelta(days=14, seconds=1)):
        assert service.list_to_close(clock.now()) == [issue.id]
        assert service.close_answered(issue.id)
        assert not service.close_answered(issue.id)

    assert issue.state is IssueState.CLOSED
    assert (
        db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "issue_closed")).one().actor_person_id
        is None
    )


def test_declining_needs_the_secretariat(stage, cast):
    issue = make_issue(cast)
    service.propose_decline(actor_of(cast.liaison), issue, desk="県の担当課", reason="所管外です。")
    assert issue.state is IssueState.SUBMITTED

    with pytest.raises(Forbidden):
        service.confirm_decline(actor_of(cast.liaison), issue, text="県にお尋ねください。")
    with pytest.raises(Forbidden):
        service.triage_issue(
            actor_of(cast.liaison), issue, theme_id=issue.theme_id, sub_topic_id=None, urgency=Urgency.NORMAL
        )
    service.reject_decline(actor_of(cast.secretariat), issue, reason="本部で扱います。")
    assert issue.holder is Holder.LIAISON
    service.propose_decline(actor_of(cast.liaison), issue, desk="県の担当課", reason="やはり所管外です。")
    service.confirm_decline(actor_of(cast.secretariat), issue, text="県の担当課にお尋ねください。")

    assert issue.state is IssueState.DECLINED
    assert [post.body for post in list_posts(actor_of(cast.staff), issue)] == ["県の担当課にお尋ねください。"]


def test_quoting_answers_a_triaged_issue(stage, cast):
    issue = make_issue(cast, IssueState.TRIAGED)
    with pytest.raises(Forbidden):
        service.answer_by_quote(actor_of(cast.secretariat), issue, text="", source="R8-Q-0001")

    service.answer_by_quote(actor_of(cast.liaison), issue, text="次をご覧ください。", source="R8-Q-0001 手帳番号の重複")

    assert issue.state is IssueState.ANSWERED


@pytest.mark.parametrize(
    "state", [IssueState.SUBMITTED, IssueState.TRIAGED, IssueState.RETURNED, IssueState.ASSIGNED, IssueState.CONSULTING]
)
def test_the_submitter_may_withdraw_before_an_answer(stage, cast, state):
    issue = make_issue(cast, state)

    service.withdraw_issue(actor_of(cast.staff), issue, reason="解決しました。")

    assert issue.state is IssueState.WITHDRAWN


def test_withdrawing_takes_open_questions_back(stage, cast):
    issue = make_issue(cast, IssueState.CONSULTING)
    asked = db.session.scalars(sa.select(Consultation)).one()

    service.withdraw_issue(actor_of(cast.staff), issue, reason="解決しました。")
    db.session.refresh(asked)

    assert asked.withdrawn_at is not None
    with pytest.raises(Conflict):
        service.reply_to_consultation(actor_of(cast.ministry), issue, asked, text="回答します。")


def test_the_sub_topic_belongs_to_the_theme(stage, cast):
    issue = make_issue(cast)

    with pytest.raises(Invalid) as refusal:
        service.triage_issue(
            actor_of(cast.liaison),
            issue,
            theme_id=theme("card").id,
            sub_topic_id=issue.sub_topic_id,
            urgency=Urgency.NORMAL,
        )

    assert refusal.value.field == "sub_topic_id"


@pytest.mark.parametrize("state", [IssueState.ANSWERED, IssueState.CLOSED, IssueState.DECLINED, IssueState.WITHDRAWN])
def test_what_is_over_is_not_withdrawn(stage, cast, state):
    issue = make_issue(cast, state)

    with pytest.raises(Conflict):
        service.withdraw_issue(actor_of(cast.staff), issue, reason="解決しました。")


def test_a_correction_keeps_the_earlier_text(stage, cast):
    issue = make_issue(cast)
    before = issue.version

    service.edit_issue(actor_of(cast.staff), issue, content(body="27件に訂正します。"), version=before)

    revision = db.session.scalars(sa.select(IssueRevision)).one()
    assert revision.body == "同じ番号の手帳が26件見つかりました。"
    assert issue.body == "27件に訂正します。"
    with pytest.raises(Conflict):
        service.edit_issue(actor_of(cast.staff), issue, content(), version=before)


def test_a_triaged_report_stays_as_it_is(stage, cast):
    issue = make_issue(cast, IssueState.TRIAGED)

    with pytest.raises(Conflict):
        service.edit_issue(actor_of(cast.staff), issue, content())


def test_a_note_moves_nothing_that_outsiders_see(stage, cast):
    issue = make_issue(cast)
    before = (issue.version, issue.last_public_activity_at)

    with clock.pretending(clock.now() + timedelta(hours=1)):
        service.write_note(actor_of(cast.liaison), issue, text="前にも同じ照会がありました。")
    db.session.expire(issue)

    assert (issue.version, issue.last_public_activity_at) == before
    assert issue.last_activity_at > issue.last_public_activity_at


@pytest.mark.parametrize("who", ["staff", "manager", "prefecture", "ministry", "association", "executive"])
def test_nobody_outside_writes_a_note(stage, cast, who):
    issue = make_issue(cast, IssueState.CONSULTING)

    with pytest.raises(Forbidden):
        service.write_note(actor_of(getattr(cast, who)), issue, text="メモ")


def test_a_hearing_is_entered_for_a_body_of_the_liaisons_posts(stage, cast):
    liaison = actor_of(cast.liaison)
    hearing = content(kind=IssueKind.HEARING)

    issue = service.draft_issue(liaison, hearing, body=organisation("152226"))
    service.submit_issue(liaison, issue)

    assert issue.organisation_id == organisation("152226").id
    assert get_issue(actor_of(cast.manager), issue.number).id == issue.id
    with pytest.raises(NotFound):
        service.draft_issue(liaison, hearing, body=organisation("011002"))
    with pytest.raises(Invalid):
        service.draft_issue(liaison, content(), body=organisation("152226"))


def _in_parallel(app, work, count=4):
    def one(index):
        announce_access(write=True)
        with app.app_context():
            try:
                with unit_of_work():
                    return work(index)
            except (Conflict, Forbidden) as refusal:
                return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count * 3)))


def test_numbers_have_no_gap_under_parallel_writers(app, arrange):
    with arrange():
        cast = make_cast()
    submitter = cast.staff.id

    def submit(index):
        actor = actor_of(db.session.get_one(Membership, submitter))
        issue = service.draft_issue(actor, content(title=f"件名{index}"))
        service.submit_issue(actor, issue)
        if index % 4 == 3:
            raise Conflict("rolled back on purpose")
        return issue.number

    outcomes = _in_parallel(app, submit)

    numbers = sorted(outcome for outcome in outcomes if isinstance(outcome, str))
    assert numbers == [f"R8-L-{serial:06}" for serial in range(1, 10)]


def test_of_many_claims_at_once_one_wins(app, arrange):
    with arrange():
        cast = make_cast()
        issue_id = make_issue(cast, IssueState.TRIAGED).id
    with arrange():
        service.route_issue(actor_of(cast.liaison), db.session.get_one(Issue, issue_id))
    claimant = cast.division.id

    def claim(_index):
        actor = actor_of(db.session.get_one(Membership, claimant))
        service.accept_issue(actor, db.session.get_one(Issue, issue_id))
        return "accepted"

    outcomes = _in_parallel(app, claim)

    assert outcomes.count("accepted") == 1
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if outcome != "accepted")


def test_each_effect_writes_one_event(stage, cast):
    issue = make_issue(cast, IssueState.CLOSED)

    assert _kinds() == [
        "issue_submitted",
        "issue_triaged",
        "issue_routed",
        "issue_accepted",
        "official_answer_given",
        "issue_closed",
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post).where(Post.issue_id == issue.id)) == 1
