"""From an event to inbox lines and mails."""

import pytest
import sqlalchemy as sa

from portal.accounts.links import request_reset
from portal.accounts.models import Credential
from portal.core import clock
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.roles import AssignmentRank, Role
from portal.guidance.states import Nature
from portal.notifications import dispatch, other_tellings
from portal.notifications.models import Delivery, Dispatch, MailMode, Notification, Topic
from portal.notifications.preferences import choose
from tests.factories.guidance import NIIGATA, make_issued, make_review
from tests.factories.people import actor_of, make_liaison, make_member, make_person
from tests.support.statements import recorded_statements


def lines_of(person_id: int) -> list[Notification]:
    return list(db.session.scalars(sa.select(Notification).where(Notification.person_id == person_id)))


def test_issued_request_is_told_to_the_members_of_the_addressed_bodies(arrange, tell):
    with arrange():
        joetsu, niigata = make_member("152226", Role.LOCAL_STAFF), make_member("150002", Role.LOCAL_MANAGER)
        elsewhere = make_member("131016", Role.LOCAL_STAFF)
        make_issued(addressees=NIIGATA)
    tell()

    with arrange():
        line = next(line for line in lines_of(joetsu.person_id))
        assert (line.kind, line.needs_action, line.topic) == ("guidance_issued", True, Topic.GUIDANCE_ACTION)
        assert line.facts["number"] == "総行住第78号"
        assert line.due_on is not None
        assert len(lines_of(niigata.person_id)) == 1
        assert lines_of(elsewhere.person_id) == []


def test_information_waits_for_the_digest(arrange, tell):
    with arrange():
        joetsu = make_member("152226", Role.LOCAL_STAFF)
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
    tell()

    with arrange():
        assert [line.mode for line in lines_of(joetsu.person_id)] == [MailMode.DIGEST]
        assert (
            db.session.scalar(
                sa.select(sa.func.count()).select_from(Delivery).where(Delivery.person_id == joetsu.person_id)
            )
            == 0
        )


def test_nobody_is_told_of_what_they_did_themselves_and_the_drafter_is_not_asked_to_approve(arrange, tell):
    with arrange():
        chief = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
        plain = make_member("secretariat", Role.SECRETARIAT)
        drafter = make_member("juumin", Role.DIVISION, is_head=True)
        make_review(actor_of(drafter))
    tell()

    with arrange():
        assert [line.kind for line in lines_of(chief.person_id)] == ["guidance_sent_for_review"]
        assert lines_of(plain.person_id) == []
        assert lines_of(drafter.person_id) == []


def test_a_person_with_two_memberships_is_told_once(arrange, tell):
    with arrange():
        person = make_person()
        make_member("152226", Role.LOCAL_STAFF, person=person)
        make_member("150002", Role.LOCAL_STAFF, person=person)
        make_issued()
    tell()

    with arrange():
        assert len(lines_of(person.id)) == 1


def test_ended_and_future_memberships_are_told_nothing(arrange, tell):
    with arrange():
        now = clock.now()
        ended = make_member("152226", Role.LOCAL_STAFF, ends_at=now)
        coming = make_member("152226", Role.LOCAL_STAFF, starts_at=now.replace(year=now.year + 1))
        make_issued()
    tell()

    with arrange():
        assert lines_of(ended.person_id) == lines_of(coming.person_id) == []


def test_telling_again_adds_nothing(arrange, tell):
    with arrange():
        make_member("152226", Role.LOCAL_STAFF)
        make_issued()
    tell()
    with arrange():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(Notification))
        db.session.execute(sa.update(EventRecord).values(handled_at=None))
    tell()

    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notification)) == before
        assert (
            db.session.scalar(
                sa.select(sa.func.count()).select_from(EventRecord).where(EventRecord.handled_at.is_(None))
            )
            == 0
        )


def test_a_failing_handler_stops_no_other_and_is_tried_again_later(arrange, tell, monkeypatch):
    with arrange():
        joetsu = make_member("152226", Role.LOCAL_STAFF)
        make_issued()
        person = make_person(email="reset@test.example")
        make_member("152226", Role.LOCAL_STAFF, person=person)
        db.session.add(Credential(person_id=person.id, password_hash="x", changed_at=clock.now()))
        request_reset("reset@test.example", address="192.0.2.1")
    monkeypatch.setattr(other_tellings, "_to_recipients", lambda *_: 1 / 0)
    tell()

    with arrange():
        failed = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "guidance_issued")).one()
        assert failed.handled_at is None
        assert failed.attempts == 1
        assert "ZeroDivisionError" in (failed.error or "")
        assert failed.id not in dispatch.list_unhandled()
        assert db.session.scalar(sa.select(Delivery.id).where(Delivery.person_id == person.id)) is not None
        db.session.execute(sa.update(Dispatch).values(retry_at=None))
    monkeypatch.undo()
    tell()

    with arrange():
        assert len(lines_of(joetsu.person_id)) == 1
        assert db.session.get(EventRecord, failed.id, populate_existing=True).error is None


def test_a_large_telling_goes_on_where_it_stopped_and_takes_few_statements(app, arrange, monkeypatch):
    with arrange():
        for _ in range(25):
            make_member("152226", Role.LOCAL_STAFF)
        make_issued()
        event_id = db.session.scalar(sa.select(EventRecord.id).where(EventRecord.kind == "guidance_issued"))
    monkeypatch.setattr(dispatch, "CHUNK", 10)
    with arrange():
        assert dispatch.tell_next_step(event_id) is False
    with arrange():
        progress = db.session.get(Dispatch, event_id)
        assert (progress.told_count, progress.finished_at) == (10, None)
        assert (
            db.session.scalar(
                sa.select(sa.func.count()).select_from(Notification).where(Notification.event_id == event_id)
            )
            == 10
        )
    with arrange():
        engine = db.engine
        with recorded_statements(engine) as statements:
            assert dispatch.tell_next_step(event_id) is False
            db.session.flush()
    assert len(statements) <= 10
    with arrange():
        while not dispatch.tell_next_step(event_id):
            pass
    with arrange():
        progress = db.session.get(Dispatch, event_id)
        assert progress.finished_at is not None
        mails = db.session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(Delivery.event_id == event_id))
        assert mails == 25


def test_old_events_go_into_the_digest_instead_of_a_flood_of_mail(arrange, tell):
    with arrange():
        joetsu = make_member("152226", Role.LOCAL_STAFF)
        make_issued()
        db.session.execute(sa.update(EventRecord).values(occurred_at=clock.now() - dispatch.STALE_AFTER * 2))
    tell()

    with arrange():
        assert [line.mode for line in lines_of(joetsu.person_id)] == [MailMode.DIGEST]


@pytest.mark.parametrize("mode", [MailMode.DIGEST, MailMode.OFF])
def test_the_choice_of_the_reader_holds(arrange, tell, mode):
    with arrange():
        joetsu = make_member("152226", Role.LOCAL_STAFF)
        choose(actor_of(joetsu), {Topic.GUIDANCE_NEWS: mode}, is_weekly=False)
        make_issued(nature=Nature.INFORMATION, reply_due_on=None)
    tell()

    with arrange():
        assert [line.mode for line in lines_of(joetsu.person_id)] == [mode]


def test_liaisons_are_told_of_new_guidance(arrange, tell):
    with arrange():
        liaison = make_liaison("150002", rank=AssignmentRank.DEPUTY)
        make_issued()
    tell()

    with arrange():
        assert [(line.kind, line.needs_action) for line in lines_of(liaison.person_id)] == [("guidance_issued", False)]
