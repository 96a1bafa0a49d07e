"""庁内展開: sent to own sections, answered, composed, confirmed; and what happens when something changes meanwhile."""

import io
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.attachments.queries import list_attachments
from portal.circulation import answering, composing, policy, queries, sending
from portal.circulation.models import Part
from portal.circulation.states import AnswerState, CirculationState, PartState
from portal.core import clock
from portal.core.db import db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.directory.roles import Role
from portal.guidance import service as guidance_service
from portal.guidance.models import Guidance, Response
from portal.guidance.records import find_own_recipient
from portal.guidance.states import GuidanceState, ResponseState
from portal.notifications.models import Notification
from tests.factories.circulation import compose, send_to
from tests.factories.guidance import due_in, make_chief, make_issued
from tests.factories.people import actor_of, make_liaison, make_member


@pytest.fixture
def world(arrange):
    """A paper that is due, and a city: its coordinating section, two more sections and its head."""
    with arrange():
        people = {
            "citizens": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            "welfare": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
            "tax": make_member("152226", Role.LOCAL_STAFF, section="税務課"),
            "head": make_member("152226", Role.LOCAL_MANAGER, section="市民課"),
        }
        return {"paper": make_issued().id, **people}


def of(world) -> Guidance:
    return db.session.get_one(Guidance, world["paper"])


def acting(world, *names):
    return [actor_of(world[name]) for name in names]


def upload(name="結果.txt") -> Upload:
    return Upload(name, io.BytesIO("対象は3件です。".encode()), "text/plain")


def test_parts_become_one_answer_of_the_body_that_the_head_confirms(arrange, world):
    with arrange():
        citizens, welfare, tax, head = acting(world, "citizens", "welfare", "tax", "head")
        first, second = send_to(citizens, of(world), "福祉課", "税務課", due_on=due_in(5), note="急ぎます")
        answering.answer_part(
            welfare, first, state=PartState.ANSWERED, text="3件です。", uploads=[upload()], version=first.version
        )
        answering.answer_part(tax, second, state=PartState.NOT_APPLICABLE, text="事務がありません。")
        circulation = queries.get_circulation(citizens, of(world).id)
        parts = queries.list_answered(circulation)
        text = composing.prefill_text(parts)
        assert "【福祉課】障害者手帳の欄\n3件です。" in text
        assert "該当なし（事務がありません。）" in text
        file = list_attachments("circulated_part", [first.id])[first.id][0]
        circulation, answer = compose(citizens, of(world), text=text, file_ids=[file.id], uploads=[upload("表紙.txt")])
        assert circulation.state is CirculationState.CONFIRMING
        assert find_own_recipient(head, of(world)).response is ResponseState.NONE  # nothing shows before
        response = composing.confirm_answer(head, circulation, answer)
        assert (response.text, response.signature) == (text, head.signature)
        names = [each.file_name for each in list_attachments("response", [response.id])[response.id]]
        assert names == ["結果.txt", "表紙.txt"]
        assert (answer.response_id, answer.part_ids) == (response.id, [first.id, second.id])
        assert circulation.state is CirculationState.CONFIRMED
        assert find_own_recipient(head, of(world)).response is ResponseState.REPLIED


def test_the_head_returns_it_and_it_is_taken_back(arrange, world):
    with arrange():
        citizens, welfare, head = acting(world, "citizens", "welfare", "head")
        (part,) = send_to(citizens, of(world), "福祉課")
        circulation, answer = compose(citizens, of(world))
        with pytest.raises(Conflict):
            answering.answer_part(welfare, part, state=PartState.ANSWERED, text="遅れて")
        with pytest.raises(Conflict):
            compose(citizens, of(world))
        with pytest.raises(Invalid):
            composing.return_answer(head, circulation, answer, reason=" ")
        composing.return_answer(head, circulation, answer, reason="件数を確かめてください。")
        assert (answer.state, circulation.state) == (AnswerState.RETURNED, CirculationState.COLLECTING)
        answering.answer_part(welfare, part, state=PartState.ANSWERED, text="3件")
        _, again = compose(citizens, of(world))
        composing.take_back_answer(citizens, circulation, again)
        with pytest.raises(Conflict):  # the head had its page open
            composing.confirm_answer(head, circulation, again)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == 0


def test_a_partial_answer_leaves_the_collection_open_and_a_final_one_closes_it(arrange, world):
    with arrange():
        citizens, head = acting(world, "citizens", "head")
        parts = send_to(citizens, of(world), "福祉課", "税務課")
        circulation, answer = compose(
            citizens, of(world), state=ResponseState.PARTIAL, text="残りは集計中です。", expected_on=due_in(8)
        )
        composing.confirm_answer(head, circulation, answer)
        assert circulation.state is CirculationState.COLLECTING
        circulation, answer = compose(citizens, of(world))
        composing.confirm_answer(head, circulation, answer)
        assert {part.state for part in parts} == {PartState.WITHDRAWN}
        send_to(citizens, of(world), "福祉課")  # asked again after the answer
        assert circulation.state is CirculationState.COLLECTING


def test_a_final_response_past_the_collection_ends_it(arrange, world):
    with arrange():
        paper = of(world)
        citizens, welfare, tax = acting(world, "citizens", "welfare", "tax")
        waiting, given = send_to(citizens, paper, "税務課", "福祉課")
        answering.answer_part(welfare, given, state=PartState.ANSWERED, text="3件")
        circulation, asked = compose(citizens, paper)
        composing.respond_without_sections(tax, paper, ResponseState.PARTIAL, text="残り", expected_on=due_in(9))
        assert circulation.state is CirculationState.CONFIRMING

        composing.respond_without_sections(tax, paper, ResponseState.REPLIED, text="急ぎ回答します。")
        for each in (circulation, asked, waiting, given):
            db.session.refresh(each)
        assert circulation.state is CirculationState.CONFIRMED
        assert (asked.state, waiting.state, given.state) == (
            AnswerState.TAKEN_BACK,
            PartState.WITHDRAWN,
            PartState.ANSWERED,
        )
        assert find_own_recipient(citizens, paper).response is ResponseState.REPLIED


def test_a_section_sends_back_what_is_not_theirs_and_it_goes_to_another(arrange, world):
    with arrange():
        citizens, welfare, tax = acting(world, "citizens", "welfare", "tax")
        (part,) = send_to(citizens, of(world), "福祉課")
        with pytest.raises(Forbidden):
            answering.send_back_part(tax, part, reason="人の分")
        answering.send_back_part(welfare, part, reason="税務課の事務です。")
        wanted = sending.Wanted(what=part.what)
        again = sending.resend_part(citizens, part, section_id=tax.section_id, wanted=wanted, version=part.version)
        assert (part.state, again.predecessor_id, again.section_name) == (PartState.REPLACED, part.id, "税務課")
        with pytest.raises(Conflict):
            answering.answer_part(welfare, part, state=PartState.ANSWERED, text="遅い")
        assert [each.id for each in queries.list_own_parts(tax)] == [again.id]
        assert list(queries.list_own_parts(welfare)) == []
        sending.remind_part(citizens, again)
        with pytest.raises(Conflict):  # once a day
            sending.remind_part(citizens, again)
        sending.withdraw_part(citizens, again)
        with pytest.raises(Conflict):
            sending.withdraw_part(citizens, again)


def test_what_cannot_be_sent_or_answered(arrange, world):
    with arrange():
        citizens, welfare = acting(world, "citizens", "welfare")
        stranger = actor_of(make_member("152048", Role.LOCAL_STAFF, section="総務課"))
        for wanted in (
            {"what": " "},
            {"due_on": due_in(11)},
            {"due_on": due_in(1) - timedelta(days=9)},
            {"file_ids": [1]},
            {"note": "個人番号は123456789018です"},
        ):
            with pytest.raises(Invalid):
                send_to(citizens, of(world), "福祉課", **wanted)
        with pytest.raises(Invalid):
            send_to(citizens, of(world), "だれもいない課")
        with pytest.raises(Invalid):
            send_to(citizens, of(world), "総務課", code="152048")  # another body's section
        (part,) = send_to(citizens, of(world), "福祉課")
        with pytest.raises(Forbidden):  # another section coordinates
            send_to(welfare, of(world), "税務課")
        for given in ({"state": PartState.ANSWERED}, {"state": PartState.NOT_APPLICABLE}, {"state": PartState.WAITING}):
            with pytest.raises(Invalid):
                answering.answer_part(welfare, part, **given)
        for outsider in (stranger, actor_of(make_chief()), actor_of(make_liaison("150002"))):
            with pytest.raises(NotFound):
                queries.get_part(outsider, part.id)
            with pytest.raises(Forbidden):
                answering.answer_part(outsider, part, state=PartState.ANSWERED, text="外から")
            with pytest.raises(NotFound):
                queries.get_circulation(outsider, of(world).id)


def test_a_paper_abolished_meanwhile_stops_everything_and_keeps_the_record(arrange, world):
    with arrange():
        citizens, welfare, head = acting(world, "citizens", "welfare", "head")
        (part,) = send_to(citizens, of(world), "福祉課")
        circulation, answer = compose(citizens, of(world))
        guidance_service.abolish_guidance(actor_of(make_chief()), of(world), reason="制度の廃止")
        for act in (
            lambda: composing.confirm_answer(head, circulation, answer),
            lambda: answering.answer_part(welfare, part, state=PartState.ANSWERED, text="3件"),
            lambda: sending.remind_part(citizens, part),
        ):
            with pytest.raises(Conflict):
                act()
        assert list(queries.list_own_parts(welfare)) == []
        assert [each.id for each in queries.list_own_parts(welfare, is_open=False)] == [part.id]
        of(world).state = GuidanceState.RECALLED
        composing.take_back_answer(citizens, circulation, answer)  # it may still be cleared away


def test_a_transfer_leaves_part_and_coordination_with_the_section(arrange, world):
    with arrange():
        citizens, welfare, head = acting(world, "citizens", "welfare", "head")
        (part,) = send_to(citizens, of(world), "福祉課")
        for name in ("citizens", "welfare"):
            world_member = db.session.merge(world[name])
            world_member.ends_at = clock.now() - timedelta(minutes=1)
        newcomer = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        with pytest.raises(Forbidden):
            answering.answer_part(actor_of(world["tax"]), part, state=PartState.ANSWERED, text="代わりに")
        assert [each.id for each in queries.list_own_parts(head)] == [part.id]  # nobody sits there now
        answering.answer_part(head, part, state=PartState.ANSWERED, text="3件")
        circulation, answer = compose(newcomer, of(world))
        composing.confirm_answer(head, circulation, answer)
        assert citizens.person_id != newcomer.person_id
        assert welfare.section_id == part.section_id


def test_a_head_confirms_an_answer_of_their_own_only_where_there_is_no_other(arrange, world):
    with arrange():
        citizens, head = acting(world, "citizens", "head")
        send_to(citizens, of(world), "福祉課")
        circulation, answer = compose(head, of(world))
        with pytest.raises(Forbidden):
            composing.confirm_answer(citizens, circulation, answer)
        other = make_member("152226", Role.LOCAL_MANAGER)
        with pytest.raises(Forbidden):
            composing.confirm_answer(head, circulation, answer)
        other.ends_at = clock.now() - timedelta(minutes=1)
        db.session.flush()
        composing.confirm_answer(head, circulation, answer)


def test_a_section_that_answers_while_the_answer_is_written_is_not_lost(arrange, world):
    with arrange():
        citizens, welfare = acting(world, "citizens", "welfare")
        (part,) = send_to(citizens, of(world), "福祉課")
        circulation = queries.get_circulation(citizens, of(world).id)
        seen = composing.seen_of(queries.list_answered(circulation))
        answering.answer_part(welfare, part, state=PartState.ANSWERED, text="3件")
        given = composing.Composition(state=ResponseState.REPLIED, text="回答します。")
        with pytest.raises(Invalid):
            composing.compose_answer(citizens, circulation, given, seen=seen)
        now = composing.seen_of(queries.list_answered(circulation))
        assert composing.compose_answer(citizens, circulation, given, seen=now).part_ids == [part.id]


def test_the_section_the_coordinator_and_the_head_are_told_and_nobody_outside(arrange, world, tell):
    with arrange():
        citizens, welfare, tax, head = acting(world, "citizens", "welfare", "tax", "head")
        outsiders = {make_chief().person_id, make_liaison("150002").person_id}
        first, second = send_to(citizens, of(world), "福祉課", "税務課", due_on=due_in(5))
        answering.answer_part(welfare, first, state=PartState.ANSWERED, text="3件")
        answering.send_back_part(tax, second, reason="違います。")
        compose(citizens, of(world))
    tell()
    with arrange():
        told = {
            (row.kind, row.person_id): row.due_on
            for row in db.session.scalars(sa.select(Notification).where(Notification.subject_kind == "circulation"))
        }
        assert ("part_answered", citizens.person_id) in told
        assert ("part_sent_back", citizens.person_id) in told
        assert ("answer_composed", head.person_id) in told
        assert not {person for _kind, person in told} & outsiders
        assert not any(kind == "part_sent" and person == citizens.person_id for kind, person in told)


def race(app, *works):
    outcomes = []

    def run(work):
        try:
            with app.app_context(), unit_of_work():
                work()
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(outcomes)


def test_two_sections_answering_at_once_both_count_and_two_colleagues_do_not(app, arrange, world):
    with arrange():
        citizens, welfare, tax = acting(world, "citizens", "welfare", "tax")
        colleague = actor_of(make_member("152226", Role.LOCAL_STAFF, section="福祉課"))
        first, second = (part.id for part in send_to(citizens, of(world), "福祉課", "税務課"))

    def answer(actor, part_id):
        part = queries.get_part(actor, part_id)
        answering.answer_part(actor, part, state=PartState.ANSWERED, text="3件", version=1)

    assert race(app, lambda: answer(welfare, first), lambda: answer(tax, second)) == ["done", "done"]
    assert race(app, lambda: answer(welfare, first), lambda: answer(colleague, first)) == ["conflict", "conflict"]
    with arrange():
        assert {part.state for part in db.session.scalars(sa.select(Part))} == {PartState.ANSWERED}
        (third,) = (part.id for part in send_to(citizens, of(world), "福祉課"))
    assert race(app, lambda: answer(welfare, third), lambda: answer(colleague, third)) == ["conflict", "done"]


def test_confirming_while_it_is_taken_back_has_one_outcome(app, arrange, world):
    with arrange():
        citizens, head = acting(world, "citizens", "head")
        send_to(citizens, of(world), "福祉課")
        circulation, answer = compose(citizens, of(world))
    outcome = race(
        app,
        lambda: composing.confirm_answer(head, circulation, answer),
        lambda: composing.take_back_answer(citizens, circulation, answer),
    )
    assert outcome == ["conflict", "done"]
    with arrange():
        now = queries.list_answers(circulation)[0]
        responses = db.session.scalar(sa.select(sa.func.count()).select_from(Response))
        assert (now.state, responses) in {(AnswerState.CONFIRMED, 1), (AnswerState.TAKEN_BACK, 0)}
        assert policy.leads(head)
