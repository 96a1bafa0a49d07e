"""What others than the body do with answers: compiling, sending back, bodies × procedures, later dues."""

import csv
import io

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from portal.addressing.rule import AddresseeRule
from portal.answering import compiling, extending, saving, submitting
from portal.campaigns import publishing
from portal.campaigns.models import Campaign, Entry
from portal.campaigns.states import EntryState
from portal.core.db import db
from portal.core.events import EventRecord
from portal.directory.models import Person
from portal.directory.roles import Role
from tests.factories.campaigns import (
    ANSWERS,
    NIIGATA,
    answer,
    entry_of,
    in_days,
    make_manager,
    make_publisher,
    make_running,
    participation_of,
)
from tests.factories.issues import make_cast
from tests.factories.people import actor_of, make_member, organisation

BODIES = ("152226", "152048", "152021")


@pytest.fixture
def world(arrange):
    """A running inspection in which three bodies submitted one procedure each, and everybody who looks at it."""
    with arrange():
        cast = make_cast()
        campaign = make_running()
        entries = {}
        for code in BODIES:
            entry = entry_of(campaign, code)
            answer(campaign, entry, subjects=int(code[-3:]))
            entries[code] = entry.id
        phone = make_member("152056", Role.LOCAL_MANAGER, section="市民課")
        db.session.get_one(Person, phone.person_id).phone = "0257-00-0000"
        return {
            "campaign": campaign.id,
            "at": f"/campaigns/{campaign.id}",
            "entries": entries,
            "office": make_member("juumin", Role.DIVISION),
            "liaison": cast.liaison,
            "other_liaison": cast.other_liaison,
            "executive": cast.executive,
            "association": cast.association,
            "prefecture": make_member("150002", Role.LOCAL_STAFF, section="市町村課"),
            "elsewhere": make_member("130001", Role.LOCAL_STAFF),
            "manager": make_member("152226", Role.LOCAL_MANAGER, section="市民課"),
        }


def of(world) -> Campaign:
    return db.session.get_one(Campaign, world["campaign"])


def states(arrange, world) -> dict[str, EntryState]:
    with arrange():
        return {code: db.session.get_one(Entry, key).state for code, key in world["entries"].items()}


def test_a_prefecture_forwards_one_several_or_all(visit, world, arrange):
    prefecture = visit(world["prefecture"])
    page = prefecture.get(f"{world['at']}/compile")
    assert "取りまとめ待ち 3" in page.main
    assert "取りまとめる回答を選んでください" in page.form("/compile/forward").submit(everything=None).main
    keys = world["entries"]
    form = next(each for each in page.soup.main.find_all("form") if each.find(attrs={"name": "entry_ids"}))
    data = {
        "csrf_token": form.find(attrs={"name": "csrf_token"})["value"],
        "entry_ids": [str(keys["152226"]), str(keys["152048"])],
    }
    assert "2件の回答を取りまとめました" in prefecture.post(form["action"], data).main
    assert states(arrange, world) == {
        "152226": EntryState.FORWARDED, "152048": EntryState.FORWARDED, "152021": EntryState.SUBMITTED,
    }  # fmt: skip
    page = prefecture.get(f"{world['at']}/compile")
    assert "1件の回答を取りまとめました" in page.form("/compile/forward").submit().main
    assert "取りまとめを待っている回答はありません" in prefecture.get(f"{world['at']}/compile").main
    assert "上越市" in prefecture.get(f"{world['at']}/compile?state=forwarded").main
    visit(world["manager"]).get(f"{world['at']}/compile", status=404)
    visit(world["elsewhere"]).get(f"{world['at']}/compile", status=404)
    visit(world["office"]).get(f"{world['at']}/compile", status=404)


def test_single_answers_are_sent_back_with_reasons(visit, world, arrange):
    prefecture, key = visit(world["prefecture"]), world["entries"]["152226"]
    page = prefecture.get(f"{world['at']}/entries/{key}/return")
    refused = page.form().submit()
    assert refused.status == 422
    assert "差し戻す設問に理由を入力してください" in refused.main
    refused = refused.form().submit(reason_contact="個人番号 123456789018", reason_routes="取得方法を確かめる")
    assert refused.status == 422
    assert "取得方法を確かめる" in refused.text
    page = refused.form().submit(reason_contact="担当課を確かめてください。")
    assert "上越市に差し戻しました" in page.main
    assert "担当課・電話番号：担当課を確かめてください。" in page.main.replace(" ", "")
    assert page.soup.main.find("a", string="取りまとめの一覧に戻る")["href"] == f"{world['at']}/compile"
    assert states(arrange, world)["152226"] is EntryState.RETURNED
    prefecture.get(f"{world['at']}/entries/{key}/return", status=403)
    assert "担当課を確かめてください。" in visit(world["manager"]).get(f"{world['at']}/answers").main
    visit(world["elsewhere"]).get(f"{world['at']}/entries/{key}/return", status=404)
    visit(world["manager"]).get(f"{world['at']}/entries/{key}/return", status=403)


def test_a_prefecture_is_led_to_its_own_answers_first_and_then_to_those_that_wait(visit, world, arrange):
    def main_steps():
        page = visit(world["prefecture"]).get(world["at"])
        return [a.get_text(strip=True) for a in page.soup.main.select("a.button--primary")]

    assert main_steps() == ["回答する"]
    with arrange():
        own = sa.update(Entry).where(
            Entry.campaign_id == world["campaign"], Entry.organisation_id == organisation("150002").id
        )
        db.session.execute(own.values(state=EntryState.SUBMITTED))
    assert main_steps() == ["取りまとめる"]


def test_who_sent_an_answer_back_sees_what_became_of_it(visit, world, arrange):
    with arrange():
        entry, prefecture = entry_of(of(world)), actor_of(make_member("150002", Role.LOCAL_STAFF))
        reasons = {"contact": "担当課を確かめてください。", "subjects": "多すぎませんか。"}
        compiling.return_answers(prefecture, of(world), entry, reasons=reasons)
        manager = make_manager()
        saving.save_answers(manager, of(world), entry, {"contact": "福祉課 025-000-1111"})
        submitting.submit_entry(manager, of(world), entry)
        at = f"{world['at']}/entries/{entry.id}"
    rows = visit(world["prefecture"]).get(at).soup.find(id="mended-head").find_next("table").tbody.find_all("tr")
    said = {row.find_all("td")[0].get_text(): row.get_text(" ", strip=True) for row in rows}
    assert "福祉課 000-0000 福祉課 025-000-1111" in said["担当課・電話番号"]
    assert "多すぎませんか。 226件 226件 変更なし" in said["番号を紐付けている件数"]


def test_a_justified_warning_is_shown_to_who_checks(visit, world, arrange):
    with arrange():
        entry = entry_of(of(world), "152099")
        manager = make_manager("152099")
        saving.save_answers(manager, of(world), entry, {**ANSWERS, "subjects": 0})
        submitting.submit_entry(manager, of(world), entry, reasons={"subjects": "制度開始前のため"})
        key = entry.id
    page = visit(world["prefecture"]).get(f"{world['at']}/entries/{key}")
    assert "制度開始前のため" in page.main
    assert "警告に理由あり" in visit(world["prefecture"]).get(f"{world['at']}/compile").main


def test_headquarters_sees_everything_at_once_and_nobody_ranks(visit, world):
    office = visit(world["office"])
    page = office.get(f"{world['at']}/bodies")
    assert "上越市" in page.main
    assert "1／15" in page.main
    assert "0257-00-0000" in page.main  # whom to call where nothing was submitted
    assert "柏崎市" in office.get(f"{world['at']}/bodies?which=silent").main
    narrowed = office.get(f"{world['at']}/bodies?which=waiting&procedure=999999")
    assert "柏崎市" not in narrowed.main
    assert "上越市" in narrowed.main
    assert "条件に合う団体" in office.get(f"{world['at']}/bodies?which=done").main
    assert office.get(f"{world['at']}/bodies?which=nonsense").status == 200
    together = office.get(f"{world['at']}/overview")
    assert "一件も提出していない団体（28）" in together.main
    assert not together.soup.main.find(class_="tile-map")  # one prefecture alone is no map
    for name in ("manager", "association"):
        visit(world[name]).get(f"{world['at']}/bodies", status=404)
        visit(world[name]).get(f"{world['at']}/overview", status=404)


def test_all_together_lead_to_the_bodies_of_a_prefecture_and_a_procedure(visit, arrange):
    with arrange():
        codes = ("130001", "131016", "150002", "152226")
        campaign = make_running(addressees=AddresseeRule(include=codes))
        office, key = make_member("juumin", Role.DIVISION), entry_of(campaign).procedure_id
        at = f"/campaigns/{campaign.id}"
    page = visit(office).get(f"{at}/overview?procedure={key}", budget=13)
    tiles = page.soup.main.select(".tile-map a")
    assert [each["href"] for each in tiles] == [f"{at}/bodies?procedure={key}&prefecture={code}" for code in (13, 15)]
    table = page.soup.main.table
    assert [each.text for each in table.select("tbody th")] == ["東京都", "新潟県"]
    bodies = visit(office).get(tiles[1]["href"])
    assert [each.a.text for each in bodies.soup.main.select("tbody th")] == ["新潟県", "上越市"]
    assert len(bodies.soup.main.select("thead .matrix__procedure")) == 1
    wrong = visit(office).get(f"{at}/bodies?prefecture=99&procedure=nonsense")
    assert len(wrong.soup.main.select("tbody th")) == 4
    assert [wrong.error_of(name) for name in ("prefecture", "procedure")] == ["一覧から選んでください。"] * 2


def test_a_liaison_sees_the_bodies_of_their_posts_and_whom_to_call(visit, world):
    liaison = visit(world["liaison"])
    page = liaison.get(f"{world['at']}/bodies?which=silent")
    assert "0257-00-0000" in page.main
    assert page.soup.main.find("a", string="連絡表")
    assert "条件に合う団体" in visit(world["other_liaison"]).get(f"{world['at']}/bodies").main


def test_one_body_with_what_was_sent_back_and_asked_for(visit, world, arrange):
    with arrange():
        manager = actor_of(world["manager"])
        compiling.return_answers(
            actor_of(world["office"]), of(world), entry_of(of(world)), reasons={"routes": "確かめてください。"}
        )
        extending.ask_extension(
            manager, of(world), participation_of(of(world)), wanted_on=in_days(30), reason="対象が多いため"
        )
        key = participation_of(of(world)).id
    page = visit(world["office"]).get(f"{world['at']}/bodies/{key}")
    for text in ("確かめてください。", "対象が多いため", "児童手当", "判断する"):
        assert text in page.main, text
    assert "判断する" not in visit(world["prefecture"]).get(f"{world['at']}/bodies/{key}").main
    visit(world["manager"]).get(f"{world['at']}/bodies/{key}", status=404)
    visit(world["other_liaison"]).get(f"{world['at']}/bodies/{key}", status=404)

    with arrange():
        publishing.close_campaign(make_publisher(), of(world))
    over = visit(world["office"]).get(f"{world['at']}/bodies/{key}")
    assert "判断前に終了" in over.main
    assert "申請中" not in over.main
    over = visit(world["office"]).get(f"{world['at']}/extensions")
    assert "判断前に終了" in over.main
    assert "申請中" not in over.main


def test_the_list_is_taken_out_as_a_file_and_recorded(visit, world, arrange):
    office = visit(world["office"])
    with arrange():
        participation_of(of(world)).organisation_name = "=上越市"
        participation_of(of(world)).reply_number = "＝1+1"
    url = f"{world['at']}/bodies/export"
    got = office.post_with_token(url, {"ending": "csv", "which": "waiting"})
    rows = list(csv.reader(io.StringIO(got.response.get_data().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["152021", "152048", "152226"]
    assert rows[3][1] == "'=上越市"
    assert rows[3][5] == "'＝1+1"
    assert rows[3][rows[0].index("児童手当")] == "提出済"
    assert rows[3][3:5] == ["1", "15"]
    got = office.post_with_token(url, {"ending": "xlsx"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(got.response.get_data())).get_sheet_by_index(0).to_python()
    assert len(sheet) == 32
    assert "=上越市" in [row[1] for row in sheet]
    with arrange():
        kinds = db.session.scalars(sa.select(EventRecord.payload).where(EventRecord.kind == "matrix_exported")).all()
        assert [each["count"] for each in kinds] == [3, 31]
    assert visit(world["executive"]).post_with_token(url, {"ending": "csv"}).status == 403
    assert visit(world["manager"]).post_with_token(url, {"ending": "csv"}).status == 404


def test_a_request_for_a_later_due_is_taken_back_while_nobody_has_decided(visit, world, arrange):
    manager, office = visit(world["manager"]), visit(world["office"])
    page = manager.get(f"{world['at']}/answers/extension").form().submit(**on("wanted_on", 30), reason="対象が多いため")
    decide = next(
        a["href"] for a in office.get(f"{world['at']}/extensions").soup.main.find_all("a") if a.get_text() == "上越市"
    )
    waiting = office.get(decide)
    with arrange():
        stranger = make_member("152048", Role.LOCAL_MANAGER)
    taken_back = f"{world['at']}/answers/extension/{decide.rsplit('/', 1)[1]}/withdraw"
    assert visit(stranger).post_with_token(taken_back).status in {403, 404}
    assert "いまの申請を取り下げてください。" in page.main  # why there is no form
    done = page.form("/withdraw").submit()
    assert "取り下げました" in done.main
    assert "いまの申請を取り下げてください。" not in done.main
    assert done.has_form("/extension")  # another may be asked for
    assert not done.has_form("/withdraw")
    assert manager.post_with_token(taken_back).status == 409
    assert waiting.form().submit(decision="grant", **on("granted_on", 25)).status == 409
    assert "取下げ 1" in office.get(f"{world['at']}/extensions?state=withdrawn").main
    with arrange():
        assert participation_of(of(world)).due_on is None


def test_a_later_due_is_asked_for_and_decided(visit, world, arrange):
    manager, office = visit(world["manager"]), visit(world["office"])
    page = manager.get(f"{world['at']}/answers/extension")
    assert "いまの期限より後" in page.form().submit(**on("wanted_on", 2), reason="多いため").error_of("wanted_on-year")
    page = page.form().submit(**on("wanted_on", 30), reason="対象が多いため")
    assert "期限の延長を申請しました" in page.main
    assert not page.has_form("/extension")
    with arrange():
        other = make_manager("152048")
        extending.ask_extension(
            other, of(world), participation_of(of(world), "152048"), wanted_on=in_days(40), reason="更改のため"
        )
    page = office.get(f"{world['at']}/extensions")
    assert "判断待ち 2" in page.main
    link = next(a["href"] for a in page.soup.main.find_all("a") if a.get_text() == "上越市")
    decide = office.get(link)
    refused = decide.form().submit(decision="refuse")
    assert "承認しない理由" in refused.error_of("reason")
    done = refused.form().submit(decision="grant", **on("granted_on", 25))
    assert "上越市の期限の延長を承認しました" in done.main
    assert decide.form().submit(decision="refuse", reason="遅い").status in {200, 409}
    page = office.get(f"{world['at']}/extensions")
    boxes = [each["value"] for each in page.soup.find_all(attrs={"name": "extension_ids"})]
    none = office.get(f"{world['at']}/extensions").form("/extensions/grant").submit()
    assert "承認する申請を選んでください" in none.main
    assert "1団体の期限の延長を、希望どおり承認しました" in (
        page.form("/extensions/grant").submit(extension_ids=boxes).main
    )
    assert "（延長後）" in manager.get(f"{world['at']}/answers").main
    with arrange():
        assert participation_of(of(world)).due_on == in_days(25)
        assert participation_of(of(world), "152048").due_on == in_days(40)
    visit(world["manager"]).get(f"{world['at']}/extensions", status=404)
    assert "上越市" in visit(world["prefecture"]).get(f"{world['at']}/extensions?state=granted").main


def on(name: str, days: int) -> dict[str, str]:
    day = in_days(days)
    return {f"{name}-year": str(day.year), f"{name}-month": str(day.month), f"{name}-day": str(day.day)}


def test_what_ended_is_neither_compiled_nor_sent_back(visit, world, arrange):
    key = world["entries"]["152226"]
    prefecture = visit(world["prefecture"])
    page = prefecture.get(f"{world['at']}/entries/{key}/return")
    with arrange():
        publishing.close_campaign(make_publisher(), of(world))
    refused = page.form().submit(reason_contact="担当課を確かめてください。")
    assert refused.status == 409
    assert "担当課を確かめてください。" in refused.main
    assert prefecture.post_with_token(f"{world['at']}/compile/forward", {"everything": "1"}).status == 409
    assert "終了しました" in prefecture.get(f"{world['at']}/compile").main
    assert states(arrange, world)["152226"] is EntryState.SUBMITTED


def test_pages_of_many_bodies_stay_within_the_statements(visit, arrange):
    """The matrix of the whole country costs no more statements than that of one prefecture."""
    with arrange():
        campaign = make_running(addressees=type(NIIGATA)(kinds=NIIGATA.kinds))
        office, prefecture = make_member("juumin", Role.DIVISION), make_member("150002", Role.LOCAL_STAFF)
        at = f"/campaigns/{campaign.id}"
    page = visit(office).get(f"{at}/bodies", budget=15)
    assert "北海道" in page.main
    assert len(page.statements) <= 13
    assert visit(office).get(f"{at}/bodies?prefecture=13&which=silent").status == 200
    assert len(visit(prefecture).get(f"{at}/compile?state=missing").statements) <= 10
