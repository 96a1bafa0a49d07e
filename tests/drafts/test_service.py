"""Drafts of answers with versions and remarks, checklists, reply templates, notices of promised dates."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN, add_business_days, japan_date
from portal.core.db import announce_access, db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.drafts import policy, queries, service
from portal.drafts.models import DraftVersion
from portal.drafts.reply_templates import fill, get_template, list_offered
from portal.drafts.states import NoticeStep, Side, SourceKind, VersionKind
from portal.guidance.service import abolish_guidance
from portal.issues import service as issues
from portal.issues.models import Issue
from portal.issues.states import IssueState
from portal.jobs.tasks import remind_of_promises
from portal.knowledge.models import QaState
from portal.knowledge.service import withdraw_entry
from tests.factories.guidance import make_chief, make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.knowledge import make_approver, make_entry
from tests.factories.people import actor_of, make_member
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


@pytest.fixture
def issue(cast):
    return make_issue(cast, IssueState.ASSIGNED)


def in_days(days):
    return japan_date(clock.now()) + timedelta(days=days)


def kinds(*wanted):
    return [kind for kind in db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)) if kind in wanted]


# Drafts


def test_each_save_is_a_version_and_none_is_overwritten(cast, issue):
    division, secretariat = actor_of(cast.division), actor_of(cast.secretariat)
    first = service.save_draft(division, issue, text="案の一。", seen=0)
    assert service.save_draft(division, issue, text="案の一。", seen=1) is first
    second = service.save_draft(secretariat, issue, text="案の二。", seen=1)
    with pytest.raises(Conflict):
        service.save_draft(division, issue, text="古い版から。", seen=1)
    third = service.restore_version(division, issue, 1, seen=2)

    draft = queries.get_draft(division, issue)
    assert [(each.number, each.kind, each.restored_from) for each in (first, second, third)] == [
        (1, VersionKind.SAVED, None),
        (2, VersionKind.SAVED, None),
        (3, VersionKind.RESTORED, 1),
    ]
    assert [queries.get_version(draft, number).text for number in (1, 2, 3)] == ["案の一。", "案の二。", "案の一。"]
    assert queries.find_text(issue) == (3, "案の一。")
    assert kinds("answer_draft_saved", "answer_draft_restored") == ["answer_draft_saved"] * 2 + [
        "answer_draft_restored"
    ]


def test_a_draft_is_refused_when_empty_too_long_or_with_a_my_number(cast, issue):
    division = actor_of(cast.division)
    for text in ("  ", "あ" * 20_001, "個人番号 123456789018"):
        with pytest.raises(Invalid) as refusal:
            service.save_draft(division, issue, text=text, seen=0)
        assert refusal.value.field == "text"
        assert "123456789018" not in refusal.value.message
    with pytest.raises(NotFound):
        queries.get_draft(division, issue)


def test_who_writes_drafts_when(cast):
    people = {
        name: actor_of(getattr(cast, name)) for name in ("liaison", "division", "secretariat", "executive", "staff")
    }

    def writers(issue):
        return {name for name, actor in people.items() if policy.can_write_draft(actor, issue)}

    assert writers(make_issue(cast)) == set()
    assert writers(make_issue(cast, IssueState.TRIAGED)) == {"liaison", "secretariat"}
    assert writers(make_issue(cast, IssueState.CONSULTING)) == {"division", "secretariat"}
    answered = make_issue(cast, IssueState.ANSWERED)
    assert writers(answered) == set()
    for name in ("executive", "staff"):
        with pytest.raises(Forbidden):
            service.save_draft(people[name], make_issue(cast, IssueState.ASSIGNED), text="案。", seen=0)
    assert not policy.can_view_draft(people["staff"])
    assert policy.can_view_draft(people["executive"])


def test_of_two_who_save_at_once_one_wins_and_nothing_is_lost(app, arrange):
    with arrange():
        made = make_cast()
        issue_id, writer = make_issue(made, IssueState.ASSIGNED).id, made.division.id

    def save(index):
        actor = actor_of(db.session.get_one(Membership, writer))
        return service.save_draft(actor, db.session.get_one(Issue, issue_id), text=f"案{index}", seen=0).number

    outcomes = _in_parallel(app, save)

    assert [each for each in outcomes if isinstance(each, int)] == [1]
    assert all(isinstance(each, Conflict) for each in outcomes if not isinstance(each, int))
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count(DraftVersion.id))) == 1


def test_remarks_stand_on_the_version_that_was_newest(cast, issue):
    division, liaison = actor_of(cast.division), actor_of(cast.liaison)
    with pytest.raises(Conflict):
        service.comment_on_draft(liaison, issue, text="まだ案がない。")
    service.save_draft(division, issue, text="案の一。", seen=0)
    service.comment_on_draft(liaison, issue, text="件数も書きたい。")
    service.save_draft(division, issue, text="案の二。26件。", seen=1)
    service.comment_on_draft(division, issue, text="書きました。")

    draft = queries.get_draft(division, issue)
    assert [(each.version_number, each.text) for each in queries.list_comments(draft)] == [
        (1, "件数も書きたい。"),
        (2, "書きました。"),
    ]
    with pytest.raises(Invalid):
        service.comment_on_draft(liaison, issue, text=" ")


def test_who_is_writing_is_seen_for_five_minutes_and_not_by_oneself(cast, issue):
    division, secretariat = actor_of(cast.division), actor_of(cast.secretariat)
    now = clock.now()
    with clock.pretending(now):
        service.presence_of(division, issue).write()
        service.presence_of(division, issue).write()
        assert queries.list_writers(division, issue) == []
        assert [each.name for each in queries.list_writers(secretariat, issue)] == [division.signature]
    with clock.pretending(now + timedelta(minutes=6)):
        assert queries.list_writers(secretariat, issue) == []
        service.presence_of(division, issue).write()
        service.end_presence(division, issue)
        assert queries.list_writers(secretariat, issue) == []


def test_the_answer_becomes_the_last_version_and_closes_the_draft(cast, issue):
    division, head = actor_of(cast.division), actor_of(cast.division_head)
    service.save_draft(division, issue, text="調査中です。", seen=0)
    early = issues.answer_provisionally(division, issue, text="調査中です。", promised_on=in_days(5))
    kept = service.use_draft(division, issue, early, seen=1, is_final=False)
    assert (kept.number, kept.kind) == (2, VersionKind.PROVISIONAL)
    with pytest.raises(Conflict):
        service.use_draft(division, issue, early, seen=1, is_final=False)
    post = issues.answer_officially(head, issue, text="手引きのとおりです。")
    final = service.use_draft(head, issue, post, seen=2, is_final=True)

    draft = queries.get_draft(head, issue)
    assert (final.kind, final.text, draft.post_id) == (VersionKind.FINAL, "手引きのとおりです。", post.id)
    assert draft.closed_at is not None
    with pytest.raises((Conflict, Forbidden)):
        service.save_draft(division, issue, text="もう遅い。", seen=3)
    assert queries.find_text(issue) == (0, "")


def test_replies_of_ministries_are_quoted_under_their_names(cast):
    issue = make_issue(cast, IssueState.ASSIGNED)
    division = actor_of(cast.division)
    asked = issues.consult_ministries(
        division,
        issue,
        [issues.Inquiry(ministry_id=each.organisation_id) for each in (cast.ministry, cast.other_ministry)],
        question="見解を。",
    )
    assert queries.compose_material(division, issue) == ""
    mine = next(each for each in asked if each.ministry_id == cast.ministry.organisation_id)
    issues.reply_to_consultation(actor_of(cast.ministry), issue, mine, text="記号を付けます。\n例を示します。")

    assert queries.compose_material(division, issue) == "### デジタル庁の見解\n\n> 記号を付けます。\n> 例を示します。"


# Checklists


def test_each_side_ticks_its_own_steps_and_both_see_them(cast, issue):
    division, staff, secretariat = actor_of(cast.division), actor_of(cast.staff), actor_of(cast.secretariat)
    theirs = service.add_step(division, issue, side=Side.BODY, text="一覧を添付する", due_on=in_days(3))
    ours = service.add_step(division, issue, side=Side.DIVISION, text="府省に確認する")
    asked = service.add_step(division, issue, side=Side.MINISTRY, party="デジタル庁", text="見解を示す")
    for actor, step in ((division, theirs), (secretariat, theirs), (staff, ours), (actor_of(cast.liaison), ours)):
        with pytest.raises(Forbidden):
            service.tick_step(actor, issue, step)

    service.tick_step(staff, issue, theirs)
    service.tick_step(secretariat, issue, asked)
    with pytest.raises(Conflict):
        service.tick_step(staff, issue, theirs)
    seen = queries.get_beside(staff, issue)
    assert [(each.text, each.done_signature) for each in seen.steps] == [
        ("一覧を添付する", staff.signature),
        ("府省に確認する", ""),
        ("見解を示す", secretariat.signature),
    ]
    assert (seen.done, seen.draft, seen.writers) == (2, None, [])
    service.untick_step(staff, issue, theirs)
    service.remove_step(division, issue, theirs)
    with pytest.raises(NotFound):
        queries.get_step(issue, theirs.id)
    assert [each.text for each in queries.get_beside(division, issue).steps] == ["府省に確認する", "見解を示す"]


def test_steps_are_refused_with_a_reason_at_the_field(cast, issue):
    division = actor_of(cast.division)
    for values, field in (
        ({"side": Side.BODY, "text": " "}, "text"),
        ({"side": Side.MINISTRY, "text": "見解を示す"}, "party"),
        ({"side": Side.BODY, "text": "添付する", "due_on": in_days(-1)}, "due_on"),
    ):
        with pytest.raises(Invalid) as refusal:
            service.add_step(division, issue, **values)
        assert refusal.value.field == field
    with pytest.raises(Forbidden):
        service.add_step(actor_of(cast.staff), issue, side=Side.BODY, text="添付する")
    for number in range(30):
        service.add_step(division, issue, side=Side.BODY, text=f"手順{number}")
    with pytest.raises(Invalid):
        service.add_step(division, issue, side=Side.BODY, text="三十一")


# Reply templates


def test_a_template_is_flagged_when_its_source_changes_until_it_is_reviewed(cast):
    division = actor_of(cast.division)
    entry, paper = make_entry(QaState.PUBLISHED), make_issued()
    bound = service.write_template(
        division, None, title="手帳", body="{団体名}様（{番号}）", source=(SourceKind.QA_ENTRY, entry.id)
    )
    on_paper = service.write_template(division, None, title="通知", body="本文", source=(SourceKind.GUIDANCE, paper.id))
    free = service.write_template(division, None, title="お礼", body="ありがとうございます。")
    assert [each.is_changed for each in list_offered(division)] == [False] * 3

    withdraw_entry(actor_of(make_approver()), entry, reason="改正されました。")
    abolish_guidance(actor_of(make_chief()), paper, reason="改正されました。")
    changed = {each.template.id: each for each in list_offered(division)}
    assert {key for key, each in changed.items() if each.is_changed} == {bound.id, on_paper.id}
    assert not changed[bound.id].source.is_in_force
    with pytest.raises(Conflict):
        service.review_template(division, bound, seen="published:1")
    service.review_template(division, bound, seen=changed[bound.id].source.mark)
    assert not get_template(division, bound.id).is_changed
    assert not get_template(division, free.id).is_changed


def test_templates_belong_to_an_office_or_to_all_of_headquarters(cast, issue):
    division, secretariat = actor_of(cast.division), actor_of(cast.secretariat)
    other, liaison, staff = actor_of(make_member("juumin", Role.DIVISION)), actor_of(cast.liaison), actor_of(cast.staff)
    own = service.write_template(division, None, title="手帳", body="本文")
    shared = service.write_template(secretariat, None, title="共通", body="本文", is_shared=True)

    assert [{each.template.title for each in list_offered(actor)} for actor in (division, other, liaison, staff)] == [
        {"手帳", "共通"},
        {"共通"},
        {"共通"},
        set(),
    ]
    with pytest.raises(NotFound):
        get_template(other, own.id)
    for actor, template, more in ((division, None, {"is_shared": True}), (division, shared, {}), (liaison, None, {})):
        with pytest.raises(Forbidden):
            service.write_template(actor, template, title="題", body="本文", **more)
    with pytest.raises(Conflict):
        service.write_template(division, own, title="題", body="本文", version=own.version + 1)
    for values, field in (
        ({"title": " "}, "title"),
        ({"body": ""}, "body"),
        ({"source": (SourceKind.QA_ENTRY, 9)}, "source"),
    ):
        with pytest.raises(Invalid) as refusal:
            service.write_template(division, None, **{"title": "題", "body": "本文", **values})
        assert refusal.value.field == field
    service.retire_template(secretariat, shared)
    assert list_offered(liaison) == []
    assert fill("{団体名}様（{番号}）{期限}", issue) == f"上越市様（{issue.number}）{{期限}}"


# Notices of promised dates


def test_a_division_is_reminded_on_the_eve_on_the_day_and_once_missed(cast, issue):
    division = actor_of(cast.division)
    promised = add_business_days(japan_date(clock.now()), 4)
    issues.answer_provisionally(division, issue, text="調査中です。", promised_on=promised)
    steps = []
    for day in (-3, -1, 0, 1, 2):
        today = add_business_days(promised, day)
        for due in service.list_promises_due(today):
            assert service.remind_of_answer(due)
            assert not service.remind_of_answer(due)
            steps.append((day, due.step))
    assert steps == [(-1, NoticeStep.EVE), (0, NoticeStep.DAY), (1, NoticeStep.MISSED)]
    issues.promise_anew(
        division, issue, promised_on=add_business_days(promised, 9), reason="府省の確認を待っています。"
    )
    assert service.list_promises_due(add_business_days(promised, 3)) == []
    assert kinds("answer_promise_due") == ["answer_promise_due"] * 3


def test_the_morning_job_reminds_once(app, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        issues.answer_provisionally(
            actor_of(cast.division),
            issue,
            text="調査中です。",
            promised_on=add_business_days(japan_date(clock.now()), 1),
        )
        promised, number = issue.promised_on, issue.number
    morning = datetime.combine(promised, datetime.min.time(), tzinfo=JAPAN) + timedelta(hours=9)
    with app.app_context(), clock.pretending(morning):
        remind_of_promises()
        remind_of_promises()
    with arrange():
        told = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "answer_promise_due")).all()
        assert [each.payload["step"] for each in told] == ["day"]
        assert number is not None
