"""A liaison's morning on the pages, and what the body makes of it."""

import sqlalchemy as sa

from portal.core import clock
from portal.core.calendar import japan_date
from portal.core.db import db
from portal.core.events import Audience, EventRecord
from portal.issues.models import Issue
from portal.issues.states import IssueState, Leak
from portal.liaison.content import PromiseContent
from portal.notifications.dispatch import tell_next_step
from tests.factories.issues import make_cast, make_issue, sub_topic, theme
from tests.factories.liaison import in_days, make_note
from tests.factories.people import organisation

BODY = "/liaison/bodies/152226"


def tell(arrange):
    """What the worker does with the events."""
    with arrange():
        for event_id in db.session.scalars(sa.select(EventRecord.id).where(EventRecord.handled_at.is_(None))).all():
            while not tell_next_step(event_id):
                pass


def test_a_liaisons_morning(visit, arrange):
    with arrange():
        cast = make_cast()
        make_issue(cast, leak=Leak.SUSPECTED)
        themes = {"theme_id": str(theme().id), "sub_topic_id": str(sub_topic().id)}
        for code in ("152021", "152056"):
            make_note(cast.liaison, code=code, promise=PromiseContent(text="折り返す", due_on=in_days(0)))
        assert organisation("152226").post_id
    liaison, staff = visit(cast.liaison), visit(cast.staff)

    home = liaison.get("/")
    assert "折り返す" in home.main
    sheet = liaison.get(home.soup.find("a", string="今日の連絡表")["href"])
    assert sheet.soup.find("h2", "sheet__name").a.get_text() == "上越市"
    assert "緊急・漏えい" in sheet.main
    assert "保持：リエゾン" in sheet.main

    refused = sheet.form(f"{BODY}/call").submit(outcome="again", follow=False)
    assert (refused.status, refused.error_of("again_on") != "") == (422, True)
    done = sheet.form(f"{BODY}/call").submit(outcome="reached")
    assert "上越市への電話を記録しました。" in done.main
    assert [each.a.get_text() for each in done.soup.find_all("h2", "sheet__name")][-1] == "上越市"

    page = liaison.get(f"{BODY}/phone-notes/new")
    wrong = page.form().submit(text="様式3の数え方", contacted_time="25時", partner="", counterpart="窓口")
    assert wrong.error_of("contacted_time")
    note = wrong.form().submit(
        text="様式3の数え方を尋ねられた。\n調べて折り返す。",
        contacted_time="0:00",
        partner=str(cast.staff.id),
        promised_on=japan_date(clock.now()).isoformat(),
    )
    assert "確認待ち" in note.main
    assert "折り返しの連絡" in note.main

    tell(arrange)
    assert "様式3の数え方" in staff.get("/").main
    assert "電話メモの内容の確認" in staff.get("/inbox").main
    shown = staff.get(note.url)
    assert "この内容で合っています" in shown.main
    corrected = staff.get(f"{note.url}/correct").form().submit(text="数え方は世帯ごとと聞きました。")
    assert "団体の訂正・補足" in corrected.main
    tell(arrange)
    assert "団体が記録を訂正しました" in liaison.get("/inbox").main
    both = liaison.get(note.url)
    assert "調べて折り返す。" in both.main
    assert "世帯ごと" in both.main
    assert (
        "完了" in both.form(f"{note.url}/promises/" + both.form("/keep").action.split("/")[-2] + "/keep").submit().main
    )

    hearing = (
        liaison.get(f"{BODY}/hearings/new")
        .form()
        .submit(
            partner=str(cast.staff.id),
            contacted_time="0:00",
            situation="## 体制\n\n職員3人で対応。",
            problem_points="- 手帳の番号が重なる。\n- 住所が揺れる。",
            request_points="締切りを月末に。",
            internal_text="応援職員を勧めたい。",
            promise_1="資料を送る",
            promised_on_1=in_days(3).isoformat(),
            promised_by_1="山田",
        )
    )
    assert ("応援職員を勧めたい。" in hearing.main, "山田" in hearing.main) == (True, True)
    step = liaison.get(hearing.soup.find("a", string="課題・照会にする")["href"])
    assert step.form().values["body"] == "手帳の番号が重なる。"
    assert step.form().submit(action="submit").error_of("leak")
    issue = step.form().submit(action="submit", leak="no", **themes)
    assert "聴取" in issue.main
    assert issue.soup.find("a", href=hearing.url)
    own = staff.get(issue.url)
    assert own.has_form("/reply")
    seen = staff.get(hearing.url)
    assert "手帳の番号が重なる。" in seen.main
    assert issue.url in seen.text
    assert "応援職員" not in seen.text
    assert "本部内の所見" not in seen.text
    listed = liaison.get(f"{BODY}/contacts")
    assert [chip.get_text() for chip in listed.soup.main.find_all("span", "chip")].count("聴取") == 1
    added = (
        liaison.get(f"{hearing.url}/promises/new")
        .form()
        .submit(promise="様式を送る", promised_on=in_days(2).isoformat())
    )
    assert "様式を送る" in added.main
    assert "電話・聴取の記録" in liaison.get("/directory/152226").main
    assert "応援職員" in visit(cast.executive, "en").get(hearing.url).main


def test_an_internal_note_leaves_no_trace_at_the_body(visit, arrange):
    with arrange():
        cast = make_cast()
        issue = make_issue(cast, IssueState.ASSIGNED)
        number = issue.number
    tell(arrange)
    manager = visit(cast.manager)
    pages = ("/", "/inbox", f"/issues/{number}", "/directory/152226", f"{BODY}/contacts")
    manager.get(f"/issues/{number}")  # what it told of is read now
    before = [manager.get(path).main for path in pages]
    with arrange():
        issue_id = db.session.scalars(sa.select(Issue.id)).one()
        make_note(cast.liaison, about=("issue", issue_id), audience=Audience.INTERNAL)
    tell(arrange)

    assert [manager.get(path).main for path in pages] == before


def test_the_secretariat_opens_any_posts_sheet(visit, arrange):
    with arrange():
        cast = make_cast()
        make_note(cast.liaison, promise=PromiseContent(text="折り返す", due_on=in_days(0)))
    secretariat = visit(cast.secretariat)

    chooser = secretariat.get("/liaison")
    assert len(chooser.soup.find(id="post").find_all("option")) == 67
    assert "上越市" in secretariat.get("/liaison?post=150002").main
    visit(cast.other_liaison).get("/liaison?post=150002", status=404)
