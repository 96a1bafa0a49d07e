"""The inbox, the settings, the unsubscribe link and the operators' page."""

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.guidance.states import Nature
from portal.issues import service as issues
from portal.issues.states import IssueState
from portal.notifications.models import Delivery, DeliveryState, Dispatch, MailMode, Notification, Preference, Topic
from portal.notifications.preferences import get_choices, unsubscribe_secret
from tests.factories.guidance import make_issued
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_member


@pytest.fixture
def joetsu(arrange, tell):
    """A person of Joetsu with one line in the inbox."""
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
        make_issued()
    tell()
    return member


def test_inbox_shows_what_happened_and_leads_there(visit, joetsu):
    page = visit(joetsu).get("/inbox")

    assert page.h1 == "受信箱"
    assert "回答を求める通知等が発出されました" in page.main
    assert "総行住第78号" in page.main
    assert page.soup.find("a", href=lambda url: url and url.startswith("/guidance/")) is not None


def test_line_is_ticked_off_alone_or_with_all(visit, arrange, joetsu):
    visitor = visit(joetsu)
    page = visitor.get("/inbox?view=unread")
    page = page.form("/read").submit()
    assert visitor.get("/inbox?view=unread").main.count("総行住第78号") == 0
    with arrange():
        db.session.execute(sa.update(Notification).values(read_at=None))

    visitor.get("/inbox").form("/inbox/read").submit()
    with arrange():
        assert (
            db.session.scalar(
                sa.select(sa.func.count())
                .select_from(Notification)
                .where(Notification.person_id == joetsu.person_id, Notification.read_at.is_(None))
            )
            == 0
        )


def test_lines_of_others_do_not_exist(visit, arrange, joetsu):
    with arrange():
        other = make_member("152226", Role.LOCAL_STAFF)
        line_id = db.session.scalar(sa.select(Notification.id).where(Notification.person_id == joetsu.person_id))
    visit(other).post_with_token(f"/inbox/{line_id}/read", status=404)


def test_what_one_may_not_see_any_more_is_not_told(visit, arrange, joetsu):
    with arrange():
        moved = make_member("131016", Role.LOCAL_STAFF)
        moved.person_id = joetsu.person_id
        db.session.execute(sa.update(Membership).where(Membership.id == joetsu.id).values(ends_at=clock.now()))
    page = visit(moved).get("/inbox")

    assert "総行住第78号" not in page.main
    assert "現在は閲覧できない事項です。" in page.main


def test_internal_note_is_untold_to_somebody_who_has_left_headquarters(visit, arrange, tell):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        db.session.execute(sa.delete(EventRecord))
        issues.write_note(actor_of(cast.liaison), issue, text="慎重に。")
    tell()
    assert "内部メモ" in visit(cast.division).get("/inbox").main
    with arrange():
        db.session.execute(sa.update(Membership).where(Membership.id == cast.division.id).values(ends_at=clock.now()))
        moved = make_member("152226", Role.LOCAL_MANAGER)
        moved.person_id = cast.division.person_id
    page = visit(moved).get("/inbox")

    assert "内部メモ" not in page.main


def test_consultation_is_untold_to_somebody_who_went_to_another_consulted_ministry(visit, arrange, tell):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.CONSULTING)
        issues.consult_ministry(
            actor_of(cast.division), issue, ministry_id=cast.other_ministry.organisation_id, question="別の見解は。"
        )
    tell()
    assert issue.number in visit(cast.ministry).get("/inbox").main
    with arrange():
        db.session.execute(sa.update(Membership).where(Membership.id == cast.ministry.id).values(ends_at=clock.now()))
        moved = make_member("mhlw", Role.MINISTRY)
        moved.person_id = cast.ministry.person_id
    page = visit(moved).get("/inbox")

    assert issue.number not in page.main
    assert "現在は閲覧できない事項です。" in page.main


def test_inbox_keeps_its_budget_with_many_lines(visit, arrange, joetsu):
    with arrange():
        line = db.session.scalars(sa.select(Notification).where(Notification.person_id == joetsu.person_id)).one()
        event = db.session.get_one(EventRecord, line.event_id)
        for number in range(120):
            copy = EventRecord(
                kind=event.kind,
                occurred_at=event.occurred_at,
                subject_kind=event.subject_kind,
                subject_id=event.subject_id,
                audience=event.audience,
                payload=event.payload,
                handled_at=clock.now(),
            )
            db.session.add(copy)
            db.session.flush()
            db.session.add(
                Notification(
                    event_id=copy.id,
                    person_id=joetsu.person_id,
                    kind=line.kind,
                    topic=line.topic,
                    mode=line.mode,
                    audience=line.audience,
                    subject_kind=line.subject_kind,
                    subject_id=line.subject_id,
                    facts={**line.facts, "number": f"第{number}号"},
                    created_at=line.created_at,
                )
            )
    page = visit(joetsu).get("/inbox")
    assert "第119号" in page.main
    following = page.soup.find("a", rel="next")["href"]
    assert "第119号" not in visit(joetsu).get(following).main


def test_choices_are_kept_and_dues_cannot_be_stopped(visit, arrange):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
    page = visit(member).get("/notifications/preferences")
    assert page.soup.find("input", attrs={"name": "guidance_action", "value": "off"}) is None
    assert page.soup.find(attrs={"name": "operations"}) is None
    page = page.form().submit(guidance_news="off", knowledge="at_once", digest="weekly")
    assert "メールの設定を保存しました。" in page.text

    with arrange():
        choices = get_choices(actor_of(member))
        assert (choices.modes[Topic.GUIDANCE_NEWS], choices.modes[Topic.KNOWLEDGE]) == (MailMode.OFF, MailMode.AT_ONCE)
        assert choices.is_weekly
    page = visit(member).get("/notifications/preferences").form().submit(guidance_action="off")
    assert page.status == 422


def test_one_click_stops_without_session_or_token_and_looking_changes_nothing(visit, arrange, app):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
        secret = unsubscribe_secret(member.person_id, Topic.GUIDANCE_NEWS)
    visitor = visit()
    page = visitor.get(f"/unsubscribe/{secret}")
    assert "メールを止め" in page.main
    with arrange():
        assert db.session.scalars(sa.select(Preference)).all() == []

    response = app.test_client().post(f"/unsubscribe/{secret}", data={"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    visitor.post(f"/unsubscribe/{secret}", {"List-Unsubscribe": "One-Click"}, status=200)
    with arrange():
        assert db.session.scalars(sa.select(Preference)).one().mode is MailMode.OFF
        kinds = db.session.scalars(sa.select(EventRecord.kind)).all()
        assert kinds == ["mail_preference_changed"]
    visitor.get("/unsubscribe/" + "0" * 64, status=404)
    visitor.post("/unsubscribe/" + "0" * 64, status=404)


def test_one_click_never_covers_the_dues_of_requests(visit, arrange):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
        secret = unsubscribe_secret(member.person_id, Topic.GUIDANCE_ACTION)
        digest = unsubscribe_secret(member.person_id, None)
    visit().post(f"/unsubscribe/{secret}", status=200)
    visit().post(f"/unsubscribe/{digest}", status=200)

    with arrange():
        modes = get_choices(actor_of(member)).modes
        assert modes[Topic.GUIDANCE_ACTION] is MailMode.DIGEST
        assert modes[Topic.GUIDANCE_NEWS] is MailMode.OFF


def test_operators_see_failures_and_send_again(visit, arrange, joetsu):
    with arrange():
        secretariat = make_member("secretariat", Role.SECRETARIAT)
        delivery = db.session.scalars(sa.select(Delivery).where(Delivery.person_id == joetsu.person_id)).one()
        delivery.state, delivery.error, delivery.message_id = DeliveryState.FAILED, "550 no such user", "<a@b>"
        db.session.add(Dispatch(event_id=delivery.event_id, told_count=3600, started_at=clock.now()))
    page = visit(secretariat).get("/administration/deliveries")
    assert "550 no such user" in page.main
    assert "3,600" in page.main
    page.form("/resend").submit()

    with arrange():
        delivery = db.session.get_one(Delivery, delivery.id)
        assert (delivery.state, delivery.message_id) == (DeliveryState.PENDING, "<a@b>")
        assert db.session.scalar(sa.select(EventRecord.id).where(EventRecord.kind == "delivery_resent")) is not None
    visit(secretariat).post_with_token(f"/administration/deliveries/{delivery.id}/resend", status=409)


def test_operators_see_events_that_could_not_be_told(visit, arrange):
    with arrange():
        admin = make_member("hq", Role.ADMIN)
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
        record = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "guidance_issued")).one()
        record.attempts, record.error = 3, "ZeroDivisionError"
        db.session.add(Dispatch(event_id=record.id, started_at=clock.now(), retry_at=clock.now()))
    page = visit(admin).get("/administration/deliveries")
    assert "ZeroDivisionError" in page.main
    page.form("/retry").submit()

    with arrange():
        assert db.session.get_one(Dispatch, record.id).retry_at is None


@pytest.mark.parametrize("role", [Role.LIAISON, Role.EXECUTIVE, Role.AUDITOR])
def test_deliveries_do_not_exist_for_others(visit, arrange, role):
    with arrange():
        member = make_member("hq", role)
    visit(member).get("/administration/deliveries", status=404)
