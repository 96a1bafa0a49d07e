"""Open campaign work in the handover pack: of the body, of the liaison's post, of the office, of one person."""

from portal.dashboard.handover import get_pack
from portal.directory import handover
from portal.directory.roles import Role
from tests.factories.campaigns import answer, entry_of, make_author, make_campaign, make_running
from tests.factories.issues import make_cast
from tests.factories.people import actor_of, make_liaison, make_member


def counts(pack) -> list[tuple[str, int]]:
    return [(row.campaign.title, row.bodies) for row in pack.campaigns]


def test_what_is_not_answered_belongs_to_the_body_and_its_liaison(arrange, visit):
    with arrange():
        cast = make_cast()
        campaign = make_running()
        answer(campaign, entry_of(campaign))
        manager = actor_of(cast.manager)
        pack = get_pack(manager, handover.get_office(manager, "152226"))
        assert counts(pack) == [(campaign.title, 1)]
        own = pack.campaigns[0].procedures
        assert own > 5
        place = get_pack(manager, handover.get_place(manager, cast.staff.id))
        assert counts(place) == []
        liaison = actor_of(make_liaison("150002"))
        post = get_pack(liaison, handover.get_liaison_post(liaison, "150002"))
        [row] = post.campaigns
        assert row.bodies == 30  # without 新潟市, which is a post of its own
        assert row.procedures > own
        other = actor_of(make_liaison("130001"))
        assert counts(get_pack(other, handover.get_liaison_post(other, "130001"))) == []
    page = visit(cast.manager).get("/handover/offices/152226")
    assert "進行中の点検・調査" in page.main


def test_what_an_office_runs_and_what_a_person_has_drafted(arrange):
    with arrange():
        author = make_author()
        draft = make_campaign(author)
        make_running(title="実施中の点検", again_reason="2回目")
        office = actor_of(make_member("juumin", Role.DIVISION, is_head=True))
        pack = get_pack(office, handover.get_office(office, "juumin"))
        assert {title for title, _ in counts(pack)} == {draft.title, "実施中の点検"}
        secretariat = actor_of(make_member("secretariat", Role.SECRETARIAT))
        place = get_pack(secretariat, handover.get_place(secretariat, author.membership_id))
        assert counts(place) == [(draft.title, 0)]
