"""Absences: who may enter what, who stands in through chains, with which rights, and until when."""

from datetime import date, datetime, timedelta

import pytest

from portal.accounts.queries import list_places
from portal.accounts.service import act_as, start_session
from portal.core import clock
from portal.core.calendar import JAPAN
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.directory import absence_queries, policy
from portal.directory.absences import Half, Period, end_absence, enter_absence, show_period
from portal.directory.actor import find_actor_for, list_actors
from portal.directory.models import Membership
from portal.directory.roles import Role
from portal.directory.service import end_membership
from tests.factories.absences import make_absence
from tests.factories.people import actor_of, make_liaison, make_member, make_person

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JAPAN)
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _tuesday():
    with clock.pretending(NOW):
        yield


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, 0, tzinfo=JAPAN)


def whole(*, first: date = TODAY, last: date = TODAY, **halves: Half) -> Period:
    return Period(first_day=first, last_day=last, **halves)


def enter(member: Membership, substitute: Membership | None, *, by: Membership | None = None, **more):
    membership = absence_queries.get_own_or_managed(actor_of(by or member), member.id)
    more.setdefault("period", whole())
    return enter_absence(actor_of(by or member), membership, substitute_id=substitute and substitute.id, **more)


def standing_in(person: Membership, absent: Membership):
    return find_actor_for(person.person_id, absent.id)


def test_substitute_acts_in_half_days_and_no_instant_longer(arrange):
    with arrange():
        absent, other = (
            make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            make_member("152226", Role.LOCAL_STAFF),
        )
        absence = enter(absent, other, period=whole(first_half=Half.AFTERNOON, last_half=Half.AFTERNOON))
        assert standing_in(other, absent) is None
        assert show_period(absence) == whole(first_half=Half.AFTERNOON)
        with clock.pretending(at(12)):
            actor = standing_in(other, absent)
            assert actor is not None
            assert (actor.person_id, actor.membership_id) == (other.person_id, absent.id)
            assert actor.section_name == "市民課"
            assert "代行" in actor.signature
        with clock.pretending(at(0, 25) - timedelta(seconds=1)):
            assert standing_in(other, absent)
        with clock.pretending(at(0, 25)):
            assert standing_in(other, absent) is None


def test_session_acts_as_absent_person_and_place_is_listed_after_own(arrange):
    with arrange():
        absent, other = make_liaison("150002"), make_liaison("010006")
        make_absence(absent, other)
        _, row = start_session(other.person_id)
        assert row.membership_id == other.id
        places = list_places(other.person_id)
        assert [(place.membership_id, bool(place.absent_name)) for place in places] == [
            (other.id, False),
            (absent.id, True),
        ]
        act_as(row, absent.id)
        assert row.membership_id == absent.id
        assert [actor.membership_id for actor in list_actors(other.person_id)] == [other.id, absent.id]
        stranger = make_liaison()
        _, row = start_session(stranger.person_id)
        with pytest.raises(Invalid):
            act_as(row, absent.id)


def test_chain_is_followed_to_whoever_is_there(arrange):
    with arrange():
        first, second, third = (make_liaison("150002"), make_liaison(), make_liaison())
        make_absence(first, second)
        make_absence(second, third)
        assert standing_in(second, first) is None
        assert standing_in(third, first)
        assert standing_in(third, second)


def test_circles_are_refused_when_they_would_close_at_any_instant(arrange):
    with arrange():
        one, two, three = make_liaison("150002"), make_liaison(), make_liaison()
        later = TODAY + timedelta(days=2)
        enter(one, two, period=whole(last=later))
        enter(two, three, period=whole(first=later, last=later))
        with pytest.raises(Invalid) as refused:
            enter(three, one, period=whole(first=TODAY, last=later))
        assert refused.value.field == "substitute_id"
        enter(three, one, period=whole(first=TODAY, last=later - timedelta(days=1)))
        with pytest.raises(Invalid) as refused:
            enter(two, one, period=whole())
        assert refused.value.field == "substitute_id"


def test_head_stands_in_where_nobody_is_named_or_the_substitute_has_left(arrange):
    with arrange():
        staff, left = make_member("mynumber", Role.DIVISION), make_member("mynumber", Role.DIVISION)
        head = make_member("mynumber", Role.DIVISION, is_head=True)
        admin = make_member("hq", Role.ADMIN)
        make_absence(staff, left)
        assert standing_in(left, staff)
        assert standing_in(head, staff) is None
        end_membership(actor_of(admin), left, version=None, last_day=None)
        assert standing_in(left, staff) is None
        assert standing_in(head, staff)
        make_absence(head)
        assert standing_in(head, staff) is None


def test_manager_stands_in_for_staff_without_substitute_but_no_staff_for_manager(arrange):
    with arrange():
        staff, manager = make_member("152226", Role.LOCAL_STAFF), make_member("152226", Role.LOCAL_MANAGER)
        chief = make_member("152226", Role.LOCAL_STAFF, is_head=True)
        make_absence(staff)
        assert standing_in(manager, staff)
        assert standing_in(chief, staff)
        make_absence(manager)
        assert standing_in(chief, manager) is None


def test_signing_needs_a_head_or_being_named_by_the_head(arrange):
    with arrange():
        head = make_member("mynumber", Role.DIVISION, is_head=True, is_approver=True)
        staff, second_head = (
            make_member("mynumber", Role.DIVISION),
            make_member("mynumber", Role.DIVISION, is_head=True),
        )
        third = make_member("mynumber", Role.DIVISION)
        absence = enter(head, staff)
        assert not standing_in(staff, head).is_head
        assert not standing_in(staff, head).is_approver
        end_absence(actor_of(head), absence_queries.get_absence(actor_of(head), absence.id))
        with pytest.raises(Invalid) as refused:
            enter(head, staff, by=second_head, may_sign=True)
        assert refused.value.field == "may_sign"
        enter(head, staff, may_sign=True)
        assert standing_in(staff, head).is_head
        assert standing_in(staff, head).is_approver
        make_absence(staff, third)
        assert not standing_in(third, head).is_head


def test_only_colleagues_of_the_role_and_never_administrators(arrange):
    with arrange():
        liaison, admin = make_liaison("150002"), make_member("hq", Role.ADMIN)
        division, other_division = make_member("mynumber", Role.DIVISION), make_member("zaisei", Role.DIVISION)
        for member, substitute in ((liaison, admin), (division, other_division), (liaison, liaison)):
            with pytest.raises(Invalid) as refused:
                enter(member, substitute)
            assert refused.value.field == "substitute_id"
        with pytest.raises(NotFound):
            enter(admin, liaison)
        make_absence(admin, liaison)
        assert standing_in(liaison, admin) is None


def test_who_enters_for_whom(arrange):
    with arrange():
        staff, manager = make_member("152226", Role.LOCAL_STAFF), make_member("152226", Role.LOCAL_MANAGER)
        colleague, outsider = make_member("152226", Role.LOCAL_STAFF), make_member("151009", Role.LOCAL_MANAGER)
        for by in (colleague, outsider):
            with pytest.raises(NotFound):
                enter(staff, colleague, by=by)
        absence = enter(staff, colleague, by=manager, reason="入院")
        seen = absence_queries.get_absence(actor_of(colleague), absence.id)
        assert policy.can_read_reason(actor_of(colleague), seen.membership)
        assert not policy.can_read_reason(actor_of(make_member("hq", Role.ADMIN)), seen.membership)
        with pytest.raises(NotFound):
            absence_queries.get_absence(actor_of(outsider), absence.id)
        with pytest.raises(Forbidden):
            end_absence(standing_in(colleague, staff), seen)


def test_substitute_administers_nobody(arrange):
    with arrange():
        manager, staff = make_member("152226", Role.LOCAL_MANAGER), make_member("152226", Role.LOCAL_STAFF)
        make_absence(manager, staff)
        actor = standing_in(staff, manager)
        assert actor is not None
        assert actor.role is Role.LOCAL_MANAGER
        assert not policy.can_administer_people(actor)
        assert not policy.can_end_membership(actor, staff)
        assert not policy.can_end_membership(actor, manager)
        body = db.session.get_one(Membership, manager.id)
        assert not policy.can_enter_absence(actor, body)
        assert absence_queries.list_own_memberships(actor) == []


@pytest.mark.parametrize(
    ("period", "field"),
    [
        (whole(first=TODAY - timedelta(days=1)), "first_day"),
        (whole(last_half=Half.MORNING, first_half=Half.AFTERNOON), "last_day"),
        (whole(last=date(9999, 12, 31)), "last_day"),
        (whole(last=TODAY + timedelta(days=400)), "last_day"),
    ],
)
def test_periods_that_are_past_upside_down_or_endless_are_refused(arrange, period, field):
    with arrange():
        absent, other = make_liaison("150002"), make_liaison()
        with pytest.raises(Invalid) as refused:
            enter(absent, other, period=period)
        assert refused.value.field == field


def test_second_absence_at_the_same_time_is_refused_and_one_called_off_is_not_counted(arrange):
    with arrange():
        absent, other = make_liaison("150002"), make_liaison()
        tomorrow = whole(first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=3))
        absence = enter(absent, other, period=tomorrow)
        with pytest.raises(Invalid):
            enter(absent, other, period=whole(last=TODAY + timedelta(days=1)))
        end_absence(actor_of(absent), absence_queries.get_absence(actor_of(absent), absence.id))
        enter(absent, other, period=whole(last=TODAY + timedelta(days=1)))


def test_one_person_in_two_places_stands_in_only_where_named(arrange):
    with arrange():
        person = make_person()
        here, there = make_member("152226", Role.LOCAL_STAFF, person=person), make_member("151009", Role.LOCAL_STAFF)
        absent = make_member("152226", Role.LOCAL_STAFF)
        make_absence(absent, here)
        assert standing_in(here, absent)
        assert standing_in(there, absent) is None
