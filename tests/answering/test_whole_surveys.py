"""A survey that a body answers as a whole: its page, tables with gaps, everything wrong named at once."""

import pytest

from portal.campaigns.models import Entry
from portal.campaigns.states import EntryState, QuestionKind
from portal.core.db import db
from portal.directory.roles import Role
from tests.factories.answering import ask, make_whole_survey
from tests.factories.campaigns import entry_of, make_author, make_survey, publish
from tests.factories.people import make_member


@pytest.fixture
def survey(arrange):
    """A running survey whose table of two rows and columns must be answered."""
    with arrange():
        author = make_author()
        campaign = make_survey(author)
        rows, columns = [["x", "本庁"], ["y", "支所"]], [["n", "人数"], ["m", "うち兼務"]]
        ask(author, campaign, "grid", QuestionKind.TABLE, rows=rows, columns=columns, is_required=True)
        ask(author, campaign, "on", QuestionKind.DATE, is_required=False)
        ask(author, campaign, "count", QuestionKind.NUMBER, is_required=False)
        entry = entry_of(publish(campaign), procedure="whole")
        return {
            "entry": entry.id,
            "index": f"/campaigns/{campaign.id}/answers",
            "show": f"/campaigns/{campaign.id}/entries/{entry.id}",
            "manager": make_member("152226", Role.LOCAL_MANAGER, section="市民課"),
        }


def test_a_table_with_gaps_is_read_named_and_submitted_once_it_is_full(visit, arrange, survey):
    manager, show = visit(survey["manager"]), survey["show"]
    filled = {"q_q1": "特になし", "q_grid-0-0": "３", "q_grid-1-1": "5"}
    page = manager.get(show).form(show).submit(**filled, then="confirm")
    assert "空いている欄があります" in page.main
    assert "本庁 3 — 支所 — 5" in page.main
    page = manager.get(show)
    assert "足りないもの（1件）" in page.main
    page = page.form(show).submit(**{"q_grid-0-1": "0", "q_grid-1-0": "0"}, then="confirm")
    page.form("/confirm").submit()
    with arrange():
        entry = db.session.get_one(Entry, survey["entry"])
        assert entry.state is EntryState.SUBMITTED
        assert entry.answers["grid"] == {"x": {"n": 3, "m": 0}, "y": {"n": 0, "m": 5}}


def test_everything_that_cannot_be_read_is_named_at_once(visit, survey):
    show = survey["show"]
    wrong = {"q_on-year": "R8", "q_on-month": "2", "q_on-day": "30", "q_count": "多数", "q_grid-0-0": "三"}
    refused = visit(survey["manager"]).get(show).form(show).submit(**wrong)
    assert refused.status == 422
    for field in ("q_on", "q_count", "q_grid"):
        assert refused.error_of(field), field


def test_the_page_of_a_body_that_answers_as_a_whole_speaks_of_no_procedures(visit, survey):
    page = visit(survey["manager"]).get(survey["index"])
    assert "団体全体" not in page.main
    assert "事務" not in page.main
    assert [link["href"] for link in page.soup.select("main a.button--primary")] == [survey["show"]]
    for address in ("confirm", "history", "put-off", "not-applicable"):
        assert "団体全体" not in page.visitor.get(f"{survey['show']}/{address}").text, address
    sections = page.visitor.get(f"{survey['index']}/sections")
    assert "団体全体" not in sections.text
    assert sections.soup.find(attrs={"name": "entry_ids", "checked": True})


def test_a_table_that_need_not_be_answered_may_have_gaps(visit, arrange):
    with arrange():
        entry = entry_of(make_whole_survey(), procedure="whole")
        show, manager = f"/campaigns/{entry.campaign_id}/entries/{entry.id}", make_member("152226", Role.LOCAL_MANAGER)
    filled = {"q_q1": "特になし", "q_choice": "a", "q_table-0-0": "3"}
    page = visit(manager).get(show).form(show).submit(**filled, then="confirm")
    assert "本庁 3 支所 —" in page.main
    assert page.has_form("/confirm")


def test_what_is_calculated_is_not_sent_back_and_messages_name_the_survey(visit, arrange):
    with arrange():
        campaign = make_whole_survey()
        entry = entry_of(campaign, procedure="whole")
        show, title, manager = (
            f"/campaigns/{campaign.id}/entries/{entry.id}",
            campaign.title,
            make_member("152226", Role.LOCAL_MANAGER),
        )
        prefecture = make_member("150002", Role.LOCAL_STAFF, section="市町村課")
    page = visit(manager).get(show).form(show).submit(q_q1="特になし", q_choice="a", q_count="4", then="confirm")
    done = page.form("/confirm").submit()
    assert f"{title}の回答を提出しました" in done.main
    assert "期限の延長を申請する" not in done.main
    page = visit(prefecture).get(f"{show}/return")
    assert "8" in page.main
    assert page.soup.find(attrs={"name": "reason_count"})
    assert not page.soup.find(attrs={"name": "reason_double"})
