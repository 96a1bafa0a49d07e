"""What is handed in: the answers to what is asked, and nothing of what was typed besides."""

import io

from python_calamine import CalamineWorkbook

from portal.answering import compiling, saving, submitting
from portal.campaigns.states import CampaignKind
from portal.directory.roles import Role
from portal.workbooks.exporting import export_answers
from tests.factories.campaigns import ANSWERS, answer, entry_of, make_manager, make_publisher, make_running
from tests.factories.people import actor_of, make_member


def rows_of(content: bytes) -> list[dict]:
    heads, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_what_is_not_asked_is_not_handed_in(arrange):
    with arrange():
        campaign = make_running()
        entry, manager = entry_of(campaign), make_manager()
        saving.save_answers(manager, campaign, entry, {**ANSWERS, "subjects": 500})
        saving.save_answers(manager, campaign, entry, {"handled": "no"})
        submitting.submit_entry(manager, campaign, entry)
        assert entry.answers == {"handled": "no"}
        other = entry_of(campaign, procedure="vaccination")
        saving.save_answers(manager, campaign, other, {**ANSWERS, "handled": "no"})
        submitting.submit_ready(manager, campaign, [other])
        assert other.answers == {"handled": "no"}


def test_what_does_not_apply_holds_no_answers(arrange):
    with arrange():
        campaign = make_running(CampaignKind.SURVEY)
        entry, manager = entry_of(campaign, procedure="whole"), make_manager()
        saving.save_answers(manager, campaign, entry, {"q1": "書きかけ"})
        submitting.declare_not_applicable(manager, campaign, entry, reason="施設がないため")
        assert entry.answers == {}


def test_the_table_of_all_answers_shows_of_what_came_back_what_was_handed_in(arrange):
    with arrange():
        campaign = make_running()
        entry = entry_of(campaign)
        answer(campaign, entry, contact="提出した課")
        prefecture = actor_of(make_member("150002", Role.LOCAL_STAFF, section="市町村課"))
        compiling.return_answers(prefecture, campaign, entry, reasons={"contact": "確かめてください。"})
        saving.save_answers(make_manager(), campaign, entry, {"contact": "直している課"})
        rows = rows_of(export_answers(make_publisher(), campaign))
        mine = next(each for each in rows if each["団体"] == "上越市" and each["事務"] == entry.procedure.name)
        assert mine["状態"] == "差戻し"
        assert mine["担当課・電話番号"] == "提出した課"
