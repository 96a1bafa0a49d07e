"""Bundles, replies to many and splitting as people do them in the pages; outsiders find no trace."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.bundles import service
from portal.bundles.models import BulkTarget, Bundle
from portal.core import clock
from portal.core.db import db
from portal.issues.models import Post
from portal.issues.states import IssueState, PostKind
from portal.jobs import tasks
from portal.knowledge.models import QaState
from portal.links.queries import list_linked
from tests.factories.bundles import make_bundle, numbers_of, prepare
from tests.factories.issues import Cast, make_cast, make_issue
from tests.factories.knowledge import make_entry
from tests.factories.people import actor_of
from tests.issues.test_trace import masked

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def cast(arrange) -> Cast:
    with arrange():
        return make_cast()


def answers_of(arrange, issues, kind=PostKind.OFFICIAL_ANSWER) -> list[int]:
    """How many answers stand in each of the issues."""
    with arrange():
        return [
            len(db.session.scalars(sa.select(Post).where(Post.issue_id == issue.id, Post.kind == kind)).all())
            for issue in issues
        ]


def test_issues_are_tied_shown_and_untied_again(visit, cast, arrange):
    with arrange():
        first, second, third = (make_issue(cast) for _ in range(3))
    liaison = visit(cast.liaison)
    page = liaison.get(f"/issues/{first.number}")
    form = liaison.get(page.soup.find("a", string="同じ内容の課題・照会と束ねる")["href"]).form()
    assert form.values["numbers"] == first.number
    refused = form.submit(numbers=f"{first.number}\nR8-L-999999")
    assert (refused.status, "R8-L-999999" in refused.error_of("numbers")) == (422, True)
    shown = refused.form().submit(numbers=f"{first.number}、{second.number} {third.number}")
    assert "束ねました" in shown.main
    bundle = shown.url

    panel = liaison.get(f"/issues/{second.number}")
    assert "束（本部のみ）" in panel.main
    assert "3件・1団体" in panel.main
    assert visit(cast.executive).get(bundle).soup.find("form", action=lambda value: "untie" in (value or "")) is None
    led = liaison.get(bundle).form(f"/lead/{third.number}").submit()
    assert f"{third.number}を束の代表にしました" in led.main
    assert f"{first.number}を束から外しました" in led.form(f"/untie/{first.number}").submit().main
    gone = liaison.get(bundle).form("/dissolve").submit()
    assert "解かれた束です" in gone.main
    past = liaison.get(f"{bundle}/history")
    assert [row.get_text().count("試験担当") for row in past.soup.select("tbody tr")] == [2, 2, 2]
    assert "束（本部のみ）" not in liaison.get(f"/issues/{second.number}").main


def test_a_bundle_leaves_no_trace_outside(visit, cast, arrange):
    """The same bytes, lists and order before and after."""
    with arrange():
        issue, other = make_issue(cast, IssueState.CONSULTING), make_issue(cast, IssueState.CONSULTING)
    staff, manager = visit(cast.staff), visit(cast.manager)
    page, queue = f"/issues/{issue.number}", "/issues?view=all"
    staff.get(page)
    before = [masked(staff.get(page)), masked(staff.get(queue)), masked(manager.get(queue))]
    with arrange():
        bundle = service.tie_issues(actor_of(cast.liaison), numbers_of([issue, other]))

    assert [masked(staff.get(page)), masked(staff.get(queue)), masked(manager.get(queue))] == before
    paths = [f"/issues/bundles/{number}" for number in (bundle.id, 999_999)]
    there, nowhere = (masked(staff.get(path, status=404)).replace(path, "") for path in paths)
    assert there == nowhere


def test_an_answer_asks_whether_all_are_meant_and_tells_just_those(visit, cast, arrange):
    with arrange():
        _, issues = make_bundle(cast, IssueState.ASSIGNED, IssueState.ASSIGNED, IssueState.CONSULTING)
    head = visit(cast.division_head)
    page = head.get(f"/issues/{issues[0].number}/answer")
    assert "束の全件（2件）" in page.main
    assert "府省に照会中です" in page.main
    unanswered = page.form().submit(text="同じ取扱いです。")
    assert unanswered.status == 422
    assert "選んでください" in unanswered.main

    with arrange():
        joined = make_issue(cast, IssueState.ASSIGNED)
        service.tie_issues(actor_of(cast.secretariat), numbers_of([issues[0], joined]))
    stale = page.form().submit(text="同じ取扱いです。", scope="all", attachments=("回答.pdf", PDF))
    assert stale.status == 409
    assert "確認した後に変わりました" in stale.main
    assert (joined.number or "") in stale.main
    assert "束の全件（3件）" in stale.main
    assert stale.form().values["text"].strip() == "同じ取扱いです。"
    assert answers_of(arrange, [*issues, joined]) == [0, 0, 0, 0]

    form = stale.form()
    sent = form.submit(scope="all", attachments=("回答.pdf", PDF))
    assert "束の3件に同じ回答を送りました" in sent.main
    again = form.submit(scope="all", attachments=("回答.pdf", PDF))
    assert again.url == sent.url
    assert answers_of(arrange, [*issues, joined]) == [1, 1, 0, 1]
    told = visit(cast.staff).get(f"/issues/{joined.number}").main
    assert "回答.pdf" in told
    assert "束" not in told


def test_what_was_meant_for_all_is_not_told_to_one_when_the_bundle_is_gone(visit, cast, arrange):
    with arrange():
        bundle, issues = make_bundle(cast, IssueState.SUBMITTED, IssueState.SUBMITTED)
    liaison = visit(cast.liaison)
    page = liaison.get(f"/issues/{issues[0].number}/return")
    with arrange():
        service.dissolve_bundle(actor_of(cast.secretariat), db.session.get_one(Bundle, bundle.id))
    stale = page.form().submit(reason="件数の内訳を教えてください。", scope="all")
    assert stale.status == 409
    assert "束が解かれたか" in stale.main
    assert answers_of(arrange, issues, PostKind.RETURN) == [0, 0]
    assert "補足を依頼しました" in stale.form().submit(scope="one").main
    assert answers_of(arrange, issues, PostKind.RETURN) == [1, 0]


def test_returning_answering_provisionally_and_only_this_one(visit, cast, arrange):
    with arrange():
        _, returned = make_bundle(cast, IssueState.SUBMITTED, IssueState.TRIAGED)
        _, assigned = make_bundle(cast, IssueState.ASSIGNED, IssueState.CONSULTING)
    page = visit(cast.liaison).get(f"/issues/{returned[1].number}/return")
    assert "束の2件に同じ補足を依頼しました" in page.form().submit(reason="内訳は。", scope="all").main
    page = visit(cast.division).get(f"/issues/{assigned[0].number}/provisional-answer")
    told = page.form().submit(text="調べています。", promised_on="2027-03-01", scope="one")
    assert "暫定回答を送りました" in told.main
    assert answers_of(arrange, assigned, PostKind.PROVISIONAL_ANSWER) == [1, 0]


def test_quoting_what_is_published_answers_all(visit, cast, arrange):
    with arrange():
        entry = make_entry(QaState.PUBLISHED)
        _, issues = make_bundle(cast, IssueState.TRIAGED, IssueState.TRIAGED, IssueState.ASSIGNED)
    page = visit(cast.liaison).get(f"/issues/{issues[0].number}/quote-answer")
    told = page.form().submit(text="次のとおりです。", source=entry.number, scope="all")
    assert "束の2件に同じ回答を送りました" in told.main
    assert answers_of(arrange, issues, PostKind.QUOTED_ANSWER) == [1, 1, 0]
    with arrange():
        assert [list_linked("issue", issue.id).get("qa_entry") for issue in issues[:2]] == [[entry.id]] * 2


def test_a_reply_to_many_is_previewed_sent_recalled_and_followed(visit, cast, arrange, app):
    with arrange():
        issues = [make_issue(cast) for _ in range(5)]
        closed = make_issue(cast, IssueState.CLOSED)
    liaison = visit(cast.liaison)
    chosen = "&".join(f"issue={number}" for number in numbers_of([*issues, closed]))
    page = liaison.get(f"/issues/bulk/reply?{chosen}")
    wrong = page.form().submit(audience="public", text="{団体}様", step="preview")
    assert wrong.status == 422
    assert "{団体}" in wrong.error_of("text")
    preview = wrong.form().submit(text="{団体名}様\n\n{番号}の件です。", step="preview")
    assert preview.status == 200
    assert len(preview.soup.select(".bundle-sample")) == 3
    assert len(preview.soup.select("input[name=to]")) == 5
    assert "終わった課題・照会には投稿できません" in preview.main
    last = preview.form().submit(show=issues[4].number, to=numbers_of(issues[1:]))
    assert f"{issues[4].number}の件です。" in last.main
    assert len(last.soup.select("input[name=to][checked]")) == 4

    changed = last.form().submit(text="{団体名}様、別の文です。", step="send")
    assert changed.status == 409
    assert "まだ送っていません" in changed.main
    form = changed.form()
    sent = form.submit(step="send")
    assert "10分後に送信します" in sent.main
    assert form.submit(step="send").url == sent.url
    recalled = sent.form("/recall").submit()
    assert "4件の送信を取り消しました" in recalled.main

    with arrange():
        second = prepare(cast.liaison, issues[1:], "{団体名}様\n\n{番号}の件です。")
        db.session.execute(sa.update(BulkTarget).values(sends_at=clock.now() - timedelta(seconds=1)))
    with app.app_context():
        tasks.send_bulk_replies()
    done = liaison.get(f"/issues/bulk/{second.id}")
    assert "送信が終わりました" in done.main
    assert not done.has_form("/recall")
    with arrange():
        texts = db.session.scalars(sa.select(Post.body).where(Post.kind == PostKind.REPLY).order_by(Post.id)).all()
        assert texts == [f"上越市様\n\n{number}の件です。" for number in numbers_of(issues[1:])]
    assert "送信済み 4" in visit(cast.secretariat).get("/issues/bulk").main
    visit(cast.other_liaison).get(done.url, status=404)


def test_a_selection_may_be_posted_and_a_bundle_named(visit, cast, arrange):
    with arrange():
        bundle, issues = make_bundle(cast, IssueState.SUBMITTED, IssueState.SUBMITTED)
    liaison = visit(cast.liaison)
    posted = liaison.post_with_token("/issues/bulk/reply", {"issue": numbers_of(issues)})
    assert posted.form().values["numbers"].split() == numbers_of(issues)
    assert not posted.soup.select(".notice--error")
    named = liaison.get(f"/issues/bulk/reply?bundle={bundle.id}")
    assert named.form().values["numbers"].split() == numbers_of(issues)
    visit(cast.other_liaison).get(f"/issues/bulk/reply?bundle={bundle.id}", status=404)


def test_a_part_is_split_off_and_both_sides_find_the_way(visit, cast, arrange):
    with arrange():
        issue = make_issue(cast, IssueState.ASSIGNED)
    visit(cast.staff).get(f"/issues/{issue.number}/reply").form().submit(text="公用車の費用も分かりません。")
    division = visit(cast.division)
    page = division.get(f"/issues/{issue.number}")
    split = division.get(page.soup.find("a", string="この投稿の一部を分ける")["href"])
    form = split.form()
    assert form.values["body"].strip() == "> 公用車の費用も分かりません。"
    new = form.submit(title="公用車の費用について", sub_topic_id="")
    assert "として分けました" in new.main
    assert issue.number in new.main
    staff = visit(cast.staff)
    assert "公用車の費用について" in staff.get(f"/issues/{issue.number}").main
    assert issue.number in staff.get(new.url).main
    assert "この投稿の一部を分ける" not in staff.get(new.url).main
