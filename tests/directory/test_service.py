"""People, memberships and assignments: what the services refuse and record."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date, start_of_day
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory import assignments, organisations, people_queries, policy, service
from portal.directory.actor import find_actor
from portal.directory.models import LiaisonAssignment, Membership, Person
from portal.directory.organisations import OrganisationFacts
from portal.directory.roles import AssignmentRank, OrganisationKind, Role
from portal.directory.service import Place
from tests.factories.people import actor_of, make_liaison, make_member, make_person, make_section, organisation

JOETSU, NIIGATA = "152226", "150002"


def _kinds():
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


def _today():
    return japan_date(clock.now())


def _person_of(membership):
    return db.session.get(Person, membership.person_id)


def _add(actor, code=JOETSU, role=Role.LOCAL_STAFF, **fields):
    values = {"email": "new@city.example", "name": "新人 一郎", "role": role, "place": Place(), **fields}
    return service.add_member(actor, organisation(code), **values)


def test_manager_adds_staff_to_the_own_body(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        section = make_section(JOETSU, "市民課")

        membership, is_new = _add(
            manager, email="New@City.Example", kana="しんじん", place=Place(section_id=section.id)
        )

        assert is_new
        assert membership.person.email == "new@city.example"
        assert membership.person.kana == "シンジン"
        assert membership.section_id == section.id
        assert _kinds() == ["person_changed", "membership_granted"]


def test_person_who_is_known_keeps_name_and_gains_a_membership(arrange):
    with arrange():
        person = make_person("前の名", "known@test.example")
        make_member(NIIGATA, Role.LOCAL_STAFF, person=person)
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))

        membership, is_new = _add(manager, email="known@test.example", name="別の名")

        assert not is_new
        assert membership.person_id == person.id
        assert person.name == "前の名"


@pytest.mark.parametrize(
    ("role", "code", "target", "granted"),
    [
        (Role.LOCAL_MANAGER, JOETSU, NIIGATA, Role.LOCAL_STAFF),
        (Role.LOCAL_STAFF, JOETSU, JOETSU, Role.LOCAL_STAFF),
        (Role.LIAISON, "hq", JOETSU, Role.LOCAL_STAFF),
        (Role.EXECUTIVE, "hq", JOETSU, Role.LOCAL_STAFF),
        (Role.AUDITOR, "hq", JOETSU, Role.LOCAL_STAFF),
        (Role.DIVISION, "juumin", "juumin", Role.DIVISION),
        (Role.SECRETARIAT, "secretariat", "hq", Role.LIAISON),
        (Role.SECRETARIAT, "secretariat", "secretariat", Role.SECRETARIAT),
        (Role.ASSOCIATION, "chijikai", "chijikai", Role.ASSOCIATION),
        (Role.MINISTRY, "digital", "digital", Role.MINISTRY),
    ],
)
def test_who_may_not_add_people_is_refused(arrange, role, code, target, granted):
    with arrange():
        actor = actor_of(make_member(code, role))

        with pytest.raises(Forbidden):
            _add(actor, target, granted)


@pytest.mark.parametrize("target", [JOETSU, "chijikai", "digital"])
def test_secretariat_invites_people_of_bodies(arrange, target):
    granted = {"chijikai": Role.ASSOCIATION, "digital": Role.MINISTRY}.get(target, Role.LOCAL_MANAGER)
    with arrange():
        membership, _ = _add(actor_of(make_member("secretariat", Role.SECRETARIAT)), target, granted)

        assert membership.role is granted


def test_role_must_suit_the_organisation(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))

        with pytest.raises(Invalid) as refused:
            _add(admin, JOETSU, Role.ADMIN)

        assert refused.value.field == "role"


def test_nobody_grants_to_themselves(arrange):
    with arrange():
        membership = make_member("hq", Role.ADMIN)

        with pytest.raises(Invalid):
            service.grant_membership(
                actor_of(membership),
                membership.person,
                organisation("secretariat"),
                role=Role.SECRETARIAT,
                place=Place(),
            )


def test_nobody_changes_or_ends_their_own_membership(arrange):
    with arrange():
        membership = make_member(JOETSU, Role.LOCAL_MANAGER)
        actor = actor_of(membership)
        own = people_queries.get_membership(actor, membership.id)

        with pytest.raises(Forbidden):
            service.change_membership(actor, own, version=None, place=Place(is_head=True))
        with pytest.raises(Forbidden):
            service.end_membership(actor, own, version=None, last_day=None)


def test_only_an_administrator_makes_approvers(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        member = people_queries.get_membership(admin, make_member("secretariat", Role.SECRETARIAT).id)

        service.change_membership(admin, member, version=member.version, place=Place(is_approver=True))
        assert member.is_approver
        with pytest.raises(Invalid):
            _add(manager, place=Place(is_approver=True))


def test_a_stale_change_is_refused(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        member = people_queries.get_membership(manager, make_member(JOETSU, Role.LOCAL_STAFF).id)
        seen = member.version
        service.change_membership(manager, member, version=seen, place=Place(title="課長"))

        with pytest.raises(Conflict):
            service.change_membership(manager, member, version=seen, place=Place(title="部長"))


def test_change_records_before_and_after(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        member = people_queries.get_membership(manager, make_member(JOETSU, Role.LOCAL_STAFF, title="主任").id)

        service.change_membership(manager, member, version=None, place=Place(title="課長", is_head=True))

        record = db.session.scalars(sa.select(EventRecord)).one()
        assert record.payload["changes"] == {"title": ["主任", "課長"], "is_head": [False, True]}
        assert record.organisation_id == member.organisation_id


def test_section_of_another_body_is_refused(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        section = make_section(NIIGATA, "市町村課")

        with pytest.raises(Invalid) as refused:
            _add(manager, place=Place(section_id=section.id))

        assert refused.value.field == "section_id"


def test_second_place_in_the_same_body_is_refused(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        _add(manager)

        with pytest.raises(Invalid):
            _add(manager, role=Role.LOCAL_MANAGER)


def test_membership_from_a_later_day_gives_no_right_before(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        membership, _ = _add(manager, starts_on=_today() + timedelta(days=3))

        assert find_actor(membership.id) is None
        assert membership.starts_at == start_of_day(_today() + timedelta(days=3))


def test_ended_membership_is_no_actor_any_more(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        member = people_queries.get_membership(manager, make_member(JOETSU, Role.LOCAL_STAFF).id)

        service.end_membership(manager, member, version=None, last_day=None)

        assert find_actor(member.id) is None
        with pytest.raises(Invalid):
            service.end_membership(manager, member, version=None, last_day=None)


def test_secretariat_does_not_end_memberships(arrange):
    with arrange():
        secretariat = actor_of(make_member("secretariat", Role.SECRETARIAT))
        member = people_queries.get_membership(secretariat, make_member(JOETSU, Role.LOCAL_STAFF).id)

        with pytest.raises(Forbidden):
            service.end_membership(secretariat, member, version=None, last_day=None)


def test_membership_holds_through_its_last_day(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        member = people_queries.get_membership(manager, make_member(JOETSU, Role.LOCAL_STAFF).id)

        service.end_membership(manager, member, version=None, last_day=_today())

        assert member.ends_at == start_of_day(_today() + timedelta(days=1))
        assert find_actor(member.id) is not None


def test_manager_cannot_take_over_the_account_of_somebody_with_another_place(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        person = _person_of(make_member(JOETSU, Role.LOCAL_STAFF))
        make_member("hq", Role.ADMIN, person=person)

        with pytest.raises(Forbidden):
            service.change_person(
                manager, person, version=None, email="mine@city.example", name="乗っ取り", kana="", phone=""
            )


def test_change_of_the_address_is_told_so_that_sessions_can_end(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        person = _person_of(make_member(JOETSU, Role.LOCAL_STAFF))

        assert service.change_person(
            manager, person, version=person.version, email="x@city.example", name=person.name, kana="", phone=""
        )
        assert not service.change_person(
            manager, person, version=person.version, email="x@city.example", name="改名", kana="", phone="０２５"
        )
        assert db.session.get(Person, person.id).phone == "025"


def test_address_of_somebody_else_is_refused(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        first, second = make_person(), make_person()

        with pytest.raises(Invalid) as refused:
            service.change_person(admin, first, version=None, email=second.email, name="名", kana="", phone="")

        assert refused.value.field == "email"


def test_my_number_in_a_title_is_refused_without_being_repeated(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))

        with pytest.raises(Invalid) as refused:
            _add(manager, place=Place(title="個人番号 123456789018"))

        assert "1234" not in refused.value.message


def test_second_primary_of_a_post_is_refused(arrange):
    with arrange():
        admin, post = actor_of(make_member("hq", Role.ADMIN)), organisation(NIIGATA)
        make_liaison(NIIGATA)
        other = make_liaison()

        with pytest.raises(Invalid) as refused:
            assignments.assign_liaison(admin, post, membership_id=other.id, rank=AssignmentRank.PRIMARY)

        assert refused.value.field == "rank"
        assignments.assign_liaison(admin, post, membership_id=other.id, rank=AssignmentRank.DEPUTY)


def test_primary_follows_on_the_day_after_the_other_ends(arrange):
    with arrange():
        secretariat, post = actor_of(make_member("secretariat", Role.SECRETARIAT)), organisation(NIIGATA)
        make_liaison(NIIGATA)
        held = db.session.scalars(sa.select(LiaisonAssignment)).one()
        other = make_liaison()
        last_day = _today() + timedelta(days=5)
        assignments.end_assignment(secretariat, held, last_day=last_day)

        with pytest.raises(Invalid):
            assignments.assign_liaison(
                secretariat, post, membership_id=other.id, rank=AssignmentRank.PRIMARY, starts_on=last_day
            )
        assignments.assign_liaison(
            secretariat,
            post,
            membership_id=other.id,
            rank=AssignmentRank.PRIMARY,
            starts_on=last_day + timedelta(days=1),
        )

        assert _kinds() == ["liaison_assignment_ended", "liaison_assigned"]


def test_primary_for_a_while_is_refused_where_a_later_one_is_planned(arrange):
    with arrange():
        admin, post = actor_of(make_member("hq", Role.ADMIN)), organisation(NIIGATA)
        first, second = make_liaison(), make_liaison()
        later = _today() + timedelta(days=10)
        assignments.assign_liaison(admin, post, membership_id=first.id, rank=AssignmentRank.PRIMARY, starts_on=later)

        with pytest.raises(Invalid):
            assignments.assign_liaison(admin, post, membership_id=second.id, rank=AssignmentRank.PRIMARY)
        assignments.assign_liaison(
            admin, post, membership_id=second.id, rank=AssignmentRank.PRIMARY, last_day=later - timedelta(days=1)
        )


def test_only_liaisons_look_after_posts_and_only_posts_are_looked_after(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        executive, liaison = make_member("hq", Role.EXECUTIVE), make_liaison()

        with pytest.raises(Invalid):
            assignments.assign_liaison(
                admin, organisation(NIIGATA), membership_id=executive.id, rank=AssignmentRank.PRIMARY
            )
        with pytest.raises(Invalid):
            assignments.assign_liaison(
                admin, organisation(JOETSU), membership_id=liaison.id, rank=AssignmentRank.PRIMARY
            )


def test_nobody_puts_themselves_in_charge(arrange):
    with arrange():
        person = make_person()
        actor = actor_of(make_member("secretariat", Role.SECRETARIAT, person=person))
        liaison = make_liaison(person=person)

        with pytest.raises(Invalid):
            assignments.assign_liaison(
                actor, organisation(NIIGATA), membership_id=liaison.id, rank=AssignmentRank.DEPUTY
            )


def test_liaison_who_leaves_gives_up_the_posts(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        liaison = people_queries.get_membership(admin, make_liaison(NIIGATA, "151009").id)

        service.end_membership(admin, liaison, version=None, last_day=None)

        rows = db.session.scalars(sa.select(LiaisonAssignment)).all()
        assert {row.ends_at for row in rows} == {liaison.ends_at}
        assert _kinds() == ["membership_ended", "liaison_assignment_ended", "liaison_assignment_ended"]


def test_merger_closes_the_predecessor_and_points_to_the_successor(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        town = organisation("153079")  # 聖籠町

        organisations.merge_organisation(admin, town, successor_code="１５２２２６", effective_on=_today())

        assert town.valid_until == _today()
        with pytest.raises(Conflict):
            organisations.merge_organisation(admin, town, successor_code=JOETSU, effective_on=_today())
        with pytest.raises(Invalid):
            organisations.merge_organisation(
                admin, organisation(JOETSU), successor_code="153079", effective_on=_today()
            )


def test_new_municipality_needs_a_right_code(arrange):
    facts = OrganisationFacts(name="新しい市", kana="あたらしいし")
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))

        for code in ("152999", "999996", JOETSU, "abc"):
            with pytest.raises(Invalid):
                organisations.add_organisation(admin, code=code, kind=OrganisationKind.CITY, facts=facts)
        made = organisations.add_organisation(admin, code="152994", kind=OrganisationKind.CITY, facts=facts)

        assert made.post_id == organisation(NIIGATA).id
        assert made.kana == "アタラシイシ"


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.EXECUTIVE, Role.AUDITOR, Role.LOCAL_MANAGER])
def test_facts_of_organisations_are_for_administrators(arrange, role):
    code = {"secretariat": "secretariat", "local_manager": JOETSU}.get(role.value, "hq")
    with arrange():
        actor = actor_of(make_member(code, role))

        with pytest.raises(Forbidden):
            organisations.change_organisation(
                actor, organisation(JOETSU), version=None, facts=OrganisationFacts(name="x", kana="x")
            )


def test_sections_are_kept_by_the_bodys_manager(arrange):
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        section = organisations.add_section(manager, organisation(JOETSU), name="市民課")

        with pytest.raises(Invalid):
            organisations.add_section(manager, organisation(JOETSU), name=" 市民課 ")
        with pytest.raises(Forbidden):
            organisations.add_section(manager, organisation(NIIGATA), name="市民課")
        organisations.change_section(manager, organisation(JOETSU), section, name="市民窓口課", is_general_desk=True)

        assert section.name == "市民窓口課"


def test_visible_people_are_the_same_by_predicate_and_condition(arrange):
    """The twins of the policy agree for every role."""
    places = [
        ("hq", Role.ADMIN),
        ("secretariat", Role.SECRETARIAT),
        ("hq", Role.EXECUTIVE),
        ("juumin", Role.DIVISION),
        ("hq", Role.LIAISON),
        (JOETSU, Role.LOCAL_MANAGER),
        (JOETSU, Role.LOCAL_STAFF),
        (NIIGATA, Role.LOCAL_STAFF),
        ("chijikai", Role.ASSOCIATION),
        ("digital", Role.MINISTRY),
        ("hq", Role.AUDITOR),
    ]
    with arrange():
        members = [make_member(code, role) for code, role in places]
        for member in members:
            actor = actor_of(member)
            by_query = set(db.session.scalars(sa.select(Membership.id).where(policy.members_viewable_by(actor))))
            by_predicate = {other.id for other in members if policy.can_view_members(actor, other.organisation_id)}
            assert by_query == by_predicate, actor.role


def test_two_who_enter_one_new_address_at_once(arrange):
    """Both have looked for the address and found nobody: the second is told beside the field, and nothing is lost."""
    with arrange():
        manager = actor_of(make_member(JOETSU, Role.LOCAL_MANAGER))
        facts = {"email": "same@city.example", "name": "新人 一郎", "kana": "", "phone": None}
        service._add_person(manager, organisation(JOETSU), facts)
        with pytest.raises(Invalid) as refused:
            service._add_person(manager, organisation(JOETSU), facts)
        assert refused.value.field == "email"
        other = make_person()
        with pytest.raises(Invalid) as refused, service._unique_address():
            other.email = "same@city.example"
        assert refused.value.field == "email"
        assert db.session.scalar(sa.select(sa.func.count()).where(Person.email == "same@city.example")) == 1


def test_9999_12_31_means_without_end(arrange):
    with arrange():
        admin = actor_of(make_member("hq", Role.ADMIN))
        liaison = make_member("hq", Role.LIAISON)
        assignment = assignments.assign_liaison(
            admin, organisation(NIIGATA), membership_id=liaison.id, rank=AssignmentRank.PRIMARY, last_day=date.max
        )
        assert assignment.ends_at is None
        with pytest.raises(Invalid) as refused:
            assignments.end_assignment(admin, assignment, last_day=date.max)
        assert refused.value.field == "last_day"
        with pytest.raises(Invalid) as refused:
            service.end_membership(admin, liaison, version=None, last_day=date.max)
        assert refused.value.field == "last_day"
        service.end_membership(admin, liaison, version=None, last_day=date(9999, 12, 30))
        db.session.flush()
        db.session.expire(liaison)
        assert liaison.ends_at == start_of_day(date.max)
