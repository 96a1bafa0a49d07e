"""Links, invitations, passwords and the lives of sessions."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.accounts import links, queries, service
from portal.accounts.models import Credential, LinkPurpose, SingleUseLink
from portal.accounts.passwords import hash_password
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import EventRecord
from portal.directory.models import Person
from portal.directory.roles import Role
from tests.factories.accounts import NEW_PASSWORD, PASSWORD, give_password
from tests.factories.people import actor_of, make_member

JOETSU, NAGAOKA = "152226", "152021"


def person_of(membership):
    return db.session.get(Person, membership.person_id)


def kinds():
    return list(db.session.scalars(sa.select(EventRecord.kind).order_by(EventRecord.id)))


def enter(email, password=PASSWORD):
    return service.sign_in(email, password, address="192.0.2.1", user_agent="Firefox/1")


def test_right_password_begins_a_session_with_its_event(arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        secret, row = enter(give_password(member).upper())

        assert row.membership_id == member.id
        assert queries.find_live_session(secret).id == row.id
        assert row.secret_hash != secret
        assert kinds() == ["signed_in"]


@pytest.mark.parametrize("case", ["wrong", "unknown", "invited"])
def test_wrong_unknown_and_not_yet_accepted_are_one_answer(arrange, case, monkeypatch):
    verified = []
    monkeypatch.setattr(service, "verify_password", lambda held, password: verified.append(held) or False)
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        email = {
            "wrong": lambda: give_password(member),
            "unknown": lambda: "nobody@test.example",
            "invited": lambda: person_of(member).email,
        }[case]()

        assert enter(email) is None
        assert len(verified) == 1
        assert kinds() == []


def test_weaker_hash_is_renewed_at_sign_in(arrange, monkeypatch):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        email = give_password(member)
        before = db.session.get(Credential, member.person_id).password_hash
        monkeypatch.setattr(service, "needs_rehash", lambda held: True)

        assert enter(email)
        assert db.session.get(Credential, member.person_id).password_hash != before
        assert enter(email)


def test_session_dies_after_twelve_hours(arrange):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller, arrange():
        secret, _ = enter(give_password(make_member(JOETSU, Role.LOCAL_STAFF)))
        traveller.shift(timedelta(hours=11, minutes=59))
        assert queries.find_live_session(secret)
        traveller.shift(timedelta(minutes=1))
        assert queries.find_live_session(secret) is None


def test_invitation_is_for_whoever_looks_after_the_body(arrange):
    with arrange():
        invited = make_member(JOETSU, Role.LOCAL_STAFF)
        manager, stranger = make_member(JOETSU, Role.LOCAL_MANAGER), make_member(NAGAOKA, Role.LOCAL_MANAGER)

        for refused in (stranger, make_member(JOETSU, Role.LOCAL_STAFF), make_member("juumin", Role.DIVISION)):
            with pytest.raises(Forbidden):
                links.invite(actor_of(refused), person_of(invited))
        link = links.invite(actor_of(manager), person_of(invited))

        assert link.purpose is LinkPurpose.INVITATION
        assert link.secret_hash is None
        assert kinds() == ["person_invited"]


def test_person_with_a_password_is_not_invited(arrange):
    with arrange():
        member, manager = make_member(JOETSU, Role.LOCAL_STAFF), make_member(JOETSU, Role.LOCAL_MANAGER)
        give_password(member)

        with pytest.raises(Invalid):
            links.invite(actor_of(manager), person_of(member))


def invitation():
    member, manager = make_member(JOETSU, Role.LOCAL_STAFF), make_member(JOETSU, Role.LOCAL_MANAGER)
    return member, links.invite(actor_of(manager), person_of(member))


def reset_link(member):
    links.request_reset(person_of(member).email, address="192.0.2.1")
    return db.session.scalars(
        sa.select(SingleUseLink).where(SingleUseLink.used_at.is_(None), SingleUseLink.purpose == LinkPurpose.RESET)
    ).one()


def test_link_opens_nothing_before_its_mail_is_written(arrange):
    with arrange():
        _, link = invitation()
        for guess in ("", "None", str(link.id)):
            assert queries.find_usable_link(guess) is None


def test_arming_again_kills_the_earlier_secret(arrange):
    with arrange():
        _, link = invitation()
        first, second = links.arm_link(link.id), links.arm_link(link.id)

        assert first != second
        assert queries.find_usable_link(first) is None
        assert queries.find_usable_link(second).id == link.id
        assert second not in link.secret_hash


@pytest.mark.parametrize(
    ("purpose", "life"), [(LinkPurpose.INVITATION, timedelta(days=7)), (LinkPurpose.RESET, timedelta(hours=1))]
)
def test_link_expires_counted_from_its_mail(arrange, purpose, life):
    with time_machine.travel("2026-11-24T00:00:00Z", tick=False) as traveller, arrange():
        member, link = invitation()
        if purpose is LinkPurpose.RESET:
            link = reset_link(member)
        traveller.shift(timedelta(minutes=30))  # the mail waits for its server
        secret = links.arm_link(link.id)
        traveller.shift(life - timedelta(seconds=1))
        assert queries.find_usable_link(secret)
        traveller.shift(timedelta(seconds=1))
        assert queries.find_usable_link(secret) is None
        with pytest.raises(NotFound):
            links.set_password(secret, NEW_PASSWORD)


def test_link_works_once_and_ends_every_session(arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        email = give_password(member)
        session_secret, _ = enter(email)
        link = reset_link(member)
        secret = links.arm_link(link.id)

        links.set_password(secret, NEW_PASSWORD)

        with pytest.raises(NotFound):
            links.set_password(secret, NEW_PASSWORD)
        with pytest.raises(Conflict):
            links.arm_link(link.id)
        assert queries.find_live_session(session_secret) is None
        assert enter(email) is None
        assert enter(email, NEW_PASSWORD)
        assert kinds() == ["signed_in", "password_reset_requested", "password_changed", "signed_in"]


def test_weak_password_leaves_the_link_good(arrange):
    with arrange():
        _, link = invitation()
        secret = links.arm_link(link.id)

        with pytest.raises(Invalid):
            links.set_password(secret, "password1234")
        assert queries.find_usable_link(secret)


def test_newer_link_replaces_the_older(arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        give_password(member)
        old = links.arm_link(reset_link(member).id)
        new = links.arm_link(reset_link(member).id)

        assert queries.find_usable_link(old) is None
        assert queries.find_usable_link(new)


def test_unknown_or_departed_person_is_mailed_nothing(arrange):
    with arrange():
        gone = make_member(JOETSU, Role.LOCAL_STAFF, ends_at=clock.now() - timedelta(days=1))
        give_password(gone)
        links.request_reset(person_of(gone).email, address="192.0.2.1")
        links.request_reset("nobody@test.example", address="192.0.2.1")

        assert kinds() == []
        assert db.session.scalars(sa.select(SingleUseLink)).all() == []


def test_at_most_three_reset_mails_an_hour_go_to_one_person(arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        give_password(member)
        for _ in range(5):
            links.request_reset(person_of(member).email, address="192.0.2.1")

        assert kinds() == ["password_reset_requested"] * 3


def test_asking_for_resets_does_not_lock_the_account(arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        email = give_password(member)
        for _ in range(6):
            links.request_reset(email, address="192.0.2.1")

        assert enter(email)


def test_changing_the_password_ends_the_other_sessions_only(arrange):
    with arrange():
        member = make_member(JOETSU, Role.LOCAL_STAFF)
        email = give_password(member)
        other, _ = enter(email)
        mine, row = enter(email)

        links.change_password(actor_of(member), row, current=PASSWORD, new=NEW_PASSWORD)

        assert queries.find_live_session(other) is None
        assert queries.find_live_session(mine)
        assert enter(email, NEW_PASSWORD)


def test_acting_under_somebody_elses_or_a_past_membership_is_refused(arrange):
    with arrange():
        member, other = make_member(JOETSU, Role.LOCAL_STAFF), make_member(NAGAOKA, Role.LOCAL_STAFF)
        past = make_member(NAGAOKA, Role.LOCAL_STAFF, person=person_of(member), ends_at=clock.now() - timedelta(days=1))
        _, row = service.start_session(member.person_id)

        for wrong in (other.id, past.id, None, 0):
            with pytest.raises(Invalid):
                service.act_as(row, wrong)
        assert row.membership_id == member.id


def test_session_of_somebody_else_cannot_be_ended(arrange):
    with arrange():
        _, mine = service.start_session(make_member(JOETSU, Role.LOCAL_STAFF).person_id)
        _, other = service.start_session(make_member(JOETSU, Role.LOCAL_STAFF).person_id)

        with pytest.raises(NotFound):
            service.end_session(mine, other.id)
        assert other.ended_at is None


def test_demonstration_hash_needs_no_renewal():
    assert not service.needs_rehash(hash_password("x"))
