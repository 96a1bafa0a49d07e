"""Replacing a roster: who comes, changes and goes; scheduled, called off, applied as a whole or not at all."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.accounts.models import SignInSession, SingleUseLink
from portal.accounts.service import start_session
from portal.core import clock
from portal.core.calendar import JAPAN, japan_date
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import EventRecord
from portal.directory import rosters
from portal.directory.absence_models import RosterReplacement, RosterState
from portal.directory.actor import find_actor
from portal.directory.assignment_queries import liaisons_of_post
from portal.directory.models import Membership, Person
from portal.directory.roles import AssignmentRank, Role
from portal.directory.roster_plans import plan_roster
from portal.issues.models import Issue
from portal.issues.queries import find_number_of
from portal.issues.states import IssueState
from portal.jobs.rosters import apply_now, apply_rosters
from tests.factories.directory import csv_file, people_row
from tests.factories.issues import make_cast, make_issue
from tests.factories.people import actor_of, make_liaison, make_member, make_person, organisation

MARCH = datetime(2027, 3, 10, 10, 0, tzinfo=JAPAN)
APRIL = datetime(2027, 4, 1, 0, 0, tzinfo=JAPAN)
JOETSU = "152226"


@pytest.fixture(autouse=True)
def _in_march():
    with clock.pretending(MARCH):
        yield


def person_of(membership: Membership) -> Person:
    return db.session.get_one(Person, membership.person_id)


def row_of(membership: Membership, role: str, **cells: str) -> list[str]:
    person = person_of(membership)
    return people_row(**{"氏名": person.name, "フリガナ": "", "メールアドレス": person.email, "役割": role, **cells})


def prepare(actor, *rows, body: str | None = JOETSU) -> RosterReplacement:
    prepared = rosters.prepare_roster(
        actor,
        organisation(body) if body else None,
        file_name="名簿.csv",
        content=csv_file(*rows),
        creates_sections=True,
    )
    assert prepared.roster is not None, prepared.faults
    return prepared.roster


def schedule(actor, roster, day=APRIL):
    return rosters.schedule_roster(actor, roster, effective_on=japan_date(day))


def test_a_new_year_in_a_city(arrange):
    with arrange():
        cast = make_cast()
        manager, leaver = actor_of(cast.manager), cast.staff
        promoted = make_member(JOETSU, Role.LOCAL_STAFF)
        issue, draft = make_issue(cast), make_issue(cast, IssueState.DRAFT)
        start_session(leaver.person_id)
        newcomer = people_row(氏名="新任 花", メールアドレス="shin@city.example", 所属="市民課")
        roster = prepare(
            manager, row_of(cast.manager, "団体管理者", 所属="総務課"), row_of(promoted, "団体管理者"), newcomer
        )
        plan = plan_roster(manager, roster)
        by_id = {each.membership.id: each for each in plan.leavers}
        assert set(by_id) == {leaver.id, promoted.id}
        assert by_id[promoted.id].successor is not None
        assert by_id[leaver.id].taker.email == "shin@city.example"
        schedule(manager, roster)
        ids = roster.id, issue.id, draft.id
    with clock.pretending(APRIL - timedelta(seconds=1)), arrange():
        assert rosters.list_due_rosters() == []
        assert find_actor(leaver.id)
    with clock.pretending(APRIL), arrange():
        assert apply_now(ids[0])
        assert not apply_now(ids[0])
        assert find_actor(leaver.id) is None
        new = db.session.scalars(sa.select(Person).where(Person.email == "shin@city.example")).one()
        place = db.session.scalars(sa.select(Membership).where(Membership.person_id == new.id)).one()
        assert place.starts_at == APRIL
        assert find_number_of(actor_of(place), ids[1])
        assert db.session.get_one(Issue, ids[2]).submitter_membership_id == place.id
        roles = db.session.scalars(
            sa.select(Membership.role).where(
                Membership.person_id == promoted.person_id, Membership.current_at(clock.now())
            )
        ).all()
        assert roles == [Role.LOCAL_MANAGER]
        assert db.session.scalars(
            sa.select(SignInSession.ended_at).where(SignInSession.person_id == leaver.person_id)
        ).all() != [None]
        assert db.session.scalars(sa.select(SingleUseLink.person_id)).all() == [new.id]
        done = db.session.get_one(RosterReplacement, ids[0])
        assert (done.state, done.rows, done.summary["ended"]) == (RosterState.APPLIED, [], 2)
        kinds = db.session.scalars(sa.select(EventRecord.kind)).all()
        assert kinds.count("roster_applied") == 1


def test_liaisons_posts_pass_to_whoever_was_named(arrange):
    with arrange():
        admin_membership = make_member("hq", Role.ADMIN)
        admin = actor_of(admin_membership)
        leaver, stays = make_liaison("150002"), make_liaison("010006", rank=AssignmentRank.DEPUTY)
        rows = [
            row_of(admin_membership, "システム管理者", 団体コード="hq", 団体名="", 所属="", 担当区分="", 職名=""),
            row_of(stays, "リエゾン", 団体コード="hq", 団体名="", 担当区分=""),
            people_row(
                氏名="新任 連",
                メールアドレス="ren@soumu.example",
                役割="リエゾン",
                団体コード="hq",
                団体名="",
                担当区分="",
            ),
        ]
        roster = prepare(admin, *rows, body=None)
        rosters.choose(admin, roster, takers={str(leaver.id): "ren@soumu.example"}, same_people={})
        plan = schedule(admin, roster)
        assert [post.post.code for post in plan.leavers[0].posts] == ["150002"]
    with clock.pretending(APRIL), arrange():
        assert apply_now(roster.id)
        found = liaisons_of_post(organisation("150002").id)
        assert [(row.membership.person.email, row.rank) for row in found] == [
            ("ren@soumu.example", AssignmentRank.PRIMARY)
        ]


def test_new_address_of_the_same_person_is_no_leaving(arrange):
    with arrange():
        manager_membership, staff = make_member(JOETSU, Role.LOCAL_MANAGER), make_member(JOETSU, Role.LOCAL_STAFF)
        manager = actor_of(manager_membership)
        own = row_of(manager_membership, "団体管理者", 担当区分="", 職名="")
        roster = prepare(manager, own, row_of(staff, "団体担当者", メールアドレス="new@city.example"))
        plan = plan_roster(manager, roster)
        assert [(each.membership.id, each.row.number) for each in plan.namesakes] == [(staff.id, 3)]
        assert [each.membership.id for each in plan.leavers] == [staff.id]
        rosters.choose(manager, roster, takers={}, same_people={"3": staff.id})
        assert plan_roster(manager, roster).leavers == []
        start_session(staff.person_id)
        schedule(manager, roster, MARCH)
        assert apply_now(roster.id)
        assert person_of(staff).email == "new@city.example"
        assert find_actor(staff.id)
        assert all(db.session.scalars(sa.select(SignInSession.ended_at)))


def test_what_came_up_meanwhile_stops_all_of_it_and_is_told(app, arrange):
    with arrange():
        manager_membership, staff = make_member(JOETSU, Role.LOCAL_MANAGER), make_member(JOETSU, Role.LOCAL_STAFF)
        manager = actor_of(manager_membership)
        taken = people_row(氏名="新任 花", メールアドレス="shin@city.example", 担当区分="")
        roster = prepare(manager, row_of(manager_membership, "団体管理者", 担当区分="", 職名=""), taken)
        schedule(manager, roster)
    with clock.pretending(APRIL), arrange():
        db.session.get_one(Membership, manager_membership.id).ends_at = APRIL
    with clock.pretending(APRIL), app.app_context():
        apply_rosters()
        apply_rosters()
        with unit_of_work():
            failed = db.session.get_one(RosterReplacement, roster.id, populate_existing=True)
            assert failed.state is RosterState.FAILED
            assert "所属が終了" in (failed.error or "")
            assert find_actor(staff.id)
            assert db.session.scalar(sa.select(Person.id).where(Person.email == "shin@city.example")) is None
            kinds = db.session.scalars(sa.select(EventRecord.kind)).all()
            assert kinds.count("roster_failed") == 1


def test_reach_and_dates(arrange):
    with arrange():
        manager_membership, staff = make_member(JOETSU, Role.LOCAL_MANAGER), make_member(JOETSU, Role.LOCAL_STAFF)
        manager, other = actor_of(manager_membership), actor_of(make_member("151009", Role.LOCAL_MANAGER))
        own = row_of(manager_membership, "団体管理者", 担当区分="", 職名="")
        for actor, body in ((other, JOETSU), (manager, None), (actor_of(staff), JOETSU)):
            with pytest.raises(Forbidden):
                prepare(actor, own, body=body)
        roster = prepare(manager, own)
        with pytest.raises(NotFound):
            rosters.get_roster(other, roster.id)
        for day in (MARCH - timedelta(days=1), MARCH + timedelta(days=800)):
            with pytest.raises(Invalid) as refused:
                schedule(manager, roster, day)
            assert refused.value.field == "effective_on"
        schedule(manager, roster)
        second = prepare(manager, own)
        with pytest.raises(Invalid):
            schedule(manager, second)
        rosters.cancel_roster(manager, roster)
        assert roster.rows == []
        with pytest.raises(Conflict):
            rosters.cancel_roster(manager, roster)
        schedule(manager, second)
        foreign = rosters.prepare_roster(
            actor_of(make_member("hq", Role.ADMIN)), organisation("151009"), file_name="名簿.csv", content=csv_file(own)
        )
        assert foreign.roster is None


def test_two_places_of_one_person_at_headquarters(arrange):
    with arrange():
        admin_membership = make_member("hq", Role.ADMIN)
        person = make_person()
        places = [
            make_member("mynumber", Role.DIVISION, person=person),
            make_member("secretariat", Role.SECRETARIAT, person=person),
        ]
        cells = {"団体名": "", "担当区分": "", "職名": ""}
        new = {"氏名": "兼務 太郎", "メールアドレス": "ken@soumu.example", **cells}
        roster = prepare(
            actor_of(admin_membership),
            row_of(admin_membership, "システム管理者", 団体コード="hq", **cells),
            row_of(places[0], "幹事課", 団体コード="mynumber", **cells),
            row_of(places[1], "事務局", 団体コード="secretariat", **cells),
            people_row(役割="幹事課", 団体コード="mynumber", **new),
            people_row(役割="リエゾン", 団体コード="hq", **new),
            body=None,
        )
        schedule(actor_of(admin_membership), roster, MARCH)
        assert apply_now(roster.id)
        rows = sa.select(sa.func.count(Membership.id)).join(Person).where(Person.email == "ken@soumu.example")
        assert db.session.scalar(rows) == 2
        assert all(find_actor(place.id) for place in places)
