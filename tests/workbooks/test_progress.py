"""Progress of inspections in forms: the last figures beside, every broken rule at its cell, all rows or none."""

import pytest
import sqlalchemy as sa

from portal.campaigns.models import Campaign
from portal.core.calendar import era_date
from portal.core.db import db
from portal.directory.roles import Role
from portal.inspections.models import Snapshot
from portal.inspections.snapshots import enter_snapshot
from portal.workbooks.progress_forms import SHEET
from tests.factories.inspections import BODY, NEIGHBOUR, day, entry_of, figures, make_inspection
from tests.factories.people import actor_of, make_member
from tests.workbooks.files import changed, filled, grid_of
from tests.workbooks.test_routes import send

COUNTS = {
    "target": 100, "extracted": "８０", "matched": 60, "mismatched": 5, "confirmed": 3, "pending": 2, "mislinks": 1,
    "corrected": 0, "cause_input": 1,
}  # fmt: skip


@pytest.fixture
def world(arrange):
    """An inspection of two bodies of 新潟県 and two procedures, one of them reported once."""
    with arrange():
        campaign = make_inspection((BODY, NEIGHBOUR), ("児童手当", "介護保険"))
        staff = make_member(BODY, Role.LOCAL_STAFF, section="市民課")
        enter_snapshot(actor_of(staff), entry_of(campaign), figures(extracted=70, matched=50), day(9))
        return {
            "id": campaign.id,
            "path": f"/campaigns/{campaign.id}/workbook",
            "staff": staff,
            "prefecture": make_member("150002", Role.LOCAL_STAFF, section="市町村課"),
            "office": make_member("juumin", Role.DIVISION),
        }


def take(visitor, world, scope: str = "own") -> bytes:
    return visitor.get(f"{world['path']}/form?kind=progress&scope={scope}").response.get_data()


def cells_of(form: bytes, body: str, procedure: str, values: dict) -> dict:
    """The cells of a row by what is typed into them."""
    rows = grid_of(form, SHEET).rows
    codes = next(line for line in rows if line[0] == "コード")
    row = next(at for at, line in enumerate(rows) if line[0] == body and line[2] == procedure)
    return {f"{_letter(codes.index(key))}{row + 1}": value for key, value in values.items()}


def _letter(column: int) -> str:
    return chr(65 + column) if column < 26 else f"A{chr(65 + column - 26)}"


def count(world) -> int:
    return db.session.scalar(
        sa.select(sa.func.count()).select_from(Snapshot).where(Snapshot.campaign_id == world["id"])
    )


def test_rows_with_a_date_are_entered_and_the_last_figures_stand_beside(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    rows = grid_of(form, SHEET).rows
    assert [line[2] for line in rows[6:]] == ["児童手当", "介護保険"]
    assert 70 in rows[6]
    cells = cells_of(form, BODY, "児童手当", {**COUNTS, "as_of": era_date(day(1)), "leak": "調査中"})
    page = send(staff, world, filled(form, SHEET, cells))
    assert "1団体、1件の進捗を登録します" in page.main
    assert f"基準日 {era_date(day(9))} {era_date(day(1))}" in page.main
    assert "調査中" in page.main
    page = page.form().submit()
    assert "1件の進捗を登録しました" in page.main
    with arrange():
        newest = db.session.scalars(sa.select(Snapshot).order_by(Snapshot.id.desc())).first()
        assert (newest.as_of, newest.extracted, newest.causes["input"], newest.leak.value) == (
            day(1), 80, 1, "investigating",
        )  # fmt: skip
        assert count(world) == 2
    # the same form once more was filled in before these figures
    told = send(staff, world, filled(form, SHEET, cells))
    assert told.status == 422
    assert "ほかの方が先に進捗を登録しました" in told.main


def test_every_broken_rule_is_named_at_its_cell_and_no_row_is_entered(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    good = cells_of(form, BODY, "介護保険", {**COUNTS, "as_of": era_date(day(1))})
    bad = cells_of(
        form,
        BODY,
        "児童手当",
        {**COUNTS, "as_of": era_date(day(-3)), "matched": 90, "cause_input": None, "pending": ""},
    )
    page = send(staff, world, filled(form, SHEET, {**good, **bad}))
    assert page.status == 422
    assert "件数を入力してください" in page.main
    bad |= cells_of(form, BODY, "児童手当", {"pending": 1})
    page = send(staff, world, filled(form, SHEET, {**good, **bad}))
    for said in ("将来の日付", "照合済は、抽出済以下", "合計（4件）を、不一致（5件）", "原因別の件数の合計（0件）"):
        assert said in page.main
    # what cannot be read is named together with what does not fit, not one after the other
    bad |= cells_of(form, BODY, "児童手当", {"leak": "なし", "expected_on": "来年"})
    page = send(staff, world, filled(form, SHEET, {**good, **bad}))
    for said in ("照合済は、抽出済以下", "次の中から入力してください：該当なし、調査中", "正しい日付"):
        assert said in page.main
    with arrange():
        assert count(world) == 1


def test_a_prefecture_reports_for_its_municipalities_with_a_reason(visit, world, arrange):
    prefecture = visit(world["prefecture"])
    form = take(prefecture, world, "area")
    assert len(grid_of(form, SHEET).rows) == 6 + 4
    values = {**COUNTS, "as_of": era_date(day(1))}
    cells = cells_of(form, NEIGHBOUR, "児童手当", values)
    page = send(prefecture, world, filled(form, SHEET, cells))
    assert "団体に代わって登録する理由" in page.main
    cells |= cells_of(form, NEIGHBOUR, "児童手当", {"reason": "電話で聴き取ったため"})
    send(prefecture, world, filled(form, SHEET, cells)).form().submit()
    with arrange():
        newest = db.session.scalars(sa.select(Snapshot).order_by(Snapshot.id.desc())).first()
        campaign = db.session.get_one(Campaign, world["id"])
        assert newest.entry_id == entry_of(campaign, NEIGHBOUR).id
        assert "新潟県" in newest.signature
        assert newest.reason == "電話で聴き取ったため"


def test_a_clean_copy_keeps_what_was_entered(visit, world):
    staff = visit(world["staff"])
    form = take(staff, world)
    hiding = filled(form, SHEET, cells_of(form, BODY, "介護保険", {**COUNTS, "as_of": era_date(day(1))}))
    hiding = changed(hiding, SHEET, lambda xml: xml.replace('<row r="3"', '<row hidden="1" r="3"'))
    page = send(staff, world, hiding)
    link = next(a["href"] for a in page.soup.find_all("a") if a["href"].endswith("/clean"))
    page = send(staff, world, staff.get(link).response.get_data())
    assert "1件の進捗を登録します" in page.main


def test_a_survey_has_no_form_of_progress_and_headquarters_takes_none(visit, world, arrange):
    visit(world["office"]).get(f"{world['path']}/form?kind=progress", status=404)
    with arrange():
        none = make_inspection((BODY,), ())
    visit(world["staff"]).get(f"/campaigns/{none.id}/workbook/form?kind=progress", status=404)
