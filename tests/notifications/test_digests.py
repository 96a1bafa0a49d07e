"""The digest: who gets one, what stands in it, what does not."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import JAPAN
from portal.core.db import db
from portal.directory.models import Membership, Person
from portal.directory.roles import Role
from portal.guidance.receiving import respond_to_guidance
from portal.guidance.states import Nature, ResponseState
from portal.notifications.digests import NotABusinessDay, plan_digests
from portal.notifications.models import Delivery, DeliveryState, Digest, MailMode, Notification, Topic
from portal.notifications.preferences import choose
from portal.notifications.service import mark_all_read, reading_of_subject
from tests.factories.guidance import due_in, make_issued
from tests.factories.people import actor_of, make_member, make_person

# A Monday holiday, the Tuesday after it (the first business day of that week), and the Wednesday.
HOLIDAY = datetime(2026, 11, 23, 8, 30, tzinfo=JAPAN)
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=JAPAN)
WEDNESDAY = datetime(2026, 11, 25, 8, 30, tzinfo=JAPAN)


@pytest.fixture(autouse=True)
def evening_before():
    """Everything happens on the evening of 20 November 2026, a Friday."""
    with clock.pretending(datetime(2026, 11, 20, 18, 0, tzinfo=JAPAN)):
        yield


@pytest.fixture
def reader(arrange, tell):
    """A person of Joetsu for whom two informations wait."""
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        make_issued("総行住第78号", nature=Nature.INFORMATION, reply_due_on=None, title="点検の手引きについて")
        make_issued("総行住第79号", nature=Nature.INFORMATION, reply_due_on=None, title="説明会の開催について")
    tell()
    with arrange():
        db.session.execute(sa.delete(Delivery))
        db.session.execute(sa.delete(Notification).where(Notification.person_id != member.person_id))
    return member


def plan(arrange, at: datetime) -> int:
    with arrange():
        return plan_digests(at)


def send_at(send, at: datetime):
    with clock.pretending(at):
        return send(Digest)


def test_digest_tells_what_is_unread_and_useful_without_a_click(arrange, reader, sink, send):
    assert plan(arrange, TUESDAY) == 1
    send_at(send, TUESDAY)

    message = sink.messages()[0]
    text = message.get_body(("plain",)).get_content()
    assert message["Subject"] == "【まとめ 11/24】参考2件"
    assert sink.recipients == [["taro@joetsu.example"]]
    for part in ("総行住第78号 点検の手引きについて", "総行住第79号 説明会の開催について", "住民制度課", "/guidance/"):
        assert part in text
    assert "点検の方法" not in text
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_second_run_for_the_same_date_sends_nothing(arrange, reader, sink, send):
    plan(arrange, TUESDAY)
    send_at(send, TUESDAY)

    assert plan(arrange, TUESDAY + timedelta(hours=3)) == 0
    send_at(send, TUESDAY)
    assert len(sink.mails) == 1


def test_what_was_told_once_is_not_in_the_next(arrange, reader, send):
    plan(arrange, TUESDAY)
    send_at(send, TUESDAY)

    assert plan(arrange, WEDNESDAY) == 0


def test_what_was_read_meanwhile_drops_out_and_an_empty_digest_is_not_sent(arrange, reader, sink, send):
    plan(arrange, TUESDAY)
    with arrange():
        subject = db.session.scalars(sa.select(Notification.subject_id).order_by(Notification.id)).first()
        reading_of_subject(actor_of(reader), "guidance", subject).write()
    with arrange():
        assert mark_all_read(actor_of(reader), 10**9) == 1
    send_at(send, TUESDAY)

    assert sink.mails == []
    with arrange():
        assert db.session.scalars(sa.select(Digest)).one().state is DeliveryState.DROPPED


def test_nothing_is_planned_on_a_holiday(arrange, reader):
    with pytest.raises(NotABusinessDay):
        plan(arrange, HOLIDAY)


def test_nobody_without_anything_gets_one(arrange):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF)

    assert plan(arrange, TUESDAY) == 0


def test_weekly_reader_gets_it_on_the_first_business_day_of_the_week(arrange, reader):
    with arrange():
        choose(actor_of(reader), {}, is_weekly=True)

    assert plan(arrange, WEDNESDAY) == 0
    assert plan(arrange, TUESDAY) == 1


@pytest.mark.parametrize(("is_weekly", "is_told"), [(True, True), (False, False)])
def test_weekly_digest_warns_of_what_is_due_before_the_next(arrange, tell, sink, send, *, is_weekly, is_told):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        choose(actor_of(member), {}, is_weekly=is_weekly)
        make_issued("総行住第83号", title="来週月曜が期限の依頼", reply_due_on=date(2026, 11, 30))
    tell()
    with arrange():
        db.session.execute(sa.delete(Delivery))
        db.session.execute(sa.delete(Notification))
    plan(arrange, TUESDAY)
    send_at(send, TUESDAY)

    assert (["taro@joetsu.example"] in sink.recipients) == is_told


@pytest.mark.parametrize(
    ("due_on", "planned"), [(date(2026, 11, 27), 1), (date(2026, 11, 30), 1), (date(2026, 12, 1), 0)]
)
def test_request_due_before_the_next_weekly_digest_does_not_wait_for_it(arrange, tell, due_on, planned):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF)
        choose(actor_of(member), {Topic.GUIDANCE_ACTION: MailMode.DIGEST}, is_weekly=True)
    with clock.pretending(TUESDAY + timedelta(hours=2)):
        with arrange():
            make_issued("総行住第84号", reply_due_on=due_on)
        tell()
    with arrange():
        db.session.execute(sa.delete(Delivery))
        db.session.execute(sa.delete(Notification).where(Notification.person_id != member.person_id))

    assert plan(arrange, WEDNESDAY) == planned
    if not planned:
        assert plan(arrange, TUESDAY + timedelta(days=6)) == 1


def test_later_events_stay_out(arrange, reader):
    assert plan(arrange, datetime(2026, 11, 20, 8, 30, tzinfo=JAPAN)) == 0


def test_due_requests_come_first_by_date_until_they_are_answered_whatever_one_has_chosen(arrange, tell, sink, send):
    with arrange():
        member = make_member("152226", Role.LOCAL_STAFF, person=make_person(email="taro@joetsu.example"))
        off = dict.fromkeys((Topic.GUIDANCE_NEWS, Topic.KNOWLEDGE, Topic.ISSUE_NEWS, Topic.ISSUE_ACTION), MailMode.OFF)
        choose(actor_of(member), off, is_weekly=False)
        later = make_issued("総行住第81号", title="二番目の依頼", reply_due_on=due_in(4))
        make_issued("総行住第80号", title="一番目の依頼", reply_due_on=due_in(3))
        make_issued("総行住第82号", title="遠い依頼", reply_due_on=due_in(30))
    tell()
    with arrange():
        mark_all_read(actor_of(member), 10**9)
        db.session.execute(sa.delete(Delivery))
        db.session.execute(sa.delete(Notification))
    plan(arrange, TUESDAY)
    send_at(send, TUESDAY)

    text = next(
        message.get_body(("plain",)).get_content()
        for message, to in zip(sink.messages(), sink.recipients, strict=True)
        if to == ["taro@joetsu.example"]
    )
    assert text.startswith("要対応が2件あります。")
    assert text.index("一番目の依頼") < text.index("二番目の依頼")
    assert "遠い依頼" not in text

    with arrange():
        paper = db.session.get(type(later), later.id)
        respond_to_guidance(actor_of(member), paper, state=ResponseState.DONE, text="対応しました。")
    sink.mails.clear()
    sink.recipients.clear()
    plan(arrange, WEDNESDAY)
    send_at(send, WEDNESDAY)
    text = next(
        message.get_body(("plain",)).get_content()
        for message, to in zip(sink.messages(), sink.recipients, strict=True)
        if to == ["taro@joetsu.example"]
    )
    assert "二番目の依頼" not in text


def test_many_lines_about_one_thing_are_one_entry(arrange, reader, sink, send):
    with arrange():
        first = db.session.scalars(sa.select(Notification).order_by(Notification.id)).first()
        db.session.execute(sa.update(Notification).values(subject_id=first.subject_id))
    plan(arrange, TUESDAY)
    send_at(send, TUESDAY)

    text = sink.messages()[0].get_body(("plain",)).get_content()
    assert "（ほか1件）" in text


def test_who_may_no_longer_see_it_is_not_told_in_the_digest(arrange, reader, sink, send):
    plan(arrange, TUESDAY)
    with arrange():
        make_member("131016", Role.LOCAL_STAFF, person=db.session.get(Person, reader.person_id))
        db.session.execute(sa.update(Membership).where(Membership.id == reader.id).values(ends_at=clock.now()))
    send_at(send, TUESDAY)

    assert sink.mails == []


def test_two_digests_of_one_reader_hold_each_line_once(arrange, reader, sink, send):
    plan(arrange, TUESDAY)
    plan(arrange, WEDNESDAY)
    send_at(send, WEDNESDAY)

    assert len(sink.mails) == 1
    with arrange():
        first, second = db.session.scalars(sa.select(Digest).order_by(Digest.digest_on)).all()
        assert (first.state, second.state) == (DeliveryState.SENT, DeliveryState.DROPPED)
        assert set(db.session.scalars(sa.select(Notification.digest_id))) == {first.id}
