"""Decisions in the browser: table, list, one decision with its reasons, overrides, other versions, exceptions."""

import io

import pytest
from python_calamine import CalamineWorkbook

from portal.campaigns.models import Campaign
from portal.campaigns.states import CampaignKind
from portal.core.db import db
from portal.core.errors import Invalid
from portal.decisions.overriding import override_decision
from portal.decisions.queries import find_current
from portal.decisions.states import Outcome
from portal.directory.roles import Role
from tests.factories.campaigns import answer, entry_of, make_running
from tests.factories.inspections import day
from tests.factories.people import actor_of, make_member
from tests.factories.reporting import add_snapshot

BODY, NEIGHBOUR = "152226", "152048"
THREE = {"routes": ["a", "d"], "attributes": ["name", "birth", "sex"], "identified": "no"}


@pytest.fixture
def world(arrange):
    """A running inspection with one body that must inspect 児童手当, one that is exempt, and who looks at them."""
    with arrange():
        campaign = make_running()
        target, other = entry_of(campaign), entry_of(campaign, procedure="vaccination")
        answer(campaign, target, **THREE)
        answer(campaign, other, routes=["e"], other_route="引継ぎ")
        answer(campaign, entry_of(campaign, NEIGHBOUR))
        return {
            "campaign": campaign.id,
            "list": f"/campaigns/{campaign.id}/decisions",
            "target": f"/campaigns/{campaign.id}/entries/{target.id}/decision",
            "review": f"/campaigns/{campaign.id}/entries/{other.id}/decision",
            "neighbour": f"/campaigns/{campaign.id}/entries/{entry_of(campaign, NEIGHBOUR).id}/decision",
            "entries": {"target": target.id, "review": other.id},
            "office": make_member("juumin", Role.DIVISION),
            "head": make_member("secretariat", Role.SECRETARIAT, is_head=True, is_approver=True),
            "admin": make_member("hq", Role.ADMIN),
            "staff": make_member(BODY, Role.LOCAL_STAFF, section="市民課"),
            "prefecture": make_member("150002", Role.LOCAL_STAFF),
            "ministry": make_member("digital", Role.MINISTRY),
        }


def test_the_table_is_read_by_everyone_and_says_the_order_in_words(visit, world):
    for name in ("staff", "ministry", "office"):
        page = visit(world[name]).get("/campaigns/rules")
        assert "判定の順序" in page.main
        assert len(page.soup.find("table").find_all("tr")) == 13
        assert "mic-2023-06" in page.main
        assert "未回答を点検不要とすることはありません" in page.main


def test_figures_and_list_are_narrowed_and_taken_out(visit, world):
    office = visit(world["office"])
    page = office.get(f"{world['list']}?outcome=required&prefecture=15")
    assert "3情報で、本人の特定がないため。（複数の取得方法のうち最も重いもの）" in page.main
    assert "番号の取得方法の回答がない" not in page.main
    page = office.get(f"{world['list']}?outcome=review")
    assert [row.find_all("td")[1].a.contents[0] for row in rows_of(page)] == ["予防接種"]
    taken = office.get(f"{world['list']}?outcome=required").form("/export").submit(follow=False)
    rows = read_sheet(taken)
    assert (rows[0][0], rows[0][3]) == ("団体コード", "判定結果")
    assert {row[3] for row in rows[1:]} == {"要点検"}
    assert (BODY, "上越市", "児童手当") in [tuple(row[:3]) for row in rows]


def test_a_body_sees_its_own_decision_row_by_row_and_no_other(visit, world):
    staff = visit(world["staff"])
    page = staff.get(world["target"])
    assert "要点検" in page.h1 or "要点検" in page.main
    marks = {
        cells[0].get_text(strip=True): cells[2].get_text(strip=True)
        for cells in (row.find_all("td") for row in page.soup.find_all("tr", class_="decision-row"))
    }
    assert marks["9"] == "適用"
    assert marks["5"] == "該当（採用は別の行）"
    assert marks["1"] == "該当しない"
    assert not page.has_form("/decision")
    staff.get(world["neighbour"], status=404)
    listed = staff.get(world["list"])
    sending = listed.form("/export")
    sending.action = world["target"]
    assert sending.submit(outcome="exempt", reason="自ら決める").status == 403
    assert "三条市" not in listed.main
    visit(world["ministry"]).get(world["list"], status=404)


def test_an_override_needs_a_reason_is_seen_by_the_body_and_lifted(visit, world, arrange):
    office, staff = visit(world["office"]), visit(world["staff"])
    page = office.get(world["review"])
    assert "担当者の判断が必要です" in page.main
    refused = page.form("/decision").submit(outcome="exempt", reason="")
    assert refused.status == 422
    assert refused.error_of("reason")
    refused = refused.form("/decision").submit(outcome="exempt", reason="番号は 123456789018 です")
    assert refused.status == 422
    page = refused.form("/decision").submit(outcome="exempt", reason="記録により確かめたため")
    assert "判定を決定しました" in page.main
    seen = staff.get(world["review"])
    assert "個別に「点検不要」と決定されています" in seen.main
    assert "記録により確かめたため" in seen.main
    assert "住民制度課" in seen.main
    assert "個別の決定" in visit(world["prefecture"]).get(f"{world['list']}?overridden=y").main
    page = office.get(world["review"]).form("/lift").submit()
    assert "取り消しました" in page.main
    assert "担当者の判断が必要です" in page.main
    with arrange():
        assert find_current(world["entries"]["review"]).outcome is Outcome.REVIEW


def test_who_decides_second_is_told_and_keeps_what_was_typed(visit, world):
    first, second = visit(world["office"]).get(world["review"]), visit(world["head"]).get(world["review"])
    first.form("/decision").submit(outcome="exempt", reason="先の理由")
    told = second.form("/decision").submit(outcome="required", reason="後の理由")
    assert told.status == 422
    assert "ほかの方が先に判定を変えました" in told.main
    assert "先の理由" in told.main
    assert "後の理由" in told.text
    page = told.form("/decision").submit(outcome="required", reason="後の理由")
    assert "判定を決定しました" in page.main


def test_an_unanswered_entry_is_never_made_exempt(visit, world, arrange):
    with arrange():
        blank = entry_of(make_of(world), "151009").id
    page = visit(world["office"]).get(f"/campaigns/{world['campaign']}/entries/{blank}/decision")
    assert "回答がないため、点検不要にすることはできません" in page.main
    offered = {each["value"] for each in page.soup.select("[name=outcome]")}
    assert offered == {"required", "review", "individual"}
    with arrange():
        campaign, office = make_of(world), actor_of(world["office"])
        with pytest.raises(Invalid) as refused:
            override_decision(
                office, campaign, entry_of(campaign, "151009"), outcome=Outcome.EXEMPT, reason="例年どおり"
            )
    assert refused.value.field == "outcome"


def test_another_version_says_which_inspections_it_would_leave_unfinished(visit, world, arrange):
    path = f"{world['list']}/recalculate?rule=mic-2023-06"
    assert "点検を始めて終わっていない" not in visit(world["head"]).get(path).main
    with arrange():
        add_snapshot(entry_of(make_of(world), "151009", "disability"), day(3), matched=10)

    assert "点検を始めて終わっていない1件が、点検の対象から外れます" in visit(world["head"]).get(path).main


def test_another_version_is_looked_at_then_chosen(visit, world, arrange):
    head = visit(world["head"])
    path = f"{world['list']}/recalculate"
    visit(world["office"]).get(path, status=403)
    visit(world["staff"]).get(path, status=404)
    assert "いまの判定基準" in head.get(path).main
    page = head.get(f"{path}?rule=mic-2023-06")
    assert "件の判定が変わります" in page.main
    assert "障害者手帳" in page.main
    assert page.form("/recalculate").submit().status == 422
    stale = head.get(f"{path}?rule=mic-2023-06")
    done = page.form("/recalculate").submit(confirmed="y")
    assert "判定基準を変更しました" in done.main
    assert "mic-2023-06" in done.main
    told = stale.form("/recalculate").submit(confirmed="y")
    assert told.status == 409


def test_an_administrator_lists_exceptions(visit, world, arrange):
    with arrange():
        campaign = make_of(world)
        by_register = entry_of(campaign, NEIGHBOUR, "resident_tax")
        answer(campaign, by_register, routes=["c"])
        key = by_register.id
    path = f"{world['list']}/exceptions"
    visit(world["office"]).get(path, status=403)
    admin = visit(world["admin"])
    page = admin.get(path)
    refused = page.form("/exceptions").submit(codes="999999")
    assert "名簿にありません" in refused.error_of("codes")
    done = refused.form("/exceptions").submit(codes=NEIGHBOUR)
    assert "1件の判定が変わりました" in done.main
    with arrange():
        assert find_current(key).outcome is Outcome.REVIEW
    assert "三条市" in admin.get(path).main


def test_a_survey_has_no_decisions(visit, world, arrange):
    with arrange():
        survey = make_running(CampaignKind.SURVEY, again_reason="続きの調査のため")
        path = f"/campaigns/{survey.id}/decisions"
    visit(world["office"]).get(path, status=404)


def make_of(world):
    """The campaign of the world in this session."""
    return db.session.get_one(Campaign, world["campaign"])


def read_sheet(page):
    """The rows of the one sheet of a file."""
    return CalamineWorkbook.from_filelike(io.BytesIO(page.response.data)).get_sheet_by_index(0).to_python()


def rows_of(page):
    """The rows of the list of bodies × procedures."""
    return page.soup.find("section", {"aria-labelledby": "list-head"}).find("tbody").find_all("tr")
