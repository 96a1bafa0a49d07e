"""Answers prepared together, on the pages: drafts, remarks, checklists, templates; nothing of drafts shows outside."""

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.drafts import service
from portal.issues.models import Issue
from portal.issues.service import answer_provisionally
from portal.issues.states import IssueState
from portal.knowledge.models import QaState
from portal.knowledge.service import withdraw_entry
from portal.notifications.models import Notification
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.knowledge import make_approver, make_entry
from tests.factories.liaison import in_days
from tests.factories.people import actor_of
from tests.issues.test_trace import looks


@pytest.fixture
def cast(arrange) -> Cast:
    with arrange():
        return make_cast()


@pytest.fixture
def issue(arrange, cast) -> Issue:
    with arrange():
        return make_issue(cast, IssueState.ASSIGNED)


def test_a_division_prepares_an_answer_and_its_head_gives_it(visit, cast, issue):
    division, head = visit(cast.division), visit(cast.division_head)
    assert "案文を書く" in division.get(f"/issues/{issue.number}").main
    edit = division.get(f"/issues/{issue.number}/draft/edit")
    saved = edit.form(f"/issues/{issue.number}/draft/edit").submit(text="**重複**は記号を付けます。")
    assert "第1版として保存しました" in saved.main
    second = division.get(f"/issues/{issue.number}/draft/edit").form(f"/issues/{issue.number}/draft/edit")
    beside = visit(cast.secretariat).get(f"/issues/{issue.number}/draft/edit")
    assert "ほかの人が書いています" in beside.main
    stale = beside.form(f"/issues/{issue.number}/draft/edit")
    assert "第2版" in second.submit(text="**重複**は、手引きの記号を付けます。").main
    late = stale.submit(text="こちらも直しました。", follow=False)
    assert late.status == 409
    assert "こちらも直しました。" in late.text

    compared = division.get(f"/issues/{issue.number}/draft/compare")
    assert any("、手引きの" in mark.get_text() for mark in compared.soup.find_all("ins"))
    remarked = visit(cast.liaison).get(f"/issues/{issue.number}/draft")
    assert "件数も" in remarked.form(f"/issues/{issue.number}/draft/comments").submit(text="件数も書けますか。").main
    old = division.get(f"/issues/{issue.number}/draft/versions/1")
    assert "第3版として復元" in old.form(f"/issues/{issue.number}/draft/versions/1/restore").submit().main
    assert "第3版" in division.get(f"/issues/{issue.number}").main

    answer = head.get(f"/issues/{issue.number}/answer")
    assert answer.soup.find("textarea").get_text().strip() == "**重複**は記号を付けます。"
    assert "正式に回答しました" in answer.form().submit().main
    done = head.get(f"/issues/{issue.number}/draft").main
    assert "回答として送られました" in done
    assert "第4版" in done
    assert "記号を付けます" in visit(cast.staff).get(f"/issues/{issue.number}").main


def test_templates_are_inserted_and_flagged(visit, arrange, cast, issue):
    with arrange():
        entry = make_entry(QaState.PUBLISHED)
    division = visit(cast.division)
    empty = division.get("/issues/templates/new").form("/issues/templates/new").submit(title="", body="")
    assert empty.status == 422
    assert empty.error_of("title")
    unknown = empty.form("/issues/templates/new").submit(title="手帳", body="{団体名}様", source="R9-Q-9999")
    assert unknown.error_of("source")
    listed = unknown.form("/issues/templates/new").submit(source=entry.number)
    assert entry.number in listed.main
    editing = division.get(f"/issues/{issue.number}/draft/edit")
    address = f"/issues/{issue.number}/draft/edit"
    nothing = editing.form(address).submit(text="前文。", action="insert")
    assert nothing.error_of("template_id")
    choice = next(option for option in editing.soup.select("select[name=template_id] option") if option["value"])
    put = nothing.form(address).submit(action="insert", template_id=choice["value"])
    assert "前文。\n\n上越市様" in put.soup.find("textarea").get_text()

    with arrange():
        withdraw_entry(actor_of(make_approver()), db.session.merge(entry), reason="改正されました。")
    flagged = division.get("/issues/templates")
    assert "引用元が変わりました" in flagged.main
    assert "【引用元が変わりました】" in division.get(address).text
    review = next(form["action"] for form in flagged.soup.find_all("form") if "review" in form.get("action", ""))
    assert "記録しました" in flagged.form(review).submit().main
    assert "【引用元が変わりました】" not in division.get(address).text


def test_a_checklist_is_kept_by_both_sides(visit, arrange, cast, issue, tell):
    division, staff = visit(cast.division), visit(cast.staff)
    new = division.get(f"/issues/{issue.number}/checklist/new")
    wrong = new.form(f"/issues/{issue.number}/checklist/new").submit(side="ministry", text="見解を示す")
    assert wrong.error_of("party")
    assert "手順を追加しました" in wrong.form(f"/issues/{issue.number}/checklist/new").submit(side="body").main
    page = staff.get(f"/issues/{issue.number}")
    tick = next(form["action"] for form in page.soup.find_all("form") if form.get("action", "").endswith("/tick"))
    late = visit(cast.manager).get(f"/issues/{issue.number}").form(tick)
    ticked = page.form(tick).submit()
    assert "手順を完了にしました" in ticked.main
    assert "1件中1件が完了" in division.get(f"/issues/{issue.number}").main
    assert late.submit(follow=False).status == 409
    tell()
    with arrange():
        told = {
            (line.kind, line.person_id) for line in db.session.scalars(sa.select(Notification)) if "step" in line.kind
        }
        assert ("checklist_step_added", cast.staff.person_id) in told
        assert ("checklist_step_done", cast.division.person_id) in told


@pytest.mark.parametrize("who", ["staff", "prefecture"])
def test_a_draft_leaves_no_trace_outside(visit, arrange, cast, issue, who):
    visitor = visit(getattr(cast, who))
    before = looks(visitor, issue, [])
    with arrange():
        division = actor_of(cast.division)
        service.save_draft(division, issue := db.session.get_one(Issue, issue.id), text="案です。", seen=0)
        service.comment_on_draft(division, issue, text="よいと思います。")
        service.presence_of(division, issue).write()
    assert looks(visitor, issue, []) == before
    missing = visitor.get("/issues/R8-L-999999/draft", status=404)
    assert visitor.get(f"/issues/{issue.number}/draft", status=404).main == missing.main


def test_a_missed_promise_stands_on_the_home_of_the_division(visit, arrange, cast, issue):
    division = visit(cast.division)
    with arrange():
        answered = db.session.get_one(Issue, issue.id)
        answer_provisionally(actor_of(cast.division), answered, text="調査中です。", promised_on=in_days(1))
    assert "正式回答の予定日を過ぎた" not in division.get("/").main
    with arrange():
        db.session.get_one(Issue, issue.id).promised_on = in_days(-1)
    home = division.get("/").main
    assert "正式回答の予定日を過ぎた" in home
    assert issue.number in home
    assert "新しい予定日を理由とともに" in division.get(f"/issues/{issue.number}").main
