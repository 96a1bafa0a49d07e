"""Two people at the same campaign at the same moment."""

import threading

import pytest

from portal.campaigns.models import Campaign, Participation
from portal.campaigns.publishing import ask_review
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.directory.roles import Role
from tests.factories.campaigns import make_author, make_campaign
from tests.factories.people import make_member

pytestmark = pytest.mark.both_engines


def at_once(forms) -> list[int]:
    """The statuses of the forms sent by as many people at the same moment."""
    start, statuses = threading.Barrier(len(forms)), []

    def send(form) -> None:
        start.wait(20)
        statuses.append(form.submit(follow=False).status)

    threads = [threading.Thread(target=send, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def test_of_two_who_publish_at_once_one_wins_and_bodies_are_frozen_once(visit, arrange):
    with arrange():
        author = make_author()
        campaign = make_campaign(author)
        ask_review(author, campaign)
        chiefs = [make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True) for _ in range(2)]
    path = f"/campaigns/{campaign.id}/publish"
    first, *others = at_once([visit(chief).get(path).form("/publish") for chief in chiefs])
    assert first == 302
    assert all(status in {403, 409} for status in others)
    with arrange():
        assert db.session.query(Participation).filter_by(campaign_id=campaign.id).count() == 31


def test_a_question_changed_while_the_draft_is_sent_for_its_check_is_in_it_or_refused(visit, arrange):
    with arrange():
        members = [make_member("juumin", Role.DIVISION) for _ in range(2)]
        campaign = make_campaign()
    base = f"/campaigns/{campaign.id}"
    asking = visit(members[0]).get(f"{base}/ask-review").form("/ask-review")
    editing = visit(members[1]).get(f"{base}/procedures/new").form("/procedures/new")
    editing.values["name"] = "追加の事務"
    statuses = at_once([asking, editing])
    assert statuses in ([302, 403], [302, 409], [302, 302]), statuses
    with arrange():
        held = db.session.get_one(Campaign, campaign.id)
        # Whoever came second was told; a version that was not seen is never sent for its check.
        assert statuses != [302, 302] or held.state is CampaignState.DRAFT
