"""Several ministries asked at once, replies in parts, races of ministries, and dates promised anew."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import announce_access, db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.issues import policy, service
from portal.issues.models import Consultation, Hop, Issue, SubQuestion
from portal.issues.queries import get_issue, list_consultations, list_posts
from portal.issues.service import Inquiry
from portal.issues.states import Holder, IssueState, PostKind
from portal.notifications.dues import list_dues, people_with_dues
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of
from tests.issues.test_service import _in_parallel


@pytest.fixture
def stage(app):
    """The application's context with a transaction that is thrown away at the end."""
    announce_access(write=True)
    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def cast(stage):
    return make_cast()


def in_days(days):
    return japan_date(clock.now()) + timedelta(days=days)


def ask(cast, issue, *, by=None, questions=("件数は。", "期限は。")) -> list[Consultation]:
    """Two ministries: one with sub-questions and an early due, the other asked as a whole."""
    return service.consult_ministries(
        actor_of(by or cast.division),
        issue,
        [
            Inquiry(ministry_id=cast.ministry.organisation_id, questions=questions, due_on=in_days(3)),
            Inquiry(ministry_id=cast.other_ministry.organisation_id, due_on=in_days(9)),
        ],
        question="見解を教えてください。",
    )


def parts_of(consultation) -> list[SubQuestion]:
    return list(
        db.session.scalars(
            sa.select(SubQuestion).where(SubQuestion.consultation_id == consultation.id).order_by(SubQuestion.position)
        )
    )


def open_holders(issue) -> set[int | None]:
    return set(
        db.session.scalars(sa.select(Hop.organisation_id).where(Hop.issue_id == issue.id, Hop.ended_at.is_(None)))
    )


def test_several_ministries_are_asked_at_once_each_with_its_own(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)

    first, second = ask(cast, issue)

    assert issue.state is IssueState.CONSULTING
    assert (issue.holder, issue.holder_organisation_id, issue.due_on) == (
        Holder.MINISTRY,
        cast.ministry.organisation_id,
        in_days(3),
    )
    assert open_holders(issue) == {cast.ministry.organisation_id, cast.other_ministry.organisation_id}
    assert [(each.position, each.text) for each in parts_of(first)] == [(1, "件数は。"), (2, "期限は。")]
    (own,) = list_posts(actor_of(cast.ministry), issue)
    (others,) = list_posts(actor_of(cast.other_ministry), issue)
    assert own.body == "見解を教えてください。\n\n**問1** 件数は。\n\n**問2** 期限は。"
    assert (others.body, others.consultation_id) == ("見解を教えてください。", second.id)
    assert list_posts(actor_of(cast.staff), issue) == []
    assert [each.id for each in list_consultations(actor_of(cast.ministry), issue)] == [first.id]
    kinds = db.session.scalars(sa.select(EventRecord.kind)).all()
    assert kinds.count("ministry_consulted") == 2


def test_sub_questions_are_answered_now_and_later(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    first, second = ask(cast, issue)
    one, two = parts_of(first)
    ministry = actor_of(cast.ministry)

    with pytest.raises(Invalid) as refusal:
        service.reply_to_consultation(ministry, issue, first, answers={one.id: " "})
    assert refusal.value.field == f"answer_{one.id}"
    post = service.reply_to_consultation(ministry, issue, first, answers={two.id: "月末です。"}, text="以上です。")
    assert post.body == "**問2** 期限は。\n\n月末です。\n\n以上です。"
    assert (first.is_open, two.post_id, two.answer) == (True, post.id, "月末です。")
    with pytest.raises(Conflict):
        service.reply_to_consultation(ministry, issue, first, answers={two.id: "訂正します。"})
    service.reply_to_consultation(ministry, issue, first, text="問1は調べています。")
    assert first.is_open
    service.reply_to_consultation(ministry, issue, first, answers={one.id: "26件です。"})

    assert not first.is_open
    assert (issue.state, issue.holder_organisation_id, issue.due_on) == (
        IssueState.CONSULTING,
        second.ministry_id,
        in_days(9),
    )
    assert open_holders(issue) == {second.ministry_id}
    with pytest.raises(Conflict):
        service.answer_officially(actor_of(cast.division_head), issue, text="回答します。")
    service.withdraw_consultation(actor_of(cast.secretariat), issue, second, reason="不要になりました。")
    assert (issue.state, issue.holder) == (IssueState.ASSIGNED, Holder.DIVISION)
    partial = [row.payload["is_partial"] for row in _events("consultation_answered")]
    assert partial == [True, True, False]


def _events(kind):
    return db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == kind).order_by(EventRecord.id)).all()


def test_the_liaison_the_secretariat_and_administrators_ask_too(cast):
    for who in (cast.liaison, cast.secretariat, cast.admin):
        issue = make_issue(cast, IssueState.ASSIGNED)
        ask(cast, issue, by=who)
        assert issue.state is IssueState.CONSULTING
    for who in (cast.other_liaison, cast.executive, cast.staff, cast.ministry):
        with pytest.raises(Forbidden):
            ask(cast, make_issue(cast, IssueState.ASSIGNED), by=who)
    routed = make_issue(cast, IssueState.TRIAGED)
    service.route_issue(actor_of(cast.liaison), routed)
    assert not policy.can_consult(actor_of(cast.liaison), routed)


@pytest.mark.parametrize(
    ("field", "inquiry"),
    [
        ("ministry_ids", {"ministry_id": 0}),
        ("due_on_{id}", {"due_on": in_days(-1)}),
        ("questions_{id}", {"questions": ["問い"] * 21}),
        ("questions_{id}", {"questions": ["個人番号 123456789018"]}),
    ],
)
def test_nothing_is_asked_when_one_inquiry_is_wrong(cast, field, inquiry):
    issue = make_issue(cast, IssueState.ASSIGNED)
    ministry_id = cast.ministry.organisation_id

    with pytest.raises(Invalid) as refusal:
        service.consult_ministries(
            actor_of(cast.division), issue, [Inquiry(**{"ministry_id": ministry_id, **inquiry})], question="見解は。"
        )

    assert refusal.value.field == field.format(id=ministry_id)
    assert issue.state is IssueState.ASSIGNED
    assert db.session.scalars(sa.select(Consultation)).all() == []


def test_each_ministry_is_reminded_of_its_own_due_and_the_division_when_it_has_passed(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    ask(cast, issue)
    db.session.flush()

    def dues(membership, day):
        return [each.due_on for each in list_dues(membership.person_id, day, since=day)]

    assert dues(cast.ministry, in_days(0)) == [in_days(3)]
    assert dues(cast.other_ministry, in_days(7)) == [in_days(9)]
    assert dues(cast.division, in_days(0)) == []
    late = db.session.scalars(sa.select(Consultation).where(Consultation.due_on == in_days(3))).one()
    late.due_on = in_days(-1)
    db.session.flush()
    assert dues(cast.ministry, in_days(0)) == dues(cast.division, in_days(0)) == [in_days(-1)]
    reminded = set()
    for query in people_with_dues(in_days(0), since=in_days(0)):
        reminded |= set(db.session.scalars(query))
    assert {cast.ministry.person_id, cast.division.person_id} <= reminded


def test_ministries_that_reply_at_the_same_instant_do_not_undo_each_other(app, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        asked = {each.ministry_id: each.id for each in ask(cast, issue, questions=["一。", "二。", "三。"])}
        first = db.session.get_one(Consultation, asked[cast.ministry.organisation_id])
        parts = [each.id for each in parts_of(first)]
        number = issue.number

    def reply(index):
        """Three of one ministry to three questions, and others of the other ministry."""
        who = cast.ministry if index < 3 else cast.other_ministry
        actor = actor_of(who)
        seen = get_issue(actor, number)
        consultation = db.session.get_one(Consultation, asked[who.organisation_id])
        answers = {parts[index]: "回答です。"} if index < 3 else {}
        return service.reply_to_consultation(actor, seen, consultation, text="回答です。", answers=answers).id

    outcomes = _in_parallel(app, reply)

    assert [isinstance(each, int) for each in outcomes[:3]] == [True] * 3
    assert [isinstance(each, int) for each in outcomes[3:]].count(True) == 1
    with arrange():
        settled = db.session.scalars(sa.select(Issue).where(Issue.number == number)).one()
        assert (settled.state, settled.holder) == (IssueState.ASSIGNED, Holder.DIVISION)
        assert open_holders(settled) == {settled.division_id}


def test_a_promised_date_is_promised_anew_with_a_reason(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    division = actor_of(cast.division)
    assert not policy.can_promise_anew(division, issue)
    service.answer_provisionally(division, issue, text="調査中です。", promised_on=in_days(5))

    for values, field in (
        ({"promised_on": in_days(5), "reason": "長引いています。"}, "promised_on"),
        ({"promised_on": in_days(-1), "reason": "長引いています。"}, "promised_on"),
        ({"promised_on": None, "reason": "長引いています。"}, "promised_on"),
        ({"promised_on": in_days(8), "reason": " "}, "reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            service.promise_anew(division, issue, **values)
        assert refusal.value.field == field
    with pytest.raises(Forbidden):
        service.promise_anew(actor_of(cast.liaison), issue, promised_on=in_days(8), reason="長引いています。")
    service.promise_anew(division, issue, promised_on=in_days(8), reason="府省に確認しています。")

    assert issue.promised_on == in_days(8)
    seen = [(post.kind, post.promised_on) for post in list_posts(actor_of(cast.staff), issue)]
    assert seen == [(PostKind.PROVISIONAL_ANSWER, in_days(5)), (PostKind.PROMISE_CHANGED, in_days(8))]
    (event,) = _events("answer_promised_anew")
    assert event.payload["previous_on"] == in_days(5).isoformat()
    service.answer_officially(actor_of(cast.division_head), issue, text="回答します。")
    with pytest.raises(Conflict):
        service.promise_anew(division, issue, promised_on=in_days(9), reason="遅れます。")


def test_consulting_and_promising_anew_on_the_pages(visit, arrange):
    with arrange():
        cast = make_cast()
        number = make_issue(cast, IssueState.ASSIGNED).number
        ids = [cast.ministry.organisation_id, cast.other_ministry.organisation_id]
    division, ministry, staff = visit(cast.division), visit(cast.ministry), visit(cast.staff)

    form = division.get(f"/issues/{number}/consult").form()
    refused = form.submit(question="見解は。", **{f"questions_{ids[0]}": "件数は。"})
    assert (refused.status, refused.error_of("ministry_ids") != "") == (422, True)
    page = refused.form().submit(
        ministry_ids=[str(key) for key in ids], **{f"questions_{ids[0]}": "件数は。\n\n期限は。"}
    )
    assert "2府省に照会しました。" in page.main
    assert "デジタル庁、厚生労働省が照会への回答を準備しています" in page.main
    assert "問2 期限は。 照会中" in page.main
    shown = ministry.get(f"/issues/{number}")
    assert "厚生労働省への照会" not in shown.main
    asked = shown.soup.find("a", string="デジタル庁として回答する")["href"]
    reply = ministry.get(asked)
    names = [name for name in reply.form().values if name.startswith("answer_")]
    half = reply.form().submit(**{names[1]: "月末です。"})
    assert "一部の小問に回答しました。" in half.main
    rest = ministry.get(asked)
    assert [name for name in rest.form().values if name.startswith("answer_")] == names[:1]
    assert "回答しました。幹事課に届いています。" in rest.form().submit(**{names[0]: "26件です。"}).main
    assert "デジタル庁が照会" not in staff.get(f"/issues/{number}").main

    promised = {"promised_on-year": "2026", "promised_on-month": "12", "promised_on-day": "10"}
    division.get(f"/issues/{number}/provisional-answer").form().submit(text="調査中です。", **promised)
    with arrange():
        db.session.execute(sa.update(Issue).values(promised_on=in_days(-2)))
    missed = division.get(f"/issues/{number}")
    assert "を過ぎています。" in missed.main
    link = missed.soup.find("a", string="新しい予定日を理由とともに知らせてください。")["href"]
    division.get(link).form().submit(reason="改正を待っています。", **{**promised, "promised_on-day": "22"})
    told = staff.get(f"/issues/{number}").main
    assert "令和8年12月22日" in told
    assert "これまでの予定日：令和8年12月10日" in told
    assert "改正を待っています。" in told
