"""The list of campaigns and a campaign's own page, for every role that looks at them."""

import pytest

from portal.campaigns.states import CampaignKind
from portal.directory.roles import Role
from tests.factories.campaigns import NIIGATA, answer, entry_of, make_author, make_campaign, make_running, make_survey
from tests.factories.guidance import make_issued
from tests.factories.people import make_liaison, make_member

JOETSU = "152226"


@pytest.fixture
def viewers(arrange):
    """One of each role."""
    with arrange():
        return {
            "office": make_member("juumin", Role.DIVISION),
            "secretariat": make_member("secretariat", Role.SECRETARIAT),
            "executive": make_member("hq", Role.EXECUTIVE),
            "liaison": make_liaison("150002"),
            "manager": make_member(JOETSU, Role.LOCAL_MANAGER),
            "prefecture": make_member("150002", Role.LOCAL_MANAGER),
            "elsewhere": make_member("010006", Role.LOCAL_MANAGER),
            "association": make_member("shichokai", Role.ASSOCIATION),
            "ministry": make_member("mhlw", Role.MINISTRY),
            "auditor": make_member("hq", Role.AUDITOR),
        }


def test_list_begins_empty_and_says_what_will_be_there(visit, viewers):
    page = visit(viewers["office"]).get("/campaigns")
    assert "まだ点検・調査はありません" in page.main
    assert visit(viewers["manager"]).get("/").soup.find("a", href="/campaigns").get_text() == "点検・調査"
    visit(viewers["auditor"]).get("/campaigns", status=404)
    assert visit(viewers["auditor"]).get("/").soup.find("a", href="/campaigns") is None


def test_list_shows_drafts_to_headquarters_alone_and_a_body_its_own_part(visit, viewers, arrange):
    with arrange():
        running = make_running(CampaignKind.SURVEY)
        answer_one(make_running(again_reason="定例のため"))
        draft = make_survey(title="準備中の調査", is_drill=True)
    office = visit(viewers["office"]).get("/campaigns")
    assert "準備中の調査 訓練" in office.main
    assert "31団体" in office.main
    only = visit(viewers["office"]).get("/campaigns?state=draft")
    assert "庁内体制" not in only.main
    manager = visit(viewers["manager"]).get("/campaigns")
    assert "準備中の調査" not in manager.main
    assert "未提出あり 0／1事務" in manager.main
    assert "未提出あり 1／" in manager.main
    assert "作成中" not in manager.main
    visit(viewers["manager"]).get(f"/campaigns/{draft.id}", status=404)
    visit(viewers["elsewhere"]).get(f"/campaigns/{running.id}", status=404)
    assert "庁内体制" not in visit(viewers["elsewhere"]).get("/campaigns").main


def answer_one(campaign):
    """The campaign with the answers of one body to one procedure."""
    answer(campaign, entry_of(campaign))
    return campaign


def test_a_page_is_for_its_reader(visit, viewers, arrange):
    with arrange():
        campaign = answer_one(make_running(ministry_ids=(viewers["ministry"].organisation_id,)))
    path = f"/campaigns/{campaign.id}"
    for name in ("office", "secretariat", "executive"):
        page = visit(viewers[name]).get(path)
        assert "回答の状況" in page.main, name
        assert "厚生労働省" in page.main, name
    page = visit(viewers["manager"]).get(path)
    assert "自団体の回答" in page.main
    assert "1／15" in page.main
    assert "総行住第99号" in page.main
    assert "紐付けの方法を確かめる" in page.main
    assert "新潟県の区域" in page.main
    assert "担当団体の回答" in visit(viewers["liaison"]).get(path).main
    assert "自団体と管内の回答" in visit(viewers["prefecture"]).get(path).main
    for name in ("association", "ministry"):
        page = visit(viewers[name]).get(path)
        assert "回答の状況" in page.main, name
        assert "上越市" not in page.main, name
    for name in ("elsewhere", "auditor"):
        visit(viewers[name]).get(path, status=404)


def test_a_draft_says_what_is_missing_and_where_it_is_mended(visit, viewers, arrange):
    with arrange():
        draft = make_campaign(make_author(), purpose="", contact="", addressees=NIIGATA)
    page = visit(viewers["office"]).get(f"/campaigns/{draft.id}")
    assert "公開までに直すところが2件あります" in page.main
    assert "目的を入力してください" in page.main
    reader = visit(viewers["executive"]).get(f"/campaigns/{draft.id}")
    assert "公開までに直すところ" not in reader.main


def test_page_reads_in_english(visit, viewers, arrange):
    with arrange():
        campaign = make_running()
    office = visit(viewers["office"])
    office.post_with_token("/language", {"locale": "en"})
    assert "About this campaign" in office.get(f"/campaigns/{campaign.id}").main


def test_the_paper_that_asks_is_a_link_for_whoever_may_read_it(visit, viewers, arrange):
    with arrange():
        paper = make_issued("総行住第99号")
        cited = make_running()
        unknown = make_running(document_number="総行住第7号", again_reason="定例のため")
    page = visit(viewers["office"]).get(f"/campaigns/{cited.id}")
    assert page.soup.find("a", string="総行住第99号")["href"] == f"/guidance/{paper.id}"
    page = visit(viewers["office"]).get(f"/campaigns/{unknown.id}")
    assert "総行住第7号" in page.main
    assert page.soup.find("a", string="総行住第7号") is None


def test_silent_bodies_are_one_step_away(visit, viewers, arrange):
    with arrange():
        campaign = make_running()
    page = visit(viewers["office"]).get(f"/campaigns/{campaign.id}")
    box = page.soup.find("section", {"aria-labelledby": "next-head"})
    assert box.find("a", string="まだ一件も提出していない団体：31団体")["href"].endswith("?which=silent")


def test_a_drill_says_so_on_every_page_about_it(visit, viewers, arrange):
    with arrange():
        drill = make_running(is_drill=True)
        entry = entry_of(drill)
    pages = {
        "manager": [
            "",
            "/answers",
            "/workbook",
            "/progress",
            "/decisions",
            f"/entries/{entry.id}",
            "/answers/sections",
        ],
        "prefecture": ["/compile", "/bodies", "/targets"],
        "office": ["/figures", "/reports", "/reminders", "/proof", "/extensions", "/close"],
    }
    for name, paths in pages.items():
        for path in paths:
            page = visit(viewers[name]).get(f"/campaigns/{drill.id}{path}")
            assert page.text.count("これは訓練です。") == 1, path


def test_a_survey_of_whole_bodies_lists_no_procedures(visit, viewers, arrange):
    with arrange():
        survey, inspection = make_running(CampaignKind.SURVEY), make_running(again_reason="定例のため")
    office = visit(viewers["office"])
    assert "対象の事務" not in office.get(f"/campaigns/{survey.id}").main
    assert "対象の事務（" in office.get(f"/campaigns/{inspection.id}").main
