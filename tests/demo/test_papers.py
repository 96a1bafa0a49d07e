"""What the demonstration must show of papers: every state that one can be in, and something that happened in each."""

import pytest
import sqlalchemy as sa

from portal.core.db import db, unit_of_work
from portal.demo.endings import ABOLISHED, FORWARDED, HELD, RECALLED, SECOND_EDITION, add_endings
from portal.demo.papers import actor_at, add_papers
from portal.demo.people import add_people
from portal.demo.revisions import add_revisions
from portal.directory.models import Organisation, Person
from portal.forwarding.models import Forwarding
from portal.forwarding.queries import list_waiting_for
from portal.guidance.models import Guidance, Receipt, Recipient, Response
from portal.guidance.states import GuidanceState
from portal.issuing.models import Recall


@pytest.fixture(scope="module")
def shown(prepared):
    """The demonstration's people and papers over SQLite, made once."""
    database, app = prepared.database("sqlite"), prepared.app("sqlite")
    database.reset()
    with app.app_context():
        with unit_of_work():
            add_people()
            add_papers()
            add_revisions()
            add_endings()
        db.session.close()
    yield app
    database.reset()


@pytest.fixture
def inside(shown):
    with shown.app_context(), unit_of_work():
        yield


def paper(number: str) -> Guidance:
    return db.session.scalars(sa.select(Guidance).where(Guidance.document_number == number)).one()


def count(model, guidance: Guidance) -> int:
    of_paper = sa.select(sa.func.count()).join(Recipient, Recipient.id == model.recipient_id)
    return db.session.scalar(of_paper.select_from(model).where(Recipient.guidance_id == guidance.id))


@pytest.mark.usefixtures("inside")
def test_papers_stand_in_every_state_but_the_passing_ones():
    states = set(db.session.scalars(sa.select(Guidance.state)))
    assert states >= set(GuidanceState) - {GuidanceState.APPROVED, GuidanceState.SCHEDULED}


@pytest.mark.usefixtures("inside")
def test_what_ended_says_why_and_was_received_before():
    abolished, recalled = paper(ABOLISHED), paper(RECALLED)
    assert abolished.state is GuidanceState.ABOLISHED
    assert abolished.abolition_reason
    assert count(Receipt, abolished) > 1_000
    assert recalled.state is GuidanceState.RECALLED
    assert db.session.scalars(sa.select(Recall).where(Recall.guidance_id == recalled.id)).one().reason


@pytest.mark.usefixtures("inside")
def test_the_second_edition_is_received_by_some():
    edition = paper(SECOND_EDITION)
    assert edition.edition == 2
    assert 300 < count(Receipt, edition) < edition.recipient_count


@pytest.mark.usefixtures("inside")
def test_papers_go_through_prefectures_by_hand_by_themselves_and_wait_with_them():
    forwarded, held = paper(FORWARDED), paper(HELD)
    ways = db.session.scalars(sa.select(Forwarding).where(Forwarding.guidance_id == forwarded.id)).all()
    assert {each.prefecture_code for each in ways} == {"15", "16", "17", "18"}
    [by_hand] = [each for each in ways if each.forwarded_by_person_id]
    assert by_hand.note
    assert by_hand.due_on < forwarded.reply_due_on
    assert count(Receipt, forwarded) > 20
    assert count(Response, forwarded) > 0
    assert held in list_waiting_for(actor_at("150002@lg.example"), limit=20)
    assert held not in list_waiting_for(actor_at("160008@lg.example"), limit=20)


@pytest.mark.usefixtures("inside")
def test_old_papers_were_taken_over():
    old = db.session.scalars(sa.select(Guidance).where(Guidance.taken_over_at.is_not(None))).all()
    assert {each.state for each in old} == {GuidanceState.ISSUED, GuidanceState.ABOLISHED}
    assert all(each.body for each in old)


@pytest.mark.usefixtures("inside")
def test_nothing_happens_after_now_and_every_receipt_is_a_persons():
    late = sa.select(sa.func.count()).where(Receipt.received_at > sa.func.now())
    assert db.session.scalar(late.select_from(Receipt)) == 0
    strangers = (
        sa.select(sa.func.count())
        .select_from(Receipt)
        .join(Recipient, Recipient.id == Receipt.recipient_id)
        .join(Person, Person.id == Receipt.received_by_person_id)
        .join(Organisation, Organisation.id == Recipient.organisation_id)
        .where(sa.not_(Person.email.contains(Organisation.code)))
    )
    assert db.session.scalar(strangers) == 0
