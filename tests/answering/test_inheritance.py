"""A merger: the successor answers what the predecessor was asked, under the predecessor's name."""

import pytest
import sqlalchemy as sa

from portal.answering import own, queries, saving, submitting
from portal.campaigns.models import Campaign, Entry, Participation
from portal.campaigns.queries import get_entry
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.core.errors import Forbidden
from portal.decisions.models import Decision
from portal.directory.models import OrganisationSuccession
from portal.directory.roles import Role
from portal.jobs.inheritance import pass_on_matters
from tests.factories.campaigns import ANSWERS, entry_of, in_days, make_manager, make_running, participation_of
from tests.factories.people import make_member, organisation

OLD, HEIR = "152021", "152226"


def merge() -> None:
    db.session.add(
        OrganisationSuccession(
            predecessor_id=organisation(OLD).id, successor_id=organisation(HEIR).id, effective_on=in_days(0)
        )
    )


@pytest.fixture
def running(arrange):
    """A running inspection in which both were asked."""
    with arrange():
        return make_running().id


def test_the_successor_answers_for_the_predecessor_beside_its_own(app, arrange, visit, running):
    with arrange():
        campaign, old = db.session.get_one(Campaign, running), make_manager(OLD)
        saving.save_answers(old, campaign, entry_of(campaign, OLD), {"handled": "yes"})
        heir = make_member(HEIR, Role.LOCAL_MANAGER, section="市民課")
        merge()
    with app.app_context():
        pass_on_matters()
        pass_on_matters()
    with arrange():
        campaign, actor = db.session.get_one(Campaign, running), make_manager(HEIR)
        assert len(own.list_own_entries(actor, campaign)) == 30
        entry = entry_of(campaign, OLD)
        assert entry.participation.organisation_name == "長岡市"
        assert get_entry(actor, campaign, entry.id).answers == {"handled": "yes"}
        saving.save_answers(actor, campaign, entry, ANSWERS)
        submitting.submit_entry(actor, campaign, entry)
        assert entry.state is EntryState.SUBMITTED
        with pytest.raises(Forbidden):
            saving.save_answers(make_manager(OLD), campaign, entry_of(campaign, OLD, "household"), {"handled": "no"})
        assert [(each.open, each.participation.organisation_name) for each in queries.list_waiting(actor)] == [
            (29, "上越市")
        ]
    page = visit(heir).get(f"/campaigns/{running}/answers")
    assert "（旧長岡市分）" in page.main
    assert "1／30" in page.main


def test_where_the_successor_was_not_asked_it_takes_the_place(app, arrange, running):
    with arrange():
        campaign = db.session.get_one(Campaign, running)
        own_part = participation_of(campaign, HEIR)
        entries = sa.select(Entry.id).where(Entry.participation_id == own_part.id)
        db.session.execute(sa.delete(Decision).where(Decision.entry_id.in_(entries)))
        db.session.execute(sa.delete(Entry).where(Entry.participation_id == own_part.id))
        db.session.execute(sa.delete(Participation).where(Participation.id == own_part.id))
        merge()
    with app.app_context():
        pass_on_matters()
    with arrange():
        campaign, actor = db.session.get_one(Campaign, running), make_manager(HEIR)
        part = participation_of(campaign, HEIR)
        assert part.organisation_name == "長岡市"
        assert {each.participation_id for each in own.list_own_entries(actor, campaign)} == {part.id}
        submitting.keep_reply(
            actor, campaign, part, reply_number="第1号", reply_on=None, published_on=None, published_url=""
        )
