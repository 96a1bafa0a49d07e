"""庁内展開 by duty: what a body gives to its sections, who marks it as ready, who sees it, and who is behind."""

from datetime import timedelta

import pytest
import time_machine

from portal.answering import compiling, own, saving, sections
from portal.campaigns import publishing
from portal.campaigns.models import Campaign
from portal.campaigns.queries import list_entries_of
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.directory.roles import Role
from tests.factories.campaigns import (
    ANSWERS,
    answer,
    entry_of,
    in_days,
    make_manager,
    make_publisher,
    make_running,
    participation_of,
)
from tests.factories.people import actor_of, make_member


@pytest.fixture
def world(arrange):
    """A running inspection, and two sections of 上越市 with their people."""
    with arrange():
        campaign = make_running()
        return {
            "campaign": campaign.id,
            "at": f"/campaigns/{campaign.id}/answers",
            "manager": make_member("152226", Role.LOCAL_MANAGER, section="市民課"),
            "welfare": make_member("152226", Role.LOCAL_STAFF, section="福祉課"),
            "tax": make_member("152226", Role.LOCAL_STAFF, section="税務課"),
            "neighbour": make_member("152048", Role.LOCAL_MANAGER, section="市民課"),
            "prefecture": make_member("150002", Role.LOCAL_MANAGER, section="市町村課"),
            "office": make_member("secretariat", Role.SECRETARIAT),
        }


def of(world) -> Campaign:
    return db.session.get_one(Campaign, world["campaign"])


def give(world, *names: str, procedure: str = "child_allowance", **fields):
    manager = actor_of(world["manager"])
    ids = [world[name].section_id for name in names]
    return sections.assign_sections(
        manager, of(world), [entry_of(of(world), procedure=procedure)], section_ids=ids, **fields
    )


def test_a_section_sees_what_it_was_given_and_marks_it_as_ready(arrange, world):
    with arrange():
        assert give(world, "welfare", due_on=in_days(5), note="前回を参考に") == 1
        assert give(world, "tax", procedure="resident_tax", due_on=in_days(2)) == 1
        assert give(world, "welfare", procedure="care_insurance", due_on=in_days(3)) == 1
        assert give(world, "welfare", due_on=in_days(4)) == 0  # changed, not added
        welfare, tax = actor_of(world["welfare"]), actor_of(world["tax"])
        tasks = own.list_section_tasks(welfare)
        assert [(each.entry.procedure.code, each.due_on) for each in tasks] == [
            ("care_insurance", in_days(3)),
            ("child_allowance", in_days(4)),
        ]
        for stranger in ("neighbour", "prefecture", "office", "manager"):
            assert own.list_section_tasks(actor_of(world[stranger])) == []
        assignment = tasks[0].assignment
        with pytest.raises(Forbidden):
            sections.mark_ready(tax, of(world), assignment)
        sections.mark_ready(welfare, of(world), assignment)
        sections.mark_ready(welfare, of(world), assignment)
        assert [each.entry.procedure.code for each in own.list_section_tasks(welfare)] == ["child_allowance"]
        sections.reopen_part(actor_of(world["manager"]), of(world), assignment)
        assert len(own.list_section_tasks(welfare)) == 2


def test_the_manager_sees_who_is_behind(arrange, world):
    with arrange():
        give(world, "welfare", "tax", due_on=in_days(1))
        give(world, "welfare", procedure="care_insurance")
        task = own.list_section_tasks(actor_of(world["welfare"]))[0]
        sections.mark_ready(actor_of(world["welfare"]), of(world), task.assignment)
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True), arrange():
        found = own.count_by_section(own.list_own_lines(actor_of(world["manager"]), of(world)))
        assert [(each.name, each.given, each.ready, each.late) for each in found] == [
            ("税務課", 1, 0, 1),
            ("福祉課", 2, 1, 0),
        ]


def test_what_comes_back_is_the_sections_again(arrange, world):
    with arrange():
        give(world, "welfare")
        task = own.list_section_tasks(actor_of(world["welfare"]))[0]
        sections.mark_ready(actor_of(world["welfare"]), of(world), task.assignment)
        answer(of(world), entry_of(of(world)), actor_of(world["manager"]))
        assert own.list_section_tasks(actor_of(world["welfare"])) == []
        compiling.return_answers(
            actor_of(world["prefecture"]), of(world), entry_of(of(world)), reasons={"routes": "確かめる"}
        )
        assert len(own.list_section_tasks(actor_of(world["welfare"]))) == 1


def test_refusals(arrange, world):
    with arrange():
        campaign, entry, manager = of(world), entry_of(of(world)), actor_of(world["manager"])
        section = world["welfare"].section_id
        for fields, at in (
            ({"section_ids": []}, "section_ids"),
            ({"section_ids": [world["neighbour"].section_id]}, "section_ids"),
            ({"section_ids": [section], "parts": ("ない区分",)}, "parts"),
            ({"section_ids": [section], "due_on": in_days(-1)}, "due_on"),
            ({"section_ids": [section], "note": "個人番号 123456789018"}, "note"),
            ({"section_ids": [section], "note": "あ" * 1001}, "note"),
        ):
            with pytest.raises(Invalid) as refused:
                sections.assign_sections(manager, campaign, [entry], **fields)
            assert refused.value.field == at
        with pytest.raises(Invalid):
            sections.assign_sections(manager, campaign, [], section_ids=[section])
        with pytest.raises(Forbidden):
            sections.assign_sections(actor_of(world["neighbour"]), campaign, [entry], section_ids=[section])
        give(world, "welfare")
        key = own.list_section_tasks(actor_of(world["welfare"]))[0].assignment.id
        for stranger in ("neighbour", "prefecture", "office"):
            with pytest.raises(NotFound):
                own.get_assignment(actor_of(world[stranger]), campaign, key)
        publishing.close_campaign(make_publisher(), campaign)
        assert own.list_section_tasks(actor_of(world["welfare"])) == []
        with pytest.raises(Conflict):
            sections.mark_ready(actor_of(world["welfare"]), campaign, own.get_assignment(manager, campaign, key))


def test_in_the_browser_parts_are_given_marked_and_withdrawn(visit, arrange, world):
    manager, welfare = visit(world["manager"]), visit(world["welfare"])
    with arrange():
        key = entry_of(of(world)).id
    page = manager.get(f"{world['at']}/sections?entry={key}")
    refused = page.form("/sections").submit(section_ids=None)
    assert refused.status == 422
    page = refused.form("/sections").submit(section_ids=str(world["welfare"].section_id), parts="件数", note="急ぎ")
    assert "1件を所属に割り当てました" in page.main
    assert "件数" in page.main
    page = welfare.get(f"{world['at']}?section=mine")
    assert "児童手当" in page.main
    assert "予防接種" not in page.main
    form = welfare.get(f"/campaigns/{world['campaign']}/entries/{key}")
    assert "福祉課の担当" in form.main
    assert "急ぎ" in form.main
    assert "入力完了としました" in form.form("/ready").submit().main
    assert "福祉課（件数） 入力完了" in manager.get(world["at"]).main
    assert "福祉課" in manager.get(world["at"]).main.split("庁内の期限超過")[1]
    for outsider in ("prefecture", "office"):
        assert "福祉課" not in visit(world[outsider]).get(f"/campaigns/{world['campaign']}/entries/{key}").main
    page = manager.get(f"{world['at']}/sections")
    assert "割当てを取り消しました" in page.form("/withdraw").submit().main
    assert "自分の所属に割り当てられた事務はありません" in welfare.get(f"{world['at']}?section=mine").main


def test_a_section_that_marks_what_is_not_answered_as_ready_is_told(visit, arrange, world):
    with arrange():
        give(world, "welfare")
        key = entry_of(of(world)).id
    welfare = visit(world["welfare"])
    page = welfare.get(f"/campaigns/{world['campaign']}/entries/{key}").form("/ready").submit()
    assert "足りない設問が1件あります" in page.main
    page = page.form("/reopen").submit()
    with arrange():
        saving.save_answers(actor_of(world["welfare"]), of(world), entry_of(of(world)), ANSWERS)
    page = welfare.get(f"/campaigns/{world['campaign']}/entries/{key}").form("/ready").submit()
    assert "入力完了としました" in page.main
    assert "足りない設問" not in page.main


def test_what_a_section_entered_stays_when_it_is_withdrawn(arrange, world):
    with arrange():
        give(world, "welfare")
        assignment = own.list_section_tasks(actor_of(world["welfare"]))[0].assignment
        saving.save_answers(actor_of(world["welfare"]), of(world), entry_of(of(world)), ANSWERS)
        sections.withdraw_assignment(actor_of(world["manager"]), of(world), assignment)
        assert entry_of(of(world)).answers == ANSWERS
        assert len(list_entries_of(participation_of(of(world)))) == 15
        assert make_manager().section_id == world["manager"].section_id
