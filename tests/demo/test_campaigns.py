"""The campaigns of the demonstration hold what the services would have written, and everything that pages show."""

from collections import Counter

import pytest
import sqlalchemy as sa

from portal.answering.models import AnswerChange, DueExtension
from portal.answering.question_sets import load_question_set
from portal.answering.states import ExtensionState
from portal.campaigns.answers import keep_shown
from portal.campaigns.models import Campaign, Entry, Participation, Procedure
from portal.campaigns.queries import list_questions, loaded
from portal.campaigns.states import READABLE, CampaignKind, CampaignState, EntryState
from portal.core.db import db, unit_of_work
from portal.decisions.models import Decision
from portal.decisions.reading import read_facts
from portal.decisions.rules.table import RULES
from portal.decisions.service import decide_all
from portal.decisions.states import Outcome
from portal.demo.campaigns import CURRENT, PREVIOUS, add_campaigns
from portal.demo.people import add_people
from portal.inspections.checking import check_figures
from portal.inspections.figures import figures_of
from portal.inspections.models import Progress, Snapshot
from portal.inspections.stages import stage_of
from portal.inspections.states import LeakState, Stage


@pytest.fixture(scope="module")
def shown(prepared):
    """The demonstration's people and campaigns over SQLite, made once."""
    database, app = prepared.database("sqlite"), prepared.app("sqlite")
    database.reset()
    with app.app_context():
        with unit_of_work():
            add_people()
            add_campaigns()
        db.session.close()
    yield app
    database.reset()


@pytest.fixture
def rounds(shown):
    """The first round and the one that runs."""
    with shown.app_context(), unit_of_work():
        yield tuple(
            db.session.scalars(sa.select(Campaign).where(Campaign.title == title)).one()
            for title in (PREVIOUS, CURRENT)
        )


def test_every_body_is_asked_in_two_rounds_and_answers_in_every_state(rounds):
    first, second = rounds
    assert (first.state, second.state, second.previous_id) == (
        CampaignState.CLOSED, CampaignState.PUBLISHED, first.id,
    )  # fmt: skip
    for campaign in rounds:
        bodies = sa.select(sa.func.count()).where(Participation.campaign_id == campaign.id)
        assert db.session.scalar(bodies) == 1788
    states = Counter(db.session.scalars(sa.select(Entry.state).where(Entry.campaign_id == second.id)))
    assert set(states) == set(EntryState)
    assert sum(states.values()) > 12_000
    silent = (
        sa.select(Participation.id)
        .join(Entry, Entry.participation_id == Participation.id)
        .where(Participation.campaign_id == second.id)
        .group_by(Participation.id)
        .having(sa.func.max(sa.case((Entry.state == EntryState.BLANK, 0), else_=1)) == 0)
    )
    assert len(db.session.scalars(silent).all()) >= 30


def test_what_was_submitted_could_have_been_submitted_and_is_decided_by_the_rule(rounds):
    campaign = rounds[1]
    questions = list_questions(campaign)
    every = db.session.scalars(
        sa.select(Entry).where(Entry.campaign_id == campaign.id).options(*loaded()).order_by(Entry.id)
    ).all()
    decided = {
        each.entry_id: each for each in db.session.scalars(sa.select(Decision).where(Decision.superseded_at.is_(None)))
    }
    for entry in every[::37]:
        answers = keep_shown(questions, entry.answers) if entry.state in READABLE else {}
        verdict = RULES[str(campaign.rule)].decide(read_facts(entry.procedure, answers))
        found = decided[entry.id]
        assert (found.by_rule, found.row) == (verdict.outcome, verdict.row)
        if entry.state in READABLE:
            assert load_question_set(campaign).problems_of(entry) == []
    assert decide_all(campaign) == 0
    assert {each.outcome for each in decided.values()} == set(Outcome)
    assert {each.row for each in decided.values()} == set(range(1, 13))
    assert sum(each.is_override for each in decided.values()) >= 10


def test_progress_stands_at_every_stage_and_keeps_every_rule(rounds):
    campaign = rounds[1]
    rows = db.session.scalars(
        sa.select(Snapshot).where(Snapshot.campaign_id == campaign.id).order_by(Snapshot.entry_id, Snapshot.id)
    ).all()
    assert 5_000 < len(rows) <= 30_000
    before = None
    for row in rows:
        figures = figures_of(row)
        earlier = figures_of(before) if before is not None and before.entry_id == row.entry_id else None
        assert check_figures(figures, earlier, reason=row.reason) == []
        assert row.stage is stage_of(figures)
        before = row
    newest = {each.entry_id: each.id for each in rows}
    noted = db.session.execute(
        sa.select(Progress.entry_id, Progress.snapshot_id, Progress.stage).where(Progress.campaign_id == campaign.id)
    ).all()
    assert {entry: snapshot for entry, snapshot, _ in noted} == newest
    assert {stage for _, _, stage in noted} == set(Stage)
    assert len({each.as_of for each in rows}) >= 6
    assert {each.leak for each in rows if each.id in newest.values()} == set(LeakState)
    assert any(each.corrects_id for each in rows)
    assert any(each.delay_reason for each in rows)
    assert any(each.published_url for each in rows)


def test_the_storys_city_and_those_around_it_have_something_to_do(rounds):
    campaign = rounds[1]
    city = dict(
        db.session.execute(
            sa.select(Procedure.code, Entry.state)
            .join(Procedure, Procedure.id == Entry.procedure_id)
            .join(Participation, Participation.id == Entry.participation_id)
            .where(Entry.campaign_id == campaign.id, Participation.organisation_code == "152226")
        ).all()
    )
    assert city["child_allowance"] is EntryState.RETURNED
    assert city["care_insurance"] is EntryState.PENDING
    assert city["childcare"] is EntryState.BLANK
    extensions = db.session.scalars(sa.select(DueExtension.state).where(DueExtension.campaign_id == campaign.id))
    assert set(extensions) == set(ExtensionState)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerChange)) > 1_000
    small = db.session.scalars(sa.select(Campaign).where(Campaign.title.not_in([PREVIOUS, CURRENT]))).all()
    assert {(each.kind, each.state, each.is_drill) for each in small} == {
        (CampaignKind.SURVEY, CampaignState.PUBLISHED, False),
        (CampaignKind.SURVEY, CampaignState.REVIEW, False),
        (CampaignKind.INSPECTION, CampaignState.PUBLISHED, True),
    }
