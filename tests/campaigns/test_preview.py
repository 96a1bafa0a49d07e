"""The form as bodies will see it, tried without being kept."""

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Procedure
from portal.campaigns.questions import put_question
from portal.campaigns.states import QuestionKind
from portal.core.db import db
from portal.directory.roles import Role
from tests.factories.campaigns import make_author, make_campaign, make_survey
from tests.factories.people import make_member


@pytest.fixture
def office(visit, arrange):
    """A member of the office that builds it."""
    with arrange():
        member = make_member("juumin", Role.DIVISION)
    return visit(member)


@pytest.fixture
def inspection(arrange):
    """The path of the preview of an inspection's draft, and the keys of its procedures by code."""
    with arrange():
        campaign = make_campaign()
        keys = db.session.execute(
            sa.select(Procedure.code, Procedure.id).where(Procedure.campaign_id == campaign.id)
        ).all()
    return f"/campaigns/{campaign.id}/preview", {code: key for code, key in keys}


def test_each_kind_of_body_sees_its_own_procedures(office, inspection):
    path, _ = inspection
    town = office.get(f"{path}?kind=town")
    options = town.soup.find(id="procedure").get_text()
    assert "児童手当" in options
    assert "障害者手帳" not in options
    assert "障害者手帳" in office.get(f"{path}?kind=core_city").soup.find(id="procedure").get_text()
    assert "障害者手帳" not in office.get(f"{path}?kind=city").soup.find(id="procedure").get_text()
    assert "児童手当" not in office.get(f"{path}?kind=prefecture").soup.find(id="procedure").get_text()


def test_trying_says_what_is_missing_and_what_the_rule_would_decide(office, inspection):
    path, keys = inspection
    page = office.get(f"{path}?kind=city&procedure={keys['child_allowance']}")
    assert "この事務を行っていますか" in page.main
    assert "「この事務を行っていますか」が「はい」のとき" in page.main
    tried = page.form().submit(q_handled="yes", q_routes=["d"], q_attributes=["name", "birth"], q_identified="no")
    assert tried.status == 200
    assert "このままでは提出できません" in tried.main
    assert "回答してください" in tried.error_of("q_subjects")
    assert "要点検" in tried.main or "9行目" in tried.main
    values = {"q_duty": "yes", "q_subjects": "１，２００件", "q_mislinks": "1201", "q_contact": "福祉課"}
    tried = tried.form().submit(**values)
    assert "超えています" in tried.error_of("q_mislinks")
    assert tried.soup.find(attrs={"name": "q_subjects"})["value"] == "1,200件"
    tried = tried.form().submit(q_mislinks="0")
    assert "このまま提出できます" in tried.main
    assert office.get(page.url).soup.find(attrs={"name": "q_contact"}).get_text().strip() == ""


def test_a_warning_is_justified_by_a_reason(office, inspection):
    path, keys = inspection
    page = office.get(f"{path}?procedure={keys['child_allowance']}")
    values = {"q_handled": "yes", "q_duty": "no", "q_routes": ["a"], "q_mislinks": "0", "q_contact": "福祉課"}
    tried = page.form().submit(**values, q_subjects="0")
    assert "件数が0件です" in tried.error_of("q_subjects")
    tried = tried.form().submit(w_subjects="対象者がいないため")
    assert "このまま提出できます" in tried.main


def test_every_kind_of_question_is_asked_and_read(office, arrange):
    with arrange():
        author = make_author()
        campaign = make_survey(author)
        add = [
            ("one", QuestionKind.SINGLE, {"options": [["a", "紙"], ["b", "電子"]]}),
            ("many", QuestionKind.SINGLE, {"options": [[f"v{n}", f"候補{n}"] for n in range(12)]}),
            ("on", QuestionKind.DATE, {}),
            ("cells", QuestionKind.TABLE, {"rows": [["r1", "窓口"], ["r2", "郵送"]], "columns": [["c1", "件数"]]}),
            ("all", QuestionKind.CALCULATED, {"formula": "total(cells)", "unit": "件"}),
            ("why", QuestionKind.YES_NO, {"asks_reason_for": "no"}),
            ("paper", QuestionKind.FILE, {"is_required": False}),
            ("free", QuestionKind.SINGLE, {"options": [["a", "甲"], ["b", "乙"]], "is_required": False}),
        ]
        for code, kind, fields in add:
            put_question(author, campaign, None, code=code, kind=kind, label=f"問 {code}", **fields)
    page = office.get(f"/campaigns/{campaign.id}/preview")
    assert "（回答しない）" in page.main
    tried = page.form().submit(
        **{"q_one": "b", "q_many": "v3", "q_cells-0-0": "１２", "q_cells-1-0": "x", "q_why": "no", "q_q1": "はい"},
        **{"q_on-year": "令和8", "q_on-month": "13", "q_on-day": "1"},
    )
    assert "0以上の整数" in tried.error_of("q_cells-0-0")
    assert tried.soup.find(attrs={"name": "q_cells-1-0"})["value"] == "x"
    assert "正しい日付" in tried.main
    assert "理由を入力してください" in tried.main
    tried = tried.form().submit(**{"q_cells-1-0": "3", "q_on-month": "11", "q_why__reason": "人がいないため"})
    assert "このまま提出できます" in tried.main
    assert "15件" in tried.main
    refused = tried.form().submit(q_q1="番号は 123456789018 です。マイナンバー")
    assert "123456789018" not in refused.error_of("q_q1")
    assert refused.error_of("q_q1")
