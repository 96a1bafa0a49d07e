"""The desk of a body: its trays by due date, and the receipt of several papers at once."""

import pytest

from portal.circulation import desk
from portal.circulation.desk import Tray
from portal.core.errors import Invalid
from portal.directory.roles import Role
from portal.extensions.policy import waits_for_decision
from portal.extensions.service import ask_extension
from portal.guidance import receiving
from portal.guidance.records import find_own_recipient
from portal.guidance.states import Nature, ResponseState
from tests.factories.circulation import send_to
from tests.factories.guidance import due_in, make_issued
from tests.factories.people import actor_of, make_member


@pytest.fixture
def body(arrange):
    """A city's official and three papers: due in ten days, due in five, for information."""
    with arrange():
        papers = [
            make_issued("総行住第1号").id,
            make_issued("総行住第2号", reply_due_on=due_in(5)).id,
            make_issued("総行住第3号", reply_due_on=None, nature=Nature.INFORMATION).id,
        ]
        return {"papers": papers, "official": make_member("152226", Role.LOCAL_STAFF, section="市民課")}


def tray_of(actor, tray):
    return [row.guidance_id for row in desk.list_tray(actor, tray, waits_for_decision())]


def test_the_trays_hold_what_waits_the_earliest_due_first(arrange, body):
    with arrange():
        actor, (late, soon, news) = actor_of(body["official"]), body["papers"]
        assert tray_of(actor, Tray.RECEIVE) == [soon, late, news]
        assert tray_of(actor, Tray.ANSWER) == [soon, late]
        rows = {row.guidance_id: row for row in desk.list_tray(actor, Tray.RECEIVE, waits_for_decision())}
        ask_extension(actor, rows[soon].guidance, rows[soon], wanted_on=due_in(9), reason="多忙のため")
        assert tray_of(actor, Tray.EXTENSION) == [soon]
        receiving.respond_to_guidance(actor, rows[late].guidance, state=ResponseState.DONE, text="済")
        send_to(actor, rows[late].guidance, "市民課")
        assert desk.count_trays(actor, waits_for_decision()) == {
            Tray.NEW: 3,
            Tray.RECEIVE: 3,
            Tray.ANSWER: 1,
            Tray.EXTENSION: 1,
        }
        assert desk.count_own_parts(actor) == 1
        stranger = actor_of(make_member("131016", Role.LOCAL_STAFF, section="総務課"))
        assert desk.list_chosen(stranger, [row.id for row in rows.values()]) == []


def test_several_are_received_or_none(arrange, body):
    with arrange():
        actor = actor_of(body["official"])
        rows = desk.list_chosen(actor, [row.id for row in desk.list_tray(actor, Tray.RECEIVE, waits_for_decision())])
        colleague = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        receiving.receive_guidance(colleague, rows[2].guidance, section_name="市民課")
        with pytest.raises(Invalid) as refused:
            desk.receive_several(actor, rows, section_name="市民課", numbers=["", "", ""])
        assert refused.value.params["title"] == rows[2].guidance.title
        left = desk.list_chosen(actor, [row.id for row in rows])
        assert rows[2] not in left


@pytest.mark.parametrize(
    ("first", "lines", "expected"),
    [
        ("上市第1024号", "", ["上市第1024号", "上市第1025号", "上市第1026号"]),
        ("R8-099", "", ["R8-099", "R8-100", "R8-101"]),
        ("", "甲\n\n乙\n", ["甲", "", "乙"]),
        ("", "", ["", "", ""]),
    ],
)
def test_numbers_run_in_a_row_or_line_by_line(first, lines, expected):
    assert desk.number_rows(3, first=first, lines=lines) == expected


@pytest.mark.parametrize(("first", "lines"), [("号", ""), ("", "1\n2\n3\n4")])
def test_numbers_that_do_not_fit(first, lines):
    with pytest.raises(Invalid):
        desk.number_rows(3, first=first, lines=lines)


def test_an_official_receives_two_from_the_list(arrange, visit, body):
    reader = visit(body["official"])
    assert "団体の受付" in reader.get("/guidance").main
    page = reader.get("/guidance/desk?tray=receive")
    ids = [each["value"] for each in page.soup.find_all("input", {"name": "id"})]
    assert len(ids) == 3
    page = reader.get("/guidance/desk/receive?" + "&".join(f"id={each}" for each in ids[:2]))
    bad = page.form("/guidance/desk/receive").submit(first_number="号")
    assert bad.status == 422
    page = bad.form("/guidance/desk/receive").submit(first_number="上市第9号")
    assert "2件をまとめて受領しました。" in page.text
    with arrange():
        actor = actor_of(body["official"])
        rows = [
            find_own_recipient(actor, each.guidance)
            for each in desk.list_tray(actor, Tray.ANSWER, waits_for_decision())
        ]
        assert [row.received_at is not None for row in rows] == [True, True]


def test_numbers_never_move_to_another_paper_when_a_colleague_was_faster(arrange, visit, body):
    page = visit(body["official"]).get("/guidance/desk?tray=receive")
    ids = [each["value"] for each in page.soup.find_all("input", {"name": "id"})]
    page = visit(body["official"]).get("/guidance/desk/receive?" + "&".join(f"id={each}" for each in ids))
    with arrange():
        colleague = actor_of(make_member("152226", Role.LOCAL_STAFF, section="市民課"))
        rows = desk.list_chosen(colleague, [int(each) for each in ids])
        receiving.receive_guidance(colleague, rows[0].guidance, section_name="市民課", receipt_number="甲1")
    refused = page.form("/guidance/desk/receive").submit(numbers="乙1\n乙2\n乙3")
    assert refused.status == 422
    assert "残りと収受番号を確かめてください" in refused.text
    assert "乙1" in refused.text
    assert len(refused.soup.find_all("input", {"name": "id"})) == 2
    done = refused.form("/guidance/desk/receive").submit(numbers="乙2\n乙3")
    assert "2件をまとめて受領しました。" in done.text
    address = "/guidance/desk/receive?" + "&".join(f"id={each}" for each in ids)
    late = visit(body["official"]).get(address, follow=True)
    assert "ほかの方が既に受領した" in late.text
