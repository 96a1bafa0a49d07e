"""Campaigns are found by title, number, purpose and procedure, by whoever may see them, and by nobody else."""

import pytest
import sqlalchemy as sa

from portal.answering import saving
from portal.campaigns import publishing
from portal.campaigns.models import Campaign
from portal.campaigns.policy import viewable_by
from portal.campaigns.states import CampaignKind, CampaignState
from portal.core.db import db, unit_of_work
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.finder import feeding
from portal.finder.finding import find
from portal.finder.showing import list_entries
from portal.search.hits import Narrowing
from portal.search.models import SearchDocument
from tests.factories.campaigns import ANSWERS, entry_of, make_author, make_campaign, make_manager, make_running
from tests.factories.people import actor_of, make_liaison, make_member
from tests.home.test_routes import ROLES


def found(actor, typed: str, **narrowing) -> set[tuple[str, int]]:
    return {(thing.kind, thing.subject_id) for thing in find(actor, typed, Narrowing(**narrowing)).things}


@pytest.fixture
def three(arrange, follow):
    """A running inspection, a survey that has ended and a draft, all with the same word."""
    with arrange():
        running = make_running(purpose="照合語の点検")
        ended = make_running(CampaignKind.SURVEY, purpose="照合語の調査", again_reason="2回目")
        publishing.close_campaign(make_author(), ended)
        draft = make_campaign(purpose="照合語の案", title="下書きの点検")
        ids = running.id, ended.id, draft.id
    follow()
    return ids


@pytest.mark.parametrize(("code", "role"), [*ROLES, ("130001", Role.LOCAL_STAFF)])
def test_everyone_finds_exactly_the_campaigns_they_may_see(arrange, three, code, role):
    with arrange():
        actor = actor_of(make_member(code, role))
        seen = {("campaign", each.id) for each in db.session.scalars(viewable_by(actor))}
        if role is Role.AUDITOR:
            seen = set()
        assert found(actor, "照合語") == seen
        assert len(list_entries(actor, find(actor, "照合語", Narrowing()))) == len(seen)


def test_number_title_and_procedures_are_found_and_narrowed(arrange, three):
    running, ended, draft = three
    with arrange():
        office = make_author()
        assert ("campaign", running) in found(office, "総行住第99号")
        assert found(office, "庁内体制の調査") == {("campaign", ended)}
        assert ("campaign", running) in found(office, "児童手当")
        assert found(office, "照合語", kind="campaign", state=CampaignState.DRAFT.value) == {("campaign", draft)}
        assert found(office, "照合語", prefecture_code="15") == set()
        assert find(office, "照合語", Narrowing()).facets.kinds["campaign"] == 3


@pytest.mark.both_engines
def test_the_page_leads_to_the_campaign(visit, arrange, three):
    with arrange():
        liaison = make_liaison("150002")
    page = visit(liaison).get("/search?q=下書きの点検")
    assert page.soup.find("a", href=f"/campaigns/{three[2]}")
    assert "点検・調査" in page.main


def test_answers_do_not_index_the_campaign_anew_and_a_check_mends_it(app, arrange, three):
    running, _, draft = three
    with arrange():
        db.session.execute(sa.delete(SearchDocument).where(SearchDocument.kind == "campaign"))
        before = db.session.scalars(sa.select(sa.func.max(EventRecord.id))).one()
        campaign = db.session.get_one(Campaign, running)
        saving.save_answers(make_manager(), campaign, entry_of(campaign), ANSWERS)
        waiting = db.session.get_one(Campaign, draft)
        publishing_author = make_author()
        waiting.again_reason = "3回目"
        publishing.ask_review(publishing_author, waiting)
    with app.app_context():
        with unit_of_work():
            feeding.follow_events(db.session.scalars(sa.select(EventRecord.id).where(EventRecord.id > before)).all())
        feeding.catch_up()
    with arrange():
        count = sa.select(sa.func.count()).select_from(SearchDocument).where(SearchDocument.kind == "campaign")
        assert db.session.scalar(count) == 0
    with app.app_context():
        wrong = feeding.check(lambda kind, done: None, repair=True)
    assert {kind for kind, _ in wrong} == {"campaign"}
