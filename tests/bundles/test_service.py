"""What is told to all is what was previewed, once and with today's rights; recalling; splitting."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.bundles import merging, sending, service
from portal.bundles.bulk import BulkChanged
from portal.bundles.models import BulkReply, BulkTarget
from portal.bundles.scoping import BundleChanged, check_unchanged, preview_told
from portal.bundles.states import BundleStep, Failure, TargetState
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import Audience, EventRecord
from portal.directory.actor import find_actor_for
from portal.directory.models import LiaisonAssignment
from portal.issues import service as issues_service
from portal.issues.models import Hop, Issue, Post
from portal.issues.policy import viewers_of
from portal.issues.queries import list_linked_issues
from portal.issues.states import Holder, IssueState, Leak, PostKind, Urgency
from portal.jobs import tasks
from portal.jobs.engine import Engine
from portal.links.queries import list_linked
from portal.notifications.handlers import tellings_of
from tests.factories.absences import make_absence
from tests.factories.bundles import make_bundle, numbers_of, prepare
from tests.factories.issues import content, make_cast, make_issue, theme
from tests.factories.people import actor_of


def posts_of(issue: Issue) -> list[Post]:
    return list(db.session.scalars(sa.select(Post).where(Post.issue_id == issue.id).order_by(Post.id)))


def targets_of(reply: BulkReply) -> list[BulkTarget]:
    db.session.expire_all()
    return list(
        db.session.scalars(sa.select(BulkTarget).where(BulkTarget.bulk_reply_id == reply.id).order_by(BulkTarget.id))
    )


def let_time_come(reply_id: int) -> None:
    db.session.execute(
        sa.update(BulkTarget)
        .where(BulkTarget.bulk_reply_id == reply_id)
        .values(sends_at=clock.now() - timedelta(seconds=1))
    )


# To all, or to this one


def test_the_preview_names_everyone_with_the_reason_of_whoever_is_left_out(arrange):
    with arrange():
        cast = make_cast()
        _, issues = make_bundle(
            cast, IssueState.ASSIGNED, IssueState.ASSIGNED, IssueState.CONSULTING, IssueState.CLOSED
        )
        routed = make_issue(cast, IssueState.TRIAGED)
        issues_service.route_issue(actor_of(cast.liaison), routed)
        service.tie_issues(actor_of(cast.secretariat), numbers_of([issues[0], routed]))
        preview = preview_told(actor_of(cast.division_head), issues[1], BundleStep.OFFICIAL)

        assert preview is not None
        assert [issue.id for issue in preview.told] == [issues[0].id, issues[1].id]
        assert [each.why_not for each in preview.members[2:]] == [
            "府省に照会中です",
            "いまの状態では受け取れません",
            "幹事課がまだ受け入れていません",
        ]
        assert check_unchanged(preview, preview.frozen) is preview
        assert preview_told(actor_of(cast.division_head), make_issue(cast), BundleStep.OFFICIAL) is None


def test_a_bundle_that_changed_since_the_preview_is_told_nothing(arrange):
    with arrange():
        cast = make_cast()
        bundle, issues = make_bundle(cast, IssueState.ASSIGNED, IssueState.ASSIGNED, IssueState.ASSIGNED)
        late = make_issue(cast, IssueState.ASSIGNED)
        head, secretariat = actor_of(cast.division_head), actor_of(cast.secretariat)
        for change in (
            lambda: service.tie_issues(secretariat, numbers_of([issues[0], late])),
            lambda: service.untie_issue(secretariat, bundle, late),
            lambda: issues_service.withdraw_issue(actor_of(cast.staff), issues[2], reason="解決しました。"),
            lambda: service.dissolve_bundle(secretariat, bundle),
        ):
            seen = preview_told(head, issues[0], BundleStep.OFFICIAL)
            assert seen is not None
            change()
            now = preview_told(head, issues[0], BundleStep.OFFICIAL, lock=True)
            with pytest.raises(BundleChanged) as refusal:
                check_unchanged(now, seen.frozen)
            assert refusal.value.field == "scope"


def test_an_issue_added_while_all_are_answered_is_told_with_the_preview_or_not_at_all(app, arrange):
    """Two people at once: whoever is first, those told are none, or exactly the two that were previewed."""
    with arrange():
        cast = make_cast()
        _, issues = make_bundle(cast, IssueState.ASSIGNED, IssueState.ASSIGNED)
        late = make_issue(cast, IssueState.ASSIGNED)
        preview = preview_told(actor_of(cast.division_head), issues[0], BundleStep.OFFICIAL)
        assert preview is not None
        frozen = preview.frozen
    start, outcomes = threading.Barrier(2), []

    def answer() -> None:
        with unit_of_work():
            head = actor_of(cast.division_head)
            held = db.session.get_one(Issue, issues[0].id)
            current = preview_told(head, held, BundleStep.OFFICIAL, lock=True)
            for each in check_unchanged(current, frozen).told:
                issues_service.answer_officially(head, each, text="同じ取扱いです。")

    def add() -> None:
        with unit_of_work():
            service.tie_issues(actor_of(cast.secretariat), numbers_of([issues[1], late]))

    def run(work) -> None:
        announce_access(write=True)
        with app.app_context():
            start.wait()
            try:
                work()
                outcomes.append(work.__name__)
            except (BundleChanged, Conflict) as refusal:
                outcomes.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(work,)) for work in (answer, add)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with arrange():
        told = [
            issue.id
            for issue in [*issues, late]
            if any(post.kind is PostKind.OFFICIAL_ANSWER for post in posts_of(issue))
        ]
        assert told == ([issue.id for issue in issues] if "answer" in outcomes else [])
    assert "add" in outcomes


# Per-body fields


def test_the_fields_become_each_body_s_own_words(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        text = merging.fill("{団体名} ｛氏名｝様 { 番号 }は{期限}まで", merging.fields_of(issue))

        assert text.startswith(f"上越市 {cast.staff.person.name}様 {issue.number}は令和")
        assert merging.list_missing("{期限}と{番号}", {**merging.fields_of(issue), "期限": ""}) == ["期限"]
    assert merging.fill("{氏名}", {"氏名": "<b>*強*</b>"}) == "\\<b\\>\\*強\\*\\</b\\>"


@pytest.mark.parametrize("text", ["{団体}様", "{}", "{団体名", "団体名}様", "{団体名}と｛部署｝", "{{団体名}}"])
def test_an_unknown_field_is_an_error_beside_the_text(text):
    with pytest.raises(Invalid) as refusal:
        merging.check_fields(text)

    assert refusal.value.field == "text"


# Replies to many


def test_what_is_sent_is_what_was_previewed_and_only_after_ten_minutes(arrange):
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast, IssueState.TRIAGED) for _ in range(3)]
        closed = make_issue(cast, IssueState.CLOSED)
        preview = service.preview_bulk(
            actor_of(cast.liaison),
            numbers=numbers_of([*issues, closed]),
            audience=Audience.PUBLIC,
            text="{団体名}様 {番号}の件です。",
        )
        assert [each.issue.id for each in preview.reachable] == [issue.id for issue in issues]
        reply = service.prepare_bulk_reply(
            actor_of(cast.liaison),
            preview,
            text="{団体名}様 {番号}の件です。",
            chosen=set(numbers_of([*issues[:2], closed])),
            frozen=preview.frozen,
        )
        assert sending.list_due_targets() == []
        assert reply.sends_at - reply.created_at == timedelta(minutes=10)
        let_time_come(reply.id)
        due = sending.list_due_targets()
        assert len(due) == 2
        assert [sending.send_target(each) for each in due] == [TargetState.SENT] * 2
        assert [sending.send_target(each) for each in due] == [None] * 2

        assert posts_of(issues[0])[-1].body == f"上越市様 {issues[0].number}の件です。"
        assert posts_of(issues[0])[-1].signature == actor_of(cast.liaison).signature
        assert posts_of(issues[2]) == []
        posted = sa.select(sa.func.count()).where(EventRecord.kind == "reply_posted")
        assert db.session.scalar(posted) == 2


def test_what_changed_since_the_preview_is_not_sent(arrange):
    with arrange():
        cast = make_cast()
        issues, text = [make_issue(cast), make_issue(cast)], "確認します。"
        liaison, numbers = actor_of(cast.liaison), numbers_of(issues)
        seen = service.preview_bulk(liaison, numbers=numbers, audience=Audience.PUBLIC, text=text)
        for change in ({"text": "確認しました。"}, {"audience": Audience.INTERNAL}, {}):
            if not change:
                issues_service.withdraw_issue(actor_of(cast.staff), issues[1], reason="解決しました。")
            now = service.preview_bulk(
                liaison, **{"numbers": numbers, "audience": Audience.PUBLIC, "text": text, **change}
            )
            with pytest.raises(BulkChanged):
                service.prepare_bulk_reply(liaison, now, text=text, chosen=set(numbers), frozen=seen.frozen)
        assert db.session.scalars(sa.select(BulkReply)).all() == []


def test_after_the_recall_nothing_is_told(arrange):
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast), make_issue(cast)]
        reply = prepare(cast.liaison, issues)
        assert service.recall_bulk_reply(actor_of(cast.secretariat), reply) == 2
        let_time_come(reply.id)

        assert sending.list_due_targets() == []
        assert [sending.send_target(target.id) for target in targets_of(reply)] == [None, None]
        assert [posts_of(issue) for issue in issues] == [[], []]
        with pytest.raises(Conflict):
            service.recall_bulk_reply(actor_of(cast.liaison), reply)
        assert db.session.scalar(sa.select(sa.func.count()).where(EventRecord.kind == "bulk_reply_recalled")) == 1


def test_rights_are_those_of_the_moment_of_sending(arrange):
    with arrange():
        cast = make_cast()
        kept, ended = make_issue(cast), make_issue(cast)
        reply, note = prepare(cast.liaison, [kept, ended]), prepare(cast.deputy, [kept], audience=Audience.INTERNAL)
        gone = prepare(cast.division, [make_issue(cast, IssueState.ASSIGNED)])
        issues_service.withdraw_issue(actor_of(cast.staff), ended, reason="解決しました。")
        _end_assignments(cast.deputy)
        cast.division.ends_at = clock.now() - timedelta(seconds=1)
        db.session.flush()
        for each in (reply, note, gone):
            let_time_come(each.id)
        for target_id in sending.list_due_targets():
            sending.send_target(target_id)

        assert [(target.state, target.failure) for each in (reply, note, gone) for target in targets_of(each)] == [
            (TargetState.SENT, None),
            (TargetState.FAILED, Failure.NOT_ALLOWED),
            (TargetState.FAILED, Failure.HIDDEN),
            (TargetState.FAILED, Failure.AUTHOR_LEFT),
        ]
        assert [post.kind for post in posts_of(kept)] == [PostKind.REPLY]


def test_a_substitute_s_reply_goes_out_only_while_they_stand_in(arrange):
    with arrange():
        cast = make_cast()
        issue, absence = make_issue(cast), make_absence(cast.liaison, cast.other_liaison)
        substitute = find_actor_for(cast.other_liaison.person_id, cast.liaison.id)
        assert substitute is not None
        sent, late = (_prepared_by(substitute, issue) for _ in range(2))
        let_time_come(sent.id)
        assert [sending.send_target(each) for each in sending.list_due_targets()] == [TargetState.SENT]
        assert posts_of(issue)[-1].signature == substitute.signature
        absence.ends_at = clock.now() - timedelta(seconds=1)
        let_time_come(late.id)
        assert [sending.send_target(each) for each in sending.list_due_targets()] == [TargetState.FAILED]
        assert targets_of(late)[0].failure is Failure.AUTHOR_LEFT


def test_recalling_while_the_worker_sends_each_is_sent_or_recalled(app, arrange):
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast) for _ in range(4)]
        reply = prepare(cast.liaison, issues)
        let_time_come(reply.id)
    start = threading.Barrier(2)

    def recall() -> None:
        with unit_of_work():
            service.recall_bulk_reply(actor_of(cast.liaison), db.session.get_one(BulkReply, reply.id))

    def run(work) -> None:
        announce_access(write=True)
        with app.app_context():
            start.wait()
            with suppress(Conflict):  # everything had been sent
                work()

    threads = [threading.Thread(target=run, args=(work,)) for work in (recall, tasks.send_bulk_replies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with arrange():
        for target, issue in zip(targets_of(reply), issues, strict=True):
            assert target.state in {TargetState.SENT, TargetState.RECALLED}
            assert len(posts_of(issue)) == (target.state is TargetState.SENT)


def test_a_killed_worker_leaves_each_target_told_once(app, arrange, monkeypatch):
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast) for _ in range(3)]
        reply = prepare(cast.liaison, issues, audience=Audience.INTERNAL)
        let_time_come(reply.id)
        write, calls = sending._write, []

        def dies_at_the_second(actor, target):
            post = write(actor, target)
            calls.append(target.id)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return post

        monkeypatch.setattr(sending, "_write", dies_at_the_second)
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        tasks.send_bulk_replies()
    monkeypatch.setattr(sending, "_write", write)
    with app.app_context():
        tasks.send_bulk_replies()
        tasks.send_bulk_replies()

    with arrange():
        assert [len(posts_of(issue)) for issue in issues] == [1, 1, 1]
        assert {target.state for target in targets_of(reply)} == {TargetState.SENT}


def test_the_worker_s_sweep_finds_what_is_due(app, arrange, monkeypatch):
    queued: list[str] = []
    monkeypatch.setattr(tasks, "list_unhandled", lambda limit: [])
    monkeypatch.setattr(Engine, "count_queued", lambda engine, lane: 1)
    monkeypatch.setattr(Engine, "enqueue", lambda engine, name, *arguments, priority=0: queued.append(name))
    with arrange():
        cast = make_cast()
        reply = prepare(cast.liaison, [make_issue(cast)])
    with app.app_context():
        tasks.sweep()
    assert "send_bulk_replies" not in queued
    with arrange():
        let_time_come(reply.id)
    with app.app_context():
        tasks.sweep()
    assert queued.count("send_bulk_replies") == 1


def test_two_workers_at_once_tell_each_target_once(app, arrange):
    with arrange():
        cast = make_cast()
        issues = [make_issue(cast) for _ in range(4)]
        reply = prepare(cast.liaison, issues)
        let_time_come(reply.id)

    def work() -> None:
        announce_access(write=True)
        with app.app_context():
            tasks.send_bulk_replies()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with arrange():
        tasks.send_bulk_replies()
        assert [len(posts_of(issue)) for issue in issues] == [1, 1, 1, 1]


def test_what_breaks_is_tried_again_and_then_given_up(app, arrange, monkeypatch):
    with arrange():
        cast = make_cast()
        reply = prepare(cast.liaison, [make_issue(cast)])
        target_id = targets_of(reply)[0].id
    monkeypatch.setattr(sending, "_write", lambda actor, target: 1 / 0)
    for attempt in range(1, sending.MOST_ATTEMPTS + 1):
        with arrange():
            let_time_come(reply.id)
        with app.app_context():
            tasks.send_bulk_replies()
        with arrange():
            assert db.session.get_one(BulkTarget, target_id).attempts == attempt
    with arrange():
        target = db.session.get_one(BulkTarget, target_id)
        assert (target.state, target.failure) == (TargetState.FAILED, Failure.BROKEN)


def test_a_my_number_is_refused_and_a_due_that_is_not_set_leaves_an_issue_out(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast)
        with pytest.raises(Invalid) as refusal:
            prepare(cast.liaison, [issue], text="マイナンバーは123456789018です。")
        assert refusal.value.field == "text"
        with pytest.raises(Invalid):
            prepare(cast.liaison, [])
        with pytest.raises(Invalid):
            prepare(cast.liaison, [issue], chosen=set())

        returned = make_issue(cast, IssueState.RETURNED)
        preview = service.preview_bulk(
            actor_of(cast.liaison),
            numbers=numbers_of([issue, returned]),
            audience=Audience.PUBLIC,
            text="{期限}までに確認します。",
        )

        assert [each.issue.id for each in preview.reachable] == [issue.id]
        assert preview.candidates[1].params == {"name": "期限"}


# Splitting


def split_of(**changes) -> service.SplitContent:
    values = {
        "title": "公用車の費用について",
        "body": "> 費用はどこに請求すればよいか。",
        "theme_id": theme("vaccine").id,
        "sub_topic_id": None,
        "leak": Leak.NO,
        "urgency": Urgency.NORMAL,
    }
    return service.SplitContent(**{**values, **changes})


def test_a_part_becomes_an_issue_that_the_same_people_see_and_somebody_owns(arrange):
    with arrange():
        cast = make_cast()
        staff, liaison = actor_of(cast.staff), actor_of(cast.liaison)
        for state in (IssueState.SUBMITTED, IssueState.CONSULTING, IssueState.CLOSED):
            issue = make_issue(cast, state)
            holder = (issue.state, issue.holder, issue.holder_organisation_id)
            new = service.split_issue(liaison, issue, split_of())

            assert (new.number or "").startswith("R8-V-")
            assert (new.state, new.holder) == (IssueState.SUBMITTED, Holder.LIAISON)
            assert (new.holder_organisation_id, new.due_on is not None) == (issue.post_id, True)
            assert (issue.state, issue.holder, issue.holder_organisation_id) == holder
            assert db.session.scalars(sa.select(Hop).where(Hop.issue_id == new.id)).one().ended_at is None
            assert cast.staff.id in {row.id for row in db.session.scalars(viewers_of(new))}
            assert [each.id for each in list_linked_issues(staff, list_linked("issue", issue.id)["issue"])] == [new.id]
            assert [each.id for each in list_linked_issues(staff, list_linked("issue", new.id)["issue"])] == [issue.id]
            assert (new.number or "") in posts_of(issue)[-1].body
            assert posts_of(issue)[-1].audience is Audience.PUBLIC


def test_a_split_tells_the_submitter_s_side_and_a_leak_alerts(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        new = service.split_issue(actor_of(cast.division), issue, split_of(leak=Leak.SUSPECTED))
        event = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "issue_split")).one()
        told = tellings_of(event)

        assert new.urgency is Urgency.URGENT
        assert event.payload["new_number"] == new.number
        assert [telling.reason for telling in told][:2] == ["submitter", "manager"]
        assert told[0].facts["new_number"] == new.number
        submitted = sa.select(EventRecord).where(EventRecord.kind == "issue_submitted")
        assert [each.payload["leak"] for each in db.session.scalars(submitted.order_by(EventRecord.id))][
            -1
        ] == "suspected"


def test_only_what_the_body_sees_is_quoted_and_only_a_whole_issue_is_made(arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
        note = issues_service.write_note(actor_of(cast.liaison), issue, text="内輪の話。")
        public = issues_service.post_reply(actor_of(cast.staff), issue, text="一行目\n二行目")

        assert service.quote_of(issue, service.get_quotable_post(issue, public.id)) == "> 一行目\n> 二行目\n"
        for hidden in [note, *(post for post in posts_of(issue) if post.audience is Audience.CONSULT)]:
            with pytest.raises(NotFound):
                service.get_quotable_post(issue, hidden.id)
        with pytest.raises(NotFound):
            service.get_quotable_post(make_issue(cast), public.id)

        for changes in ({"title": ""}, {"body": ""}, {"sub_topic_id": content().sub_topic_id}, {"title": "件" * 121}):
            with pytest.raises(Invalid):
                service.split_issue(actor_of(cast.liaison), issue, split_of(**changes))


def _prepared_by(actor, issue) -> BulkReply:
    numbers = numbers_of([issue])
    preview = service.preview_bulk(actor, numbers=numbers, audience=Audience.PUBLIC, text="確認します。")
    return service.prepare_bulk_reply(actor, preview, text="確認します。", chosen=set(numbers), frozen=preview.frozen)


def _end_assignments(membership) -> None:
    db.session.execute(
        sa.update(LiaisonAssignment)
        .where(LiaisonAssignment.membership_id == membership.id)
        .values(ends_at=clock.now() - timedelta(seconds=1))
    )
