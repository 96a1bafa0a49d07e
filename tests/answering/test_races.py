"""Two people at once: one field, one submission, a return while it is taken back, forwarding while it is returned."""

import pytest

from portal.answering import compiling, extending, saving, sections, submitting
from portal.answering.models import AnswerAssignment
from portal.answering.queries import get_extension
from portal.answering.saving import Clash
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.directory.roles import Role
from tests.factories.answering import at_once
from tests.factories.campaigns import (
    ANSWERS,
    answer,
    entry_of,
    in_days,
    make_manager,
    make_publisher,
    make_running,
    participation_of,
)
from tests.factories.people import actor_of, make_member


@pytest.fixture
def world(arrange):
    """A running inspection with two people of the body, its prefecture and headquarters."""
    with arrange():
        campaign = make_running()
        entry = entry_of(campaign)
        return {
            "campaign": campaign.id,
            "entry": entry.id,
            "manager": make_manager(),
            "staff": actor_of(make_member("152226", Role.LOCAL_STAFF, section="福祉課")),
            "prefecture": actor_of(make_member("150002", Role.LOCAL_STAFF)),
            "office": make_publisher(),
        }


def both(world) -> tuple[Campaign, Entry]:
    campaign = db.session.get_one(Campaign, world["campaign"])
    return campaign, entry_of(campaign)


def submitted(world, arrange) -> None:
    with arrange():
        campaign, entry = both(world)
        answer(campaign, entry, world["manager"])


def test_of_two_who_answer_one_question_the_second_is_told(app, arrange, world):
    raised = at_once(
        app,
        lambda: saving.save_answers(world["manager"], *both(world), {"subjects": 1}, seen=1),
        lambda: saving.save_answers(world["staff"], *both(world), {"subjects": 2}, seen=1),
    )
    assert sorted(type(each) for each in raised if each is not None) == [Clash]
    with arrange():
        kept = both(world)[1].answers["subjects"]
        assert kept == (2 if raised[0] is not None else 1)


def test_of_two_submissions_one_counts(app, arrange, world):
    with arrange():
        saving.save_answers(world["manager"], *both(world), ANSWERS)
    raised = at_once(
        app,
        lambda: submitting.submit_entry(world["manager"], *both(world)),
        lambda: submitting.submit_entry(world["manager"], *both(world)),
    )
    assert [type(each) for each in raised if each is not None] == [Forbidden]
    with arrange():
        assert both(world)[1].state is EntryState.SUBMITTED


def test_a_return_and_a_taking_back_leave_one_of_the_two(app, arrange, world):
    submitted(world, arrange)
    raised = at_once(
        app,
        lambda: compiling.return_answers(world["prefecture"], *both(world), reasons={"": "確かめてください。"}),
        lambda: submitting.take_back(world["manager"], *both(world)),
    )
    assert [each is None for each in raised].count(True) == 1
    assert all(isinstance(each, Forbidden) for each in raised if each is not None)
    with arrange():
        state = both(world)[1].state
        assert state is (EntryState.RETURNED if raised[0] is None else EntryState.STARTED)


def test_forwarding_and_returning_leave_one_of_the_two(app, arrange, world):
    submitted(world, arrange)
    raised = at_once(
        app,
        lambda: compiling.forward_everything(world["prefecture"], both(world)[0]),
        lambda: compiling.return_answers(world["prefecture"], *both(world), reasons={"": "確かめてください。"}),
    )
    assert [each is None for each in raised].count(True) == 1
    assert all(isinstance(each, Forbidden | Invalid) for each in raised if each is not None)
    with arrange():
        state = both(world)[1].state
        assert state is (EntryState.FORWARDED if raised[0] is None else EntryState.RETURNED)


def test_forwarding_and_taking_back_leave_one_of_the_two(app, arrange, world):
    submitted(world, arrange)
    raised = at_once(
        app,
        lambda: compiling.forward_entries(world["prefecture"], both(world)[0], [both(world)[1]]),
        lambda: submitting.take_back(world["manager"], *both(world)),
    )
    assert [each is None for each in raised].count(True) == 1
    assert all(isinstance(each, Conflict | Invalid) for each in raised if each is not None)
    with arrange():
        state = both(world)[1].state
        assert state is (EntryState.FORWARDED if raised[0] is None else EntryState.STARTED)


def test_a_part_given_twice_at_once_is_given_once(app, arrange, world):
    section = world["staff"].section_id

    def give() -> None:
        campaign, entry = both(world)
        sections.assign_sections(world["manager"], campaign, [entry], section_ids=[section])

    raised = at_once(app, give, give)
    assert all(each is None or isinstance(each, Conflict) for each in raised)
    with arrange():
        assert db.session.query(AnswerAssignment).count() == 1


def test_of_two_decisions_on_a_later_due_one_stands(app, arrange, world):
    with arrange():
        campaign, _ = both(world)
        asked = extending.ask_extension(
            world["manager"], campaign, participation_of(campaign), wanted_on=in_days(30), reason="多いため"
        ).id

    def decide(granted_on):
        campaign, _ = both(world)
        found = get_extension(world["office"], campaign, asked)
        extending.decide_extension(world["office"], campaign, found, granted_on=granted_on, reason="理由")

    raised = at_once(app, lambda: decide(in_days(25)), lambda: decide(None))
    assert [each is None for each in raised].count(True) == 1
    assert all(isinstance(each, Conflict) for each in raised if each is not None)
