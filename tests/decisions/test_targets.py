"""対象一覧: listed, printed body by body, put into a paper to exactly those bodies, and told where it differs."""

import io
import zipfile

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from portal.attachments.models import Attachment
from portal.blueprints.decisions.publishing import draft_paper
from portal.campaigns.models import Campaign
from portal.core.db import db
from portal.core.errors import Conflict
from portal.decisions import papers
from portal.decisions.overriding import lift_override, override_decision
from portal.decisions.states import Outcome
from portal.directory.roles import Role
from portal.guidance import service
from portal.guidance.addressees import AddresseeRule
from portal.guidance.models import Guidance
from portal.guidance.states import GuidanceState
from tests.factories.campaigns import answer, entry_of, make_publisher, make_running
from tests.factories.guidance import issue, make_chief, make_drafter
from tests.factories.people import actor_of, make_liaison, make_member

BODY, NEIGHBOUR = "152226", "152048"


@pytest.fixture
def world(arrange):
    """A running inspection in which 上越市 must inspect two procedures, beside what is always inspected."""
    with arrange():
        campaign = make_running()
        answer(campaign, entry_of(campaign), routes=["b"])
        answer(campaign, entry_of(campaign, procedure="vaccination"), mislinks=2)
        answer(campaign, entry_of(campaign, NEIGHBOUR))
        return {
            "campaign": campaign.id,
            "page": f"/campaigns/{campaign.id}",
            "targets": f"/campaigns/{campaign.id}/targets",
            "office": make_member("juumin", Role.DIVISION),
            "staff": make_member(BODY, Role.LOCAL_STAFF, section="市民課"),
            "neighbour": make_member(NEIGHBOUR, Role.LOCAL_STAFF),
        }


def the_campaign(world) -> Campaign:
    return db.session.get_one(Campaign, world["campaign"])


def listed_in(paper: Guidance) -> dict[str, list[str]]:
    """Every line of the paper's list, by body."""
    found = papers.find_list_of(paper.id)
    return {} if found is None else {
        body.code: [each.name for each in body.procedures] for body in papers.list_listed(None, found[0])
    }  # fmt: skip


def send_out(paper: Guidance) -> None:
    """Have the draft approved and issued."""
    chief = actor_of(make_chief())
    service.send_for_review(actor_of(make_drafter()), paper)
    service.approve_guidance(chief, paper)
    issue(chief, paper)


def test_the_list_is_scoped_and_a_body_prints_its_sheet(visit, world):
    page = visit(world["office"]).get(world["targets"])
    rows = [[cell.get_text(strip=True) for cell in row.find_all("td")] for row in page.soup.tbody.find_all("tr")]
    assert [(row[0], row[2]) for row in rows] == [("150002", "1"), ("151009", "1"), (BODY, "2")]
    assert "△予防接種" in rows[2][3]
    own = visit(world["staff"])
    page = own.get(world["targets"])
    assert "新潟市" not in page.main
    assert not page.has_form("/paper")
    sheet = own.get(page.soup.tbody.find("td", {"data-label": "団体"}).a["href"])
    assert "点検する事務（2件）" in sheet.main
    assert "本人確認書類のない届出により番号を取得しているため" in sheet.main
    visit(world["neighbour"]).get(sheet.url, status=404)


def test_the_list_goes_as_a_paper_to_exactly_its_bodies_and_is_linked_both_ways(visit, world, arrange):
    office = visit(world["office"])
    paper_page = office.get(world["targets"]).form("/targets/paper").submit()
    assert "起案しました" in paper_page.main
    beside = paper_page.soup.find("section", {"aria-labelledby": "campaigns-head"})
    assert beside.find("a", href=world["page"]).get_text() == "マイナンバー紐付け総点検"
    panel = office.get(world["page"]).soup.find("section", {"aria-labelledby": "decisions-head"})
    assert paper_page.url in str(panel)
    assert "異なります" not in panel.get_text()
    with arrange():
        paper = db.session.get_one(Guidance, int(paper_page.url.rsplit("/", 1)[1]))
        rule = AddresseeRule.from_dict(paper.addressees)
        assert (rule.include, rule.kinds, rule.prefectures) == (("150002", "151009", BODY), (), ())
        assert listed_in(paper) == {
            "150002": ["障害者手帳（身体・療育・精神）"], "151009": ["障害者手帳（身体・療育・精神）"],
            BODY: ["予防接種", "児童手当"],
        }  # fmt: skip
        assert not db.session.scalars(sa.select(Attachment).where(Attachment.owner_kind == "guidance")).all()
        assert "上越市" not in paper.body
    edited = office.get(f"{paper_page.url}/edit").form("/edit").submit(title="対象となる事務について（通知）")
    assert "保存しました" in edited.main


def test_what_changes_before_it_is_issued_is_told_and_put_right(visit, world, arrange):
    office = visit(world["office"])
    paper_page = office.get(world["targets"]).form("/targets/paper").submit()
    with arrange():
        campaign, head = the_campaign(world), make_publisher()
        override_decision(head, campaign, entry_of(campaign), outcome=Outcome.EXEMPT, reason="確かめた")
        override_decision(head, campaign, entry_of(campaign, NEIGHBOUR), outcome=Outcome.REQUIRED, reason="疑いがある")
    told = office.get(world["page"]).soup.find("section", {"aria-labelledby": "decisions-head"}).get_text()
    assert "起案中の対象一覧が、いまの判定と異なります" in told
    assert "上越市（除外：児童手当）" in told
    assert "三条市（追加：児童手当）" in told
    assert "異なります" not in visit(world["staff"]).get(world["page"]).main
    page = office.get(world["targets"])
    assert not page.has_form("/targets/paper")
    done = page.form("/targets/paper/renew").submit()
    assert "いまの判定に合わせました" in done.main
    assert "異なります" not in done.main
    with arrange():
        paper = db.session.get_one(Guidance, int(paper_page.url.rsplit("/", 1)[1]))
        assert AddresseeRule.from_dict(paper.addressees).include == ("150002", "151009", NEIGHBOUR, BODY)
        assert list(listed_in(paper)) == ["150002", "151009", NEIGHBOUR, BODY]
        # back as it was: the paper differs again, but it is with somebody else now
        lift_override(make_publisher(), the_campaign(world), entry_of(the_campaign(world)))
        paper.state = GuidanceState.REVIEW
    page = office.get(world["targets"])
    assert "差し戻してから" in page.main
    assert not page.has_form("/renew")


def test_whoever_signs_is_told_that_the_list_is_not_what_is_decided_now(visit, world, arrange):
    office = visit(world["office"])
    paper_page = office.get(world["targets"]).form("/targets/paper").submit()
    assert "別添の対象一覧" not in office.get(f"{paper_page.url}/send-for-review").main
    with arrange():
        campaign = the_campaign(world)
        override_decision(
            make_publisher(), campaign, entry_of(campaign), outcome=Outcome.INDIVIDUAL, reason="一部に限られるため"
        )

    page = office.get(f"{paper_page.url}/send-for-review")
    assert "別添の対象一覧が、1団体でいまの判定と異なります" in page.main
    assert "○・△の変更：児童手当" in office.get(world["targets"]).main
    page.form().submit()
    with arrange():
        signer = make_member("juumin", Role.DIVISION, is_head=True, is_approver=True)
    assert "別添の対象一覧が、1団体でいまの判定と異なります" in visit(signer).get(f"{paper_page.url}/approve").main


def test_a_second_draft_is_refused(arrange, world):
    with arrange():
        campaign, office = the_campaign(world), actor_of(make_member("juumin", Role.DIVISION))
        draft_paper(office, campaign, world["page"])
        with pytest.raises(Conflict):
            draft_paper(office, campaign, world["page"])


def test_the_file_holds_what_the_reader_may_see(visit, world):
    taken = visit(world["staff"]).get(world["targets"]).form("/export").submit(follow=False)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(taken.response.data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [BODY]


def test_each_reader_of_the_paper_sees_its_own_lines_and_nobody_elses(visit, world, arrange):
    page = visit(world["office"]).get(world["targets"]).form("/targets/paper").submit()
    url = page.url
    with arrange():
        send_out(db.session.get_one(Guidance, int(url.rsplit("/", 1)[1])))
        prefecture = make_member("150002", Role.LOCAL_STAFF)
        other = make_member("151009", Role.LOCAL_STAFF)
        liaison, elsewhere = make_liaison("150002"), make_liaison("130001")
        association = make_member("chijikai", Role.ASSOCIATION)
    own = visit(world["staff"])
    page = own.get(url)
    assert "上越市の点検の対象（2件）" in page.main
    assert "△予防接種" in page.main
    assert "新潟市" not in page.main
    sheet = own.get(page.soup.main.find("a", string="別添「対象一覧」を開く・印刷する")["href"])
    assert "対象一覧（上越市）" in sheet.main
    assert "新潟市" not in sheet.main
    assert sheet_of(own, url) == ("別添_対象一覧（上越市）.xlsx", [BODY])
    assert "障害者手帳" in visit(other).get(url).main
    assert "児童手当" not in visit(other).get(url).main
    assert visit(world["neighbour"]).get(sheet.url, status=404)
    assert "点検の対象（3団体）" in visit(prefecture).get(url).main  # its first look writes, too
    assert sheet_of(visit(prefecture), url)[1] == ["150002", "151009", BODY]
    assert "点検の対象（2団体）" in visit(liaison).get(url).main  # 新潟市 has a liaison of its own
    assert "点検の対象（" not in visit(elsewhere).get(url).main
    visit(elsewhere).get(sheet.url, status=404)
    visit(association).get(sheet.url, status=404)
    assert sheet_of(visit(world["office"]), url)[1] == ["150002", "151009", BODY]


def test_what_was_decided_after_the_list_stands_beside_what_it_says(visit, world, arrange):
    page = visit(world["office"]).get(world["targets"]).form("/targets/paper").submit()
    with arrange():
        send_out(db.session.get_one(Guidance, int(page.url.rsplit("/", 1)[1])))
        override_decision(
            make_publisher(), the_campaign(world), entry_of(the_campaign(world)), outcome=Outcome.EXEMPT, reason="確認"
        )
    assert "○児童手当［点検不要］" in visit(world["staff"]).get(page.url).main


def sheet_of(visitor, url: str) -> tuple[str, list[str]]:
    """The own annex in the archive of the paper: its name, and the codes of the bodies in it."""
    archive = zipfile.ZipFile(io.BytesIO(visitor.get(f"{url}/archive").response.data))
    [name] = [each for each in archive.namelist() if each.startswith("別添_対象一覧")]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(archive.read(name))).get_sheet_by_index(0).to_python()
    return name, [row[0] for row in rows[1:]]
