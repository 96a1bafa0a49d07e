"""Answers of many entries at once: the same rules as one by one, all or none, a few statements, races."""

import threading

import pytest
import sqlalchemy as sa

from portal.answering import batches, compiling, saving, submitting
from portal.answering.batches import Filled
from portal.answering.models import AnswerChange
from portal.answering.states import Source
from portal.campaigns import publishing
from portal.campaigns.models import Campaign, Question
from portal.campaigns.states import EntryState, QuestionKind
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import EventRecord
from portal.directory.roles import Role
from tests.factories.campaigns import ANSWERS, entry_of, in_days, make_manager, make_publisher, make_running
from tests.factories.people import actor_of, make_member
from tests.support.statements import recorded_statements

PROCEDURES = ("child_allowance", "vaccination", "household")


@pytest.fixture
def running(arrange):
    """The id of a running inspection of 新潟県."""
    with arrange():
        return make_running().id


def of(campaign_id: int) -> Campaign:
    return db.session.get_one(Campaign, campaign_id)


def staff(code: str = "152226"):
    return actor_of(make_member(code, Role.LOCAL_STAFF, section="市民課"))


def fill(campaign: Campaign, changes: dict, codes=("152226",), procedures=PROCEDURES, **fields) -> list[Filled]:
    entries = [entry_of(campaign, code, procedure) for code in codes for procedure in procedures]
    return [Filled(entry=each, changes=changes, **{"seen": each.version, **fields}) for each in entries]


def save(actor, campaign, filled, **fields):
    return batches.save_all(actor, campaign, filled, source=Source.WORKBOOK, source_name="様式.xlsx", **fields)


def test_many_are_kept_as_one_by_one_with_provenance_and_one_event_each(arrange, running):
    with arrange():
        actor = staff()
        merged = save(actor, of(running), fill(of(running), ANSWERS))
        assert len(merged) == 3
    with arrange():
        entry = entry_of(of(running))
        assert entry.answers == ANSWERS
        assert (entry.state, entry.version, entry.changed_at is None) == (EntryState.STARTED, 2, False)
        changes = db.session.scalars(sa.select(AnswerChange).where(AnswerChange.entry_id == entry.id)).all()
        assert {each.question_code for each in changes} == set(ANSWERS)
        assert {(each.source, each.source_name, each.signature, each.entry_version) for each in changes} == {
            (Source.WORKBOOK, "様式.xlsx", actor.signature, 2)
        }
        events = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "answers_saved")).all()
        assert [(each.payload["codes"], each.organisation_id) for each in events] == [
            (sorted(ANSWERS), entry.organisation_id)
        ] * 3
        # what the page enters afterwards builds on it
        assert saving.save_answers(staff(), of(running), entry, {"subjects": 3}, seen=entry.version) == ["subjects"]


def test_the_statements_do_not_grow_with_the_entries(arrange, running):
    def count(codes) -> int:
        with arrange():
            actor, filled = actor_of(make_member("150002", Role.LOCAL_STAFF)), fill(of(running), ANSWERS, codes)
            campaign = of(running)
            with recorded_statements(db.engine) as sent:
                save(actor, campaign, filled)
            return len(sent)

    assert count(("152226",)) == count(("152048", "152021", "152056"))


def test_one_that_is_refused_keeps_all_out(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        saving.save_answers(manager, campaign, entry_of(campaign), {"handled": "no"})
        submitting.submit_entry(manager, campaign, entry_of(campaign))
    with arrange(), pytest.raises(Forbidden), db.session.begin_nested():
        save(staff(), of(running), fill(of(running), {"handled": "yes"}))
    for wrong in ({"nothing": "x"}, {"contact": "個人番号123456789018"}):
        with arrange(), pytest.raises(Invalid), db.session.begin_nested():
            save(staff(), of(running), fill(of(running), wrong, procedures=PROCEDURES[1:]))
    with arrange(), pytest.raises(Forbidden), db.session.begin_nested():
        save(staff("152048"), of(running), fill(of(running), {"handled": "yes"}, procedures=PROCEDURES[1:]))
    with arrange(), pytest.raises(Forbidden), db.session.begin_nested():
        save(staff("140007"), of(running), fill(of(running), {"handled": "yes"}, procedures=PROCEDURES[1:]))
    with arrange():
        assert entry_of(of(running), procedure="vaccination").answers == {}


def test_a_clash_is_found_and_a_blind_writer_replaces_nothing(arrange, running):
    with arrange():
        campaign = of(running)
        entry = entry_of(campaign)
        seen = entry.version
        saving.save_answers(staff(), campaign, entry, {"subjects": 10, "contact": "福祉課"})
        only = PROCEDURES[:1]
        ours = fill(campaign, {"subjects": None, "contact": "市民課"}, procedures=only, seen=seen)
        merged, clashes = batches.merge_all(ours)
        assert merged == []
        assert [(each.code, each.theirs.value) for each in clashes] == [("contact", "福祉課")]
        blind = fill(campaign, {"subjects": 10, "contact": "市民課", "mislinks": 0}, procedures=only, is_blind=True)
        merged, clashes = batches.merge_all(blind)
        assert [dict(each.changed) for each in merged] == [{"mislinks": 0}]
        assert [(each.code, each.theirs) for each in clashes] == [("contact", None)]
        with pytest.raises(Conflict):
            save(actor_of(make_member("150002", Role.LOCAL_STAFF)), campaign, blind)


def test_two_forms_at_once_never_lose_an_answer(app, arrange, running):
    with arrange():
        actors = [staff(), staff()]
        seen = entry_of(of(running)).version
    gate, outcomes = threading.Barrier(2), []

    def send(actor, changes) -> None:
        announce_access(write=True)
        with app.app_context():
            gate.wait()
            try:
                with unit_of_work():
                    save(actor, of(running), fill(of(running), changes, seen=seen))
                outcomes.append("kept")
            except Conflict:
                outcomes.append("told")

    values = ({"subjects": 1, "contact": "市民課"}, {"subjects": 2, "mislinks": 0})
    threads = [threading.Thread(target=send, args=pair) for pair in zip(actors, values, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["kept", "told"]
    with arrange():
        held = [entry_of(of(running), procedure=procedure).answers for procedure in PROCEDURES]
        assert held[0] in values
        assert held == [held[0]] * 3


def test_what_was_sent_back_and_put_off_stays_sent_back(arrange, running):
    with arrange():
        campaign, manager = of(running), make_manager()
        entry = entry_of(campaign)
        saving.save_answers(manager, campaign, entry, {"handled": "no"})
        submitting.submit_entry(manager, campaign, entry)
        prefecture = actor_of(make_member("150002", Role.LOCAL_STAFF))
        compiling.return_answers(prefecture, campaign, entry, reasons={"handled": "確かめてください。"})
        submitting.put_off(manager, campaign, entry, until=in_days(5), reason="調べているため")
    with arrange():
        save(staff(), of(running), fill(of(running), {"handled": "yes"}, procedures=PROCEDURES[:2]))
    with arrange():
        states = [entry_of(of(running), procedure=procedure).state for procedure in PROCEDURES[:2]]
        assert states == [EntryState.RETURNED, EntryState.STARTED]


def test_files_are_no_answers_of_a_form_and_nothing_is_entered_once_it_has_ended(arrange, running):
    with arrange():
        campaign = of(running)
        db.session.add(Question(campaign_id=running, code="paper", kind=QuestionKind.FILE, label="写し"))
        db.session.flush()
        with pytest.raises(Invalid):
            save(staff(), campaign, fill(campaign, {"paper": [1]}))
        filled = fill(campaign, {"handled": "no"})
        publishing.close_campaign(make_publisher(), campaign)
        with pytest.raises(Conflict):
            save(staff(), campaign, filled)
