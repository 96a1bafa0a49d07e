"""Two people decide at once, and everything is decided anew while somebody decides or submits."""

import threading

import pytest
import sqlalchemy as sa

from portal.answering import saving, submitting
from portal.campaigns.models import Campaign
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict
from portal.decisions.models import Decision
from portal.decisions.overriding import override_decision
from portal.decisions.queries import find_current, list_history
from portal.decisions.recalculating import choose_rule
from portal.decisions.service import decide_all
from portal.decisions.states import Outcome
from tests.factories.campaigns import ANSWERS, answer, entry_of, make_manager, make_publisher, make_running


@pytest.fixture
def world(arrange):
    """A running inspection with one answer that a rule decides this way and the other that way."""
    with arrange():
        campaign = make_running()
        entry = answer(campaign, entry_of(campaign), routes=["b"])
        return {
            "campaign": campaign.id,
            "entry": entry.id,
            "seen": find_current(entry.id).id,
            "heads": [make_publisher(), make_publisher()],
            "manager": make_manager("152048"),
        }


def at_once(app, *works) -> list[object]:
    """Run each in its own transaction at the same moment; what each returned or by which refusal it ended."""
    barrier, ended = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        with app.app_context():
            announce_access(write=True)
            barrier.wait()
            try:
                with unit_of_work():
                    ended[place] = works[place]()
            except Conflict as conflict:
                ended[place] = conflict
            finally:
                db.session.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ended


def the_campaign(world) -> Campaign:
    return db.session.get_one(Campaign, world["campaign"])


def count_standing() -> list[int]:
    """How many decisions stand on each entry."""
    return list(
        db.session.scalars(
            sa.select(sa.func.count()).where(Decision.superseded_at.is_(None)).group_by(Decision.entry_id)
        )
    )


def test_of_two_who_decide_at_once_the_second_is_told(app, arrange, world):
    def decide(place: int, outcome: Outcome):
        campaign = the_campaign(world)
        head, entry = world["heads"][place], entry_of(campaign)
        return override_decision(head, campaign, entry, outcome=outcome, reason="x", seen_id=world["seen"]).outcome

    ended = at_once(app, lambda: decide(0, Outcome.EXEMPT), lambda: decide(1, Outcome.REVIEW))
    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "Outcome"]
    with arrange():
        assert set(count_standing()) == {1}
        current = find_current(world["entry"])
        assert current.outcome in ended
        assert len(list_history(entry_of(the_campaign(world)))) == 3


def test_an_override_while_everything_is_decided_anew_stays(app, arrange, world):
    def decide():
        campaign = the_campaign(world)
        return override_decision(
            world["heads"][0], campaign, entry_of(campaign), outcome=Outcome.INDIVIDUAL, reason="誤りが判明したため"
        ).outcome

    def choose():
        return choose_rule(world["heads"][1], the_campaign(world), "mic-2023-06")

    ended = at_once(app, decide, choose)
    assert not any(isinstance(each, Conflict) for each in ended), ended
    with arrange():
        assert set(count_standing()) == {1}
        current = find_current(world["entry"])
        assert (current.outcome, current.is_override) == (Outcome.INDIVIDUAL, True)
        assert decide_all(the_campaign(world)) == 0
        assert find_current(world["entry"]).rule == "mic-2023-06"


def test_what_is_submitted_meanwhile_is_decided_by_the_version_that_counts(app, arrange, world):
    def submit():
        campaign = the_campaign(world)
        entry = entry_of(campaign, "152048")
        saving.save_answers(world["manager"], campaign, entry, {**ANSWERS, "routes": ["b"]})
        submitting.submit_entry(world["manager"], campaign, entry)
        return "submitted"

    def choose():
        return choose_rule(world["heads"][1], the_campaign(world), "mic-2023-06")

    ended = at_once(app, submit, choose)
    assert not any(isinstance(each, Conflict) for each in ended), ended
    with arrange():
        assert set(count_standing()) == {1}
        found = find_current(entry_of(the_campaign(world), "152048").id)
        assert (found.rule, found.outcome) == ("mic-2023-06", Outcome.REVIEW)
        assert decide_all(the_campaign(world)) == 0
