"""Forms in the browser: taken out, filled in, sent, confirmed; refused with every fault at its cell; who may."""

import csv
import io
import threading

import pytest
import sqlalchemy as sa

from portal.answering.models import AnswerChange
from portal.answering.saving import save_answers
from portal.attachments.models import Attachment
from portal.attachments.storage import current_store
from portal.campaigns.models import Campaign
from portal.core import clock
from portal.core.db import announce_access, db, unit_of_work
from portal.core.errors import Conflict
from portal.core.events import EventRecord
from portal.directory.roles import Role
from portal.jobs.workbooks import drop_workbooks
from portal.workbooks.models import WorkbookUpload
from portal.workbooks.queries import get_upload
from portal.workbooks.receiving import store_upload
from portal.workbooks.states import UploadState
from tests.factories.campaigns import answer, entry_of, make_manager, make_running
from tests.factories.people import actor_of, make_member
from tests.workbooks.files import changed, filled, grid_of, place_of

SHEET = "児童手当"


@pytest.fixture
def world(arrange):
    """A running inspection of 新潟県, and who works on it."""
    with arrange():
        campaign = make_running()
        return {
            "id": campaign.id,
            "path": f"/campaigns/{campaign.id}/workbook",
            "staff": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            "colleague": make_member("152226", Role.LOCAL_STAFF, section="市民課"),
            "prefecture": make_member("150002", Role.LOCAL_STAFF, section="市町村課"),
            "neighbour": make_member("152048", Role.LOCAL_STAFF),
            "division": make_member("juumin", Role.DIVISION),
            "executive": make_member("hq", Role.EXECUTIVE),
            "stranger": make_member("131016", Role.LOCAL_STAFF),
        }


def take(visitor, world, scope: str = "own") -> bytes:
    """The form as it is downloaded."""
    return visitor.get(f"{world['path']}/form?scope={scope}").response.get_data()


def send(visitor, world, content: bytes, name: str = "様式.xlsx", **fields):
    """Choose the file and press the button."""
    return visitor.get(world["path"]).form("/workbook").submit(file=(name, content), **fields)


def test_a_form_is_taken_filled_in_checked_and_entered(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    cells = {
        place_of(form, SHEET, "handled"): "はい", place_of(form, SHEET, "duty"): "無",
        place_of(form, SHEET, "routes"): "ａ、c 住基システムとの自動連携",
        place_of(form, SHEET, "subjects"): "１，２００件", place_of(form, SHEET, "mislinks"): 0,
        place_of(form, SHEET, "contact"): "市民課 025-000-0000", place_of(form, SHEET, "method"): "窓口で確かめる。",
    }  # fmt: skip
    content = filled(form, SHEET, cells)
    page = send(staff, world, content)
    assert page.h1 == "登録する内容の確認"
    assert "1団体、1事務の回答7件が変わります" in page.main
    assert "1,200件" in page.main
    assert "この設問の回答は提出されません" in page.main  # the method is asked for after a J-LIS lookup alone
    with arrange():
        assert entry_of(db.session.get_one(Campaign, world["id"])).answers == {}
    page = page.form().submit()
    assert "7件の回答を登録しました" in page.main
    assert page.h1 == "上越市の回答"  # where it is submitted
    forms = staff.get(world["path"])
    assert "様式.xlsx" in forms.main
    assert forms.soup.find("a", string="自団体の回答を見る・提出する")["href"].endswith("/answers")
    with arrange():
        entry = entry_of(db.session.get_one(Campaign, world["id"]))
        assert entry.answers["routes"] == ["a", "c"]
        assert entry.answers["subjects"] == 1200
        assert entry.answers["duty"] == "no"
        changes = db.session.scalars(sa.select(AnswerChange)).all()
        assert {(each.source.value, each.source_name) for each in changes} == {("workbook", "様式.xlsx")}
        event = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "workbook_stored")).one()
        assert event.payload["cells"] == 7

    # the same file once more changes nothing, and the original can be fetched by the office alone
    assert "登録する変更はありません" in send(staff, world, content).main
    link = next(a["href"] for a in staff.get(world["path"]).soup.find_all("a") if "originals" in a["href"])
    assert visit(world["colleague"]).get(link).response.get_data() == content
    visit(world["neighbour"]).get(link, status=404)
    visit(world["prefecture"]).get(link, status=404)


def test_every_fault_is_named_at_its_cell_and_nothing_is_stored(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    handled, subjects, mislinks = (place_of(form, SHEET, key) for key in ("handled", "subjects", "mislinks"))
    bad = filled(form, SHEET, {handled: "たぶん", subjects: "=1+1", mislinks: "約10"})
    bad = filled(bad, "予防接種", {place_of(form, "予防接種", "handled"): "はい"})
    page = send(staff, world, bad)
    assert page.status == 422
    assert "誤りが3件あります" in page.main
    for cell, message in ((handled, "入力してください：はい、いいえ"), (subjects, "数式"), (mislinks, "0以上の整数")):
        assert f"「児童手当」シート {cell}" in page.main
        assert message in page.main
    found = {row[0]: row[1:3] for row in rows_of(page)}
    assert found[f"「児童手当」シート {handled}"] == ["この事務を行っていますか。", "たぶん"]
    assert found[f"「児童手当」シート {mislinks}"][1] == "約10"
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerChange)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkbookUpload)) == 0


def test_a_value_at_fault_is_cut_and_never_shows_what_may_be_an_individual_number(visit, world):
    staff = visit(world["staff"])
    form = take(staff, world)
    handled, subjects, mislinks = (place_of(form, SHEET, key) for key in ("handled", "subjects", "mislinks"))
    page = send(
        staff,
        world,
        filled(
            form, SHEET, {handled: "あ" * 40, subjects: "１２３４－５６７８－９０１２件", mislinks: "9" * 12 + "件"}
        ),
    )
    assert page.status == 422
    found = {row[0]: row[2] for row in rows_of(page)}
    assert found[f"「児童手当」シート {handled}"] == "あ" * 30 + "…"
    assert found[f"「児童手当」シート {subjects}"] == "（12桁の番号のため表示しません）"
    assert found[f"「児童手当」シート {mislinks}"] == "（12桁の番号のため表示しません）"
    assert "5678" not in page.main.replace("９", "9")


def rows_of(page):
    """The cells of the table of faults, as text."""
    table = page.soup.main.find("table")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in table.tbody.find_all("tr")]


def test_what_a_file_hides_is_named_and_a_clean_copy_is_offered(visit, world):
    staff = visit(world["staff"])
    form = take(staff, world)
    subjects = place_of(form, SHEET, "subjects")
    hiding = filled(form, SHEET, {place_of(form, SHEET, "handled"): "はい", subjects: 300})
    hiding = changed(hiding, SHEET, lambda xml: xml.replace('<row r="7"', '<row hidden="1" r="7"'))
    page = send(staff, world, hiding)
    assert page.status == 422
    assert "非表示の行 ：「児童手当」シート 7行" in page.main
    link = next(a["href"] for a in page.soup.find_all("a") if a["href"].endswith("/clean"))
    visit(world["colleague"]).get(link, status=404)
    clean = staff.get(link).response.get_data()
    assert grid_of(clean, SHEET).cell(int(subjects[1:]) - 1, 4) == 300
    page = send(staff, world, clean)
    assert "回答2件が変わります" in page.main


def test_a_prefecture_fills_in_for_its_municipalities_and_submitted_ones_stay(visit, world, arrange):
    with arrange():
        campaign = db.session.get_one(Campaign, world["id"])
        answer(campaign, entry_of(campaign, "152048"), subjects=77)
        entry = entry_of(campaign)
        save_answers(actor_of(world["staff"]), campaign, entry, {"handled": "yes", "subjects": 12345})
    prefecture = visit(world["prefecture"])
    form = take(prefecture, world, "area")
    grid = grid_of(form, SHEET)
    assert not any(12345 in line for line in grid.rows)  # what a body is still writing is its own
    cells = {
        place_of(form, SHEET, "handled", "長岡市"): "いいえ",
        place_of(form, SHEET, "subjects", next(line[1] for line in grid.rows if line[0] == "152048")): 99,
    }
    page = send(prefecture, world, filled(form, SHEET, cells))
    assert "1団体、1事務の回答1件が変わります" in page.main
    assert "提出済のため、変更しません" in page.main
    page.form().submit()
    with arrange():
        campaign = db.session.get_one(Campaign, world["id"])
        assert entry_of(campaign, "152021").answers == {"handled": "no"}
        assert entry_of(campaign, "152048").answers["subjects"] == 77
        assert entry_of(campaign).answers == {"handled": "yes", "subjects": 12345}
        change = db.session.scalars(sa.select(AnswerChange).where(AnswerChange.source_name != "")).one()
        assert "新潟県" in change.signature

    # the prefecture does not see what the body writes, and never replaces it
    page = send(prefecture, world, filled(form, SHEET, {place_of(form, SHEET, "subjects", "上越市"): 5}))
    assert page.status == 422
    assert "団体が既に入力しています" in page.main
    assert "12345" not in page.text


@pytest.mark.parametrize("value", [99, "九十九件ほど"])
def test_what_cannot_change_any_more_is_named_where_the_form_says_otherwise(visit, world, arrange, value):
    with arrange():
        answer(db.session.get_one(Campaign, world["id"]), entry_of(db.session.get_one(Campaign, world["id"]), "152048"))
    prefecture = visit(world["prefecture"])
    form = take(prefecture, world, "area")
    name = next(line[1] for line in grid_of(form, SHEET).rows if line[0] == "152048")

    page = send(prefecture, world, filled(form, SHEET, {place_of(form, SHEET, "subjects", name): value}))

    assert "登録できる変更はありません。" in page.main
    assert "いまの回答と同じ内容です。" not in page.main
    assert f"{name}の「" in page.main
    assert "提出済のため、変更しません" in page.main


def test_what_colleagues_entered_meanwhile_is_never_overwritten(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    with arrange():
        campaign = db.session.get_one(Campaign, world["id"])
        entry = entry_of(campaign)
        save_answers(actor_of(world["colleague"]), campaign, entry, {"handled": "yes", "subjects": 10})
    ours = filled(form, SHEET, {place_of(form, SHEET, "handled"): "はい", place_of(form, SHEET, "contact"): "市民課"})
    page = send(staff, world, ours)
    assert "回答1件が変わります" in page.main  # the number that we left empty stays
    clash = filled(ours, SHEET, {place_of(form, SHEET, "subjects"): 20})
    page = send(staff, world, clash)
    assert page.status == 422
    assert "先に「10件」と入力しました" in page.main


def test_others_who_change_between_check_and_confirmation_are_shown(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    page = send(staff, world, filled(form, SHEET, {place_of(form, SHEET, "contact"): "市民課"}))
    with arrange():
        campaign = db.session.get_one(Campaign, world["id"])
        save_answers(actor_of(world["colleague"]), campaign, entry_of(campaign), {"contact": "福祉課"})
    told = page.form().submit()
    assert told.status == 422
    assert "ほかの方が回答を入力しました" in told.main
    assert "先に「福祉課」と入力しました" in told.main


def test_a_number_of_a_person_is_refused_at_its_cell_without_its_digits(visit, world):
    staff = visit(world["staff"])
    form = take(staff, world)
    contact = place_of(form, SHEET, "contact")
    page = send(staff, world, filled(form, SHEET, {contact: "マイナンバー 123456789018"}))
    assert page.status == 422
    assert f"「児童手当」シート {contact}" in page.main
    assert "123456789018" not in page.text
    page = send(staff, world, filled(form, SHEET, {contact: "受付 123456789018"}))
    assert "確認欄にチェック" in page.main
    page = page.form("/workbook").submit(
        file=("様式.xlsx", filled(form, SHEET, {contact: "受付 123456789018"})), my_number_confirmed="y"
    )
    assert page.h1 == "登録する内容の確認"
    assert "1件の回答を登録しました" in page.form().submit().main
    refused = send(staff, world, filled(form, SHEET, {contact: "市民課"}), "個人番号123456789018.xlsx")
    assert refused.status == 422
    assert "123456789018" not in refused.text


def test_forms_of_others_and_other_files_are_refused_in_words(visit, world, arrange):
    with arrange():
        other = make_running(title="別の調査", again_reason="前回と対象が異なるため。")
    staff, neighbour = visit(world["staff"]), visit(world["neighbour"])
    theirs = take(neighbour, world)
    page = send(staff, world, filled(theirs, SHEET, {place_of(theirs, SHEET, "handled"): "はい"}))
    assert "あなたの団体の様式ではありません" in page.main
    elsewhere = staff.get(f"/campaigns/{other.id}/workbook/form").response.get_data()
    assert "ほかの調査の様式です" in send(staff, world, elsewhere).main
    for name, content, message in (
        ("様式.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excelブック（.xlsx）として保存し直して"),
        ("様式.ods", b"PK\x03\x04", "Excelブック（.xlsx）として保存し直して"),
        ("様式.xlsm", b"PK\x03\x04", "マクロを含む形式"),
        ("様式.xlsx", b"PK\x03\x04broken", "壊れています"),
        ("様式.csv", b"\x81\xff\xfe\x00", "文字を読み取れません"),
        ("様式.txt", b"abc", "を選んでください"),
        ("様式.xlsx", b"", "空のファイル"),
    ):
        refused = send(staff, world, content, name)
        assert refused.status == 422
        assert message in refused.error_of("file"), name


def test_who_finds_what(visit, world):
    for who in ("staff", "prefecture", "neighbour"):
        assert "様式をダウンロードする" in visit(world[who]).get(world["path"]).main
    office = visit(world["division"]).get(world["path"])
    assert "提出された回答を取り出す" in office.main
    assert "様式をダウンロード" not in office.main
    visit(world["executive"]).get(world["path"], status=404)
    visit(world["stranger"]).get(world["path"], status=404)
    visit(world["division"]).get(f"{world['path']}/form", status=404)
    visit(world["neighbour"]).get(f"{world['path']}/form?scope=area", status=404)


def test_headquarters_takes_out_what_was_submitted_and_it_is_recorded(visit, world, arrange):
    with arrange():
        campaign = db.session.get_one(Campaign, world["id"])
        answer(campaign, entry_of(campaign), subjects=4321, contact="=1+1")
        save_answers(make_manager("152048"), campaign, entry_of(campaign, "152048"), {"subjects": 8765})
    page = visit(world["division"]).get(world["path"])
    got = page.form("/workbook/export").submit()
    grid = grid_of(got.response.get_data(), "回答")
    row = next(line for line in grid.rows if line[2] == "上越市" and line[3] == SHEET)
    assert row[4] == "提出済"
    assert 4321 in row
    assert "=1+1" in row
    assert grid.scan.formulas == set()
    assert not any(8765 in line for line in grid.rows)
    with arrange():
        event = db.session.scalars(sa.select(EventRecord).where(EventRecord.kind == "answers_exported")).one()
        assert event.payload["count"] == len(grid.rows) - 1


@pytest.mark.both_engines
def test_two_confirmations_at_once_enter_it_once(app, visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    page = send(staff, world, filled(form, SHEET, {place_of(form, SHEET, "subjects"): 5}))
    with arrange():
        upload = db.session.scalars(sa.select(WorkbookUpload)).one()
        actor, key = actor_of(world["staff"]), upload.key
    seen = page.soup.find(attrs={"name": "fingerprint"})["value"]
    gate, outcomes = threading.Barrier(2), []

    def confirm() -> None:
        announce_access(write=True)
        with app.app_context():
            campaign = db.session.get_one(Campaign, world["id"])
            upload = get_upload(actor, campaign, key, UploadState.WAITING)
            db.session.close()  # both have read it before either enters it
            gate.wait()
            try:
                with unit_of_work():
                    store_upload(actor, campaign, upload, fingerprint=seen)
                outcomes.append("kept")
            except Conflict:
                outcomes.append("told")

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["kept", "told"]
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerChange)) == 1


def test_what_nobody_confirms_is_gone_after_an_hour_with_its_file(app, visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    page = send(staff, world, filled(form, SHEET, {place_of(form, SHEET, "subjects"): 5}))
    waiting = page.url
    visit(world["colleague"]).get(waiting, status=404)  # its sender's alone
    with arrange():
        key = db.session.scalars(sa.select(Attachment.storage_key)).one()
        assert current_store().open(key).read()[:2] == b"PK"
        db.session.execute(sa.update(WorkbookUpload).values(expires_at=clock.now()))
    staff.get(waiting, status=404)
    announce_access(write=True)
    with app.app_context():
        drop_workbooks()
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(WorkbookUpload)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0
        with pytest.raises(FileNotFoundError):
            current_store().open(key)


def test_the_sender_may_drop_it_and_a_changed_original_is_not_given_out(visit, world, arrange):
    staff = visit(world["staff"])
    form = take(staff, world)
    content = filled(form, SHEET, {place_of(form, SHEET, "subjects"): 5})
    page = send(staff, world, content)
    assert "登録をやめました" in page.form("/discard").submit().main
    page.form().submit()  # the page of before leads nowhere now
    send(staff, world, content).form().submit()
    link = next(a["href"] for a in staff.get(world["path"]).soup.find_all("a") if "originals" in a["href"])
    with arrange():
        db.session.execute(sa.update(Attachment).values(sha256="0" * 64))
    assert "一致しません" in staff.get(link, status=409).main


def test_a_csv_of_one_sheet_is_entered(visit, world):
    prefecture = visit(world["prefecture"])
    grid = grid_of(take(prefecture, world, "area"), SHEET)
    codes = next(line for line in grid.rows if line[0] == "コード")
    for line in grid.rows:
        if line[1] in {"上越市", "長岡市"}:
            line[codes.index("handled")], line[codes.index("subjects")] = "はい", "１２０①"
    out = io.StringIO()
    csv.writer(out).writerows(grid.rows)
    page = send(prefecture, world, out.getvalue().encode("cp932"), "児童手当.csv")
    assert "2団体、2事務の回答4件が変わります" in page.main
    assert "1,201件" in page.main


def test_the_page_of_the_campaign_leads_to_the_forms(visit, world):
    for who, words in (("staff", "様式のページを開く"), ("division", "回答一覧を取り出す")):
        page = visit(world[who]).get(f"/campaigns/{world['id']}")
        assert words in page.main
    assert "様式（Excel）" not in visit(world["executive"]).get(f"/campaigns/{world['id']}").main


def test_the_pages_stand_in_english(visit, world):
    staff = visit(world["staff"], locale="en")
    form = take(staff, world)
    bad = filled(form, SHEET, {place_of(form, SHEET, "subjects"): "=1"})
    assert "There is a formula. Enter the value." in send(staff, world, bad).main
