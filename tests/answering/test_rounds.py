"""A second round: last round's answers beside the fields and for those who check, as far as they were submitted."""

import pytest

from portal.answering import compiling, saving, submitting
from portal.campaigns.models import Campaign
from portal.campaigns.states import QuestionKind
from portal.core.db import db
from portal.directory.roles import Role
from portal.workbooks.contents import collect_form
from tests.factories.answering import ask
from tests.factories.campaigns import answer, entry_of, make_author, make_manager, make_running, make_survey, publish
from tests.factories.people import actor_of, make_member

AGAIN = {"title": "二回目", "again_reason": "半年後の状況を確かめるため"}
CHOICES = [["a", "窓口"], ["b", "郵送"], ["c", "電子申請"]]


def make_round(previous=None, choices=CHOICES):
    """A running survey: a choice, a text that hangs on it, a number and what is calculated from it."""
    author = make_author()
    campaign = make_survey(author, **({} if previous is None else AGAIN))
    ask(author, campaign, "way", QuestionKind.SINGLE, options=choices)
    ask(author, campaign, "why", QuestionKind.TEXT, shown_when=[["way", "is", "a"]])
    ask(author, campaign, "count", QuestionKind.NUMBER, unit="人")
    ask(author, campaign, "double", QuestionKind.CALCULATED, formula="count * 2", unit="人")
    publish(campaign)
    campaign.previous_id = None if previous is None else previous.id
    return campaign


def pages_of(campaign):
    """The address of the form of 上越市."""
    entry = entry_of(campaign, procedure="whole")
    return f"/campaigns/{campaign.id}/entries/{entry.id}"


def test_what_no_longer_fits_is_shown_and_what_was_not_asked_is_not(visit, arrange):
    with arrange():
        first = make_round()
        entry, manager = entry_of(first, procedure="whole"), make_manager()
        saving.save_answers(manager, first, entry, {"q1": "なし", "way": "a", "why": "慣れているため", "count": 4})
        saving.save_answers(manager, first, entry, {"way": "b"})
        submitting.submit_entry(manager, first, entry)
        show = pages_of(make_round(first, [["a", "窓口"], ["c", "電子申請"]]))
        staff = make_member("152226", Role.LOCAL_STAFF)
    page = visit(staff).get(show)
    assert "前回：郵送" in page.main
    assert "慣れているため" not in page.main
    assert "前回：8人" in page.main
    assert {each["value"] for each in page.soup.select("[name=take_over]")} == {"*", "q1", "count"}
    taken = page.form(show).submit(take_over="*")
    assert "前回の回答を2件引き継ぎました" in taken.main
    with arrange():
        second = db.session.get_one(Campaign, int(show.split("/")[2]))
        entry = entry_of(second, procedure="whole")
        saving.save_answers(make_manager(), second, entry, {"way": "c", "count": 5})
        submitting.submit_entry(make_manager(), second, entry)
        prefecture = make_member("150002", Role.LOCAL_STAFF, section="市町村課")
    read = visit(prefecture).get(show)
    assert "前回と異なる回答：3件" in read.main  # the choice that is gone, the count, what is calculated from it
    assert "電子申請 前回と異なる 郵送" in read.main
    assert "10人 前回と異なる 8人" in read.main


@pytest.fixture
def rounds(arrange):
    """Two rounds of the inspection; the second is submitted, the first as the test says."""
    with arrange():
        first = make_running()
        second = make_running(**AGAIN)
        second.previous_id = first.id
        answer(second, entry_of(second))
        readers = {
            "prefecture": make_member("150002", Role.LOCAL_STAFF, section="市町村課"),
            "office": make_member("secretariat", Role.SECRETARIAT),
            "manager": make_member("152226", Role.LOCAL_MANAGER),
        }
        return {"first": first.id, "show": f"/campaigns/{second.id}/entries/{entry_of(second).id}", **readers}


def test_what_was_never_submitted_last_time_is_shown_to_nobody_else(visit, arrange, rounds):
    with arrange():
        first = db.session.get_one(Campaign, rounds["first"])
        saving.save_answers(make_manager(), first, entry_of(first), {"contact": "書きかけの課", "subjects": 77})
    for reader in ("prefecture", "office"):
        page = visit(rounds[reader]).get(rounds["show"])
        assert "書きかけの課" not in page.main, reader
        assert "77" not in page.main, reader
    assert "書きかけの課" in visit(rounds["manager"]).get(rounds["show"]).main


def test_of_an_answer_that_came_back_last_time_others_see_what_was_submitted(visit, arrange, rounds):
    with arrange():
        first = db.session.get_one(Campaign, rounds["first"])
        answer(first, entry_of(first), contact="提出した課")
        prefecture = actor_of(rounds["prefecture"])
        compiling.return_answers(prefecture, first, entry_of(first), reasons={"contact": "確かめてください。"})
        saving.save_answers(make_manager(), first, entry_of(first), {"contact": "直している課"})
    page = visit(rounds["prefecture"]).get(rounds["show"])
    assert "提出した課" in page.main
    assert "直している課" not in page.main


def test_a_form_holds_of_last_round_what_fits_and_what_was_calculated(arrange):
    with arrange():
        first, manager = make_round(), make_manager()
        entry = entry_of(first, procedure="whole")
        saving.save_answers(manager, first, entry, {"q1": "なし", "way": "b", "why": "慣れているため", "count": 4})
        second = make_round(first, [["a", "窓口"], ["c", "電子申請"]])
        content = collect_form(manager, second, is_area=False)
        assert content.previous_of(entry_of(second, procedure="whole")) == {"q1": "なし", "count": 4, "double": 8}
