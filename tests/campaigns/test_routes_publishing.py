"""From a draft to its publication by a second person, to a later due and the end."""

import pytest

from portal.addressing.rule import AddresseeRule
from portal.campaigns import postponing
from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignState
from portal.core.db import db
from portal.core.events import EventRecord
from portal.decisions.models import Decision
from portal.directory.roles import Role
from tests.factories.campaigns import (
    in_days,
    make_author,
    make_campaign,
    make_running,
    make_survey,
    participation_of,
    publish,
)
from tests.factories.people import make_member


def state_of(campaign) -> CampaignState:
    return db.session.get_one(Campaign, campaign.id).state


@pytest.fixture
def draft(arrange):
    """A whole inspection's draft."""
    with arrange():
        return make_campaign()


def test_two_people_publish(office, visit, members, draft, arrange):
    path = f"/campaigns/{draft.id}"
    page = office.get(f"{path}/ask-review")
    assert "31団体" in page.main
    assert "442件（団体×事務）" in page.main
    assert "同じテーマの調査は、この1年以内にありません" in page.main
    assert "公開の確認を依頼しました" in page.form("/ask-review").submit().main
    office.get(f"{path}/publish", status=404)
    chief = visit(members["chief"])
    first, second = chief.get(f"{path}/publish"), chief.get(f"{path}/publish")
    sent_back = chief.get(f"{path}/send-back")
    assert "公開しました" in first.form("/publish").submit().main
    late = second.form("/publish").submit()
    assert late.status in {403, 409}
    assert sent_back.form("/send-back").submit(reason="多すぎる").status in {403, 409}
    with arrange():
        assert state_of(draft) is CampaignState.PUBLISHED
        assert db.session.query(Decision).count() > 0


def test_whoever_wrote_it_never_publishes_it(visit, arrange):
    with arrange():
        head = make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True)
        draft = make_campaign()
    chief = visit(head)
    path = f"/campaigns/{draft.id}"
    chief.get(f"{path}/edit").form("/edit").submit(title="自ら直した件名")
    chief.get(f"{path}/ask-review").form("/ask-review").submit()
    chief.get(f"{path}/publish", status=403)
    refused = chief.post_with_token(f"{path}/publish", {"version": "1"})
    assert refused.status == 403
    with arrange():
        assert state_of(draft) is CampaignState.REVIEW


def test_it_is_sent_back_with_a_reason_that_its_author_reads(office, visit, members, draft):
    path = f"/campaigns/{draft.id}"
    office.get(f"{path}/ask-review").form("/ask-review").submit()
    office.get(f"{path}/edit", status=403)
    chief = visit(members["chief"])
    page = chief.get(f"{path}/send-back")
    assert page.form("/send-back").submit(reason="").status == 422
    page.form("/send-back").submit(reason="設問が多すぎます。")
    back = office.get(path)
    assert "差し戻されました" in back.main
    assert "設問が多すぎます。" in back.main


def test_faults_stand_in_the_way_and_lead_to_where_they_are_mended(office, arrange):
    with arrange():
        draft = make_campaign(contact="", addressees=AddresseeRule())
    path = f"/campaigns/{draft.id}"
    page = office.get(f"{path}/ask-review")
    links = {a.get_text(): a["href"] for a in page.soup.main.find_all("a")}
    assert links["照会先を入力してください。"].endswith("/edit")
    assert links["対象となる団体がありません。"].endswith("/addressees")
    assert page.soup.main.find("button", string="公開の確認を依頼する") is None
    refused = office.post_with_token(f"{path}/ask-review", {"version": page.form("/ask-review").values["version"]})
    assert refused.status == 422
    with arrange():
        assert state_of(draft) is CampaignState.DRAFT


def test_asking_again_within_a_year_needs_its_reason_but_a_drill_does_not(office, arrange):
    with arrange():
        make_running()
        again, drill = make_campaign(), make_campaign(is_drill=True)
    path = f"/campaigns/{again.id}/ask-review"
    page = office.get(path)
    assert "同じテーマの調査が、この1年以内にあります" in page.main
    assert "未提出の回答が442件あります" in page.main
    refused = page.form("/ask-review").submit()
    assert "理由を入力してください" in refused.error_of("again_reason")
    done = refused.form("/ask-review").submit(again_reason="前回の後に基準が変わったため")
    assert "前回の後に基準が変わったため" in done.main
    practice = office.get(f"/campaigns/{drill.id}/ask-review")
    assert "これは訓練です" in practice.main
    assert "公開の確認を依頼しました" in practice.form("/ask-review").submit().main


def test_a_drill_counts_for_no_later_guard(office, arrange):
    with arrange():
        make_running(is_drill=True)
        draft = make_campaign()
    assert "この1年以内にありません" in office.get(f"/campaigns/{draft.id}/ask-review").main


def test_an_edit_after_the_page_was_opened_is_noticed_by_whoever_asks(office, visit, members, draft):
    path = f"/campaigns/{draft.id}"
    page = office.get(f"{path}/ask-review")
    visit(members["colleague"]).get(f"{path}/edit").form("/edit").submit(title="別の件名")
    assert page.form("/ask-review").submit().status == 409


def test_the_due_is_extended_for_all_and_further_grants_stay(office, arrange):
    with arrange():
        campaign = make_running()
        participation_of(campaign).due_on = in_days(35)
        participation_of(campaign, "152021").due_on = in_days(22)
    path = f"/campaigns/{campaign.id}/extend"
    page = office.get(path)
    reason = "届出の確認に時間を要するため"
    early = page.form("/extend").submit(**{"due_on-year": in_days(5).isoformat(), "reason": reason})
    assert "いまの回答期限より後" in early.main
    late = page.form("/extend").submit(**{"due_on-year": in_days(60).isoformat(), "reason": reason})
    assert "中間報告" in late.main
    silent = page.form("/extend").submit(**{"due_on-year": in_days(30).isoformat(), "reason": " "})
    assert silent.status == 422
    done = page.form("/extend").submit(**{"due_on-year": in_days(30).isoformat(), "reason": reason})
    assert "回答期限を延ばしました" in done.main
    assert reason in done.main
    assert reason in office.get(path).main
    with arrange():
        assert participation_of(campaign).due_on == in_days(35)
        assert participation_of(campaign, "152021").due_on is None
        events = db.session.query(EventRecord).filter_by(kind="campaign_due_extended").all()
        assert len(events) == 1
        assert reason not in str(events[0].payload)


def test_bodies_read_why_the_due_was_put_off(visit, arrange):
    with arrange():
        campaign = make_running()
        manager = make_member("152226", Role.LOCAL_MANAGER)
        postponing.extend_due(make_author(), campaign, in_days(30), reason="届出の確認に時間を要するため")
    visitor = visit(manager)
    assert "届出の確認に時間を要するため" in visitor.get(f"/campaigns/{campaign.id}").main
    assert "期限の変更の理由" in visitor.get(f"/campaigns/{campaign.id}/answers").main
    assert "届出の確認に時間を要するため" in visitor.get(f"/campaigns/{campaign.id}/answers/extension").main


def test_it_is_closed_once(office, visit, members, arrange):
    with arrange():
        campaign = publish(make_survey(make_author()))
    path = f"/campaigns/{campaign.id}/close"
    page = office.get(path)
    visit(members["other"]).get(path, status=403)
    assert "未着手" in page.main
    done = page.form("/close").submit()
    assert "に終了しました" in done.main
    assert office.post_with_token(path, {"version": "9"}).status == 403
