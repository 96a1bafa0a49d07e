"""The pages of issues under what people do wrong, twice, late or without JavaScript."""

import pytest
import sqlalchemy as sa

from portal.blueprints.issues import routes as issue_routes
from portal.blueprints.workbench import routes as workbench_routes
from portal.bundles.service import tie_issues
from portal.core.db import db
from portal.core.events import EventRecord
from portal.issues import service
from portal.issues.models import Issue, Post
from portal.issues.queries import find_read_at, list_revisions
from portal.issues.states import IssueState, Leak, Urgency
from portal.knowledge.service import draft_entry
from portal.links.service import add_link
from tests.factories.guidance import make_issued
from tests.factories.issues import Cast, content, make_cast, make_issue, sub_topic, theme
from tests.factories.people import actor_of

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MY_NUMBER = "123456789018"  # a valid check digit


@pytest.fixture
def cast(arrange) -> Cast:
    with arrange():
        return make_cast()


@pytest.fixture
def typed(arrange) -> dict[str, str]:
    with arrange():
        return {
            "kind": "problem",
            "theme_id": str(theme().id),
            "sub_topic_id": str(sub_topic().id),
            "title": "手帳番号の重複について",
            "body": "同じ番号の手帳が見つかりました。",
            "leak": "no",
            "urgency": "normal",
        }


def stored(arrange, issue) -> Issue:
    """The issue as it stands in the database now."""
    with arrange():
        return db.session.get_one(Issue, issue.id)


def count(arrange, model) -> int:
    with arrange():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


# Drafts


def test_a_draft_is_saved_however_little_is_written(visit, cast, arrange):
    page = visit(cast.staff).get("/issues/new").form("/issues/new").submit(title="書きかけ", action="save")

    assert "下書きを保存しました" in page.main
    assert page.form().values["title"] == "書きかけ"
    assert "書きかけ" in visit(cast.staff).get("/issues").main


def test_enter_in_a_field_saves_and_does_not_submit(visit, cast, typed, arrange):
    visit(cast.staff).get("/issues/new").form("/issues/new").submit(**typed)

    with arrange():
        assert db.session.scalars(sa.select(Issue.state)).all() == [IssueState.DRAFT]


def test_what_is_missing_is_said_at_each_field_and_nothing_is_lost(visit, cast):
    page = (
        visit(cast.staff)
        .get("/issues/new")
        .form("/issues/new")
        .submit(tried="電話で確認した。", attachments=("一覧.pdf", PDF), action="submit")
    )

    assert page.status == 422
    for field in ("theme_id", "title", "body"):
        assert page.error_of(field), field
    assert "一覧.pdf" in page.main
    assert page.form().values["tried"] == "電話で確認した。"
    again = page.form().submit(title="重複", action="save")
    assert "一覧.pdf" in again.main


def test_a_refused_submission_goes_on_as_the_same_draft(visit, cast, typed, arrange):
    page = (
        visit(cast.staff)
        .get("/issues/new")
        .form("/issues/new")
        .submit(
            **{**typed, "needed_by_on-year": "2020", "needed_by_on-month": "1", "needed_by_on-day": "6"},
            action="submit",
        )
    )
    assert page.status == 422
    assert "今日以降" in page.main
    page = page.form().submit(
        **{"needed_by_on-year": "", "needed_by_on-month": "", "needed_by_on-day": ""}, action="submit"
    )

    assert page.status == 200
    assert page.h1 == "手帳番号の重複について"
    assert count(arrange, Issue) == 1


def test_typing_saves_itself(visit, cast, typed, arrange):
    visitor = visit(cast.staff)
    form = visitor.get("/issues/new").form("/issues/new")
    first = visitor.post("/issues/autosave", {**form.values, "title": "一"}, follow=False)
    assert first.status == 200
    kept = first.response.get_json()
    second = visitor.post("/issues/autosave", {**form.values, "title": "二", **{k: str(v) for k, v in kept.items()}})
    assert second.response.get_json()["draft_id"] == kept["draft_id"]
    assert count(arrange, Issue) == 1
    page = form.submit(**typed, **{k: str(v) for k, v in second.response.get_json().items()}, action="submit")
    assert page.h1 == "手帳番号の重複について"
    assert count(arrange, Issue) == 1


def test_what_two_windows_type_is_never_overwritten(visit, cast, typed):
    visitor = visit(cast.staff)
    page = visitor.get("/issues/new").form("/issues/new").submit(**typed, action="save")
    here, there = visitor.get(page.url), visitor.get(page.url)
    here.form().submit(title="こちらで直した", action="save")
    stale = there.form().submit(title="あちらで直した", action="save")

    assert stale.status == 409
    assert "あちらで直した" in stale.main
    assert visitor.post("/issues/autosave", there.form().values).status == 409
    assert visitor.get(page.url).form().values["title"] == "こちらで直した"


def test_a_draft_is_nobody_else_s(visit, cast, typed):
    page = visit(cast.staff).get("/issues/new").form("/issues/new").submit(**typed, action="save")
    draft_id = page.url.rsplit("/", 1)[1]

    for who in ("secretariat", "liaison", "division", "admin", "executive", "prefecture", "other_body", "auditor"):
        visitor = visit(getattr(cast, who))
        visitor.get(page.url, status=404)
        stolen = visitor.post_with_token("/issues/autosave", {"draft_id": draft_id, "title": "横取り"})
        assert stolen.status in {403, 404}
        assert "手帳番号の重複について" not in visitor.get("/issues?view=all").main


def test_files_of_a_draft_are_added_and_taken_off(visit, cast, typed):
    visitor = visit(cast.staff)
    page = visitor.get("/issues/new").form("/issues/new").submit(**typed, attachments=("一覧.pdf", PDF), action="save")
    link = next(each["href"] for each in page.soup.find_all("a") if each.get_text() == "一覧.pdf")
    assert visitor.get(link).response.data == PDF
    visit(cast.secretariat).get(link, status=404)
    page = page.form("/remove").submit()
    assert "一覧.pdf" not in page.main
    visitor.get(link, status=404)
    page = page.form("/discard").submit()
    assert "下書きを削除しました" in page.main


def test_a_draft_that_was_submitted_leads_to_the_issue(visit, cast, typed):
    visitor = visit(cast.staff)
    page = visitor.get("/issues/new").form("/issues/new").submit(**typed, action="save")
    other = visitor.get(page.url)
    done = page.form().submit(action="submit")

    assert visitor.get(page.url, status=302).location == done.url
    late = other.form().submit(title="遅れて直した", action="save")
    assert late.status == 409
    assert "遅れて直した" in late.main


# What is refused


@pytest.mark.parametrize("field", ["title", "body", "tried"])
def test_a_my_number_is_refused_without_being_echoed(visit, cast, typed, arrange, field):
    page = (
        visit(cast.staff)
        .get("/issues/new")
        .form("/issues/new")
        .submit(**{**typed, field: f"個人番号は{MY_NUMBER}です。"}, action="submit")
    )

    assert page.status == 422
    assert "個人番号" in page.error_of(field)
    assert count(arrange, Issue) == 0


def test_a_number_that_may_be_one_needs_a_confirmation(visit, cast, typed):
    page = (
        visit(cast.staff)
        .get("/issues/new")
        .form("/issues/new")
        .submit(**{**typed, "body": f"受付番号 {MY_NUMBER} の件。"}, action="submit")
    )
    assert page.status == 422
    assert page.soup.find(attrs={"name": "my_number_confirmed"})
    page = page.form().submit(my_number_confirmed="y", action="submit")
    assert page.status == 200


def test_a_file_with_a_my_number_is_refused(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    page = (
        visit(cast.liaison)
        .get(f"/issues/{issue.number}/reply")
        .form()
        .submit(text="一覧です。", attachments=("一覧.csv", f"個人番号\n{MY_NUMBER}\n".encode()))
    )

    assert page.status == 422
    assert count(arrange, Post) == 0


@pytest.mark.parametrize(("name", "data"), [("悪い.exe", b"MZ\x90"), ("絵.pdf", b"<script>"), ("空.pdf", b"")])
def test_a_file_that_may_not_be_attached_leaves_no_post(visit, cast, arrange, name, data):
    with arrange():
        issue = make_issue(cast)
    page = (
        visit(cast.staff)
        .get(f"/issues/{issue.number}/reply")
        .form()
        .submit(text="一覧です。", attachments=(name, data))
    )

    assert page.status == 422
    assert page.form().values["text"] == "一覧です。"
    assert count(arrange, Post) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"impact_count": "約百"},
        {"impact_count": "-1"},
        {"title": "長" * 121},
        {"body": "長" * 20001},
        {"needed_by_on-year": "令和8", "needed_by_on-month": "13", "needed_by_on-day": "1"},
        {"leak": "maybe"},
        {"kind": "hearing"},
        {"theme_id": "99999"},
        {"urgency": "x"},
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_typed(visit, cast, typed, arrange, changes):
    page = visit(cast.staff).get("/issues/new").form("/issues/new").submit(**{**typed, **changes}, action="submit")

    assert page.status == 422
    assert page.form().values["title"] == changes.get("title", typed["title"])
    with arrange():
        assert db.session.scalar(sa.select(sa.func.count()).where(Issue.number.is_not(None))) == 0


def test_a_sub_topic_of_another_theme_is_refused(visit, cast, typed, arrange):
    with arrange():
        other = str(theme("card").id)
    page = (
        visit(cast.staff).get("/issues/new").form("/issues/new").submit(**{**typed, "theme_id": other}, action="submit")
    )

    assert page.status == 422
    assert page.error_of("sub_topic_id")


# Twice, late, at once


def test_a_double_click_submits_once(visit, cast, typed, arrange):
    form = visit(cast.staff).get("/issues/new").form("/issues/new")
    first, second = form.submit(**typed, action="submit"), form.submit(**typed, action="submit")

    assert first.url == second.url
    assert count(arrange, Issue) == 1
    with arrange():
        assert db.session.scalars(sa.select(EventRecord.kind)).all() == ["issue_submitted"]


def test_a_reply_sent_twice_stands_once(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    form = visit(cast.staff).get(f"/issues/{issue.number}").form("/reply")
    form.submit(text="追記します。")
    form.submit(text="追記します。")

    assert count(arrange, Post) == 1


def test_a_triage_on_a_form_grown_old_is_told_so(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    old = visit(cast.liaison).get(f"/issues/{issue.number}/triage")
    visit(cast.staff).get(f"/issues/{issue.number}/edit").form().submit(title="直した件名")

    assert old.form().submit(urgency="high").status == 409
    assert stored(arrange, issue).state is IssueState.SUBMITTED


def test_of_two_who_accept_the_second_is_told(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, IssueState.TRIAGED)
        service.route_issue(actor_of(cast.liaison), issue)
    one, other = (visit(who).get(f"/issues/{issue.number}/accept") for who in (cast.division, cast.division_head))

    assert one.form().submit().status == 200
    assert other.form().submit().status == 409


def test_a_closed_issue_refuses_a_reply(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, IssueState.ANSWERED)
    page = visit(cast.liaison).get(f"/issues/{issue.number}/reply")
    visit(cast.staff).get(f"/issues/{issue.number}/close").form().submit()

    assert page.form().submit(text="間に合うか。").status in {403, 409}
    assert not visit(cast.staff).get(f"/issues/{issue.number}").has_form(f"/issues/{issue.number}/reply")


@pytest.mark.parametrize(
    "verb",
    [
        "triage",
        "return",
        "route",
        "accept",
        "bounce",
        "consult",
        "answer",
        "provisional-answer",
        "quote-answer",
        "decline",
        "confirm-decline",
        "note",
    ],
)
def test_the_submitter_s_side_finds_headquarters_steps_closed(visit, cast, arrange, verb):
    with arrange():
        issue = make_issue(cast)
    for who in (cast.staff, cast.prefecture):
        visitor = visit(who)
        visitor.get(f"/issues/{issue.number}/{verb}", status=403)
        reply = visitor.post_with_token(
            f"/issues/{issue.number}/{verb}",
            {
                "text": "？",
                "reason": "？",
                "urgency": "normal",
                "theme_id": "1",
                "version": str(issue.version),
                "desk": "？",
                "decision": "confirm",
                "source": "？",
                "promised_on": "令和99年1月1日",
                "ministry_id": "1",
                "question": "？",
                "division_id": "1",
            },
        )
        assert reply.status in {403, 409, 422}
    assert stored(arrange, issue).state is IssueState.SUBMITTED
    assert count(arrange, Post) == 0


# The queue


def test_the_queue_narrows_and_says_who_holds_what(visit, cast, arrange, follow):
    with arrange():
        leak = make_issue(cast, leak=Leak.SUSPECTED, title="漏えいのおそれ")
        plain = make_issue(cast, IssueState.TRIAGED, title="普通の件")
        closed = make_issue(cast, IssueState.CLOSED, title="終わった件")
    visitor = visit(cast.secretariat)
    page = visitor.get("/issues")
    assert leak.number in page.main
    assert closed.number not in page.main
    assert "リエゾン（新潟県担当）" in page.main
    assert closed.number in visitor.get("/issues?view=all").main
    follow()
    for query, inside, outside in (
        ("flags=leak", leak, plain),
        ("state=triaged", plain, leak),
        ("words=普通", plain, leak),
        (f"words={leak.number}", leak, plain),
        ("urgency=urgent", leak, plain),
        ("prefecture=15", plain, closed),
        ("holder=liaison", plain, closed),
        ("words=上越市", leak, closed),
    ):
        main = visitor.get(f"/issues?{query}").main
        assert inside.number in main, query
        assert outside.number not in main, query
    assert plain.number not in visitor.get("/issues?prefecture=01").main
    assert "条件に合う課題・照会はありません" in visitor.get("/issues?words=どこにもない").main
    assert visitor.get("/issues?state=x&theme_id=y&cursor=z&flags=q&older_than=a").status == 200


def test_the_queue_is_paged_by_key(visit, cast, arrange):
    with arrange():
        numbers = [make_issue(cast, title=f"件{place}").number for place in range(53)]
    visitor = visit(cast.secretariat)
    for sort in ("due", "activity"):
        page = visitor.get(f"/issues?sort={sort}")
        following = visitor.get(next(link["href"] for link in page.soup.find_all("a", rel="next")))
        seen = [number for number in numbers if number in page.main or number in following.main]
        assert len(seen) == 53
        assert "53件" in page.main


def test_a_leak_is_urgent_and_first(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, leak=Leak.YES)
    page = visit(cast.secretariat).get(f"/issues/{issue.number}")

    assert "漏えい あり" in page.main
    assert stored(arrange, issue).urgency is Urgency.URGENT


def test_reading_takes_the_unread_mark_away_until_something_happens(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    liaison = visit(cast.liaison)
    assert issue.number in liaison.get("/issues?flags=unread").main
    liaison.get(f"/issues/{issue.number}")
    assert issue.number not in liaison.get("/issues?flags=unread").main
    visit(cast.staff).get(f"/issues/{issue.number}/reply").form().submit(text="追記します。")
    assert issue.number in liaison.get("/issues?flags=unread").main


@pytest.mark.parametrize("routes", [issue_routes, workbench_routes])
def test_what_comes_while_the_page_is_being_made_stays_unread(visit, cast, arrange, monkeypatch, routes):
    with arrange():
        issue = make_issue(cast)
    make, noted = routes.show_issue, []

    def make_slowly(actor, shown, **options):
        noted.append(find_read_at(actor, shown))
        return make(actor, shown, **options)

    monkeypatch.setattr(routes, "show_issue", make_slowly)
    visit(cast.liaison).get(f"/issues/{issue.number}{'/pane' if routes is workbench_routes else ''}")

    assert noted
    assert None not in noted


def test_following_is_offered_and_undone(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    page = visit(cast.secretariat).get(f"/issues/{issue.number}").form("/follow").submit()
    assert page.has_form("/unfollow")
    page = page.form("/unfollow").submit()
    assert page.has_form("/follow")
    assert not visit(cast.executive).get(f"/issues/{issue.number}").has_form("/follow")


def test_the_composer_says_who_will_read(visit, cast, arrange):
    with arrange():
        shared, alone = make_issue(cast), make_issue(cast, is_shared_with_prefecture=False)

    assert "上越市と新潟県、本部" in visit(cast.staff).get(f"/issues/{shared.number}").main
    assert "上越市と本部" in visit(cast.staff).get(f"/issues/{alone.number}").main
    page = visit(cast.liaison).get(f"/issues/{shared.number}")
    assert "本部（事務局・幹事課・担当リエゾン）だけに見えます" in page.main


def test_what_is_written_never_becomes_markup(visit, cast, arrange):
    with arrange():
        issue = make_issue(
            cast, title="<script>alert(1)</script>", body="<img src=x onerror=alert(1)> [x](javascript:alert(1))"
        )
        service.post_reply(actor_of(cast.staff), issue, text="<svg onload=alert(1)>")
    page = visit(cast.liaison).get(f"/issues/{issue.number}")

    assert not page.soup.main.find_all(["img", "svg"])
    assert "javascript:" not in str(page.soup.main.find_all("a"))


def test_the_pages_read_in_english(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    for path in ("/issues", f"/issues/{issue.number}", "/issues/new"):
        page = visit(cast.staff, locale="en").get(path)
        assert page.soup.html["lang"] == "en"


def test_the_fullest_page_stays_within_its_statements(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, IssueState.CONSULTING)
        paper, chief = make_issued(), actor_of(cast.chief)
        entry = draft_entry(actor_of(cast.division), theme_id=theme().id, question="記号は要るか。", answer="要る。")
        add_link(chief, ("guidance", paper.id), ("issue", issue.id))
        add_link(chief, ("qa_entry", entry.id), ("issue", issue.id))
        other = make_issue(cast)
        add_link(chief, ("issue", other.id), ("issue", issue.id))
        tie_issues(chief, [issue.number or "", other.number or ""])
        for place in range(12):
            service.post_reply(actor_of(cast.staff), issue, text=f"追記{place}")
    for who in (cast.liaison, cast.division, cast.secretariat, cast.staff, cast.prefecture, cast.ministry):
        page = visit(who).get(f"/issues/{issue.number}")
        assert "追記11" in page.main


def test_a_correction_keeps_the_earlier_text(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast)
    page = (
        visit(cast.staff)
        .get(f"/issues/{issue.number}/edit")
        .form()
        .submit(body="28件でした。", attachments=("追加.pdf", PDF))
    )
    assert "28件でした。" in page.main
    assert "追加.pdf" in page.main
    with arrange():
        assert [row.body for row in list_revisions(issue)] == [content().body]
