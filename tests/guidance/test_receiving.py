"""What addressed bodies do: opening, receipt by section, response; and what then waits for whom."""

import io
import threading

import pytest
import sqlalchemy as sa

from portal.attachments.inspection import Upload
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.guidance import matrix, queries, receiving, records, service
from portal.guidance.addressees import preview
from portal.guidance.matrix import RecipientFilters
from portal.guidance.models import Guidance, Opening, Receipt, Recipient
from portal.guidance.queries import GuidanceFilters, WaitingAction
from portal.guidance.states import Fact, GuidanceState, ResponseState
from tests.factories.guidance import (
    EVERYONE,
    make_approved,
    make_chief,
    make_draft,
    make_drafter,
    make_issued,
    make_review,
)
from tests.factories.people import actor_of, make_liaison, make_member
from tests.support.statements import recorded_statements

MY_NUMBER = "123456789018"


def joetsu(**fields):
    return actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課", **fields))


def own(actor, guidance) -> Recipient:
    recipient = records.find_own_recipient(actor, guidance)
    assert recipient is not None
    db.session.refresh(recipient)
    return recipient


def test_a_section_receives_once_and_the_second_is_told_who_did(arrange):
    with arrange():
        guidance = make_issued()
        first, second = joetsu(), joetsu()
        receipt = receiving.receive_guidance(first, guidance, section_name="市民課", receipt_number="上市第12号")
        with pytest.raises(Invalid) as caught:
            receiving.receive_guidance(second, guidance, section_name=" 市民課 ")
        receiving.receive_guidance(second, guidance, section_name="総務課")

        assert receipt.signature == first.signature
        assert caught.value.field == "section_name"
        assert caught.value.params["who"] == first.signature
        assert own(first, guidance).received_at == receipt.received_at
        assert db.session.scalar(sa.select(sa.func.count()).where(EventRecord.kind == "guidance_received")) == 2


def test_a_receipt_gets_its_number_later_and_once(arrange):
    with arrange():
        guidance = make_issued()
        first, second = joetsu(), joetsu()
        receipt = receiving.receive_guidance(first, guidance, section_name="市民課")
        at = receipt.received_at
        with pytest.raises(Invalid):
            receiving.receive_guidance(second, guidance, section_name="市民課", receipt_number=" ")
        again = receiving.receive_guidance(second, guidance, section_name="市民課", receipt_number="上市第12号")
        with pytest.raises(Invalid):
            receiving.receive_guidance(first, guidance, section_name="市民課", receipt_number="上市第13号")

        assert (again.id, again.receipt_number, again.signature) == (receipt.id, "上市第12号", first.signature)
        assert again.received_at == at == own(first, guidance).received_at
        kinds = db.session.scalars(sa.select(EventRecord.kind).where(EventRecord.kind.like("receipt%"))).all()
        assert kinds == ["receipt_numbered"]


def test_two_people_at_once_make_one_receipt(app, arrange):
    with arrange():
        guidance_id = make_issued().id
        people = [joetsu() for _ in range(6)]
    outcomes: list[str] = []
    start = threading.Barrier(len(people))

    def receive(actor) -> None:
        start.wait()
        announce_access(write=True)
        with app.app_context():
            try:
                with unit_of_work():
                    guidance = db.session.get_one(Guidance, guidance_id)
                    receiving.receive_guidance(actor, guidance, section_name="市民課")
                outcomes.append("received")
            except Invalid as refusal:
                outcomes.append(str(refusal.params["who"]))

    threads = [threading.Thread(target=receive, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with arrange():
        receipt = db.session.scalars(sa.select(Receipt)).one()
        assert outcomes.count("received") == 1
        assert [outcome for outcome in outcomes if outcome != "received"] == [receipt.signature] * 5
        assert db.session.scalar(sa.select(sa.func.count()).where(EventRecord.kind == "guidance_received")) == 1


def test_two_who_issue_at_once_issue_once(app, arrange):
    with arrange():
        guidance = make_approved(addressees=EVERYONE)
        guidance_id, fingerprint = guidance.id, preview(EVERYONE).fingerprint
        chiefs = [actor_of(make_chief()) for _ in range(4)]
    outcomes: list[str] = []
    start = threading.Barrier(len(chiefs))

    def issue(actor) -> None:
        start.wait()
        announce_access(write=True)
        with app.app_context():
            try:
                with unit_of_work():
                    service.issue_guidance(actor, db.session.get_one(Guidance, guidance_id), fingerprint=fingerprint)
                outcomes.append("issued")
            except Conflict:
                outcomes.append("conflict")

    threads = [threading.Thread(target=issue, args=(chief,)) for chief in chiefs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with arrange():
        assert sorted(outcomes) == ["conflict"] * 3 + ["issued"]
        assert db.session.scalar(sa.select(sa.func.count(Recipient.id))) == 1788
        assert db.session.scalar(sa.select(sa.func.count()).where(EventRecord.kind == "guidance_issued")) == 1


def test_whoever_is_not_addressed_neither_receives_nor_answers(arrange):
    with arrange():
        guidance = make_issued()
        for actor in (
            actor_of(make_member("131016", Role.LOCAL_MANAGER)),
            actor_of(make_chief()),
            actor_of(make_member("chijikai", Role.ASSOCIATION)),
        ):
            with pytest.raises(Forbidden):
                receiving.receive_guidance(actor, guidance, section_name="総務課")
            with pytest.raises(Forbidden):
                receiving.respond_to_guidance(actor, guidance, state=ResponseState.UNDER_WAY)
        with pytest.raises(NotFound):
            receiving.receive_guidance(joetsu(), make_draft(), section_name="市民課")


def test_an_abolished_item_is_neither_received_nor_answered(arrange):
    with arrange():
        guidance = make_issued()
        service.abolish_guidance(actor_of(make_chief()), guidance, reason="誤発出")
        with pytest.raises(Conflict):
            receiving.receive_guidance(joetsu(), guidance, section_name="市民課")


def test_receipt_takes_no_my_number_and_needs_a_section(arrange):
    with arrange():
        guidance, actor = make_issued(), joetsu()
        for values, field in (
            ({"section_name": ""}, "section_name"),
            ({"section_name": f"個人番号{MY_NUMBER}"}, "section_name"),
            ({"section_name": "市民課", "receipt_number": f"個人番号 {MY_NUMBER}"}, "receipt_number"),
        ):
            with pytest.raises(Invalid) as caught:
                receiving.receive_guidance(actor, guidance, **values)
            assert caught.value.field == field


@pytest.mark.parametrize(
    ("state", "text", "files", "field"),
    [
        (ResponseState.NONE, "何か", (), "state"),
        (ResponseState.NOT_APPLICABLE, " ", (), "text"),
        (ResponseState.NOT_APPLICABLE, "", ("a.pdf",), "text"),
        (ResponseState.DONE, "", (), "text"),
        (ResponseState.REPLIED, "", (), "text"),
        (ResponseState.DONE, f"個人番号 {MY_NUMBER}", (), "text"),
    ],
)
def test_a_response_needs_what_its_state_asks(arrange, state, text, files, field):
    with arrange():
        guidance = make_issued()
        with pytest.raises(Invalid) as caught:
            receiving.respond_to_guidance(
                joetsu(), guidance, state=state, text=text, uploads=[Upload(name, io.BytesIO(b"x")) for name in files]
            )
        assert caught.value.field == field


def test_the_newest_response_counts_and_the_earlier_stay(arrange):
    with arrange():
        guidance, actor = make_issued(), joetsu()
        receiving.respond_to_guidance(actor, guidance, state=ResponseState.UNDER_WAY)
        receiving.respond_to_guidance(
            actor, guidance, state=ResponseState.DONE, uploads=[Upload("結果.txt", io.BytesIO("点検の結果".encode()))]
        )
        recipient = own(actor, guidance)

        assert recipient.response is ResponseState.DONE
        assert [each.state for each in records.list_responses(recipient)] == [
            ResponseState.DONE,
            ResponseState.UNDER_WAY,
        ]
        assert recipient.received_at is None  # one fact is never inferred from another


def test_each_person_opens_once(arrange):
    with arrange():
        guidance, first, second = make_issued(), joetsu(), joetsu()
        for actor in (first, first, second):
            receiving.opening_of(actor, guidance, records.find_own_recipient(actor, guidance)).write()
        recipient = own(first, guidance)
        openings = records.list_openings(recipient)

        assert [each.person_id for each in openings] == [first.person_id, second.person_id]
        assert recipient.opened_at == openings[0].opened_at
        receiving.opening_of(actor_of(make_chief()), guidance, None).write()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Opening)) == 2


def test_the_four_facts_are_counted_apart(arrange):
    with arrange():
        guidance, actor, drafter = make_issued(), joetsu(), actor_of(make_drafter())
        kashiwazaki = actor_of(make_member("152056", Role.LOCAL_STAFF))
        receiving.opening_of(actor, guidance, records.find_own_recipient(actor, guidance)).write()
        receiving.receive_guidance(actor, guidance, section_name="市民課")
        receiving.receive_guidance(kashiwazaki, guidance, section_name="市民課")
        receiving.respond_to_guidance(kashiwazaki, guidance, state=ResponseState.NOT_APPLICABLE, text="対象事務がない")
        db.session.flush()
        with recorded_statements(db.engine) as statements:
            facts = matrix.count_facts(drafter, guidance)
        assert len(statements) == 1
        assert [facts.total, *(facts.of(fact) for fact in Fact)] == [31, 31, 1, 2, 1]
        with recorded_statements(db.engine) as statements:
            by_prefecture = matrix.count_facts_by_prefecture(drafter, guidance)
        assert len(statements) == 1
        assert [(each.name, each.facts) for each in by_prefecture] == [("新潟県", facts)]
        assert matrix.count_facts_of(drafter, [guidance]) == {guidance.id: facts}
        assert matrix.count_responses(drafter, guidance) == [
            (ResponseState.NONE, 30),
            (ResponseState.NOT_APPLICABLE, 1),
        ]


def test_the_list_of_recipients_is_filtered_and_paged(arrange):
    with arrange():
        guidance, drafter = make_issued(addressees=EVERYONE), actor_of(make_drafter())
        receiving.receive_guidance(joetsu(), guidance, section_name="市民課")
        page = matrix.list_recipients(drafter, guidance, RecipientFilters(), size=50)
        following = matrix.list_recipients(drafter, guidance, RecipientFilters(), cursor=page.next_cursor, size=50)
        received = matrix.list_recipients(drafter, guidance, RecipientFilters(fact=Fact.RECEIVED))
        missing = matrix.list_recipients(
            drafter, guidance, RecipientFilters(fact=Fact.RECEIVED, is_missing=True, prefecture="15")
        )

        assert [row.recipient.organisation_code for row in page] == sorted(
            row.recipient.organisation_code for row in page
        )
        assert following.items[0].recipient.organisation_code > page.items[-1].recipient.organisation_code
        assert [row.recipient.organisation_name for row in received] == ["上越市"]
        assert received.items[0].receipts[0].section_name == "市民課"
        assert len(missing) == 30


def test_the_list_of_guidance_is_filtered(arrange):
    with arrange():
        papers = [make_issued(f"総行住第{number}号") for number in range(1, 4)]
        make_draft()
        actor, drafter = joetsu(), actor_of(make_drafter())
        receiving.receive_guidance(actor, papers[0], section_name="市民課")

        def ids(who, **filters):
            return [each.id for each in queries.list_guidance(who, GuidanceFilters(**filters))]

        newest_first = [paper.id for paper in reversed(papers)]
        assert ids(actor) == ids(drafter) == newest_first
        assert ids(actor, waiting="unreceived") == newest_first[:2]
        assert ids(actor, words="第2号") == [papers[1].id]
        assert ids(actor, state=GuidanceState.DRAFT) == []
        assert len(ids(drafter, state=GuidanceState.DRAFT)) == 1


def test_what_waits_is_listed_by_due_date(arrange):
    with arrange():
        actor, drafter, chief = joetsu(), actor_of(make_drafter()), actor_of(make_chief())
        first = make_issued("総行住第1号")
        second = make_issued("総行住第2号", reply_due_on=None)
        assert [(each.action, each.guidance.id) for each in queries.list_waiting_for(actor)] == [
            (WaitingAction.RECEIVE, first.id),
            (WaitingAction.RECEIVE, second.id),
        ]
        receiving.receive_guidance(actor, first, section_name="市民課")
        db.session.expire_all()
        assert queries.list_waiting_for(actor)[0].action is WaitingAction.RESPOND
        receiving.respond_to_guidance(actor, first, state=ResponseState.REPLIED, text="別添のとおり")
        assert [each.guidance.id for each in queries.list_waiting_for(actor)] == [second.id]

        review, approved = make_review(), make_approved("総行住第3号")
        service.return_to_draft(chief, returned := make_review(drafter), reason="直すこと")
        assert {(each.action, each.guidance.id) for each in queries.list_waiting_for(chief)} == {
            (WaitingAction.APPROVE, review.id),
            (WaitingAction.ISSUE, approved.id),
        }
        assert [(each.action, each.guidance.id) for each in queries.list_waiting_for(drafter)] == [
            (WaitingAction.REVISE, returned.id)
        ]
        assert queries.list_waiting_for(actor_of(make_liaison("150002"))) == []
