"""Later due dates: asked for once, decided by the sender's side, and then counted wherever the body's due is read."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.addressing.rule import AddresseeRule
from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.directory.actor import Actor
from portal.directory.roles import Role
from portal.extensions import policy, queries, service
from portal.extensions.models import ExtensionRequest
from portal.extensions.states import ExtensionState
from portal.guidance import receiving
from portal.guidance.dues import due_of, effective_due
from portal.guidance.models import Guidance, Recipient
from portal.guidance.queries import list_waiting_for
from portal.guidance.records import find_own_recipient
from portal.guidance.states import ResponseState
from portal.notifications.dues import list_dues
from portal.notifications.models import Notification
from tests.factories.guidance import due_in, make_chief, make_drafter, make_issued
from tests.factories.people import actor_of, make_liaison, make_member

BOTH = AddresseeRule(include=("152226", "152048"))


@pytest.fixture
def paper(arrange):
    """The id of a request to two bodies, due in ten business days."""
    with arrange():
        return make_issued(addressees=BOTH).id


def of(guidance_id: int) -> Guidance:
    return db.session.get_one(Guidance, guidance_id)


def official(code: str = "152226") -> Actor:
    return actor_of(make_member(code, Role.LOCAL_STAFF, section="市民課"))


def ask(actor: Actor, guidance: Guidance, days: int = 15, reason: str = "点検の対象が多いため") -> ExtensionRequest:
    own = find_own_recipient(actor, guidance)
    return service.ask_extension(actor, guidance, own, wanted_on=due_in(days), reason=reason)


def test_a_granted_date_counts_wherever_the_bodys_due_is_read(arrange, paper):
    with arrange():
        actor, other, guidance = official(), official("152048"), of(paper)
        request = ask(actor, guidance)
        service.grant_extension(actor_of(make_drafter()), guidance, request, granted_on=due_in(12))
        own = find_own_recipient(actor, guidance)
        assert due_of(guidance, own) == due_in(12)
        assert [each.due_on for each in list_waiting_for(actor)] == [due_in(12)]
        assert [each.due_on for each in list_waiting_for(other)] == [due_in(10)]
        today = japan_date(clock.now())
        later = due_in(10) - timedelta(days=1)
        assert [due.due_on for due in list_dues(actor.person_id, later, since=later)] == [due_in(12)]
        assert [due.due_on for due in list_dues(other.person_id, later, since=later)] == [due_in(10)]
        assert list_dues(actor.person_id, today, since=today) == []
        column = db.session.scalars(
            sa.select(effective_due)
            .join_from(Recipient, Guidance, Guidance.id == Recipient.guidance_id)
            .where(Recipient.guidance_id == paper)
            .order_by(effective_due)
        ).all()
        assert list(column) == [due_in(10), due_in(12)]


def test_a_refusal_needs_its_reason_and_leaves_the_due(arrange, paper):
    with arrange():
        actor, guidance, drafter = official(), of(paper), actor_of(make_drafter())
        request = ask(actor, guidance)
        with pytest.raises(Invalid):
            service.refuse_extension(drafter, guidance, request, reason=" ")
        service.refuse_extension(drafter, guidance, request, reason="他の団体の回答に支障があるため")
        assert request.state is ExtensionState.REFUSED
        assert due_of(guidance, find_own_recipient(actor, guidance)) == due_in(10)
        assert ask(actor, guidance).state is ExtensionState.ASKED  # it may be asked again


def test_a_body_has_one_open_request(arrange, paper):
    with arrange():
        actor, guidance = official(), of(paper)
        first = ask(actor, guidance)
        with pytest.raises(Conflict):
            ask(official(), guidance)
        service.withdraw_extension(actor, guidance, find_own_recipient(actor, guidance), first)
        assert ask(actor, guidance).id != first.id


@pytest.mark.parametrize(("days", "reason"), [(10, "多忙"), (3, "多忙"), (150, "多忙"), (15, " ")])
def test_what_cannot_be_asked(arrange, paper, days, reason):
    with arrange(), pytest.raises(Invalid):
        ask(official(), of(paper), days, reason)


def test_only_an_open_request_of_a_body_that_has_not_answered_is_granted(arrange, paper):
    with arrange():
        actor, guidance, drafter = official(), of(paper), actor_of(make_drafter())
        request = ask(actor, guidance)
        with pytest.raises(Conflict):
            service.grant_extension(drafter, guidance, request, granted_on=due_in(12), version=9)
        receiving.respond_to_guidance(actor, guidance, state=ResponseState.DONE, text="済")
        with pytest.raises(Conflict):
            service.grant_extension(drafter, guidance, request, granted_on=due_in(12))
        assert not policy.can_ask(actor, guidance, find_own_recipient(actor, guidance))
        with pytest.raises(Forbidden):
            ask(actor, guidance)


def test_who_asks_and_who_decides(arrange, paper):
    with arrange():
        guidance, request = of(paper), ask(official(), of(paper))
        for refused in (official(), actor_of(make_member("zaisei", Role.DIVISION)), actor_of(make_liaison("150002"))):
            with pytest.raises(Forbidden):
                service.grant_extension(refused, guidance, request, granted_on=due_in(12))
        stranger = official("151009")
        with pytest.raises(Forbidden):
            service.ask_extension(stranger, guidance, None, wanted_on=due_in(12), reason="多忙")
        neighbour = official("152048")
        with pytest.raises(NotFound):
            queries.get_request(neighbour, guidance, request.id)
        assert len(queries.list_requests(neighbour, guidance).items) == 0
        assert len(queries.list_requests(actor_of(make_chief()), guidance).items) == 1
        assert queries.count_requests(actor_of(make_liaison("150002")), guidance) == {ExtensionState.ASKED: 1}


def test_the_office_is_told_and_then_the_body(arrange, paper, tell):
    with arrange():
        asker, drafter = make_member("152226", Role.LOCAL_STAFF, section="市民課"), make_drafter()
        asker_id, drafter_id = asker.person_id, drafter.person_id
        request = ask(actor_of(asker), of(paper))
        service.grant_extension(actor_of(drafter), of(paper), request, granted_on=due_in(12))
    tell()
    with arrange():
        told = {
            (row.kind, row.person_id): row.due_on
            for row in db.session.scalars(sa.select(Notification).where(Notification.kind.like("extension_%")))
        }
        assert ("extension_asked", drafter_id) in told
        assert told["extension_granted", asker_id] == due_in(12)
        assert ("extension_asked", asker_id) not in told


def test_two_people_asking_at_once_make_one_request(app, arrange, paper):
    with arrange():
        members = [make_member("152226", Role.LOCAL_STAFF, section="市民課") for _ in range(2)]
        actors = [actor_of(each) for each in members]
    outcomes = []

    def work(actor: Actor) -> None:
        try:
            with app.app_context(), unit_of_work():
                ask(actor, of(paper))
            outcomes.append("asked")
        except Conflict:
            outcomes.append("told")

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["asked", "told"]


@pytest.mark.parametrize("state", [ResponseState.PARTIAL, ResponseState.PENDING])
def test_a_partial_or_pending_answer_names_its_day_and_stays_open(arrange, paper, state):
    with arrange():
        actor, guidance = official(), of(paper)
        for given in (
            {"text": ""},
            {"text": "残りは集計中"},
            {"text": "残り", "expected_on": japan_date(clock.now()) - timedelta(days=1)},
        ):
            with pytest.raises(Invalid):
                receiving.respond_to_guidance(actor, guidance, state=state, **given)
        response = receiving.respond_to_guidance(
            actor, guidance, state=state, text="手帳の分は集計中です。", expected_on=due_in(12)
        )
        assert response.expected_on == due_in(12)
        receiving.receive_guidance(actor, guidance, section_name="市民課")
        assert [each.guidance.id for each in list_waiting_for(actor)] == [paper]
        receiving.respond_to_guidance(actor, guidance, state=ResponseState.REPLIED, text="全て回答します。")
        assert list_waiting_for(actor) == []
